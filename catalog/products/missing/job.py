"""Read the chats that came since, and count what products lack, for a page that must not wait."""

from typing import Any

from django.utils import timezone

from catalog.products.missing.asked import wanted_in
from catalog.products.missing.counting import count_missing
from catalog.products.missing.demand import record_demand
from catalog.products.missing.models import DemandSource, MissingCount
from ecomportal.jobs.run import Run
from ecomportal.said import said

BATCH = 500  # utterances


def count_missing_facts(run: Run) -> None:
    run.phase(said("Reading chats"))
    while True:
        run.check()
        with run.tenant():
            rows = unread(run.merchant)
            wanted = wanted_in(run.merchant, rows)
        if not rows:
            break
        with run.commit(n_done=len(rows)):
            keep(run.merchant, rows, wanted)
    run.phase(said("Counting"))
    with run.tenant():
        counts = count_missing(run.merchant)
    with run.fenced():
        MissingCount.objects.update_or_create(
            merchant=run.merchant, defaults={"counts": counts, "counted_at": timezone.now()}
        )
    run.result({"text": said("Counted what facts are missing.")})


def read_chats(merchant: Any) -> None:
    """The same without a job, inside the caller's transaction: for the demo."""
    while rows := unread(merchant):
        keep(merchant, rows, wanted_in(merchant, rows))


def unread(merchant: Any) -> list[Any]:
    """What customers wrote since the last reading, the oldest first."""
    state = MissingCount.objects.filter(merchant=merchant).first()
    since = state.last_utterance if state else 0
    rows = merchant.utterances.filter(pk__gt=since, speaker="customer")
    return list(rows.only("pk", "text", "conversation_id").order_by("pk")[:BATCH])


def keep(merchant: Any, rows: list[Any], wanted: list[Any]) -> None:
    record_demand(merchant, wanted, DemandSource.CHAT)
    MissingCount.objects.update_or_create(
        merchant=merchant, defaults={"last_utterance": rows[-1].pk}
    )

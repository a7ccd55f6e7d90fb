"""When lessons are learnt: on request, and by the clock where reviews came in since."""

import logging

from django.urls import reverse

from aiassist.copywriting.learning.lessons import learn
from aiassist.copywriting.learning.rows import training_rows
from ecomportal.jobs.run import Run
from ecomportal.said import said, said_n
from ecomportal.tenancy.context import tenant
from ecomportal.tenancy.models import Merchant

log = logging.getLogger(__name__)


def learn_from_edits(run: Run) -> None:
    run.phase(said("Comparing drafts with what became of them"))
    with run.fenced():
        n = learn(run.merchant)
    run.result(
        {
            "text": said_n("%(n)s lesson holds", "%(n)s lessons hold", n),
            "url": reverse("aiassist:learning", args=[run.merchant.slug]),
            "link": said("See what was learnt"),
        }
    )


def learn_all() -> int:
    """Every shop with reviews newer than its lessons; one in trouble stops no other."""
    n = 0
    for merchant in Merchant.objects.order_by("pk"):
        try:
            with tenant(merchant):
                if has_news(merchant):
                    learn(merchant)
                    n += 1
        except Exception:
            log.exception("The reviews of shop %s could not be learnt from", merchant.pk)
    return n


def has_news(merchant: Merchant) -> bool:
    newest = training_rows(merchant).order_by("-reviewed_at").values_list("reviewed_at", flat=True)
    learnt = merchant.lessons.order_by("-updated_at").values_list("updated_at", flat=True)
    reviewed_at, learnt_at = newest.first(), learnt.first()
    return reviewed_at is not None and (learnt_at is None or reviewed_at > learnt_at)

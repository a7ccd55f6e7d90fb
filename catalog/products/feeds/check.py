"""Look at every item of a feed and write down what is wrong with it: set by set, in SQL."""

from typing import Any

from django.db import connection
from django.db.models import F
from django.urls import reverse
from django.utils import timezone

from catalog.products.exports import sql
from catalog.products.feeds import files, items
from catalog.products.feeds.models import Feed, FeedProblem
from catalog.products.feeds.reasons import LEAVES_OUT, REASONS
from ecomportal.jobs.run import JobError, Run
from ecomportal.said import said, said_n

BATCH = 5000  # products of one statement
WRITE = """
WITH {chosen}, {tables}, written AS (
    INSERT INTO catalog_feedproblem
        (merchant_id, feed_id, product_id, item, label, reason, value, is_left_out)
    SELECT {merchant}, {feed}, l.product_id, left(l.id, 120), left(l.title, 400), reason,
           left(coalesce(CASE reason {values} END, ''), 200), reason = ANY ({leaves_out}::text[])
    FROM l, unnest(l.problems) reason
    ORDER BY l.product_id, l.n
)
SELECT count(*), count(*) FILTER (WHERE problems && {leaves_out}::text[]) FROM l
"""


def check_feed(run: Run) -> None:
    """Stopped between two batches it starts over: what was written is one state of the shop."""
    with run.tenant():
        feed = run.merchant.feeds.filter(pk=run.params["feed_id"]).first()
        if feed is None:
            raise JobError(said("The feed was deleted meanwhile."))
        n_offered = files.offered(feed, run.merchant).count()
        n_matching = files.matching(feed, run.merchant).filter(deleted_at=None).count()
        state = files.state(feed, run.merchant)
    run.set_total(n_offered, n_done=0)
    _forget(run, feed)
    last = None
    while ids := _next(run, feed, last):
        with run.commit(n_done=len(ids)):
            _write(run, feed, ids)
        last = ids[-1]
    _finish(run, feed, state, n_not_on_sale=n_matching - n_offered)


def _forget(run: Run, feed: Feed) -> None:
    with run.commit():
        FeedProblem.objects.filter(feed=feed).delete()
        Feed.objects.filter(pk=feed.pk).update(n_items=0, n_left_out=0, checked_at=None)


def _next(run: Run, feed: Feed, last: Any) -> list[Any]:
    run.check()
    with run.tenant():
        rows = files.offered(feed, run.merchant)
        rows = rows.filter(pk__gt=last) if last else rows
        return list(rows.order_by("pk").values_list("pk", flat=True)[:BATCH])


def _write(run: Run, feed: Feed, ids: list[Any]) -> None:
    values = " ".join(
        f"WHEN '{name}' THEN l.{reason.value}" if reason.value.isidentifier()
        else f"WHEN '{name}' THEN {reason.value}"
        for name, reason in REASONS.items() if reason.value != "NULL"
    )  # fmt: skip
    chosen = sql.Chosen(list(map(str, ids)))
    text = WRITE.format(
        chosen=chosen.table(),
        tables=items.tables(feed, chosen, base="https://example.com"),
        merchant=run.merchant.pk,
        feed=f"'{feed.pk}'",
        values=values,
        leaves_out=sql.quoted(LEAVES_OUT),
    )
    with connection.cursor() as cursor:
        cursor.execute(text)
        n_items, n_left_out = cursor.fetchone()
    Feed.objects.filter(pk=feed.pk).update(
        n_items=F("n_items") + n_items, n_left_out=F("n_left_out") + n_left_out
    )


def _finish(run: Run, feed: Feed, state: str, *, n_not_on_sale: int) -> None:
    with run.commit():
        Feed.objects.filter(pk=feed.pk).update(
            checked_at=timezone.now(), checked_state=state, n_not_on_sale=n_not_on_sale
        )
        n = FeedProblem.objects.filter(feed=feed).values("item").distinct().count()
    text = said_n("%(n)s item with something to mend", "%(n)s items with something to mend", n)
    run.result({"text": text, "url": reverse("catalog:feed", args=[run.merchant.slug, feed.pk])})

"""A shop's home: what there is, what runs, what to do next. Every number is counted when asked."""

from datetime import date, timedelta
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import (
    Count,
    Exists,
    F,
    IntegerField,
    Max,
    OuterRef,
    QuerySet,
    Subquery,
    Sum,
)
from django.db.models.functions import Abs, Coalesce, JSONObject, TruncDate
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from aiassist.copywriting.models import DraftStatus
from aiassist.profiles.models import RfmGroup
from aiassist.todo import COUNTED, todo
from catalog.orders.models import Order
from catalog.products.imports.models import ImportState
from catalog.products.models import FactStatus, ProductStatus
from catalog.products.must_have import lacks_must_haves
from ecomportal.jobs.models import LIVE, JobStatus
from ecomportal.tenancy.access import EDITORS, EVERYONE, merchant_required
from ecomportal.tenancy.models import Merchant
from ecomportal.web import charts, formats
from ecomportal.web.context import register_count
from ecomportal.web.counting import n_up_to
from ecomportal.web.paging import about, estimate

DAYS = 30
RECENT_SHOWN = 5
# Products are counted one by one up to here; above, the tile says about how many there are.
EXACT = 10_000
# Segments and groups are compared with themselves so many days ago; as many are shown.
COMPARED_DAYS = 7
MOVED_SHOWN = 3
# A failure older than this was seen or does not matter any more.
FAILED_DAYS = 7
SOLD = [Order.Status.PAID, Order.Status.SHIPPED, Order.Status.DELIVERED, Order.Status.REFUNDED]


def _n(rows: QuerySet) -> Any:
    """How many rows, as a column of a bigger statement."""
    # Rows, not ids: an index answers that without a look at the table.
    counted = rows.order_by().values("merchant").annotate(n=Count("*")).values("n")
    return Coalesce(Subquery(counted, output_field=IntegerField()), 0)


def _about(n: int, rows: QuerySet) -> tuple[int, bool]:
    """The number, and whether it is only about right: a count that stopped is estimated."""
    return (n, False) if n <= EXACT else (max(about(estimate(rows)), EXACT), True)


def waiting_drafts(merchant: Merchant) -> QuerySet:
    return merchant.drafts.filter(status=DraftStatus.WAITING, product__deleted_at=None)


def _sales(merchant: Merchant, since: date) -> Any:
    """Takings less refunds by day of the shop's time zone, in its currency."""
    orders = merchant.orders.filter(status__in=SOLD, currency=merchant.currency)
    by_day = (
        orders.annotate(day=TruncDate("ordered_at"))
        .filter(ordered_at__gte=timezone.now() - timedelta(days=2 * DAYS + 1), day__gte=since)
        .order_by()
        .values("day")
        .annotate(cents=Sum("total_cents") - Sum("refunded_cents"))
    )
    return ArraySubquery(by_day.values(row=JSONObject(day="day", cents="cents")))


def _moved(rows: QuerySet, days: QuerySet, name: str, key: str) -> Any:
    """Which of some counted groups of customers changed most within a week: name, now, change."""
    week_ago = timezone.localdate() - timedelta(days=COMPARED_DAYS)
    before = days.filter(day__lte=week_ago).order_by("-day").values("n_members")[:1]
    changed = (
        rows.annotate(before=Subquery(before))
        .annotate(change=F("n_members") - F("before"))
        .exclude(change=0)
        .exclude(before=None)
        .order_by(Abs("change").desc())[:MOVED_SHOWN]
    )
    row = JSONObject(key=key, name=name, n="n_members", change="change")
    return ArraySubquery(changed.values(row=row))


def _moved_columns(merchant: Merchant) -> dict[str, Any]:
    segments = merchant.segments.filter(deleted_at=None, is_static=False)
    days = merchant.segment_days.filter(segment=OuterRef("pk"))
    groups = merchant.group_days.all()
    last = groups.order_by().values("merchant").annotate(day=Max("day")).values("day")
    of_group = merchant.group_days.filter(group=OuterRef("group"))
    return {
        "moved_segments": _moved(segments, days, "name", "id"),
        "moved_groups": _moved(groups.filter(day=Subquery(last)), of_group, "group", "group"),
    }


def moved_tile(found: dict[str, Any]) -> dict[str, Any]:
    """The shop's own segments that grew or shrank; where none did, the RFM groups that did."""
    segments, groups = found["moved_segments"], found["moved_groups"]
    rows = segments or [{**row, "name": RfmGroup(row["key"]).label} for row in groups]
    for row in rows:
        sign = "+" if row["change"] > 0 else "−"
        row["signed"] = f"{sign}{formats.number(abs(row['change']))}"
    return {"rows": rows, "is_of_segments": bool(segments)}


def numbers(merchant: Merchant) -> dict[str, Any]:
    """Everything the page counts, in one statement (and one for what each product must have).

    Of a large shop the numbers of products are estimated: two more, which read no row."""
    products = merchant.products.live()
    on_sale = products.filter(status=ProductStatus.ACTIVE)
    drafts = waiting_drafts(merchant)
    failed_since = timezone.now() - timedelta(days=FAILED_DAYS)
    failed = merchant.jobs.filter(
        status__in=[JobStatus.FAILED, JobStatus.DEAD], finished_at__gte=failed_since
    )
    texts = merchant.product_texts.filter(
        product=OuterRef("pk"), field="description", language=merchant.language
    ).exclude(text="")
    ready = merchant.import_runs.filter(state=ImportState.READY).order_by("-created_at")
    unsure = merchant.facts.filter(status=FactStatus.PROPOSED, product=OuterRef("pk"))
    first_day = timezone.localdate() - timedelta(days=2 * DAYS - 1)
    columns = {
        **_moved_columns(merchant),
        "sales": _sales(merchant, first_day),
        "n_products": n_up_to(products, EXACT),
        "n_on_sale": n_up_to(on_sale, EXACT),
        "n_lacking": n_up_to(on_sale.filter(lacks_must_haves(merchant)), COUNTED),
        "n_unsure": n_up_to(products.filter(Exists(unsure)), COUNTED),
        "n_textless": n_up_to(on_sale.filter(~Exists(texts)), COUNTED),
        "n_drafts": n_up_to(drafts, COUNTED),
        "n_blocked": n_up_to(drafts.filter(n_blocking__gt=0), COUNTED),
        "n_live": _n(merchant.jobs.filter(status__in=LIVE)),
        "n_failed": _n(failed),
        "n_ready": _n(ready),
        "ready": Subquery(
            ready.values(row=JSONObject(id="id", name="name", n="n_rows", changed="n_changed"))[:1]
        ),
    }
    found = Merchant.objects.filter(pk=merchant.pk).order_by().values(**columns).get()
    found["n_products"], _is_about = _about(found["n_products"], products)
    found["n_on_sale"], found["is_about"] = _about(found["n_on_sale"], on_sale)
    return found


def sales_tile(found: dict[str, Any], currency: str) -> dict[str, Any]:
    """The last 30 days day by day, their sum, and the change on the 30 before."""
    today = timezone.localdate()
    by_day = {row["day"]: row["cents"] for row in found["sales"]}
    days = [today - timedelta(days=n) for n in reversed(range(2 * DAYS))]
    cents = [by_day.get(day.isoformat(), 0) for day in days]
    before, now = sum(cents[:DAYS]), sum(cents[DAYS:])
    course = cents[DAYS:]
    title = _("Sales per day, %(first)s to %(last)s, from %(low)s to %(high)s") % {
        "first": formats.day(days[DAYS]),
        "last": formats.day(today),
        "low": formats.money(min(course), currency, whole=True),
        "high": formats.money(max(course), currency, whole=True),
    }
    return {
        "cents": now,
        "change": formats.change(now, before) if before > 0 else "",
        "is_up": now >= before,
        "spark": charts.sparkline(course, title) if now else "",
    }


def greeting() -> str:
    hour = timezone.localtime().hour
    if hour < 5 or hour >= 18:
        return _("Good evening")
    return _("Good morning") if hour < 12 else _("Good afternoon")


@require_safe
@merchant_required(*EVERYONE)
def shop_home(request: HttpRequest) -> HttpResponse:
    merchant = request.merchant
    found = numbers(merchant)
    request.shell_counts = {"jobs": found["n_live"], "drafts": found["n_drafts"]}  # of the frame
    may_edit = request.role in EDITORS
    if not found["n_products"]:
        return render(request, "home_empty.html", {"may_edit": may_edit})
    items = todo(merchant, found)
    context = {
        "found": found,
        "sales": sales_tile(found, merchant.currency),
        "moved": moved_tile(found),
        "todo": items,
        "may_edit": may_edit,
        "greeting": greeting(),
        "first_name": str(request.user).split("@")[0].split()[0],
        "today": formats.day(timezone.localdate(), with_weekday=True),
        "jobs": merchant.jobs.defer("params", "log", "result", "error_detail").order_by(
            "-created_at"
        )[:RECENT_SHOWN],
        "changes": merchant.changes.select_related("created_by").order_by("-created_at")[
            :RECENT_SHOWN
        ],
    }
    return render(request, "home.html", context)


register_count("drafts", "n_waiting_drafts")
urlpatterns = [path("", shop_home, name="shop-home")]

"""The filters every shop has, whatever kinds of fact it keeps: one function each.

Each gets the address's value and makes a Narrowing, or None where the value filters nothing.
"""

from collections.abc import Callable
from datetime import timedelta
from typing import Any, NamedTuple

from django.db.models import BooleanField, Case, Exists, Func, OuterRef, Q, Sum, Value, When
from django.db.models.expressions import RawSQL
from django.utils import timezone
from django.utils.dateparse import parse_date
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from catalog.products.filters.facts import between
from catalog.products.filters.narrowing import COUNTED, Chip, Narrowing, below, has_none
from catalog.products.models import (
    ProductFigures,
    ProductStatus,
    TextOrigin,
)
from catalog.products.must_have import lacks_must_haves
from ecomportal.web import formats

LOW_STOCK = 5  # pieces over all counted variants: "order more soon"
RESTORABLE = timedelta(days=30)  # after its deletion
UPDATED_DAYS = ("1", "7", "30", "90")
LANGUAGES = {"en": _("English"), "zh": _("Chinese")}
AI = [TextOrigin.AI, TextOrigin.AI_EDITED]
FACTS = {"missing": _("missing"), "proposed": _("to confirm")}
STOCKS = {"low": _("low"), "none": _("none left")}
DRAFTS = {"waiting": _("waiting"), "blocked": _("blocked"), "none": _("no AI text yet")}
PICTURES = {"none": _("none"), "some": _("there")}
NO_CATEGORY = "none"


def search(filters: Any, text: str) -> Narrowing:
    chip = Chip(_("Search"), f"“{text}”", ("q",))
    if filters.values["deleted"]:  # the search function looks at live products alone
        return Narrowing(chip, Q(title__icontains=text) | Q(handle__icontains=text))
    ids = RawSQL("SELECT search_products(%s)", [text])
    # Wrapped, because the planner would multiply the rarity of pieces of one word, expect next
    # to nothing, and read the whole table instead of walking through the order.
    pieces = Func(Value(text), function="query_grams")
    is_alike = Case(
        When(grams__contains=pieces, then=True), default=False, output_field=BooleanField()
    )
    return Narrowing(
        chip,
        Q(pk__in=ids),
        ids,
        while_walking=is_alike,
        is_of_products=True,
        near=("search", text),
    )


def status(filters: Any, value: str) -> Narrowing:
    chip = Chip(_("Status"), ProductStatus(value).label, ("status",))
    return _of_products(filters, chip, Q(status=value))


class Place(NamedTuple):
    """A category's path as files have it, and as the reader does."""

    path: str
    label: str


def category(filters: Any, value: str) -> Narrowing | None:
    """The category and all below it, whose paths begin with its own.

    Given as ids: the planner knows how common each is, but not what a subquery will give.
    """
    if value == NO_CATEGORY:
        return _of_products(
            filters, Chip(_("Category"), _("none"), ("category",)), Q(category=None)
        )
    found = filters.categories.get(filters.category_id)
    if found is None:
        return _of_products(filters, Chip(_("Category"), "?", ("category",)), Q(category__in=[]))
    start = f"{found.path} > "
    inside = [pk for pk, place in filters.categories.items() if place.path.startswith(start)]
    among = Q(category__in=[filters.category_id, *inside])
    return _of_products(filters, Chip(_("Category"), found.label, ("category",)), among)


def _of_products(filters: Any, chip: Chip, condition: Q, *, is_ordered: bool = False) -> Narrowing:
    # Only live ones are counted as few or many: a shop may have deleted more than it keeps.
    ids = filters.merchant.products.filter(condition, deleted_at=None).values("pk")
    return Narrowing(chip, condition, ids, is_of_products=True, is_ordered=is_ordered)


def vendor(filters: Any, value: str) -> Narrowing:
    chip = Chip(_("Brand"), value, ("vendor",))
    return _of_products(filters, chip, Q(vendor=value), is_ordered=True)


def product_type(filters: Any, value: str) -> Narrowing:
    chip = Chip(_("Type"), value, ("type",))
    return _of_products(filters, chip, Q(product_type=value), is_ordered=True)


def tag(filters: Any, value: str) -> Narrowing:
    chip = Chip(_("Tag"), value, ("tag",))
    ids = RawSQL("SELECT products_tagged(%s, %s)", [value, COUNTED + 1])
    return Narrowing(chip, Q(tags__contains=[value]), ids, is_of_products=True, near=("tag", value))


def stock(filters: Any, value: str) -> Narrowing:
    counted = filters.merchant.variants.filter(
        product=OuterRef("pk"), deleted_at=None, is_stock_tracked=True
    )
    total = counted.order_by().values("product").annotate(n=Sum("stock"))
    limit = 0 if value == "none" else LOW_STOCK
    return Narrowing(
        Chip(_("Stock"), STOCKS[value], ("stock",)), Exists(total.filter(n__lte=limit))
    )


def stock_range(filters: Any, low: int | None, high: int | None) -> Narrowing:
    limits = Q()
    if low is not None:
        limits &= Q(n_in_stock__gte=low)
    if high is not None:
        limits &= Q(n_in_stock__lte=high)
    shown = between(*(None if n is None else formats.number(n) for n in (low, high)))
    return _of_figures(filters, Chip(_("Stock"), shown, ("smin", "smax")), limits)


def _of_figures(filters: Any, chip: Chip, condition: Q) -> Narrowing:
    return below(chip, filters.merchant.product_figures.filter(condition))


def facts(filters: Any, value: str) -> Narrowing:
    chip = Chip(_("Facts"), FACTS[value], ("facts",))
    if value == "missing":
        return Narrowing(chip, lacks_must_haves(filters.merchant))
    return below(chip, filters.merchant.facts.filter(status="proposed"))


def no_text(filters: Any, value: str) -> Narrowing:
    texts = filters.merchant.product_texts.filter(
        product=OuterRef("pk"), language=value, field="description"
    ).exclude(text="")
    chip = Chip(_("No text in"), LANGUAGES[value], ("no_text",))
    return Narrowing(chip, ~Exists(texts), while_walking=has_none(texts))


def drafts(filters: Any, value: str) -> Narrowing:
    chip = Chip(_("AI text"), DRAFTS[value], ("ai",))
    if value == "none":
        written = filters.merchant.product_texts.filter(product=OuterRef("pk"), origin__in=AI)
        figures = filters.merchant.product_figures.filter(product=OuterRef("pk"), drafts__gt=0)
        walking = Q(has_none(written)) & Q(has_none(figures))
        return Narrowing(chip, ~Exists(written) & ~Exists(figures), while_walking=walking)
    state = ProductFigures.Drafts
    wanted = [state.BLOCKED] if value == "blocked" else [state.WAITING, state.BLOCKED]
    return _of_figures(filters, chip, Q(drafts__in=wanted, drafts__gt=0))


def picture(filters: Any, value: str) -> Narrowing:
    chip = Chip(_("Pictures"), PICTURES[value], ("picture",))
    return _of_figures(filters, chip, Q(n_pictures=0) if value == "none" else Q(n_pictures__gt=0))


def updated(filters: Any, value: str) -> Narrowing:
    n = int(value)
    words = ngettext("last day", "last %(n)s days", n) % {"n": n}
    since = timezone.now() - timedelta(days=n)
    return _of_products(filters, Chip(_("Updated"), words, ("updated",)), Q(updated_at__gte=since))


def since(filters: Any, value: str) -> Narrowing | None:
    """A day, from its first minute in the shop's time zone."""
    day = read_day(value)
    if day is None:
        return None
    begins = timezone.make_aware(timezone.datetime(day.year, day.month, day.day))
    chip = Chip(_("Updated"), _("since %s") % formats.day(day), ("since",))
    return _of_products(filters, chip, Q(updated_at__gte=begins))


def read_day(text: str) -> Any:
    try:
        return parse_date(text)
    except ValueError:
        return None


def price(filters: Any, low: int | None, high: int | None) -> Narrowing:
    variants = filters.merchant.variants.filter(deleted_at=None)
    if low is not None:
        variants = variants.filter(price_cents__gte=low)
    if high is not None:
        variants = variants.filter(price_cents__lte=high)
    currency = filters.merchant.currency
    shown = (None if cents is None else formats.money(cents, currency) for cents in (low, high))
    return below(Chip(_("Price"), between(*shown), ("min", "max")), variants)


Maker = Callable[[Any, str], Narrowing | None]
# In the order of their chips, by the name in the address; with the values it may have, if few.
ONE_VALUE: dict[str, tuple[Maker, Any]] = {
    "q": (search, None),
    "status": (status, ProductStatus.values),
    "category": (category, None),
    "vendor": (vendor, None),
    "type": (product_type, None),
    "tag": (tag, None),
    "stock": (stock, STOCKS),
    "facts": (facts, FACTS),
    "no_text": (no_text, LANGUAGES),
    "ai": (drafts, DRAFTS),
    "picture": (picture, PICTURES),
    "updated": (updated, UPDATED_DAYS),
    "since": (since, None),
}

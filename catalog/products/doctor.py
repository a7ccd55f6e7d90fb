"""The availability doctor: why a product is not sold, not found or not recommended.

Each cause is one check of what the shop's tables say, with the page that mends it. A check that
finds nothing is shown too: a person sees what was looked at.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.db.models import Count, Exists, Max, OuterRef, Q
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from catalog.products.filters import LOW_STOCK
from catalog.products.models import FactStatus, Product, ProductStatus, TextField
from catalog.products.must_have import family_of, wanted_keys
from catalog.products.vocabulary.kinds import KINDS
from ecomportal.web import formats

SOLD, FOUND, RECOMMENDED = "sold", "found", "recommended"
AREAS = {
    SOLD: (_("Can it be bought?"), _("Nothing stops a customer from buying it.")),
    FOUND: (_("Can it be found?"), _("Search, filters and category pages can show it.")),
    RECOMMENDED: (
        _("Can it be recommended?"),
        _("Recommendations have what they need to choose it."),
    ),
}
STOPS, WEAKENS, FINE = "stops", "weakens", "fine"
RECENT = timedelta(days=90)
YOUNG = timedelta(days=7)


@dataclass(frozen=True)
class Cause:
    """What one check found. `place` is where it is mended: a part of the editor, or a page."""

    level: str
    text: Any
    place: str = ""


@dataclass(frozen=True)
class Check:
    """`name` is what holds where nothing is wrong. `query` is the list of all products with this
    cause, called `fault` there, where the list knows it."""

    key: str
    area: str
    name: Any
    look: Callable[["Patient"], Cause | None]
    query: str = ""
    fault: Any = ""


@dataclass(frozen=True)
class Finding:
    check: Check
    cause: Cause | None

    @property
    def level(self) -> str:
        return self.cause.level if self.cause else FINE


class Patient:
    """One product with what the checks ask of it, in four statements."""

    def __init__(self, product: Product, merchant: Any) -> None:
        self.product, self.merchant = product, merchant
        live = product.variants.filter(deleted_at=None)
        self.variants = list(live.order_by("position", "pk"))
        self.facts = list(product.facts.values_list("attribute__key", "status"))
        lately = Q(at__gte=timezone.now() - RECENT)
        self.seen = merchant.interactions.filter(product=product).aggregate(
            n=Count("pk"), n_lately=Count("pk", filter=lately), last=Max("at")
        )

    @cached_property
    def _below(self) -> dict[str, Any]:
        described = self.product.texts.filter(
            field=TextField.DESCRIPTION, language=self.merchant.language
        ).exclude(text="")
        same = self.merchant.products.live().filter(
            title=self.product.title, status=ProductStatus.ACTIVE
        )
        return (
            Product.objects.filter(pk=self.product.pk)
            .annotate(
                is_described=Exists(described),
                has_pictures=Exists(self.product.images.all()),
                has_twin=Exists(same.exclude(pk=OuterRef("pk"))),
            )
            .values("is_described", "has_pictures", "has_twin")
            .get()
        )

    @property
    def is_described(self) -> bool:
        return self._below["is_described"]

    @property
    def has_pictures(self) -> bool:
        return self._below["has_pictures"]

    @property
    def has_twin(self) -> bool:
        return self._below["has_twin"]

    @property
    def missing_keys(self) -> list[str]:
        """The facts its family cannot do without and nobody confirmed."""
        category = self.product.category
        family = family_of(category.family if category else "", self.product.product_type)
        confirmed = {key for key, status in self.facts if status == FactStatus.CONFIRMED}
        return [
            key for key in wanted_keys(family, self.product.product_type) if key not in confirmed
        ]

    @property
    def n_proposed(self) -> int:
        return sum(status == FactStatus.PROPOSED for _key, status in self.facts)

    def is_buyable(self, variant: Any) -> bool:
        return not variant.is_stock_tracked or variant.sells_without_stock or variant.stock > 0


# --- Can it be bought? -----------------------------------------------------------------------


def _deleted(it: Patient) -> Cause | None:
    if it.product.deleted_at is None:
        return None
    return Cause(STOPS, _("It is deleted. It can be restored for 30 days."), "restore")


def _not_on_sale(it: Patient) -> Cause | None:
    if it.product.status == ProductStatus.ACTIVE:
        return None
    text = _("Its status is “%(status)s”. Only “On sale” is shown to customers.")
    return Cause(STOPS, text % {"status": it.product.get_status_display()}, "basics")


def _without_variant(it: Patient) -> Cause | None:
    if it.variants:
        return None
    return Cause(
        STOPS, _("It has no variant, so there is no price and nothing to buy."), "variants"
    )


def _without_price(it: Patient) -> Cause | None:
    free = [variant for variant in it.variants if not variant.price_cents]
    if not free:
        return None
    if len(free) == len(it.variants):
        return Cause(STOPS, _("Its price is 0."), "variants")
    return Cause(WEAKENS, _of_all(_("%(n)s of %(all)s variants cost 0."), free, it), "variants")


def _of_all(text: Any, some: list[Any], it: Patient) -> str:
    return text % {"n": formats.number(len(some)), "all": formats.number(len(it.variants))}


def _out_of_stock(it: Patient) -> Cause | None:
    gone = [variant for variant in it.variants if not it.is_buyable(variant)]
    if not gone:
        return None
    if len(gone) == len(it.variants):
        text = _("Nothing is in stock, and it is not sold without stock.")
        return Cause(STOPS, text, "variants")
    text = _of_all(_("%(n)s of %(all)s variants are out of stock."), gone, it)
    return Cause(WEAKENS, text, "variants")


def _low_stock(it: Patient) -> Cause | None:
    counted = [v for v in it.variants if v.is_stock_tracked and not v.sells_without_stock]
    n = sum(max(0, variant.stock) for variant in counted)
    if not counted or len(counted) < len(it.variants) or not 0 < n <= LOW_STOCK:
        return None
    text = ngettext("%(n)s piece is left.", "%(n)s pieces are left.", n)
    return Cause(WEAKENS, text % {"n": formats.number(n)}, "variants")


# --- Can it be found? ------------------------------------------------------------------------


def _hidden(it: Patient) -> Cause | None:
    """What is not sold is neither found nor recommended."""
    if it.product.deleted_at is None and it.product.status == ProductStatus.ACTIVE:
        return None
    return Cause(STOPS, _("It is not on sale, so customers never see it."), "basics")


def _without_category(it: Patient) -> Cause | None:
    if it.product.category_id:
        return None
    return Cause(WEAKENS, _("It is in no category, so no category page lists it."), "basics")


def _undescribed(it: Patient) -> Cause | None:
    if it.is_described:
        return None
    text = _("It has no description in the shop's main language: search has its title alone.")
    return Cause(WEAKENS, text, "write")


def _without_picture(it: Patient) -> Cause | None:
    if it.has_pictures:
        return None
    return Cause(WEAKENS, _("It has no picture. Few people open a result without one."), "pics")


def _lacks_facts(it: Patient) -> Cause | None:
    if not (keys := it.missing_keys):
        return None
    is_zh = formats.locale().language == "zh"
    labels = [KINDS[key].label_zh if is_zh else KINDS[key].label_en for key in keys]
    text = _("Filters on these facts leave it out: %(facts)s.")
    return Cause(WEAKENS, text % {"facts": formats.listed(labels)}, "facts")


def _unconfirmed(it: Patient) -> Cause | None:
    if not (n := it.n_proposed):
        return None
    text = ngettext(
        "%(n)s fact read from its texts waits to be confirmed.",
        "%(n)s facts read from its texts wait to be confirmed.",
        n,
    )
    return Cause(WEAKENS, text % {"n": formats.number(n)}, "facts")


def _has_twin(it: Patient) -> Cause | None:
    if not it.has_twin:
        return None
    text = _("Another product on sale has the very same name: customers cannot tell them apart.")
    return Cause(WEAKENS, text, "twins")


# --- Can it be recommended? ------------------------------------------------------------------


def _nothing_to_buy(it: Patient) -> Cause | None:
    if it.variants and any(it.is_buyable(variant) for variant in it.variants):
        return None
    return Cause(STOPS, _("What cannot be bought is not recommended."), "variants")


def _never_seen(it: Patient) -> Cause | None:
    if it.seen["n"]:
        return None
    text = _("Nobody has viewed or bought it yet: others are known better to recommendations.")
    is_young = it.product.created_at > timezone.now() - YOUNG
    return Cause(WEAKENS, _("It is new and was not viewed yet.") if is_young else text)


def _long_unseen(it: Patient) -> Cause | None:
    if not it.seen["n"] or it.seen["n_lately"]:
        return None
    text = _("It was last viewed or bought on %(day)s: what happened lately counts most.")
    return Cause(WEAKENS, text % {"day": formats.day(timezone.localdate(it.seen["last"]))})


CHECKS = (
    Check("deleted", SOLD, _("Not deleted"), _deleted),
    Check("not_on_sale", SOLD, _("On sale"), _not_on_sale, "status=draft", _("Not on sale yet")),
    Check("no_variant", SOLD, _("Has a variant"), _without_variant),
    Check(
        "no_price", SOLD, _("Has a price"), _without_price, "status=active&max=0", _("Price is 0")
    ),
    Check(
        "out_of_stock",
        SOLD,
        _("In stock"),
        _out_of_stock,
        "status=active&stock=none",
        _("Out of stock"),
    ),
    Check(
        "low_stock",
        SOLD,
        _("Stock lasts"),
        _low_stock,
        "status=active&stock=low",
        _("Stock is low"),
    ),
    Check("hidden", FOUND, _("Shown to customers"), _hidden),
    Check(
        "no_category",
        FOUND,
        _("In a category"),
        _without_category,
        "status=active&category=none",
        _("In no category"),
    ),
    Check(
        "no_description",
        FOUND,
        _("Described"),
        _undescribed,
        "status=active&no_text={language}",
        _("No description"),
    ),
    Check(
        "no_picture",
        FOUND,
        _("Has a picture"),
        _without_picture,
        "status=active&picture=none",
        _("No picture"),
    ),
    Check(
        "missing_facts",
        FOUND,
        _("Facts complete"),
        _lacks_facts,
        "status=active&facts=missing",
        _("Facts missing"),
    ),
    Check(
        "proposed_facts",
        FOUND,
        _("Facts confirmed"),
        _unconfirmed,
        "status=active&facts=proposed",
        _("Facts to confirm"),
    ),
    Check("twin", FOUND, _("Name is its own"), _has_twin),
    Check("not_shown", RECOMMENDED, _("Shown to customers"), _hidden),
    Check("nothing_to_buy", RECOMMENDED, _("Can be bought"), _nothing_to_buy),
    Check("never_seen", RECOMMENDED, _("Viewed or bought"), _never_seen),
    Check("long_unseen", RECOMMENDED, _("Viewed or bought lately"), _long_unseen),
    Check(
        "category_for_similar", RECOMMENDED, _("In a category to be compared in"), _without_category
    ),
)


def examine(product: Product, merchant: Any) -> dict[str, list[Finding]]:
    """What every check finds, by area; what stops it first."""
    patient = Patient(product, merchant)
    found = [Finding(check, check.look(patient)) for check in CHECKS]
    order = [STOPS, WEAKENS, FINE]
    return {
        area: sorted(
            (one for one in found if one.check.area == area), key=lambda f: order.index(f.level)
        )
        for area in AREAS
    }


def shop_wide() -> Iterator[Check]:
    """The checks that the list can answer for all products at once."""
    return (check for check in CHECKS if check.query)

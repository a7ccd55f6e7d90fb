"""What a product list is narrowed to, from the address and back into chips.

The whole state of a list is its query string: it can be saved, shared, and given to a job as
"everything that matches".
"""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import connection
from django.db.models import (
    BooleanField,
    Case,
    Exists,
    Func,
    OuterRef,
    Q,
    QuerySet,
    Sum,
    Value,
    When,
)
from django.db.models.expressions import RawSQL
from django.http import QueryDict
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from catalog.products.models import Fact, ProductStatus, ProductText, Variant
from catalog.products.money import parse_money
from catalog.products.must_have import lacks_must_haves
from ecomportal.web.formats import money

LOW_STOCK = 5  # pieces over all counted variants: "order more soon"
RESTORABLE = timedelta(days=30)  # after its deletion
COUNTED = 2000  # a search with more answers than this has "many"
UPDATED_DAYS = ("1", "7", "30", "90")
LANGUAGES = {"en": _("English"), "zh": _("Chinese")}
# In the order of the chips. What else stands in the address (sort, page) narrows nothing.
PARAMS = (
    "q",
    "status",
    "category",
    "stock",
    "facts",
    "no_text",
    "updated",
    "min",
    "max",
    "deleted",
)


@dataclass(frozen=True)
class Chip:
    """One filter that is on; `params` are those its cross takes out of the address."""

    label: Any
    value: Any
    params: tuple[str, ...]


class ProductFilters:
    """The filters of one request. A value that cannot be read filters nothing and says so."""

    def __init__(self, query: QueryDict | str, merchant: Any) -> None:
        query = QueryDict(query) if isinstance(query, str) else query
        self.merchant = merchant
        self.problems: list[str] = []
        self.values = {name: query.get(name, "").strip()[:200] for name in PARAMS}
        for name, allowed in (
            ("status", set(ProductStatus.values)),
            ("stock", {"low", "none"}),
            ("facts", {"missing", "proposed"}),
            ("no_text", set(LANGUAGES)),
            ("updated", set(UPDATED_DAYS)),
            ("deleted", {"1"}),
        ):
            if self.values[name] not in allowed:
                self.values[name] = ""
        self.category_id = _uuid(self.values["category"])
        self.min_cents = self._cents("min")
        self.max_cents = self._cents("max")

    def _cents(self, name: str) -> int | None:
        if not self.values[name]:
            return None
        try:
            return parse_money(self.values[name], self.merchant.currency)
        except ValidationError as error:
            self.problems += error.messages
            return None

    @property
    def is_search_alone(self) -> bool:
        return all(name == "q" or not value for name, value in self.values.items())

    def query(self) -> str:
        """The filters alone as a query string, in a fixed order."""
        made = QueryDict(mutable=True)
        made.update({name: value for name, value in self.values.items() if value})
        return made.urlencode()

    @cached_property
    def categories(self) -> dict[UUID, str]:
        """The shop's categories by path, asked once for the filter, its chip and its menu."""
        return dict(self.merchant.categories.order_by("path").values_list("pk", "path"))

    @cached_property
    def n_found(self) -> int:
        """How many live products the search finds, at most COUNTED + 1: few or many."""
        with connection.cursor() as cursor:
            cursor.execute("SELECT count_search(%s, %s)", [self.values["q"], COUNTED + 1])
            return cursor.fetchone()[0]

    def apply(self, products: QuerySet) -> QuerySet:
        """All that match, in no order."""
        return self._narrow(products, self._matches)

    def walk(self, products: QuerySet) -> QuerySet:
        """The same, for who reads the first few of an order.

        Rare words are looked up, and what was found is sorted. Where more than COUNTED products
        have a common word, walking through the order and looking at each soon fills a page.
        """
        is_common = self.values["q"] and not self.values["deleted"] and self.n_found > COUNTED
        return self._narrow(products, self._is_alike if is_common else self._matches)

    def _narrow(self, products: QuerySet, matches: Any) -> QuerySet:
        if self.values["deleted"]:
            products = products.filter(deleted_at__gte=timezone.now() - RESTORABLE)
        else:
            products = products.filter(deleted_at=None)
        for condition in self._conditions(matches):
            products = products.filter(condition)
        return products

    def _conditions(self, matches: Any) -> list[Any]:
        wanted = [
            (self.values["q"], matches),
            (self.values["status"], lambda: Q(status=self.values["status"])),
            (self.category_id, self._in_category),
            (self.values["stock"], self._has_little_stock),
            (self.values["facts"], self._needs_facts),
            (self.values["no_text"], self._has_no_text),
            (self.values["updated"], self._is_recent),
            (self.min_cents is not None or self.max_cents is not None, self._costs),
        ]
        return [make() for is_on, make in wanted if is_on]

    def _matches(self) -> Q:
        text = self.values["q"]
        if self.values["deleted"]:  # the search function looks at live products alone
            return Q(title__icontains=text) | Q(handle__icontains=text)
        return Q(pk__in=RawSQL("SELECT search_products(%s)", [text]))

    def _is_alike(self) -> Any:
        """Wrapped, because the planner would multiply the rarity of pieces of one word, expect
        next to nothing, and read the whole table instead of walking through the order."""
        pieces = Func(Value(self.values["q"]), function="query_grams")
        found = When(grams__contains=pieces, then=True)
        return Case(found, default=False, output_field=BooleanField())

    def _in_category(self) -> Q:
        """The category and all below it, whose paths begin with its own.

        Given as ids: the planner knows how common each is, but not what a subquery will give.
        """
        path = self.categories.get(self.category_id)
        below = f"{path} > "
        inside = [pk for pk, other in self.categories.items() if other.startswith(below)]
        return Q(category__in=[self.category_id, *inside] if path is not None else [])

    def _has_little_stock(self) -> Q:
        counted = Variant.objects.filter(
            product=OuterRef("pk"), deleted_at=None, is_stock_tracked=True
        )
        total = counted.order_by().values("product").annotate(n=Sum("stock"))
        limit = 0 if self.values["stock"] == "none" else LOW_STOCK
        return Exists(total.filter(n__lte=limit))

    def _needs_facts(self) -> Any:
        if self.values["facts"] == "proposed":
            return Exists(Fact.objects.filter(product=OuterRef("pk"), status="proposed"))
        return lacks_must_haves(self.merchant)

    def _has_no_text(self) -> Any:
        return ~Exists(
            ProductText.objects.filter(
                product=OuterRef("pk"), language=self.values["no_text"], field="description"
            ).exclude(text="")
        )

    def _is_recent(self) -> Q:
        since = timezone.now() - timedelta(days=int(self.values["updated"]))
        return Q(updated_at__gte=since)

    def _costs(self) -> Any:
        variants = Variant.objects.filter(product=OuterRef("pk"), deleted_at=None)
        if self.min_cents is not None:
            variants = variants.filter(price_cents__gte=self.min_cents)
        if self.max_cents is not None:
            variants = variants.filter(price_cents__lte=self.max_cents)
        return Exists(variants)

    def chips(self) -> list[Chip]:
        """The filters that are on, in words; the search box shows its own."""
        values, chips = self.values, []
        if values["status"]:
            chips.append(Chip(_("Status"), ProductStatus(values["status"]).label, ("status",)))
        if self.category_id:
            name = self.categories.get(self.category_id, "?")
            chips.append(Chip(_("Category"), name, ("category",)))
        if values["stock"]:
            word = _("none left") if values["stock"] == "none" else _("low")
            chips.append(Chip(_("Stock"), word, ("stock",)))
        if values["facts"]:
            word = _("to confirm") if values["facts"] == "proposed" else _("missing")
            chips.append(Chip(_("Facts"), word, ("facts",)))
        if values["no_text"]:
            chips.append(Chip(_("No text in"), LANGUAGES[values["no_text"]], ("no_text",)))
        if values["updated"]:
            n = int(values["updated"])
            words = ngettext("last day", "last %(n)s days", n) % {"n": n}
            chips.append(Chip(_("Updated"), words, ("updated",)))
        if self.min_cents is not None or self.max_cents is not None:
            chips.append(Chip(_("Price"), self._price_words(), ("min", "max")))
        if values["deleted"]:
            chips.append(Chip(_("Deleted"), _("last 30 days"), ("deleted",)))
        return chips

    def _price_words(self) -> str:
        low, high = (
            None if cents is None else money(cents, self.merchant.currency)
            for cents in (self.min_cents, self.max_cents)
        )
        if low and high:
            return _("%(low)s to %(high)s") % {"low": low, "high": high}
        return _("from %s") % low if low else _("up to %s") % high


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text) if text else None
    except ValueError:
        return None

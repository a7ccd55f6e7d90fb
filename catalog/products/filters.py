"""What a product list is narrowed to, from the address and back into chips.

The whole state of a list is its query string: it can be saved, shared, and given to a job as
"everything that matches".
"""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery, Sum, Value
from django.db.models.expressions import RawSQL
from django.db.models.functions import Concat
from django.http import QueryDict
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from catalog.products.models import Category, Fact, ProductStatus, ProductText, Variant
from catalog.products.money import parse_money
from catalog.products.must_have import lacks_must_haves
from ecomportal.web.formats import money

LOW_STOCK = 5  # pieces over all counted variants: "order more soon"
RESTORABLE = timedelta(days=30)  # after its deletion
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

    def query(self) -> str:
        """The filters alone as a query string, in a fixed order."""
        made = QueryDict(mutable=True)
        made.update({name: value for name, value in self.values.items() if value})
        return made.urlencode()

    def apply(self, products: QuerySet) -> QuerySet:
        if self.values["deleted"]:
            products = products.filter(deleted_at__gte=timezone.now() - RESTORABLE)
        else:
            products = products.filter(deleted_at=None)
        for condition in self._conditions():
            products = products.filter(condition)
        return products

    def _conditions(self) -> list[Any]:
        wanted = [
            (self.values["q"], self._matches),
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

    def _in_category(self) -> Q:
        """The category and all below it, whose paths begin with its own."""
        here = Category.objects.filter(pk=self.category_id).values("path")[:1]
        below = Concat(Subquery(here), Value(" > "))
        inside = Category.objects.filter(Q(pk=self.category_id) | Q(path__startswith=below))
        return Q(category_id__in=inside.values("pk"))

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

    def chips(self, categories: dict[UUID, str]) -> list[Chip]:
        """The filters that are on, in words; the search box shows its own."""
        values, chips = self.values, []
        if values["status"]:
            chips.append(Chip(_("Status"), ProductStatus(values["status"]).label, ("status",)))
        if self.category_id:
            name = categories.get(self.category_id, "?")
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

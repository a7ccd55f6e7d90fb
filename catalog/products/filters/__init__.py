"""What a product list is narrowed to, from the address and back into chips.

The whole state of a list is its query string: it can be saved, shared, and given to a job as
"everything that matches".
"""

from collections.abc import Iterator
from functools import partial
from typing import Any
from uuid import UUID

from django.contrib.postgres.fields import ArrayField
from django.core.exceptions import ValidationError
from django.db.models import QuerySet, UUIDField
from django.db.models.expressions import RawSQL
from django.http import QueryDict
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from catalog.products.filters import facts as fact_filters
from catalog.products.filters.narrowing import COUNTED, Chip, Narrowing, counts, next_to
from catalog.products.filters.plain import (
    LOW_STOCK,
    NO_CATEGORY,
    ONE_VALUE,
    RESTORABLE,
    UPDATED_DAYS,
    Place,
    price,
    read_day,
    stock_range,
)
from catalog.products.models import Attribute, path_column
from catalog.products.money import parse_money
from ecomportal.web.counting import kept_estimate
from ecomportal.web.paging import Near

__all__ = ["COUNTED", "LOW_STOCK", "PARAMS", "UPDATED_DAYS", "Chip", "Narrowing", "ProductFilters"]

RANGES = ("min", "max", "smin", "smax")
# What else stands in the address (sort, page, columns) narrows nothing.
PARAMS = (*ONE_VALUE, *RANGES, "deleted")
MAX_STOCK = 10**12
BY_CHANGE = ("", "updated", "-updated")  # as `sort` stands in the address
# Products of a shop whose matches are simply looked up and counted.
SMALL_SHOP = 20_000


class ProductFilters:
    """The filters of one request. A value that cannot be read filters nothing and says so."""

    def __init__(self, query: QueryDict | str, merchant: Any) -> None:
        query = QueryDict(query) if isinstance(query, str) else query
        self.merchant = merchant
        self.is_by_change = query.get("sort", "") in BY_CHANGE
        self.problems: list[str] = []
        self.values = {name: query.get(name, "").strip()[:200] for name in PARAMS}
        for name, (_maker, allowed) in ONE_VALUE.items():
            if allowed is not None and self.values[name] not in allowed:
                self.values[name] = ""
        if self.values["deleted"] != "1":
            self.values["deleted"] = ""
        if self.values["since"] and read_day(self.values["since"]) is None:
            self.problems.append(_("Write the day as year, month and day, such as 2026-11-25."))
        self.facts = fact_filters.read(query)
        self.category_id = _uuid(self.values["category"])
        if self.category_id is None and self.values["category"] != NO_CATEGORY:
            self.values["category"] = ""
        self.price = self._cents("min"), self._cents("max")
        self.stock = self._number("smin"), self._number("smax")

    def _cents(self, name: str) -> int | None:
        if not self.values[name]:
            return None
        try:
            return parse_money(self.values[name], self.merchant.currency)
        except ValidationError as error:
            self.problems += error.messages
            return None

    def _number(self, name: str) -> int | None:
        text = self.values[name]
        if not text:
            return None
        if text.lstrip("-").isdecimal() and abs(int(text)) <= MAX_STOCK:
            return int(text)
        self.problems.append(_("Write the stock as a whole number, such as 12."))
        return None

    def pairs(self) -> list[tuple[str, str]]:
        """The filters as names and values of a form, in a fixed order."""
        pairs = [(name, value) for name, value in self.values.items() if value]
        return pairs + [pair for one in self.facts.values() for pair in one.params()]

    def query(self) -> str:
        """The filters alone as a query string, in a fixed order."""
        made = QueryDict(mutable=True)
        for name, value in self.pairs():
            made.appendlist(name, value)
        return made.urlencode()

    @cached_property
    def categories(self) -> dict[UUID, Place]:
        """The shop's categories, asked once for the filter, its chip and its menu."""
        rows = self.merchant.categories.order_by("path").values_list("pk", "path", path_column())
        return {pk: Place(path, label) for pk, path, label in rows}

    @cached_property
    def attributes(self) -> dict[str, Attribute]:
        """The shop's kinds of fact by key."""
        return {attribute.key: attribute for attribute in self.merchant.attributes.all()}

    @cached_property
    def narrowings(self) -> list[Narrowing]:
        """Every filter that is on but `deleted`, which says whose list it is."""
        found = []
        for name, (make, _allowed) in ONE_VALUE.items():
            if self.values[name] and (made := make(self, self.values[name])):
                found.append(made)
        if self.price != (None, None):
            found.append(price(self, *self.price))
        if self.stock != (None, None):
            found.append(stock_range(self, *self.stock))
        return [*found, *self._of_facts()]

    def _of_facts(self) -> Iterator[Narrowing]:
        for one in self.facts.values():
            if attribute := self.attributes.get(one.key):
                yield from fact_filters.narrowings(one, attribute, self.merchant, self.problems)
            else:
                self.problems.append(
                    _("This shop keeps no fact called “%(key)s”.") % {"key": one.key}
                )

    @property
    def has_search(self) -> bool:
        return bool(self.values["q"])

    @cached_property
    def near(self) -> Near | None:
        """A quicker way to the page of a large shop's list by change that a search or a tag alone
        narrows: the condition that lets through the next of its matches. They are not counted."""
        one = self.narrowings[0] if len(self.narrowings) == 1 else None
        if one is None or one.near is None or not self.is_by_change or self.values["deleted"]:
            return None
        everything = self.merchant.products.all()
        if kept_estimate(everything, of=f"products {self.merchant.pk}") <= SMALL_SHOP:
            return None
        return partial(next_to, one.near)

    @cached_property
    def _looked_up(self) -> dict[str, Any]:
        """How many products each filter finds that an index serves, and which of them the search
        names exactly, by handle, SKU or bar code: in one statement, and none for a plain list."""
        served = [one for one in self.narrowings if one.ids is not None and not self.near]
        more = {}
        if self.has_search:
            more["named"] = RawSQL(
                "ARRAY(SELECT products_named(%s))",
                [self.values["q"]],
                output_field=ArrayField(UUIDField()),
            )
        if self.values["deleted"] or not (served or more):
            return {"named": [], "n": {}}
        found = counts(self.merchant, served, **more)
        n = {id(one): found[f"n_{at}"] for at, one in enumerate(served)}
        return {"named": found.get("named", []), "n": n}

    @property
    def named(self) -> list[UUID]:
        """The live products whose handle, SKU or bar code is what is searched for."""
        return self._looked_up["named"]

    @cached_property
    def rarest(self) -> Narrowing | None:
        """The filter that leaves fewest products, if those are few."""
        n = self._looked_up["n"]
        few = [one for one in self.narrowings if n.get(id(one), COUNTED + 1) <= COUNTED]
        return min(few, key=lambda one: n[id(one)], default=None)

    @property
    def n_counted(self) -> int | None:
        """How many products match, where that is known without another look."""
        one = self.rarest
        if one is None or not one.is_of_products or len(self.narrowings) > 1:
            return None
        return self._looked_up["n"][id(one)]

    def apply(self, products: QuerySet) -> QuerySet:
        """All that match, in no order."""
        return self._narrow(products, [one.condition for one in self.narrowings])

    def of_named(self, products: QuerySet) -> QuerySet:
        """Those that the search names exactly, as far as they match the other filters."""
        others = [one.condition for one in self.narrowings if one.chip.params != ("q",)]
        return self._narrow(products.filter(pk__in=self.named), others)

    def walk(self, products: QuerySet) -> QuerySet:
        """The same, for who reads the first few of an order; `near` narrows by itself."""
        if self.near:
            return self._narrow(products, [])
        return self._narrow(products, [self._while_walking(one) for one in self.narrowings])

    def _while_walking(self, one: Narrowing) -> Any:
        if one is self.rarest and not (one.is_ordered and self.is_by_change):
            return one.found
        return one.while_walking or one.condition

    def _narrow(self, products: QuerySet, conditions: list[Any]) -> QuerySet:
        if self.values["deleted"]:
            products = products.filter(deleted_at__gte=timezone.now() - RESTORABLE)
        else:
            products = products.filter(deleted_at=None)
        for condition in conditions:
            products = products.filter(condition)
        return products

    def chips(self) -> list[Chip]:
        """The filters that are on, in words; the search box shows its own."""
        chips = [one.chip for one in self.narrowings if one.chip.params != ("q",)]
        if self.values["deleted"]:
            chips.append(Chip(_("Deleted"), _("last 30 days"), ("deleted",)))
        return chips


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text) if text else None
    except ValueError:
        return None

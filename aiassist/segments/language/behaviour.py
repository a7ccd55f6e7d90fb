"""Function clauses as conditions: what customers bought, viewed, wrote about and belong to."""

from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from fractions import Fraction
from functools import cached_property
from typing import Any

from babel.numbers import get_currency_precision
from django.db.models import Count, Exists, IntegerField, OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce

from aiassist.segments.language.bounds import INTENT_LONGEST, NOBODY, TAG_LONGEST, has_entry, whole
from aiassist.segments.language.days import day_of, start_of
from aiassist.segments.language.references import unknown_segment
from aiassist.segments.language.tree import Call, Condition
from aiassist.segments.rfm_orders import counted_orders, factors_of
from catalog.orders.models import Interaction
from ecomportal.tenancy.models import Merchant

FEW_PRODUCTS = 2000  # whose ids go into the statement
AT_LEAST_ONE = Condition(">=", (Decimal(1),))


class Behaviour:
    """`is_few`: each customer is looked up by itself, which is right for a sample of them; for
    all of them one pass over the orders is."""

    def __init__(self, merchant: Merchant, today: date, *, is_few: bool) -> None:
        self.merchant = merchant
        self.today = today
        self.is_few = is_few

    def condition(self, call: Call) -> Q:
        holds = getattr(self, f"_{call.name}")(call)
        return ~holds if call.is_not else holds

    def _since(self, call: Call, column: str) -> dict[str, Any]:
        within = call.get("within")
        if within is None:
            return {}
        return {f"{column}__gte": start_of(day_of(within, self.today), self.merchant.timezone)}

    # --- Products ----------------------------------------------------------------------------

    def _products_purchased(self, call: Call) -> Q:
        lines = self._product(call, "lines__")
        if lines is None:
            return NOBODY
        orders = self._orders.filter(
            customer=OuterRef("pk"), lines__isnull=False, **lines, **self._since(call, "ordered_at")
        )
        return Q(Exists(orders))

    def _viewed(self, call: Call) -> Q:
        rows = self._product(call, "")
        if rows is None:
            return NOBODY
        views = self.merchant.interactions.filter(
            kind=Interaction.Kind.VIEW,
            customer=OuterRef("pk"),
            **rows,
            **self._since(call, "at"),
        )
        return Q(Exists(views))

    def _product(self, call: Call, prefix: str) -> dict[str, Any] | None:
        """Conditions on rows that name a product; None where no product can fit."""
        wanted: dict[str, Any] = {}
        if call.get("sku"):
            wanted[f"{prefix}sku"] = call.get("sku")
        if call.get("category") or call.get("tag"):
            products = self._products(call)
            if not products and isinstance(products, list):
                return None
            wanted[f"{prefix}product__in"] = products
        return wanted

    def _products(self, call: Call) -> list[Any] | QuerySet:
        """Ids where they are few, which spares looking each product up for each line; else rows."""
        products = self.merchant.products.order_by()
        if call.get("category"):
            below = categories_named(str(call.get("category")), self._categories)
            products = products.filter(category_id__in=below)
        if call.get("tag"):
            products = products.filter(has_entry("tags", str(call.get("tag")), TAG_LONGEST))
        ids = list(products.values_list("pk", flat=True)[: FEW_PRODUCTS + 1])
        return ids if len(ids) <= FEW_PRODUCTS else products.values("pk")

    @cached_property
    def _categories(self) -> list[dict[str, Any]]:
        columns = ("pk", "parent_id", "name", "name_zh", "path", "path_zh")
        return list(self.merchant.categories.values(*columns))

    # --- Orders ------------------------------------------------------------------------------

    @cached_property
    def _factors(self) -> dict[str, Decimal]:
        return factors_of(self.merchant)

    @property
    def _orders(self) -> QuerySet:
        # An order need not name its customer.
        return counted_orders(self.merchant, self._factors).filter(customer__isnull=False)

    def _orders_placed(self, call: Call) -> Q:
        orders = self._orders.filter(**self._since(call, "ordered_at"))
        total, count = call.get("total"), call.get("count") or AT_LEAST_ONE
        if isinstance(total, Condition):
            orders = orders.filter(self._total(total))
        if count == AT_LEAST_ONE:
            return Q(Exists(orders.filter(customer=OuterRef("pk"))))
        return self._looked_up(orders, count) if self.is_few else self._counted(orders, count)

    def _total(self, asked: Condition) -> Q:
        """The limit is converted, not each order: exact, and the column stays comparable."""
        own = Decimal(10) ** get_currency_precision(self.merchant.currency)
        joined = NOBODY
        for currency, factor in self._factors.items():
            limits = [Fraction(value) * Fraction(own) / Fraction(factor) for value in asked.values]
            joined |= Q(currency=currency) & whole("total_cents", asked.operator, limits)
        return joined

    def _looked_up(self, orders: QuerySet, count: Condition) -> Q:
        mine = orders.filter(customer=OuterRef("pk")).order_by().values("customer")
        n = Subquery(mine.values(n=Count("pk")), output_field=IntegerField())
        # A condition on an expression: the same comparison, with the expression named first.
        return _comparison(Coalesce(n, Value(0)), count)

    def _counted(self, orders: QuerySet, count: Condition) -> Q:
        """One pass over the orders. Who has none at all is in no group, hence the turn-about."""
        by_customer = orders.order_by().values("customer").annotate(n=Count("pk"))
        has_none_fitting = number_fits(0, count)
        fitting = ~whole("n", count.operator, list(count.values)) if has_none_fitting else whole(
            "n", count.operator, list(count.values)
        )  # fmt: skip
        found = self.merchant.customers.filter(
            pk=OuterRef("pk"), pk__in=by_customer.filter(fitting).values("customer")
        )
        return ~Q(Exists(found)) if has_none_fitting else Q(Exists(found))

    # --- Chats and segments ------------------------------------------------------------------

    def _chat_intent(self, call: Call) -> Q:
        intent = str(call.get("intent"))
        chats = self.merchant.conversations.filter(
            has_entry("reading__intents", intent, INTENT_LONGEST),
            customer=OuterRef("pk"),
            **self._since(call, "started_at"),
        )
        return Q(Exists(chats))

    def _in_segment(self, call: Call) -> Q:
        name = str(call.get("name"))
        segment = self._segment_ids.get(name)
        if segment is None:
            # Nobody would be a guess, and with NOT before it everybody.
            raise unknown_segment(call, name, list(self._segment_ids))
        members = self.merchant.segment_members.filter(segment=segment, customer=OuterRef("pk"))
        return Q(Exists(members))

    @cached_property
    def _segment_ids(self) -> dict[str, Any]:
        live = self.merchant.segments.filter(deleted_at=None)
        return dict(live.values_list("name", "pk"))


def _comparison(expression: Any, asked: Condition) -> Q:
    from django.db.models.lookups import (
        Exact,
        GreaterThan,
        GreaterThanOrEqual,
        In,
        LessThan,
        LessThanOrEqual,
    )

    values = [int(value) for value in asked.values]
    if asked.operator == "BETWEEN":
        return Q(GreaterThanOrEqual(expression, values[0])) & Q(
            LessThanOrEqual(expression, values[1])
        )
    if asked.operator == "IN":
        return Q(In(expression, values))
    if asked.operator == "!=":
        return ~Q(Exact(expression, values[0]))
    lookups = {"=": Exact, "<": LessThan, "<=": LessThanOrEqual, ">": GreaterThan,
               ">=": GreaterThanOrEqual}  # fmt: skip
    return Q(lookups[asked.operator](expression, values[0]))


def number_fits(number: int, asked: Condition) -> bool:
    values = [int(value) for value in asked.values]
    first = values[0]
    return {
        "=": number == first,
        "!=": number != first,
        "<": number < first,
        "<=": number <= first,
        ">": number > first,
        ">=": number >= first,
        "BETWEEN": first <= number <= values[-1],
        "IN": number in values,
    }[asked.operator]


def categories_named(wanted: str, categories: Iterable[dict[str, Any]]) -> list[Any]:
    """Ids of the categories of that name or path, in either language, and of all below them."""
    rows, wanted = list(categories), wanted.casefold()
    children: dict[Any, list[Any]] = {}
    for row in rows:
        children.setdefault(row["parent_id"], []).append(row["pk"])
    labels = ("name", "name_zh", "path", "path_zh")
    waiting = [row["pk"] for row in rows if wanted in (row[label].casefold() for label in labels)]
    found: dict[Any, None] = {}
    while waiting:
        pk = waiting.pop()
        if pk not in found:
            found[pk] = None
            waiting.extend(children.get(pk, []))
    return list(found)

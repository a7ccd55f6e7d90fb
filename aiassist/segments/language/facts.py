"""One customer's facts, read row by row in plain Python: what the oracle and explanations see."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from babel.numbers import get_currency_precision
from django.utils import timezone

from aiassist.segments.language.oracle import Facts
from aiassist.segments.rfm_orders import counted_orders, factors_of
from catalog.orders.models import Customer, Interaction, Order
from ecomportal.tenancy.models import Merchant


def facts_of(customer: Customer, *, now: datetime | None = None) -> Facts:
    return facts_of_all(customer.merchant, [customer], now=now)[0]


def facts_of_all(
    merchant: Merchant, customers: Sequence[Customer], *, now: datetime | None = None
) -> list[Facts]:
    """The facts of some customers in the same order; a statement or two for each kind of row."""
    found = _Reading(merchant, [customer.pk for customer in customers], now or timezone.now())
    return [found.of(customer) for customer in customers]


class _Reading:
    def __init__(self, merchant: Merchant, ids: list[Any], now: datetime) -> None:
        self.merchant, self.ids = merchant, ids
        self.zone = ZoneInfo(merchant.timezone)
        self.today = self.day(now)
        self.profiles = merchant.customer_profiles.select_related("persona").in_bulk(ids)
        self.factors = factors_of(merchant)
        self.categories = self._category_names()
        rows = self._rows()
        self.products = self._products(rows)
        self.orders, self.views = self._orders(rows[0]), self._views(rows[1])
        self.chats, self.segments = self._chats(), self._segments()

    def of(self, customer: Customer) -> Facts:
        return {
            "today": self.today,
            **self._of_profile(customer),
            "customer_language": customer.language or None,
            "country": customer.country or None,
            "customer_tags": list(customer.tags),
            "accepts_marketing": customer.accepts_marketing,
            "orders": self.orders[customer.pk],
            "views": self.views[customer.pk],
            "chats": self.chats[customer.pk],
            "segments": self.segments[customer.pk],
        }

    def _of_profile(self, customer: Customer) -> Facts:
        row = self.profiles[customer.pk]
        last = self.day(row.last_order_at)
        return {
            "number_of_orders": row.n_orders,
            "amount_spent": self.money(row.spent_cents),
            "average_order_value": self.money(row.average_cents),
            "first_order_date": self.day(row.first_order_at),
            "last_order_date": last,
            "days_since_last_order": (self.today - last).days if last else None,
            "rfm_group": row.rfm_group or None,
            "r_score": row.r_score,
            "f_score": row.f_score,
            "m_score": row.m_score,
            "predicted_clv": self.money(row.clv_cents),
            "churn_probability": row.churn_probability,
            "expected_date_of_next_order": row.next_order_on,
            "chat_sentiment": row.chat_sentiment or None,
            "unresolved_chats": row.n_unresolved,
            "csat": row.csat,
            "cluster": row.persona.number if row.persona else None,
            "persona": (row.persona.name if row.persona else None) or None,
        }

    def day(self, moment: datetime | None) -> date | None:
        return moment.astimezone(self.zone).date() if moment else None

    def money(self, cents: int | None) -> Decimal | None:
        if cents is None:
            return None
        return Decimal(cents).scaleb(-get_currency_precision(self.merchant.currency))

    # --- Rows --------------------------------------------------------------------------------

    def _rows(self) -> tuple[list[Order], list[Interaction]]:
        orders = counted_orders(self.merchant, self.factors).filter(customer__in=self.ids)
        views = self.merchant.interactions.filter(kind="view", customer__in=self.ids)
        ordered = orders.prefetch_related("lines").order_by("ordered_at", "pk")
        return list(ordered), list(views.order_by("at", "pk"))

    def _products(self, rows: tuple[list[Order], list[Interaction]]) -> dict[Any, Facts]:
        """Categories and tags of the products that are named, and of no others."""
        ids = {line.product_id for order in rows[0] for line in order.lines.all()}
        ids |= {view.product_id for view in rows[1]}
        found = self.merchant.products.filter(pk__in=ids - {None})
        return {
            pk: {"categories": self.categories.get(category, []), "tags": tags}
            for pk, category, tags in found.values_list("pk", "category_id", "tags")
        }

    def _orders(self, rows: list[Order]) -> dict[Any, list[Facts]]:
        found: dict[Any, list[Facts]] = defaultdict(list)
        for order in rows:
            total = order.total_cents * Decimal(self.factors[order.currency])
            found[order.customer_id].append(
                {
                    "day": self.day(order.ordered_at),
                    "total": total.scaleb(-get_currency_precision(self.merchant.currency)),
                    "lines": [self._product(one.sku, one.product_id) for one in order.lines.all()],
                }
            )
        return found

    def _views(self, rows: list[Interaction]) -> dict[Any, list[Facts]]:
        found: dict[Any, list[Facts]] = defaultdict(list)
        for view in rows:
            product = self._product(view.sku, view.product_id)
            found[view.customer_id].append({"day": self.day(view.at), **product})
        return found

    def _product(self, sku: str, product_id: Any) -> Facts:
        known = self.products.get(product_id, {"categories": [], "tags": []})
        return {"sku": sku, **known}

    def _chats(self) -> dict[Any, list[Facts]]:
        rows = self.merchant.conversations.filter(customer__in=self.ids).select_related("reading")
        found: dict[Any, list[Facts]] = defaultdict(list)
        for chat in rows.order_by("started_at", "pk"):
            reading = getattr(chat, "reading", None)
            intents = list(reading.intents) if reading else []
            found[chat.customer_id].append({"day": self.day(chat.started_at), "intents": intents})
        return found

    def _segments(self) -> dict[Any, list[str]]:
        rows = self.merchant.segment_members.filter(
            customer__in=self.ids, segment__deleted_at=None
        ).values_list("customer", "segment__name")
        found: dict[Any, list[str]] = defaultdict(list)
        for customer, name in rows:
            found[customer].append(name)
        return found

    def _category_names(self) -> dict[Any, list[str]]:
        """Of each category, every name of it and of those it lies in."""
        rows = {row.pk: row for row in self.merchant.categories.all()}
        return {pk: list(_names_upwards(row, rows)) for pk, row in rows.items()}


def _names_upwards(row: Any, rows: dict[Any, Any]) -> Iterable[str]:
    seen = set()
    while row is not None and row.pk not in seen:
        seen.add(row.pk)
        yield from (row.name, row.name_zh, row.path, row.path_zh)
        row = rows.get(row.parent_id)

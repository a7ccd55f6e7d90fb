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
from catalog.orders.models import Customer
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
        self.categories = self._category_names()
        self.products = dict(merchant.products.values_list("pk", "category_id"))
        self.tags = dict(merchant.products.exclude(tags=[]).values_list("pk", "tags"))
        self.orders, self.views = self._orders(), self._views()
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

    def _orders(self) -> dict[Any, list[Facts]]:
        factors = factors_of(self.merchant)
        orders = counted_orders(self.merchant, factors).filter(customer__in=self.ids)
        found: dict[Any, list[Facts]] = defaultdict(list)
        for order in orders.prefetch_related("lines").order_by("ordered_at", "pk"):
            total = order.total_cents * Decimal(factors[order.currency])
            found[order.customer_id].append(
                {
                    "day": self.day(order.ordered_at),
                    "total": total.scaleb(-get_currency_precision(self.merchant.currency)),
                    "number": order.number,
                    "lines": [
                        self._product(line.sku, line.product_id) for line in order.lines.all()
                    ],
                }
            )
        return found

    def _views(self) -> dict[Any, list[Facts]]:
        rows = self.merchant.interactions.filter(kind="view", customer__in=self.ids)
        found: dict[Any, list[Facts]] = defaultdict(list)
        for view in rows.order_by("at", "pk"):
            product = self._product(view.sku, view.product_id)
            found[view.customer_id].append({"day": self.day(view.at), **product})
        return found

    def _product(self, sku: str, product_id: Any) -> Facts:
        category = self.products.get(product_id)
        return {
            "sku": sku,
            "categories": self.categories.get(category, []),
            "tags": self.tags.get(product_id, []),
        }

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

"""The columns of each kind of file. Contacts are hashes already, as each network wants them."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from babel.numbers import get_currency_precision
from django.db.models import Q, QuerySet

from aiassist.profiles.models import SegmentMember
from aiassist.segments.audiences.models import AudienceExport
from catalog.products.imports.guard import guard

Target = AudienceExport.Target


@dataclass(frozen=True)
class Format:
    """`contacts` are the columns of which one must be filled; without any, nobody is left out."""

    header: tuple[str, ...]
    cells: Callable[[SegmentMember, str], Sequence[str]]
    contacts: tuple[str, ...] = ()

    def has_contact(self, member: SegmentMember) -> bool:
        return not self.contacts or any(getattr(member.customer, c) for c in self.contacts)

    @property
    def reachable(self) -> Q:
        """The same as a condition on the members of a segment."""
        wanted = Q()
        for column in self.contacts:
            wanted |= ~Q(**{f"customer__{column}": ""})
        return wanted


def _google(member: SegmentMember, _currency: str) -> Sequence[str]:
    return member.customer.email_sha256, member.customer.phone_sha256


def _meta(member: SegmentMember, _currency: str) -> Sequence[str]:
    return member.customer.email_sha256, member.customer.phone_digits_sha256


def _own(member: SegmentMember, currency: str) -> Sequence[str]:
    customer, profile = member.customer, member.customer.profile
    return [
        guard(customer.external_id),
        guard(customer.name),
        customer.email_sha256,
        customer.phone_sha256,
        guard(customer.language),
        customer.country,
        str(profile.n_orders),
        _amount(profile.spent_cents, currency),
        currency,
        _moment(profile.first_order_at),
        _moment(profile.last_order_at),
        profile.rfm_group,
        _amount(profile.clv_cents, currency),
        _amount(profile.clv_low_cents, currency),
        _amount(profile.clv_high_cents, currency),
        "" if profile.churn_probability is None else f"{profile.churn_probability:.4f}",
        str(profile.next_order_on or ""),
        _moment(member.since),
    ]


def _amount(cents: int | None, currency: str) -> str:
    return "" if cents is None else str(Decimal(cents).scaleb(-get_currency_precision(currency)))


def _moment(at: Any) -> str:
    return at.isoformat(timespec="seconds") if at else ""


FORMATS: dict[str, Format] = {
    Target.GOOGLE: Format(("Email", "Phone"), _google, ("email_sha256", "phone_sha256")),
    Target.META: Format(("email", "phone"), _meta, ("email_sha256", "phone_digits_sha256")),
    Target.OWN: Format(
        (
            *("customer_id", "name", "email_sha256", "phone_sha256", "language", "country"),
            *("number_of_orders", "amount_spent", "currency", "first_order_date"),
            *("last_order_date", "rfm_group", "predicted_clv", "predicted_clv_low"),
            *("predicted_clv_high", "churn_probability", "expected_date_of_next_order"),
            "in_segment_since",
        ),
        _own,
    ),
}


def with_customers(members: QuerySet[SegmentMember]) -> QuerySet[SegmentMember]:
    return members.select_related("customer__profile")

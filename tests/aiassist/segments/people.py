"""Customers with a profile, and segments with members, for tests of the pages."""

from itertools import count
from typing import Any

from aiassist.profiles.models import CustomerProfile, Segment, SegmentMember
from catalog.orders.models import Customer
from ecomportal.tenancy.context import tenant

_n = count(1)


def person(
    shop: Any, number: str = "", *, profile: dict[str, Any] | None = None, **fields: Any
) -> Any:
    """A customer; `profile` is what was reckoned of her."""
    with tenant(shop):
        row = Customer.objects.create(
            merchant=shop, external_id=number or f"C-{next(_n)}", **fields
        )
        CustomerProfile.objects.filter(customer=row).update(**(profile or {}))
        return row


def people(shop: Any, n: int, *, profile: dict[str, Any] | None = None, **fields: Any) -> list[Any]:
    return [person(shop, profile=profile, **fields) for _ in range(n)]


def segment_of(
    shop: Any, members: list[Any] = (), name: str = "Regulars", **fields: Any
) -> Segment:
    with tenant(shop):
        given = {"rule": "number_of_orders >= 3", "n_members": len(members), **fields}
        row = Segment.objects.create(merchant=shop, name=name, **given)
        SegmentMember.objects.bulk_create(
            SegmentMember(merchant=shop, segment=row, customer=one) for one in members
        )
        return row

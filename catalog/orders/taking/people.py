"""Whom an order or a file of customers means: found by number, then by the hash of an e-mail."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import IntegrityError

from catalog.orders.contacts import reference
from catalog.orders.erasures import REFUSED
from catalog.orders.models import Customer
from catalog.products.imports.problems import Problem, problem
from catalog.products.imports.stage import STAGE, array, staged
from ecomportal.ids import uuid7
from ecomportal.tenancy.models import Merchant

COLUMNS = (
    *("id", "merchant_id", "external_id", "name", "email_sha256", "phone_sha256"),
    *("phone_digits_sha256", "language", "country", "accepts_marketing", "tags", "created_at"),
)
# They change at the very time at which the orders do that name them: so an undo knows whether
# somebody changed them since.
MAKE = f"""
INSERT INTO catalog_customer ({", ".join(COLUMNS)}, changed_at)
SELECT {", ".join(COLUMNS)}, now() FROM {STAGE}
ON CONFLICT (merchant_id, external_id) DO NOTHING RETURNING external_id, id
"""
Person = Mapping[str, Any]  # what is stated: customer, email, phone, name, language, country


@dataclass(frozen=True)
class Known:
    """A customer of the shop, as far as telling who it is goes."""

    id: UUID
    number: str


def number_of(person: Person) -> str:
    """The number somebody is or would be kept under, "" for nobody."""
    phone = person.get("phone") or [""]
    return person.get("customer") or reference(person.get("email", ""), phone[0])


def emails_of(persons: Iterable[Person]) -> dict[str, str]:
    """The hash of the e-mail that comes with each number."""
    return {number_of(person): person["email"] for person in persons if person.get("email")}


class People:
    """Those of the shop whom a batch may mean, read in at most two statements."""

    def __init__(self, merchant: Merchant, persons: Iterable[Person]) -> None:
        persons = list(persons)
        wanted = {number for person in persons for number in _numbers(person)}
        rows = _rows(merchant.customers.filter(external_id__in=wanted)) if wanted else []
        self.by_number = {number: Known(pk, number) for pk, number, _ in rows}
        emails = {person["email"] for person in persons if person.get("email")}
        more = merchant.customers.filter(email_sha256__in=emails).order_by("-created_at", "-pk")
        # Of several with one address the first that came is meant: it stands last here.
        rows = _rows(more) if emails else []
        self.by_email = {email: Known(pk, number) for pk, number, email in rows}

    def find(self, person: Person) -> Known | None:
        if number := person.get("customer"):
            return self.by_number.get(number)
        email = person.get("email", "")
        return (
            self.by_number.get(reference(email))
            or self.by_email.get(email)
            or self.by_number.get(number_of(person))
        )

    def without_number(self, person: Person) -> Known | None:
        """Somebody who was known by a contact alone and now is told a number."""
        if not person.get("customer"):
            return None
        found = self.by_number.get(reference(person.get("email", "")))
        return found or self.by_number.get(reference(phone=(person.get("phone") or [""])[0]))


def _numbers(person: Person) -> set[str]:
    phone = (person.get("phone") or [""])[0]
    refs = {reference(person.get("email", "")), reference(phone=phone)}
    return {person.get("customer", ""), *refs} - {""}


def _rows(customers: Any) -> list[tuple[UUID, str, str]]:
    return list(customers.values_list("pk", "external_id", "email_sha256"))


def erased_problem(found_line: int, number: str, erased: Mapping[str, datetime]) -> Problem | None:
    """Why a customer may not be made again, where somebody erased this one."""
    at = erased.get(number)
    return problem("erased", line=found_line, day=f"{at:%Y-%m-%d}") if at else None


def is_refused(error: IntegrityError) -> bool:
    """Whether the database refused to make somebody who was erased meanwhile."""
    cause = getattr(error.__cause__, "diag", None)
    return getattr(cause, "constraint_name", "") == REFUSED or REFUSED in str(error)


def new_row(merchant: Merchant, person: Person, *, since: str) -> list[Any]:
    """A customer to be made, as `COLUMNS` wants it."""
    phone, digits = person.get("phone") or ("", "")
    tags = person.get("tags") or []
    return [
        str(uuid7()),
        merchant.pk,
        number_of(person),
        person.get("name", ""),
        person.get("email", ""),
        phone,
        digits,
        person.get("language", ""),
        person.get("country", ""),
        "true" if person.get("accepts_marketing") else "false",
        array(tags),
        person.get("created_at") or since,
    ]


def make(rows: list[list[Any]]) -> dict[str, UUID]:
    """Insert customers; gives those that were not there, by number."""
    if not rows:
        return {}
    with staged(Customer, rows, COLUMNS) as cursor:
        cursor.execute(MAKE)
        return dict(cursor.fetchall())

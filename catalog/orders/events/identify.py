"""Somebody signs in: what was done under her visitor's number is hers, before and from now on.

A number can come to a second customer, on a computer that a family shares. Then events from now on
are the newer one's, and what was linked before stays with the former; the answer says so, and the
page of events counts it.
"""

from collections import Counter
from datetime import UTC, datetime
from typing import Any, NamedTuple
from uuid import UUID

from django.db import connection

from catalog.orders.api_rows import CustomerIn, customer_piece
from catalog.orders.events import counts
from catalog.orders.events.models import AnonymousId
from catalog.orders.events.reading import Refused
from catalog.orders.taking import customers
from catalog.orders.taking.people import People, number_of
from ecomportal.tenancy.models import Merchant
from ecomportal.web.api import flat_errors

# What anybody may say of herself; contacts and consent are the shop's to say.
PUBLIC_TRAITS = frozenset({"name", "language", "country"})
TRAITS = PUBLIC_TRAITS | {"email", "phone", "accepts_marketing", "tags", "created_at"}
MAX_NUMBER = 120
LINK = """
UPDATE catalog_interaction SET customer_id = %s
WHERE merchant_id = %s AND anonymous_id = %s AND customer_id IS NULL AND anonymous_id <> ''
"""
COLUMN = {"email": "email_sha256", "phone": "phone_sha256", "customer": "external_id"}


class Identified(NamedTuple):
    linked: int  # earlier interactions that became hers
    moved: bool  # whether the visitor's number was another customer's


def identify(
    merchant: Merchant,
    user_id: Any,
    *,
    anonymous_id: Any = None,
    traits: Any = None,
    is_public: bool = True,
) -> Identified:
    """Raises Refused. `is_public`: the call came with a key that anybody can read."""
    number = _number(user_id, "user_id")
    visitor = _number(anonymous_id, "anonymous_id") if anonymous_id is not None else ""
    head = _head(number, traits, is_public)
    if visitor:
        lock(merchant)
    pk = _customer(merchant, head, is_public)
    found = _link(merchant, visitor, pk) if visitor else Identified(0, False)
    told = Counter({("identified", ""): 1, ("moved", ""): int(found.moved)})
    counts.count(merchant, told, datetime.now(UTC))
    return found


def lock(merchant: Merchant) -> None:
    """No event of the shop is under way from here to the end of the transaction, so that none
    slips through unlinked. See `open_events`."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_advisory_xact_lock(hashtextextended('event shop', %s))", [merchant.pk]
        )


def _number(value: Any, name: str) -> str:
    if type(value) is not str:
        code, told = ("missing", "Required.") if value is None else ("wrong_type", "Must be text.")
        raise Refused(code, name, told)
    value = value.strip()
    if not value:
        raise Refused("missing", name, "Required.")
    if len(value) > MAX_NUMBER:
        raise Refused("too_long", name, f"At most {MAX_NUMBER} characters.")
    return value


def _head(number: str, traits: Any, is_public: bool) -> dict[str, Any]:
    """What is said of her, as a file of customers would state it."""
    if traits is None:
        traits = {}
    if type(traits) is not dict:
        raise Refused("wrong_type", "traits", "Must be an object.")
    for name in sorted(traits):
        if name not in TRAITS:
            told = f"Unknown field. Known: {', '.join(sorted(TRAITS))}."
            raise Refused("unknown_field", f"traits.{name}"[:60], told)
        if is_public and name not in PUBLIC_TRAITS:
            raise Refused("secret_key", f"traits.{name}", "That needs a secret key (sk_…).")
    form = CustomerIn(data={**traits, "customer_id": number})
    if not form.is_valid():
        wrong = flat_errors(form.errors)[0]
        raise Refused("bad_value", f"traits.{wrong['field']}"[:60], wrong["detail"])
    return customer_piece(form.validated_data, 0)["head"]


def _customer(merchant: Merchant, head: dict[str, Any], is_public: bool) -> UUID:
    known = People(merchant, [head])
    own = known.find(head)
    if own and is_public:
        head = _blanks_of(merchant, own.id, head)
    stated = customers.fold(number_of(head), [{"line": 0, "head": head}])
    (one,) = customers.plan(merchant, [stated])
    if any(problem["code"] == "erased" for problem in one.problems):
        raise Refused("erased", "user_id", "This customer was erased.")
    if one.problems:
        raise Refused("bad_value", "user_id", "Cannot be kept.")
    customers.write(merchant, [one])
    if own:
        return own.id
    return merchant.customers.values_list("pk", flat=True).get(external_id=number_of(head))


def _blanks_of(merchant: Merchant, pk: UUID, head: dict[str, Any]) -> dict[str, Any]:
    """Only what the shop does not know yet: nobody overwrites a customer from a web page."""
    row = merchant.customers.values(*PUBLIC_TRAITS).get(pk=pk)
    return {name: v for name, v in head.items() if not row.get(name)}


def _link(merchant: Merchant, visitor: str, pk: UUID) -> Identified:
    row = merchant.anonymous_ids.select_for_update().filter(anonymous_id=visitor).first()
    if row and row.customer_id == pk:
        return Identified(0, False)
    now = datetime.now(UTC)
    if row:
        row.customer_id, row.since, row.n_moves = pk, now, row.n_moves + 1
        row.save(update_fields=["customer", "since", "n_moves"])
        return Identified(0, True)
    AnonymousId.objects.create(merchant=merchant, anonymous_id=visitor, customer_id=pk, since=now)
    with connection.cursor() as cursor:
        cursor.execute(LINK, [pk, merchant.pk, visitor])
        return Identified(cursor.rowcount, False)

"""When a shop has enough orders for predictions, and whether a model is good enough to publish."""

from datetime import date, timedelta
from typing import Any, NamedTuple

from django.db import connection

from ecomportal.said import Said, said, sentences
from ecomportal.tenancy.models import Merchant

# As Klaviyo asks; below it a fit says more about chance than about customers.
LEAST_BUYERS, LEAST_DAYS, LEAST_RECENT, LEAST_LOYAL = 500, 180, 30, 3
LOYAL_ORDERS = 3
# Above it frequent and rare buyers spend differently, which the spend model leaves out.
MOST_CORRELATION = 0.3

BASIS = """
SELECT count(*), count(*) FILTER (WHERE n_orders >= %(loyal)s),
    min((first_order_at AT TIME ZONE %(zone)s)::date),
    max((last_order_at AT TIME ZONE %(zone)s)::date)
FROM aiassist_customerprofile WHERE merchant_id = %(merchant)s AND n_orders > 0
"""


class Basis(NamedTuple):
    """What there is to learn from."""

    n_buyers: int
    n_loyal: int
    first: date | None
    last: date | None

    def days(self, today: date) -> int:
        return (today - self.first).days if self.first else 0


def basis_of(merchant: Merchant) -> Basis:
    """One statement over the profiles; inside the shop's tenant."""
    params = {"merchant": merchant.pk, "zone": merchant.timezone, "loyal": LOYAL_ORDERS}
    with connection.cursor() as cursor:
        cursor.execute(BASIS, params)
        return Basis(*cursor.fetchone())


class Need(NamedTuple):
    """One condition, how far it is met, and its words."""

    text: Said
    is_met: bool


def needs(basis: Basis, today: date) -> list[Need]:
    """The four conditions, each with the shop's own number."""
    n_days = basis.days(today)
    is_recent = basis.last is not None and basis.last >= today - timedelta(days=LEAST_RECENT)
    if basis.last is None:
        recent = said("no order yet, one in the last %(days)s days is needed", days=LEAST_RECENT)
    else:
        recent = said(
            "last order %(ago)s days ago, one in the last %(days)s days is needed",
            ago=(today - basis.last).days, days=LEAST_RECENT,
        )  # fmt: skip
    return [
        Need(
            said("%(n)s of %(least)s customers", n=basis.n_buyers, least=LEAST_BUYERS),
            basis.n_buyers >= LEAST_BUYERS,
        ),
        Need(
            said("%(n)s of %(least)s days of orders", n=n_days, least=LEAST_DAYS),
            n_days >= LEAST_DAYS,
        ),
        Need(recent, is_recent),
        Need(
            said(
                "%(n)s of %(least)s customers with three or more orders",
                n=basis.n_loyal,
                least=LEAST_LOYAL,
            ),  # fmt: skip
            basis.n_loyal >= LEAST_LOYAL,
        ),
    ]


def shortfall(basis: Basis, today: date) -> list[Said]:
    """What is missing, in words; empty where predictions are made."""
    return [need.text for need in needs(basis, today) if not need.is_met]


def verdict(report: dict[str, Any]) -> tuple[bool, Said]:
    """Whether a model may be published by its back-test, and why."""
    money = report["value"]
    model, naive = money["model"]["mae"], money["naive"]["mae"]
    better = 1 - model / naive if naive else 0.0
    facts = {"days": report["days"], "share": f"{100 * abs(better):.1f}"}
    if model < naive:
        reason = said(
            "Over the last %(days)s days, which it had not seen, it was off by %(share)s %% less "
            "than the guess that everyone goes on as before. It is in use.",
            **facts,
        )
        return True, reason
    reason = said(
        "Over the last %(days)s days, which it had not seen, it was not closer than the guess that "
        "everyone goes on as before (off by %(share)s %% more). It is not published.",
        **facts,
    )
    return False, reason


NOBODY = said("Nobody bought a second time in the time it could learn from. It is not published.")


def told_shortfall(missing: list[Said]) -> Said:
    return sentences(said("Too few orders for predictions:"), said("%(missing)s.", missing=missing))

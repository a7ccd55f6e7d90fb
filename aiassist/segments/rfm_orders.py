"""Which orders count, and what they are worth in the shop's currency: the one definition."""

from decimal import Decimal

from babel.numbers import get_currency_precision
from django.db.models import BigIntegerField, Case, F, Func, QuerySet, Value, When
from django.db.models.functions import Cast

from catalog.orders.kept import PAID_FOR, kept_orders
from ecomportal.tenancy.models import Merchant

COUNTED = PAID_FOR
NET = F("total_cents") - F("refunded_cents")


def counted_orders(merchant: Merchant, factors: dict[str, Decimal] | None = None) -> QuerySet:
    """Orders that were paid for and not taken back whole, with `net_cents` of the shop's money.

    Of the orders that are kept, those in a currency the shop gave no rate for do not count.
    """
    factors = factors_of(merchant) if factors is None else factors
    orders = kept_orders(merchant).filter(currency__in=list(factors))
    return orders.annotate(net_cents=_net(factors))


def factors_of(merchant: Merchant) -> dict[str, Decimal]:
    """What one minor unit of each currency is worth in minor units of the shop's.

    A yen has no hundredth, so its minor unit is a yen. The shop's own currency comes first.
    """
    own = get_currency_precision(merchant.currency)
    rates = merchant.currency_rates.exclude(currency=merchant.currency).order_by("currency")
    others = {
        rate.currency: rate.rate.scaleb(own - get_currency_precision(rate.currency))
        for rate in rates
    }
    return {merchant.currency: Decimal(1), **others}


def _net(factors: dict[str, Decimal]) -> Case:
    own, *others = factors
    return Case(
        When(currency=own, then=NET),
        *(When(currency=code, then=_rounded(NET * Value(factors[code]))) for code in others),
        output_field=BigIntegerField(),
    )


def _rounded(amount: object) -> Cast:
    return Cast(Func(amount, function="round"), BigIntegerField())

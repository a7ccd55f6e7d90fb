"""Which orders count, and what they are worth in the shop's currency: the one definition."""

from decimal import Decimal

from babel.numbers import get_currency_precision
from django.db.models import BigIntegerField, Case, F, Func, Q, QuerySet, Value, When
from django.db.models.functions import Cast

from catalog.orders.models import Order
from ecomportal.tenancy.models import Merchant

COUNTED = ("paid", "shipped", "delivered", "refunded")
NET = F("total_cents") - F("refunded_cents")


def counted_orders(merchant: Merchant, factors: dict[str, Decimal] | None = None) -> QuerySet:
    """Orders that were paid for and not taken back whole, with `net_cents` of the shop's money.

    Pending and cancelled ones do not count, nor those in a currency the shop gave no rate for. A
    free order counts; one that is called refunded without a sum was refunded whole.
    """
    factors = factors_of(merchant) if factors is None else factors
    is_kept = Q(refunded_cents__lt=F("total_cents")) | Q(total_cents=0, refunded_cents=0)
    orders = Order.objects.filter(
        is_kept, merchant=merchant, status__in=COUNTED, currency__in=list(factors)
    )
    return orders.exclude(status="refunded", refunded_cents=0).annotate(net_cents=_net(factors))


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

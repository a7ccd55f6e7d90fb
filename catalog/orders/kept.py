"""Which orders were paid for and not taken back whole, in whatever currency."""

from django.db.models import F, Q, QuerySet

from catalog.orders.models import Order
from ecomportal.tenancy.models import Merchant

PAID_FOR = ("paid", "shipped", "delivered", "refunded")


def kept_orders(merchant: Merchant) -> QuerySet[Order]:
    """Not the pending and cancelled ones. A free order is kept; one that is called refunded
    without a sum was refunded whole."""
    is_kept = Q(refunded_cents__lt=F("total_cents")) | Q(total_cents=0, refunded_cents=0)
    orders = Order.objects.filter(is_kept, merchant=merchant, status__in=PAID_FOR)
    return orders.exclude(status="refunded", refunded_cents=0)

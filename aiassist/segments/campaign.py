"""Write to a segment: what is known of its members, and the products they buy most."""

from uuid import UUID

from django.db.models import Count
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from aiassist.profiles.audience import FEWEST, LOOKED_AT, facts_of
from aiassist.profiles.models import Segment
from aiassist.segments.page import segment_or_404
from aiassist.segments.rfm_orders import counted_orders
from catalog.orders.models import OrderLine
from catalog.products.models import Product
from ecomportal.tenancy.access import EDITORS, merchant_required

PRODUCTS = 12
TICKED = 3  # of them, at first


@require_safe
@merchant_required(*EDITORS)
def campaign(request: HttpRequest, segment_id: UUID) -> HttpResponse:
    row = segment_or_404(request, segment_id)
    context = {
        "segment": row,
        "audience": facts_of(row),
        "fewest": FEWEST,
        "looked_at": LOOKED_AT,
        "products": bought_most(request, row),
        "ticked": TICKED,
    }
    return render(request, "aiassist/segments/campaign.html", context)


def bought_most(request: HttpRequest, row: Segment) -> list[Product]:
    """Live products by how many of the members bought them; where none did, the newest."""
    some = row.members.order_by("-customer_id").values("customer")[:LOOKED_AT]
    orders = counted_orders(request.merchant).filter(customer__in=some).values("pk")
    lines = OrderLine.objects.filter(order__in=orders, product__isnull=False)
    counted = lines.order_by().values("product").annotate(n=Count("order__customer", distinct=True))
    buyers = dict(counted.order_by("-n").values_list("product", "n")[: 2 * PRODUCTS])
    live = request.merchant.products.live()
    found = list(live.filter(pk__in=buyers)) or list(live.order_by("-created_at")[:PRODUCTS])
    for product in found:
        product.n_buyers = buyers.get(product.pk, 0)
    return sorted(found, key=lambda product: -product.n_buyers)[:PRODUCTS]

"""Which products of a job are written for first: whoever looks in early finds those done."""

from typing import Any

from django.db.models import Case, Exists, OuterRef, QuerySet, Value, When
from django.utils.translation import gettext_lazy as _

from catalog.products.models import ProductStatus, ProductText

ORDERS = [
    ("", _("As they were added")),
    ("no_text", _("Products without a text first")),
    ("live", _("Products in the shop first")),
    ("newest", _("The newest first")),
]


def in_order(products: QuerySet, order: str) -> QuerySet:
    """The products in the order of the job's items; an unknown order is that of their ids."""
    if order == "newest":
        return products.order_by("-created_at", "-pk")
    if order == "no_text":
        texts = ProductText.objects.filter(product=OuterRef("pk"))
        return products.alias(has_text=Exists(texts)).order_by("has_text", "pk")
    if order == "live":
        is_live = When(status=ProductStatus.ACTIVE, then=Value(0))
        return products.alias(later=Case(is_live, default=Value(1))).order_by("later", "pk")
    return products.order_by("pk")


def first_of(params: dict[str, Any]) -> str:
    order = params.get("order", "")
    return order if order in dict(ORDERS) else ""

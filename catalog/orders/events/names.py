"""What can happen in a shop, by the names that Segment, RudderStack and PostHog share."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Kind(models.TextChoices):
    """What an event is good for: looking, choosing, buying; all else is kept and called other."""

    VIEW = "view", _("View")
    CART = "cart", _("Cart")
    PURCHASE = "purchase", _("Purchase")
    OTHER = "other", _("Other")


# A click leads to a view that is told too, so it is none itself. An order that is completed is a
# purchase somebody made, as far as looking at people goes; orders come by their own way.
EVENTS = {
    "Products Searched": Kind.OTHER,
    "Product List Viewed": Kind.OTHER,
    "Product List Filtered": Kind.OTHER,
    "Promotion Viewed": Kind.OTHER,
    "Promotion Clicked": Kind.OTHER,
    "Product Clicked": Kind.OTHER,
    "Product Viewed": Kind.VIEW,
    "Product Added": Kind.CART,
    "Product Removed": Kind.OTHER,
    "Cart Viewed": Kind.OTHER,
    "Checkout Started": Kind.OTHER,
    "Payment Info Entered": Kind.OTHER,
    "Order Completed": Kind.PURCHASE,
    "Order Updated": Kind.OTHER,
    "Order Refunded": Kind.OTHER,
    "Order Cancelled": Kind.OTHER,
    "Product Reviewed": Kind.OTHER,
}
# What a row that names no event was, from before they were kept.
NAMES = {kind: name for name, kind in EVENTS.items() if kind is not Kind.OTHER}

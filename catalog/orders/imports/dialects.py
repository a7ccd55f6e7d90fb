"""The files of others whose columns we know, and our own.

Shopify's orders_export.csv and customers_export.csv are read by their English headers. WooCommerce
has no export of orders in its core: known are the columns of the usual plugins, both as
`order_number, billing_email, item_sku` and as `Order Number, Email (Billing), SKU`.
"""

from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from catalog.orders.imports.models import Subject

ANY = "any"


@dataclass(frozen=True)
class Dialect:
    name: str
    subject: str
    told_by: tuple[frozenset[str], ...]  # one of these sets of columns tells it
    columns: dict[str, str]  # a header as `normal` writes it -> our field
    label: object


def _told(*sets: str) -> tuple[frozenset[str], ...]:
    return tuple(frozenset(names.split(", ")) for names in sets)


OWN_ORDERS = Dialect(
    "own-orders",
    Subject.ORDERS,
    _told("order id, line id, customer id, sku, quantity, unit price, ordered at"),
    {
        **{"order id": "number", "line id": "line", "customer id": "customer", "sku": "sku"},
        **{"quantity": "quantity", "unit price": "unit_price", "discount": "discount"},
        **{"currency": "currency", "ordered at": "ordered_at", "status": "status"},
        **{"refunded amount": "line_refunded", "delivered at": "delivered_at"},
        **{"email": "email", "email sha256": "email", "phone": "phone", "name": "name"},
        "total": "total",
    },
    _("Our own order CSV"),
)
OWN_CUSTOMERS = Dialect(
    "own-customers",
    Subject.CUSTOMERS,
    _told("customer id, email sha256, accepts marketing", "customer id, email, accepts marketing"),
    {
        **{"customer id": "customer", "email sha256": "email", "email": "email", "phone": "phone"},
        **{"phone sha256": "phone", "name": "name", "language": "language", "country": "country"},
        **{"created at": "created_at", "accepts marketing": "accepts_marketing", "tags": "tags"},
    },
    _("Our own customer CSV"),
)
OWN_INTERACTIONS = Dialect(
    "own-interactions",
    Subject.INTERACTIONS,
    _told("event id, event, at"),
    {
        **{"event id": "event_id", "event": "event", "customer id": "customer", "sku": "sku"},
        **{"anonymous id": "anonymous_id", "session id": "session_id", "quantity": "quantity"},
        **{"price": "unit_price", "currency": "currency", "at": "at"},
    },
    _("Our own interaction CSV"),
)
SHOPIFY_ORDERS = Dialect(
    "shopify-orders",
    Subject.ORDERS,
    _told("name, lineitem quantity, lineitem price"),
    {
        **{"name": "number", "email": "email", "phone": "phone", "created at": "ordered_at"},
        **{"financial status": "payment_status", "fulfillment status": "shipping_status"},
        **{"cancelled at": "cancelled_at", "currency": "currency", "total": "total"},
        **{"refunded amount": "refunded", "lineitem quantity": "quantity"},
        **{"lineitem price": "unit_price", "lineitem sku": "sku", "lineitem discount": "discount"},
        **{"billing name": "name", "billing country": "country"},
    },
    _("Shopify, orders"),
)
SHOPIFY_CUSTOMERS = Dialect(
    "shopify-customers",
    Subject.CUSTOMERS,
    _told(
        "first name, last name, email, accepts email marketing",
        "first name, last name, email, accepts marketing, total spent",
    ),
    {
        **{"customer id": "customer", "first name": "first_name", "last name": "last_name"},
        **{"email": "email", "accepts email marketing": "accepts_marketing", "tags": "tags"},
        **{"accepts marketing": "accepts_marketing", "phone": "phone", "language": "language"},
        **{"default address country code": "country", "country code": "country"},
    },
    _("Shopify, customers"),
)
WOO_ORDERS = Dialect(
    "woo-orders",
    Subject.ORDERS,
    _told(
        "order number, billing email, item sku",
        "order id, billing email, item sku",
        "order id, billing email, order total",
        "order number, billing email, order total",
        "order number, email (billing), sku",
        "order number, order status, order date, item cost",
    ),
    {
        **{"order number": "number", "order id": "number", "order status": "status"},
        **{"status": "status", "order date": "ordered_at", "date": "ordered_at"},
        **{"order currency": "currency", "currency": "currency", "order total": "total"},
        **{"order total amount": "total", "refunded total": "refunded"},
        **{"order refund amount": "refunded", "customer id": "customer", "sku": "sku"},
        **{"billing email": "email", "email (billing)": "email", "billing phone": "phone"},
        **{"phone (billing)": "phone", "billing first name": "first_name", "item sku": "sku"},
        **{"first name (billing)": "first_name", "billing last name": "last_name"},
        **{"last name (billing)": "last_name", "billing country": "country"},
        **{"country code (billing)": "country", "item quantity": "quantity"},
        **{"quantity": "quantity", "item price": "unit_price", "item cost": "unit_price"},
        **{"item total": "line_total", "order line total": "line_total", "item #": "line"},
        **{"item id": "line", "item refunded": "line_refunded"},
        "order line total refunded": "line_refunded",
        "customer email": "email",
    },
    _("WooCommerce, orders"),
)
DIALECTS = (
    *(OWN_ORDERS, OWN_CUSTOMERS, OWN_INTERACTIONS),
    *(SHOPIFY_ORDERS, SHOPIFY_CUSTOMERS, WOO_ORDERS),
)
ANY_LABEL = _("Any table")


def dialect_named(name: str) -> Dialect | None:
    return next((dialect for dialect in DIALECTS if dialect.name == name), None)


def label_of(name: str) -> str:
    found = dialect_named(name)
    return str(found.label if found else ANY_LABEL)

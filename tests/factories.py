"""Rows for tests: take what the test cares about and invent the rest."""

from itertools import count
from typing import Any

from catalog.products.models import Attribute, Category, Fact, Product, Variant
from ecomportal.tenancy.context import tenant
from ecomportal.tenancy.models import Membership, Merchant, User

_n = count(1)
PASSWORD = "correct horse battery"


def make_shop(slug: str = "", **fields: Any) -> Merchant:
    slug = slug or f"shop-{next(_n)}"
    return Merchant.objects.create(slug=slug, **{"name": slug.title(), **fields})


def make_user(email: str = "", **fields: Any) -> User:
    return User.objects.create_user(email or f"person{next(_n)}@example.com", PASSWORD, **fields)


def make_member(shop: Merchant, email: str = "", role: str = "owner", **fields: Any) -> User:
    user = make_user(email, **fields)
    with tenant(shop):
        Membership.objects.create(merchant=shop, user=user, role=role)
    return user


def make_category(shop: Merchant, name: str = "Shirts", **fields: Any) -> Category:
    with tenant(shop):
        return Category.objects.create(merchant=shop, name=name, **{"path": name, **fields})


def make_attribute(shop: Merchant, key: str, **fields: Any) -> Attribute:
    labels = {"label_en": key.replace("_", " ").capitalize(), "label_zh": key}
    with tenant(shop):
        return Attribute.objects.get_or_create(
            merchant=shop, key=key, defaults={**labels, **fields}
        )[0]


def make_product(
    shop: Merchant,
    title: str = "",
    *,
    sku: str = "",
    price_cents: int = 1000,
    stock: int = 5,
    facts: dict[str, str] | None = None,
    **fields: Any,
) -> Product:
    """A product with one variant and, for each entry of `facts`, a confirmed fact."""
    n = next(_n)
    title = title or f"Product {n}"
    with tenant(shop):
        product = Product.objects.create(
            merchant=shop, title=title, **{"handle": f"product-{n}", "status": "active", **fields}
        )
        Variant.objects.create(
            merchant=shop,
            product=product,
            sku=sku or f"SKU-{n}",
            price_cents=price_cents,
            stock=stock,
        )
        for key, value in (facts or {}).items():
            attribute = make_attribute(shop, key)
            Fact.objects.create(merchant=shop, product=product, attribute=attribute, value=value)
    return product

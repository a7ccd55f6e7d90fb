"""Makes one demo shop: generates its rows and writes them in one transaction."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pghistory
from django.db import transaction

from catalog.conversations.models import Conversation, FaqArticle, Policy, Utterance
from catalog.demo import catalogue, conversations, customers, interactions, orders
from catalog.demo.catalogue import Catalogue, Item
from catalog.demo.colours import gem_shade, shade
from catalog.demo.conversations import Talks
from catalog.demo.customers import Customer as Person
from catalog.demo.orders import Placed
from catalog.demo.people import ensure_people
from catalog.demo.seeded import chance, make_id
from catalog.demo.shops import SMALL, DemoShop, Scale
from catalog.demo.write import copy_rows, shift_to_today, write_picture
from catalog.orders.models import Customer, Interaction, Order, OrderLine
from catalog.products.missing.job import read_chats
from catalog.products.models import (
    Attribute,
    Category,
    Fact,
    Product,
    ProductImage,
    ProductText,
    Variant,
)
from ecomportal.tenancy.context import tenant
from ecomportal.tenancy.models import Merchant

Row = dict[str, Any]


@dataclass(frozen=True)
class World:
    """Everything a demo shop holds, before it is written."""

    goods: Catalogue
    people: list[Person]
    placed: list[Placed]
    seen: list[Row]
    talks: Talks


def generate(shop: DemoShop, scale: Scale) -> World:
    """Make all rows, without a database; `talks.truth` tells what the conversations hide."""
    goods = catalogue.build(shop, first_only=scale is SMALL)
    brands = sorted({item.line.brand for item in goods.items})
    people = customers.build(shop, n=scale.customers, brands=brands)
    placed = orders.build(shop, people, goods.sold, n=scale.orders)
    seen = interactions.build(shop, people, placed, goods.sold, n=scale.interactions)
    talks = conversations.build(
        shop, placed, goods.sold, n=scale.conversations, shift=shift_to_today()
    )
    return World(goods, people, placed, seen, talks)


def load_shop(shop: DemoShop, scale: Scale, say: Callable[[str], None]) -> dict[str, int]:
    """Write the whole shop or nothing, and tell how many rows of each kind it has."""
    world = generate(shop, scale)
    with transaction.atomic():
        merchant = _merchant(shop)
        ensure_people(merchant)
        say(f"{shop.name}: drawing {len(world.goods.items)} pictures")
        _draw(merchant, shop, world.goods.items)
        say(f"{shop.name}: writing")
        with tenant(merchant), pghistory.context(source="demo"):
            written = {
                **_write_goods(merchant, world.goods),
                **_write_sales(merchant, world),
                **_write_talks(merchant, world.talks),
            }
            read_chats(merchant)
            return written


def _merchant(shop: DemoShop) -> Merchant:
    return Merchant.objects.create(
        slug=shop.slug,
        name=shop.name,
        language=shop.language,
        currency=shop.currency,
        timezone=shop.timezone,
    )


def _draw(merchant: Merchant, shop: DemoShop, items: list[Item]) -> None:
    for item in items:
        line = item.line
        stored = write_picture(
            merchant,
            line.picture,
            shade(line.colours[0]),
            line.number + len(line.picture),
            gem=gem_shade(line.differs.get("gemstone", "")),
        )
        rng = chance(shop.slug, "image", line.picture, line.number)
        created = item.row["created_at"]
        item.images = [
            {
                **stored,
                "id": make_id(rng, created),
                "product_id": item.id,
                "alt": line.title,
                "created_at": created,
            }
        ]


def _write_goods(merchant: Merchant, goods: Catalogue) -> dict[str, int]:
    items = goods.items
    return {
        "categories": copy_rows(Category, merchant, goods.categories.values()),
        "attributes": copy_rows(Attribute, merchant, goods.attributes.values()),
        "products": copy_rows(Product, merchant, [i.row for i in items]),
        "variants": copy_rows(Variant, merchant, [v for i in items for v in i.variants]),
        "facts": copy_rows(Fact, merchant, [f for i in items for f in i.facts]),
        "texts": copy_rows(ProductText, merchant, goods.texts),
        "pictures": copy_rows(ProductImage, merchant, [p for i in items for p in i.images]),
    }


def _write_sales(merchant: Merchant, world: World) -> dict[str, int]:
    lines = [line for order in world.placed for line in order.lines]
    return {
        "customers": copy_rows(Customer, merchant, [person.row for person in world.people]),
        "orders": copy_rows(Order, merchant, [order.row for order in world.placed]),
        "order lines": copy_rows(OrderLine, merchant, lines),
        "interactions": copy_rows(Interaction, merchant, world.seen),
    }


def _write_talks(merchant: Merchant, talks: Talks) -> dict[str, int]:
    return {
        "conversations": copy_rows(Conversation, merchant, talks.conversations),
        "utterances": copy_rows(Utterance, merchant, talks.utterances),
        "policies": copy_rows(Policy, merchant, talks.policies),
        "FAQ articles": copy_rows(FaqArticle, merchant, talks.faq),
    }

"""A shop's categories, attributes, products, variants, facts and live texts, as plain rows."""

import random
import re
import uuid
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from catalog.demo import live_texts
from catalog.demo.colours import colour_word
from catalog.demo.seeded import DAYS, chance, days_ago, make_id
from catalog.demo.shops import DemoShop
from catalog.demo.typical import Typical, typical
from catalog.products.vocabulary import KINDS, find_type, must_have, parse_quantity, type_of

Row = dict[str, Any]
# Where a colour is only the picture's and nobody would sell by it.
COLOURLESS = {"books", "tea_food", "beauty", "jewellery", "watches"}
CLOTHES_SIZES = ("S", "M", "L", "XL")
SHOE_SIZES = ("38", "39", "40", "41", "42", "43")
SOCK_SIZES = ("36-39", "40-43", "44-47")
YES, NO = ("yes", "是"), ("no", "否")
SHOP_START_DAYS = 700  # the shops are older than the orders we show
SHARE_DRAFT, SHARE_ARCHIVED, SHARE_SOLD_OUT = 0.06, 0.03, 0.04
SHARE_LATER = 0.2  # came into the shop while orders were already running
SHARE_INCOMPLETE, SHARE_PROPOSED, SHARE_WITH_TEXTS = 0.12, 0.3, 0.4


@dataclass(frozen=True)
class Line:
    """One product as it stands in products_en or products_zh."""

    picture: str
    number: int  # among its type, from 1
    title: str
    brand: str
    price: int
    colours: tuple[str, ...]
    differs: dict[str, str]


@dataclass
class Item:
    """A product with what orders, conversations and pictures need to know of it."""

    line: Line
    kind: Typical
    row: Row
    variants: list[Row]
    facts: list[Row] = field(default_factory=list)
    images: list[Row] = field(default_factory=list)

    @property
    def id(self) -> uuid.UUID:
        return self.row["id"]

    @property
    def is_sold(self) -> bool:
        return self.row["status"] == "active"


@dataclass
class Catalogue:
    categories: dict[str, Row]
    attributes: dict[str, Row]
    items: list[Item]
    texts: list[Row]

    @property
    def sold(self) -> list[Item]:
        return [item for item in self.items if item.is_sold]


def lines_of(shop: DemoShop, *, first_only: bool = False) -> list[Line]:
    found: list[Line] = []
    picture, number = "", 0
    for text in shop.products.strip().splitlines():
        if text.startswith("["):
            picture, number = text[1:-1], 0
            continue
        number += 1
        if number == 1 or not first_only:
            found.append(_line(picture, number, text))
    return found


def _line(picture: str, number: int, text: str) -> Line:
    title, brand, price, colours, *rest = (part.strip() for part in text.split(" | "))
    pairs = [pair.split("=", 1) for pair in rest[0].split("; ")] if rest else []
    return Line(picture, number, title, brand, int(price), tuple(colours.split(", ")), dict(pairs))


def build(shop: DemoShop, *, first_only: bool = False) -> Catalogue:
    made = Catalogue({}, _attributes(shop), [], [])
    for line in lines_of(shop, first_only=first_only):
        rng = chance(shop.slug, "product", line.picture, line.number)
        kind = typical()[line.picture]
        if noun := line.differs.get("noun"):
            kind = kind._replace(noun=noun)
        category = _category(made, shop, kind)
        item = _item(shop, line, kind, category, rng)
        _add_facts(made, shop, item, rng)
        if rng.random() < SHARE_WITH_TEXTS and item.row["status"] != "draft":
            made.texts += live_texts.texts_of(shop, item, made.attributes, rng)
        made.items.append(item)
    return made


def _attributes(shop: DemoShop) -> dict[str, Row]:
    """Every kind the demo uses, in the vocabulary's order, which puts what matters first."""
    used = {key for kind in typical().values() for key in kind.facts} | {
        key for line in lines_of(shop) for key in line.differs
    }
    used |= {"colour", "sizes"}
    rng = chance(shop.slug, "attributes")
    return {
        kind.key: {
            "id": make_id(rng, days_ago(SHOP_START_DAYS)),
            "key": kind.key,
            "label_en": kind.label_en[0].upper() + kind.label_en[1:],
            "label_zh": kind.label_zh,
            "type": kind.type,
            "unit": kind.default_unit,
            "position": 10 * position,
        }
        for position, kind in enumerate((k for k in KINDS.values() if k.key in used), start=1)
    }


def _category(made: Catalogue, shop: DemoShop, kind: Typical) -> Row:
    """The category of a type, with those above it, made when first needed."""
    family, noun = type_of(kind.noun) or find_type(kind.noun)
    names = [(family.label_en, family.label_zh)]
    english = noun.noun_en if noun.is_mass else noun.plural_en
    own = (english[0].upper() + english[1:], noun.noun_zh)
    if kind.group[0] not in ("", own[0]):
        names.append(kind.group)
    names.append(own)
    path, parent = "", None
    for name in names:
        path = f"{path} > {shop.pick(name)}".removeprefix(" > ")
        if path not in made.categories:
            made.categories[path] = {
                "id": make_id(chance(shop.slug, "category", path), days_ago(SHOP_START_DAYS)),
                "parent_id": parent["id"] if parent else None,
                "name": shop.pick(name),
                "name_zh": name[1],
                "path": path,
                "family": kind.family,
            }
        parent = made.categories[path]
    return parent


def _item(shop: DemoShop, line: Line, kind: Typical, category: Row, rng: random.Random) -> Item:
    is_later = rng.random() < SHARE_LATER
    created = days_ago(rng.uniform(20, DAYS) if is_later else rng.uniform(DAYS, SHOP_START_DAYS))
    noun = type_of(kind.noun)[1]
    row = {
        "id": make_id(rng, created),
        "handle": _handle(shop, line),
        "title": line.title,
        "vendor": line.brand,
        "product_type": shop.pick((noun.noun_en[0].upper() + noun.noun_en[1:], noun.noun_zh)),
        "category_id": category["id"],
        "tags": [],
        "status": _status(rng),
        "option_names": _option_names(shop, line, kind),
        "extra": {},
        "search_extra": "",
        "version": 1,
        "created_at": created,
        "updated_at": max(created, days_ago(rng.uniform(0.2, 60))),
        "deleted_at": None,
    }
    variants = _variants(shop, line, kind, row, rng)
    row["search_extra"] = " ".join(f"{v['sku']} {v['barcode']}" for v in variants)
    return Item(line, kind, row, variants)


def _handle(shop: DemoShop, line: Line) -> str:
    if shop.language == "zh":
        return f"{line.picture.replace('_', '-')}-{line.number}"
    return re.sub(r"[^a-z0-9]+", "-", line.title.lower()).strip("-")


def _status(rng: random.Random) -> str:
    draw = rng.random()
    if draw < SHARE_DRAFT:
        return "draft"
    return "archived" if draw < SHARE_DRAFT + SHARE_ARCHIVED else "active"


def has_colour(kind: Typical) -> bool:
    return kind.family not in COLOURLESS or kind.picture == "sport_watch"


def sizes_of(kind: Typical) -> tuple[str, ...]:
    if kind.picture == "socks":
        return SOCK_SIZES
    if kind.picture == "running_shoes":
        return SHOE_SIZES
    return CLOTHES_SIZES if kind.family == "apparel" else ()


def _option_names(shop: DemoShop, line: Line, kind: Typical) -> list[str]:
    names = []
    if has_colour(kind) and len(line.colours) > 1:
        names.append(shop.pick(("Colour", "颜色")))
    if sizes_of(kind):
        names.append(shop.pick(("Size", "尺码")))
    return names


def _variants(
    shop: DemoShop, line: Line, kind: Typical, product: Row, rng: random.Random
) -> list[Row]:
    colours = line.colours if has_colour(kind) and len(line.colours) > 1 else ("",)
    pairs = [(colour, size) for colour in colours for size in sizes_of(kind) or ("",)]
    price = _price_cents(shop, line.price)
    shared = {
        "product_id": product["id"],
        "price_cents": price,
        "compare_at_cents": round(price * 0.012) * 100 if rng.random() < 0.12 else None,
        "cost_cents": round(price * rng.uniform(0.38, 0.6)),
        "is_stock_tracked": True,
        "sells_without_stock": rng.random() < 0.05,
        "weight_grams": None,
        "deleted_at": None,
    }
    is_sold_out = rng.random() < SHARE_SOLD_OUT
    return [
        {
            **shared,
            "id": make_id(rng, product["created_at"]),
            "position": position,
            "sku": _sku(shop, line, colour, size),
            "barcode": _barcode(rng),
            "options": [w for w in (colour and colour_word(colour, shop.language), size) if w],
            "stock": 0 if is_sold_out or rng.random() < 0.06 else int(rng.triangular(1, 140, 18)),
        }
        for position, (colour, size) in enumerate(pairs, start=1)
    ]


def _price_cents(shop: DemoShop, price: int) -> int:
    """Small prices in euros end in .90; yuan are whole."""
    return price * 100 - (10 if shop.currency == "EUR" and price < 100 else 0)


def _sku(shop: DemoShop, line: Line, colour: str, size: str) -> str:
    parts = (shop.code, line.picture.replace("_", ""), f"{line.number:02d}", colour, size)
    return "-".join(part.replace("_", "").upper() for part in parts if part)


def _barcode(rng: random.Random) -> str:
    """An EAN-13 of the range kept for use inside a shop, with its check digit."""
    digits = f"20{rng.randrange(10**10):010d}"
    total = sum(int(digit) * (3 if i % 2 else 1) for i, digit in enumerate(digits))
    return digits + str(-total % 10)


def _add_facts(made: Catalogue, shop: DemoShop, item: Item, rng: random.Random) -> None:
    """Confirmed facts; for some products one is only proposed and one that matters is missing."""
    values = _fact_values(shop, item, rng)
    wanted = {kind.key for kind in must_have(item.kind.family)}
    if rng.random() < SHARE_INCOMPLETE:
        for key in sorted(wanted & {key for key, _ in values})[:1]:
            values = [pair for pair in values if pair[0] != key]
    facts = [_fact(made, shop, item, key, value, rng) for key, value in values]
    if rng.random() < SHARE_PROPOSED:
        _propose(facts, values, item, rng)
    item.facts = facts
    item.row["tags"] = _tags(shop, item, values)


def _fact_values(shop: DemoShop, item: Item, rng: random.Random) -> list[tuple[str, str]]:
    typical_values = {key: shop.pick(rng.choice(pairs)) for key, pairs in item.kind.facts.items()}
    merged = {**typical_values, **item.line.differs}
    values = [(key, value) for key, value in merged.items() if value and key != "noun"]
    if has_colour(item.kind):
        values += [("colour", colour_word(code, shop.language)) for code in item.line.colours]
    if sizes := sizes_of(item.kind):
        values.append(("sizes", shop.pick((", ", "、")).join(sizes)))
    return values


def _fact(
    made: Catalogue, shop: DemoShop, item: Item, key: str, value: str, rng: random.Random
) -> Row:
    number, unit = None, ""
    kind = KINDS[key]
    if kind.type == "number":
        number, unit = parse_quantity(value)
        value = f"{number.normalize():f}"
    elif kind.type == "dimensions":
        value, unit = value.replace(" x ", " × ").rsplit(" ", 1)
    elif kind.type == "bool":
        value = shop.pick(YES if value == "yes" else NO)
    return {
        "id": make_id(rng, item.row["created_at"] + timedelta(seconds=KIND_ORDER[key])),
        "key": key,
        "product_id": item.id,
        "variant_id": None,
        "attribute_id": made.attributes[key]["id"],
        "value": value,
        "number": Decimal(number) if number is not None else None,
        "unit": unit,
        "status": "confirmed",
        "source": "person",
        "evidence": "",
        "created_at": _later(item.row["created_at"], rng),
    }


KIND_ORDER = {key: position for position, key in enumerate(KINDS)}


def _later(moment: datetime, rng: random.Random) -> datetime:
    return moment + timedelta(minutes=rng.randrange(5, 600))


def _propose(
    facts: list[Row], values: list[tuple[str, str]], item: Item, rng: random.Random
) -> None:
    """Turn one or two facts that the title tells into proposals with that as their evidence."""
    told = [
        fact
        for fact, (_, value) in zip(facts, values, strict=True)
        if value.lower() in item.line.title.lower()
    ]
    for fact in rng.sample(told, k=min(len(told), 2)):
        fact |= {"status": "proposed", "source": "title", "evidence": item.line.title}


def _tags(shop: DemoShop, item: Item, values: list[tuple[str, str]]) -> list[str]:
    keys = ("material", "season", "activity", "flavour", "occasion", "style", "scent", "genre")
    tags = [value for key, value in values if key in keys]
    if item.row["created_at"] > days_ago(120):
        tags.append(shop.pick(("new", "新品")))
    return list(dict.fromkeys(tags))[:4]

"""Products of a seed as plain rows. Product `n` of a seed is the same in every catalogue.

Nothing here touches the database: rows are tuples in the order of the columns named below.
"""

import hashlib
import math
import random
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any, NamedTuple
from uuid import UUID

from catalog.demo.catalogue import NO, YES, has_colour, sizes_of
from catalog.demo.colours import COLOURS, colour_word
from catalog.demo.live_texts import OPENINGS
from catalog.demo.seeded import days_ago, make_id
from catalog.demo.typical import Typical, typical
from catalog.generator import words
from catalog.products.vocabulary import KINDS, find_type, must_have, parse_quantity, type_of

COLUMNS = {
    "product": "id handle title vendor product_type category_id tags status option_names "
    "search_extra created_at updated_at",
    "variant": "id product_id position sku barcode options price_cents compare_at_cents cost_cents "
    "stock is_stock_tracked sells_without_stock",
    "fact": "id product_id attribute_id value number unit status source evidence created_at",
    "text": "id product_id language field text origin updated_at",
}
EXTRA_SIZES = ("XS", "XXL")
OLDEST_DAYS = 540
SECONDS_APART = 40  # between two products: ids rise with `n`, as in a shop that grew
SHARE_DRAFT, SHARE_ARCHIVED, SHARE_SOLD_OUT, SHARE_LOW = 0.07, 0.03, 0.04, 0.06
SHARE_INCOMPLETE, SHARE_PROPOSED, SHARE_OPTIONAL_FACT = 0.12, 0.08, 0.55
SHARE_TEXT, SHARE_OTHER_TEXT = 0.45, 0.15
FOREIGN_EVERY = 10  # of a shop's products, one is titled in the other language


class Value(NamedTuple):
    """One value of a fact, ready for its row."""

    value: str
    number: Decimal | None
    unit: str


@dataclass(frozen=True)
class Kind:
    """A type of product in one language, with everything that is the same for all of them."""

    typical: Typical
    noun: str
    product_type: str
    path: str
    prices: tuple[int, int]
    facts: dict[str, list[tuple[Value, Value]]]  # key -> in the shop's and in the other language
    must_have: frozenset[str]


@dataclass
class Rows:
    """The rows of some products, by the names in COLUMNS."""

    product: list[tuple[Any, ...]] = field(default_factory=list)
    variant: list[tuple[Any, ...]] = field(default_factory=list)
    fact: list[tuple[Any, ...]] = field(default_factory=list)
    text: list[tuple[Any, ...]] = field(default_factory=list)

    def counts(self) -> dict[str, int]:
        return {name: len(getattr(self, name)) for name in COLUMNS}


@dataclass(frozen=True)
class Shelf:
    """What products hang on: category ids by path, attribute ids by key."""

    categories: dict[str, UUID]
    attributes: dict[str, UUID]


def _pick(language: str, english_and_chinese: Sequence[str]) -> str:
    return english_and_chinese[language == "zh"]


def kinds(language: str, shop_language: str) -> list[Kind]:
    return [_kind(language, shop_language, one) for one in typical().values()]


def _kind(language: str, shop_language: str, one: Typical) -> Kind:
    """Words are the product's language; prices and category are the shop's."""
    family, noun = type_of(one.noun) or find_type(one.noun)
    name = _pick(language, (noun.noun_en, noun.noun_zh))
    low, high = words.PRICES[one.family]
    times = words.YUAN_PER_EURO if shop_language == "zh" else 1
    return Kind(
        typical=one,
        noun=name,
        product_type=name[0].upper() + name[1:],
        path=category_steps(shop_language, one)[-1][2],
        prices=(low * times, high * times),
        facts={key: [_values(key, language, pair) for pair in pairs] for key, pairs in
               one.facts.items()},
        must_have=frozenset(kind.key for kind in must_have(family.key)),
    )  # fmt: skip


def category_steps(language: str, one: Typical) -> list[tuple[str, str, str]]:
    """From the root down to a type's category: (name, Chinese name, path)."""
    family, noun = type_of(one.noun) or find_type(one.noun)
    english = noun.noun_en if noun.is_mass else noun.plural_en
    own = (english[0].upper() + english[1:], noun.noun_zh)
    pairs = [(family.label_en, family.label_zh), own]
    if one.group[0] not in ("", own[0]):
        pairs.insert(1, one.group)
    steps, path = [], ""
    for pair in pairs:
        path = f"{path} > {_pick(language, pair)}".removeprefix(" > ")
        steps.append((_pick(language, pair), pair[1], path))
    return steps


def _values(key: str, language: str, pair: tuple[str, str]) -> tuple[Value, Value]:
    own = _value(key, language, _pick(language, pair))
    other = "en" if language == "zh" else "zh"
    return own, _value(key, other, _pick(other, pair))


def _value(key: str, language: str, text: str) -> Value:
    kind = KINDS[key]
    if kind.type == "number":
        number, unit = parse_quantity(text)
        return Value(f"{number.normalize():f}", number, unit)
    if kind.type == "dimensions":
        value, unit = text.replace(" x ", " × ").rsplit(" ", 1)
        return Value(value, None, unit)
    if kind.type == "bool":
        return Value(_pick(language, YES if text == "yes" else NO), None, "")
    return Value(text, None, "")


def attribute_keys() -> list[str]:
    """The kinds of fact that occur, in the vocabulary's order: what matters comes first."""
    used = {key for one in typical().values() for key in one.facts} | {"colour", "sizes"}
    return [key for key in KINDS if key in used]


class Ids:
    """Ids that look like the product's own: two shops of one seed share no id."""

    def __init__(self, slug: str) -> None:
        self.salt = int.from_bytes(hashlib.sha256(slug.encode()).digest()[:7])

    def make(self, rng: random.Random, at: datetime) -> UUID:
        return UUID(int=make_id(rng, at).int ^ self.salt)  # the salt stays below the version bits


class Tongue:
    """What products titled in one language are drawn from."""

    def __init__(self, language: str, shop_language: str) -> None:
        self.language = language
        self.kinds = kinds(language, shop_language)
        self.colours = [(code, colour_word(code, language)) for code in COLOURS]
        self.series, self.brands = words.series(language), words.brands(language)


class Maker:
    """Draws products of one seed; `language`, `ids` and `shelf` are those of one shop."""

    def __init__(
        self, seed: int, language: str, *, ids: Ids, shelf: Shelf, shift: timedelta
    ) -> None:
        self.seed, self.language = seed, language
        self.ids, self.shelf, self.shift = ids, shelf, shift
        self.own = Tongue(language, language)
        self.foreign = Tongue("en" if language == "zh" else "zh", language)

    def rows(self, numbers: range) -> Rows:
        rows = Rows()
        for n in numbers:
            tongue = self.own if n % FOREIGN_EVERY else self.foreign
            _Product(self, tongue, n, rows).draw()
        return rows


class _Product:
    """One product while it is drawn; its rows go to `rows`."""

    def __init__(self, maker: Maker, tongue: Tongue, n: int, rows: Rows) -> None:
        self.maker, self.tongue, self.n, self.rows = maker, tongue, n, rows
        self.language = tongue.language
        self.rng = random.Random(f"{maker.seed}:{self.language}:{n}")
        self.kind = self.rng.choice(tongue.kinds)
        self.born = days_ago(OLDEST_DAYS) + timedelta(seconds=SECONDS_APART * n)
        self.id = self._new_id()
        self.created = self.born + maker.shift

    def _new_id(self) -> UUID:
        return self.maker.ids.make(self.rng, self.born)

    def draw(self) -> None:
        colours = self._colours()
        self.chosen = self._facts(colours)
        self.title = self._title()
        skus = self._variants(colours)
        rng, kind = self.rng, self.kind
        option_names = [
            _pick(self.language, pair)
            for pair, is_one in (
                (("Colour", "颜色"), len(colours) > 1),
                (("Size", "尺码"), bool(sizes_of(kind.typical))),
            )
            if is_one
        ]
        age = (days_ago(0) - self.born).total_seconds()
        updated = self.created + timedelta(seconds=age * (1 - rng.random() ** 2))
        row = (
            self.id, self._handle(), self.title, rng.choice(self.tongue.brands), kind.product_type,
            self.maker.shelf.categories[kind.path], self._tags(), self._status(), option_names,
            " ".join(skus), self.created, updated,
        )  # fmt: skip
        self.rows.product.append(row)
        self._texts(updated)

    def _colours(self) -> list[tuple[str, str]]:
        if not has_colour(self.kind.typical):
            return []
        return self.rng.sample(self.tongue.colours, k=self.rng.choice((1, 1, 2, 3)))

    def _facts(self, colours: list[tuple[str, str]]) -> dict[str, tuple[Value, Value]]:
        """Draw what is known of the product and write it; gives the values by key."""
        rng, kind = self.rng, self.kind
        chosen = {
            key: rng.choice(values)
            for key, values in kind.facts.items()
            if key in kind.must_have or rng.random() < SHARE_OPTIONAL_FACT
        }
        missing = rng.choice(sorted(chosen)) if rng.random() < SHARE_INCOMPLETE else ""
        is_unsure = rng.random() < SHARE_PROPOSED
        for key, (value, _other) in chosen.items():
            if key != missing:
                self._fact(key, value, is_proposed=is_unsure and rng.random() < 0.4)
        for _code, word in colours:
            self._fact("colour", Value(word, None, ""))
        if sizes := sizes_of(kind.typical):
            joined = _pick(self.language, (", ", "、")).join(sizes)
            self._fact("sizes", Value(joined, None, ""))
        return chosen

    def _fact(self, key: str, value: Value, *, is_proposed: bool = False) -> None:
        status, source = ("proposed", "title") if is_proposed else ("confirmed", "person")
        row = (
            self._new_id(), self.id, self.maker.shelf.attributes[key], *value,
            status, source, self.kind.noun if is_proposed else "", self.created,
        )  # fmt: skip
        self.rows.fact.append(row)

    def _title(self) -> str:
        series = self.rng.choice(self.tongue.series)
        named = self._first(words.NAMED)
        added = self._first(words.ADDED)
        if self.language == "zh":
            return f"{series}{named}{self.kind.noun}{' ' if added else ''}{added}"
        title = " ".join(part for part in (series, named, self.kind.noun) if part)
        return f"{title}, {added}" if added else title

    def _first(self, keys: Sequence[str]) -> str:
        value = next((self.chosen[key][0] for key in keys if key in self.chosen), None)
        return f"{value.value} {value.unit}".strip() if value else ""

    def _handle(self) -> str:
        spoken = self.title if self.language != "zh" else self.kind.typical.picture
        return f"{re.sub(r'[^a-z0-9]+', '-', spoken.lower()).strip('-')}-{self.n}"

    def _status(self) -> str:
        draw = self.rng.random()
        if draw < SHARE_DRAFT:
            return "draft"
        return "archived" if draw < SHARE_DRAFT + SHARE_ARCHIVED else "active"

    def _tags(self) -> list[str]:
        tags = [self.chosen[key][0].value for key in words.TAGGED if key in self.chosen][:3]
        if self.rng.random() < 0.2:
            tags.append(_pick(self.language, self.rng.choice(words.SELLING_WORDS)))
        return list(dict.fromkeys(tags))

    def _variants(self, colours: list[tuple[str, str]]) -> list[str]:
        """One variant for each colour and size; gives their SKUs."""
        rng = self.rng
        shown = colours if len(colours) > 1 else [("", "")]
        sizes = sizes_of(self.kind.typical)
        if sizes and rng.random() < 0.1:
            sizes = (*sizes, *EXTRA_SIZES)
        price = self._price_cents()
        before = round(price * 0.012) * 100 if rng.random() < 0.12 else None
        cost = round(price * rng.uniform(0.38, 0.6))
        lots = rng.random()
        pairs = [(colour, size) for colour in shown for size in sizes or ("",)]
        skus = []
        for position, ((code, word), size) in enumerate(pairs, start=1):
            parts = (f"G{self.n:07d}", code.replace("_", ""), size)
            skus.append("-".join(part for part in parts if part).upper())
            row = (
                self._new_id(), self.id, position, skus[-1], _barcode(self.n, position),
                [o for o in (word, size) if o], price, before, cost, self._stock(lots), True,
                lots > 0.95,
            )  # fmt: skip
            self.rows.variant.append(row)
        return skus

    def _stock(self, lots: float) -> int:
        if lots < SHARE_SOLD_OUT:
            return 0
        if lots < SHARE_SOLD_OUT + SHARE_LOW:
            return self.rng.randrange(2)
        return int(self.rng.triangular(1, 140, 18))

    def _price_cents(self) -> int:
        """Cheap ones are more common than dear ones; small prices in euros end in .90."""
        low, high = (math.log(price) for price in self.kind.prices)
        price = round(math.exp(low + (high - low) * self.rng.betavariate(1.6, 2.6)))
        return price * 100 - (10 if self.maker.language != "zh" and price < 100 else 0)

    def _texts(self, updated: datetime) -> None:
        language = self.language
        if self.rng.random() < SHARE_TEXT:
            self._text(language, "description", self._description(language), updated)
            self._text(language, "short_title", self.title[:60], updated)
        if self.rng.random() < SHARE_OTHER_TEXT:
            other = "en" if language == "zh" else "zh"
            self._text(other, "description", self._description(other), updated)

    def _text(self, language: str, name: str, text: str, updated: datetime) -> None:
        origin = "person" if self.rng.random() < 0.6 else "import"
        row = (self._new_id(), self.id, language, name, text, origin, updated)
        self.rows.text.append(row)

    def _description(self, language: str) -> str:
        opening = self.rng.choice(OPENINGS[self.kind.typical.family])
        mark, which = _pick(language, (": ", "：")), language != self.language
        said = "".join(
            f"<li>{_label(key, language)}{mark}{f'{value.value} {value.unit}'.strip()}</li>"
            for key, values in list(self.chosen.items())[:6]
            if (value := values[which])
        )
        return f"<p>{_pick(language, opening).format(title=self.title)}</p><ul>{said}</ul>"


def _label(key: str, language: str) -> str:
    kind = KINDS[key]
    return kind.label_zh if language == "zh" else kind.label_en[0].upper() + kind.label_en[1:]


def _barcode(n: int, position: int) -> str:
    """An EAN-13 of the range kept for use inside a shop, with its check digit."""
    digits = f"2{n % 10**9:09d}{position % 100:02d}"
    total = sum(int(digit) * (3 if i % 2 else 1) for i, digit in enumerate(digits))
    return digits + str(-total % 10)

"""Unseen products for the composer: seeded, across all families, with names nobody has.

Each fact comes with the words that would be its true rendering, told from the
vocabulary's tables and not from the composer.
"""

import random
from dataclasses import dataclass
from decimal import Decimal

from aiassist.copywriting.engine import TONES, CopyRequest, Fact
from catalog.products.vocabulary.families import FAMILIES, Family, ProductType
from catalog.products.vocabulary.kinds import AttributeKind, kinds_of, must_have
from catalog.products.vocabulary.units import UNITS
from catalog.products.vocabulary.values import choices

ONSETS = tuple("bdfghklmnprstvwz") + ("br", "dr", "gr", "pr", "sk", "st", "tr")
VOWELS = (*"aeiou", "ay", "ea", "ou")
CODAS = ["", "l", "m", "n", "r", "s", "th", "x", "nd"]
NUMBERS = {
    "g": (20, 900), "kg": (1, 40), "cm": (5, 220), "mm": (2, 60), "m": (1, 300), "L": (1, 60),
    "ml": (15, 750), "in": (5, 32), "years": (1, 12), "months": (1, 36), "h": (1, 88),
    "min": (5, 180), "days": (3, 90), "pages": (24, 980), "pcs": (2, 1200), "W": (5, 2200),
    "mAh": (300, 20000), "celsius": (60, 100), "gsm": (80, 400), "carat": (1, 5),
}  # fmt: skip
COUNTS = ("pcs", "pages", "servings", "persons")
BOOL_EN = {
    "dishwasher_safe": (
        (
            "is dishwasher safe",
            "are dishwasher safe",
            "'s dishwasher safe",
            "'re dishwasher safe",
            "also dishwasher safe",
        ),
        ("not dishwasher safe",),
    ),
    "microwave_safe": (
        (
            "is microwave safe",
            "are microwave safe",
            "'s microwave safe",
            "'re microwave safe",
            "also microwave safe",
        ),
        ("not microwave safe",),
    ),
    "lid": (("with a lid", "has a lid", "have a lid", "a lid"), ("without a lid",)),
    "fragrance_free": (("fragrance free",), ("contains fragrance", "contain fragrance")),
}
BOOL_ZH = {
    "dishwasher_safe": (("可用洗碗机清洗",), ("不可用洗碗机清洗",)),
    "microwave_safe": (("可用微波炉加热",), ("不可用微波炉加热",)),
    "lid": (("带盖", "配有盖子"), ("不带盖",)),
    "fragrance_free": (("不含香精",), ("含香精",)),
}
UNKNOWN = (
    ("hinge angle", "铰链角度", "degree"), ("spout length", "壶嘴长度", "mm"),
    ("anchor depth", "锚固深度", "cm"), ("idle draw", "待机耗电", "W"),
    ("edge radius", "边缘半径", "mm"), ("opening width", "开口宽度", "cm"),
    ("inner volume", "内部体积", "ml"), ("USB cable reach", "数据线可达距离", "m"),
)  # fmt: skip
UNKNOWN_TEXT = (
    ("batch code", "批次代码"), ("drawing number", "图纸编号"), ("tooling mark", "模具标记"),
    ("yarn count", "纱支数"), ("outer carton", "外箱编号"), ("approval code", "批准代码"),
)  # fmt: skip


@dataclass(frozen=True)
class Given:
    """A fact and what it may look like in each language."""

    fact: Fact
    kind: AttributeKind | None
    en: tuple[str, ...]
    zh: tuple[str, ...]


@dataclass(frozen=True)
class Unseen:
    product_id: str
    name: str
    brand: str
    family: Family
    type: ProductType
    given: tuple[Given, ...]
    seed: int

    def request(self, lang: str, field: str = "description") -> CopyRequest:
        return CopyRequest(
            product_id=self.product_id,
            name=self.name,
            name_lang="en",
            brand=self.brand,
            family=self.family.key,
            product_type=self.type.key,
            facts=tuple(given.fact for given in self.given),
            lang=lang,
            field=field,
            tone=TONES[self.seed % len(TONES)],
            max_chars=None,
            keywords=(),
            approved_texts=(),
            seed=self.seed,
        )

    def must_have(self) -> list[Given]:
        keys = {kind.key for kind in must_have(self.family.key, self.type.key)}
        return [given for given in self.given if given.fact.key in keys]


def products(n_products: int, seed: int) -> list[Unseen]:
    rng = random.Random(seed)
    families = list(FAMILIES.values())
    return [_product(i, families[i % len(families)], rng) for i in range(n_products)]


def _product(i: int, family: Family, rng: random.Random) -> Unseen:
    kind = rng.choice(family.types)
    brand = _word(rng)
    noun = kind.noun_en.title().replace("'S", "'s") if rng.random() < 0.6 else ""
    name = " ".join(part for part in (brand, _word(rng), noun) if part)
    wanted = list(must_have(family.key, kind.key))
    others = [k for k in kinds_of(family.key) if k not in wanted and k.key != "storage_capacity"]
    wanted += rng.sample(others, min(len(others), rng.randint(3, 8)))
    given = [_given(n, k, rng) for n, k in enumerate(wanted)]
    given.append(_unknown_number(90, rng))
    if rng.random() < 0.6:
        given.append(_unknown_text(91, rng))
    return Unseen(f"u{i}", name, brand, family, kind, tuple(given), rng.randrange(10**9))


def _word(rng: random.Random) -> str:
    parts = [rng.choice(ONSETS) + rng.choice(VOWELS) + rng.choice(CODAS) for _ in range(2)]
    return "".join(parts).capitalize()


def _given(n: int, kind: AttributeKind, rng: random.Random) -> Given:
    maker = {"choice": _choice, "list": _list, "number": _number, "bool": _bool}
    if kind.key in ("pockets", "drawers", "shelves", "seats", "wheels", "gears", "compartments"):
        return _count(n, kind, rng, low=1, high=9)
    if kind.type == "dimensions":
        return _dimensions(n, kind, rng)
    return maker.get(kind.type, _text)(n, kind, rng)


def _choice(n: int, kind: AttributeKind, rng: random.Random) -> Given:
    value = rng.choice(choices(kind.key))
    spelled = rng.choice([value.code, value.en, value.en.title(), value.zh])
    # Beside its label a value need not repeat it: "movement: quartz".
    en = (value.en, value.en.removesuffix(f" {kind.label_en}"))
    zh = (value.zh, value.zh.removesuffix("机芯"))
    return Given(Fact(str(n), kind.key, spelled), kind, en, zh)


def _list(n: int, kind: AttributeKind, rng: random.Random) -> Given:
    if not choices(kind.key):
        return _text(n, kind, rng)
    some = rng.sample(choices(kind.key), min(len(choices(kind.key)), rng.randint(1, 3)))
    spelled = ", ".join(rng.choice([v.code, v.en, v.zh]).replace(",", "") for v in some)
    en, zh = tuple(v.en for v in some), tuple(v.zh for v in some)
    return Given(Fact(str(n), kind.key, spelled), kind, en, zh)


def _number(n: int, kind: AttributeKind, rng: random.Random) -> Given:
    if not kind.units:
        low, high = (1900, 2025) if kind.key.endswith("_year") else (1, 60)
        return _count(n, kind, rng, low=low, high=high)
    unit = kind.units[int(rng.random() * min(2, len(kind.units)))]
    low, high = NUMBERS.get(unit, (1, 90))
    number = Decimal(rng.randint(low, high))
    if unit in ("kg", "cm", "L", "in", "carat") and rng.random() < 0.4:
        number += Decimal(rng.randint(1, 9)) / 10
    return _quantity(Fact(str(n), kind.key, "", number, unit), kind)


def _quantity(fact: Fact, kind: AttributeKind | None) -> Given:
    unit = UNITS[fact.unit]
    plain = str(fact.number.normalize()) if fact.number % 1 else str(int(fact.number))
    figure = f"{int(fact.number):,}" if fact.number >= 10000 else plain
    sign = unit.one_en if fact.number == 1 else unit.many_en
    en = (f"{figure} {sign}", f"{figure}-{unit.one_en}", f"{figure} {unit.one_en}")
    if kind and (kind.key == "min_age" or kind.default_unit in COUNTS):
        en += (f"ages {figure} and up", f"{figure} pieces", f"pack of {figure}", figure)
    zh = (f"{plain}{unit.sign_zh}",)
    if kind and (kind.key == "min_age" or kind.default_unit in COUNTS):
        zh += (f"{plain}岁", f"{plain}片", f"{plain}件", plain)
    return Given(fact, kind, en, zh)


def _count(n: int, kind: AttributeKind, rng: random.Random, *, low: int, high: int) -> Given:
    number = rng.randint(low, high)
    fact = Fact(str(n), kind.key, str(number), Decimal(number))
    zh = (str(number), f"SPF{number}") if kind.key == "spf" else (str(number),)
    return Given(fact, kind, (str(number),), zh)


def _dimensions(n: int, kind: AttributeKind, rng: random.Random) -> Given:
    sides = [str(rng.randint(3, 220)) for _ in range(3)]
    en = (" × ".join(sides) + " cm",)
    zh = ("×".join(sides) + "厘米",)
    return Given(Fact(str(n), kind.key, "x".join(sides) + " cm"), kind, en, zh)


def _bool(n: int, kind: AttributeKind, rng: random.Random) -> Given:
    """The whole phrase is the rendering, so that a lost "not" is an unbacked claim."""
    answer = rng.choice(["yes", "no", "是", "否"])
    side = 0 if answer in ("yes", "是") else 1
    en = (*BOOL_EN[kind.key][side], f"{kind.label_en}: {('yes', 'no')[side]}")
    answers = [f"{kind.label_zh}{sign}{'是否'[side]}" for sign in "：】"]
    zh = (*BOOL_ZH[kind.key][side], *answers)
    return Given(Fact(str(n), kind.key, answer, type="bool"), kind, en, zh)


def _text(n: int, kind: AttributeKind, rng: random.Random) -> Given:
    value = f"{_word(rng)} {_word(rng)}"
    if kind.key in ("size", "sizes", "ring_size", "region"):
        value = rng.choice(["S", "M", "XL", "38", "16"])
    if kind.key == "players":
        value = f"{rng.randint(1, 2)}-{rng.randint(3, 8)}"
    if kind.key in ("isbn", "model_number", "ip_rating", "resolution"):
        value = f"K{rng.randint(100, 99999)}"
    return Given(Fact(str(n), kind.key, value), kind, (value,), (value,))


def _unknown_number(n: int, rng: random.Random) -> Given:
    label_en, label_zh, unit = rng.choice(UNKNOWN)
    number = Decimal(rng.randint(1, 95))
    fact = Fact(str(n), label_en.replace(" ", "_"), "", number, unit, label_en, label_zh, "number")
    return _quantity(fact, None)


def _unknown_text(n: int, rng: random.Random) -> Given:
    label_en, label_zh = rng.choice(UNKNOWN_TEXT)
    value = f"Q{rng.randint(10, 99)}-{rng.randint(100, 999)}"
    key = label_en.replace(" ", "_")
    return Given(Fact(str(n), key, value, None, "", label_en, label_zh), None, (value,), (value,))


def labels(given: Given, lang: str) -> str:
    if given.kind is None:
        return given.fact.label_zh if lang == "zh" else given.fact.label_en
    return given.kind.label_zh if lang == "zh" else given.kind.label_en

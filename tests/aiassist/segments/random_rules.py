"""Random rules, as trees, over a small vocabulary that random shops have too."""

from datetime import date, timedelta
from decimal import Decimal
from random import Random
from typing import Any

from aiassist.segments.language.book import ATTRIBUTES, FUNCTIONS, NAMED_DAYS, Attribute
from aiassist.segments.language.rules import Rule
from aiassist.segments.language.tree import (
    Call,
    Compare,
    Condition,
    Named,
    Offset,
    Tree,
    Value,
    group,
)

TODAY = date(2026, 3, 31)  # a month's last day: offsets of months must choose
WORDS = {
    "country": ["DE", "FR", "CN", "US"],
    "customer_language": ["en", "zh", "zh-CN"],
    "customer_tags": ["vip", "wholesale", "Tee & Kräuter", "it's"],
    "persona": ["Tea lovers", "爱茶的人", "No such persona"],
    "sku": ["SKU-1", "SKU-2", "SKU-3", "X'; DROP"],
    "category": ["Tea", "tea > GREEN", "绿茶", "Cups", "nothing"],
    "tag": ["gift", "new", "it's"],
    "intent": ["refund", "shipping", "退款"],
    "name": ["big spenders", "老客户", "empty one"],
}
# Few, so that what customers did falls on the very days that rules speak of.
OFFSETS = {"d": [0, 1, 7, 30, 90], "w": [1, 2, 4], "m": [1, 3, 6, 12], "y": [1]}
# The same days worked out by hand, with TODAY a month's last day.
DAYS = [
    TODAY, date(2026, 3, 30), date(2026, 3, 24), date(2026, 3, 17), date(2026, 3, 3),
    date(2026, 3, 1), date(2026, 2, 28), date(2025, 12, 31), date(2025, 9, 30), date(2025, 3, 31),
]  # fmt: skip


def random_rule(rng: Random, *, depth: int = 3) -> Rule:
    return Rule(random_tree(rng, depth))


def random_tree(rng: Random, depth: int) -> Tree:
    if depth == 0 or rng.random() < 0.45:
        return random_clause(rng)
    parts = [random_tree(rng, depth - 1) for _ in range(rng.randint(2, 3))]
    return group(parts, is_all=rng.random() < 0.5)


def random_clause(rng: Random) -> Compare | Call:
    if rng.random() < 0.3:
        return random_call(rng)
    attribute = rng.choice(list(ATTRIBUTES.values()))
    return Compare(attribute.name, random_condition(rng, attribute))


def random_condition(rng: Random, attribute: Attribute) -> Condition:
    operator = rng.choice(attribute.operators)
    if operator.startswith("IS"):
        return Condition(operator)
    n = {"BETWEEN": 2, "IN": rng.randint(1, 3)}.get(operator, 1)
    values = [random_value(rng, attribute) for _ in range(n)]
    if operator == "BETWEEN":
        values.sort(key=_order)
    return Condition(operator, tuple(dict.fromkeys(values)) if operator == "IN" else tuple(values))


def _order(value: Value) -> Any:
    if isinstance(value, Offset):
        return 0, value.n * {"d": 1, "w": 7, "m": 30, "y": 365}[value.unit]
    if isinstance(value, Named):
        unit, n = NAMED_DAYS[value.name]
        return 0, -n * (30 if unit == "m" else 1)
    return (1, value.toordinal()) if isinstance(value, date) else (1, value)


def random_value(rng: Random, attribute: Attribute) -> Value:
    if attribute.kind == "day":
        return random_day(rng)
    if attribute.kind == "flag":
        return rng.random() < 0.5
    if attribute.kind == "choice":
        return rng.choice(attribute.choices)[0]
    if attribute.kind in ("text", "tags"):
        return rng.choice(WORDS[attribute.name])
    if attribute.kind == "share":
        return Decimal(rng.randint(0, 10)) / 10
    if attribute.kind == "number":
        return Decimal(rng.choice(["1", "1.5", "3", "4.5"]))
    if attribute.kind == "money":
        return Decimal(rng.choice(["1.5", "2", "3", "20", "49.99", "50", "120.5"]))
    high = int(attribute.high or 5)
    return Decimal(rng.randint(1 if attribute.high else 0, min(high, 120)))


def random_day(rng: Random) -> Value:
    kind = rng.randint(0, 2)
    if kind == 0:
        # A BETWEEN must not mix these with dates, which cannot be compared without a today.
        return rng.choice(DAYS) + timedelta(days=rng.randint(-1, 1))
    if kind == 1:
        return Named(rng.choice(list(NAMED_DAYS)))
    return random_offset(rng)


def random_offset(rng: Random) -> Offset:
    unit = rng.choice("dwmy")
    return Offset(-rng.choice(OFFSETS[unit]), unit)


def random_call(rng: Random) -> Call:
    function = rng.choice(list(FUNCTIONS.values()))
    arguments: list[tuple[str, Value | Condition]] = []
    for parameter in function.parameters:
        if not parameter.is_required and rng.random() < 0.4:
            continue
        if parameter.kind == "past":
            arguments.append((parameter.name, random_offset(rng)))
        elif parameter.kind == "text":
            arguments.append((parameter.name, rng.choice(WORDS[parameter.name])))
        else:
            arguments.append((parameter.name, _limit(rng, is_money=parameter.kind == "money")))
    return Call(function.name, tuple(arguments), is_not=rng.random() < 0.4)


def _limit(rng: Random, *, is_money: bool) -> Condition:
    operator = rng.choice(["=", "!=", "<", "<=", ">", ">=", "BETWEEN", "IN"])
    amounts = ["10", "49.99", "50", "99.5"] if is_money else ["0", "1", "2", "3"]
    n = 2 if operator in ("BETWEEN", "IN") else 1
    values = sorted(Decimal(rng.choice(amounts)) for _ in range(n))
    return Condition(operator, tuple(dict.fromkeys(values)) if operator == "IN" else tuple(values))

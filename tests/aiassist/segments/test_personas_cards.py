"""Sentences about a persona: each from numbers, and nothing beside them gets through."""

from typing import Any

import pytest

from aiassist.ml.personas import Leaning
from aiassist.segments.personas_cards import Line, Measures, lines_of, rephrased, suggested

LABELS = [
    {"en": "Teapots", "zh": "茶壶"},
    {"en": "Knives & Boards", "zh": "刀具与砧板"},
    {"en": "Men's T-Shirts (3XL+)", "zh": "男士T恤（3XL+）"},
]
STRONG = [Leaning(0, 0.384, 0.12, 9), Leaning(1, 0.0312, 0.011, 4), Leaning(2, 0.2, 0.1, 5)]
ALL = Measures(1204, 4100.0, 60.0, 500, 1000, {"zh": 420, "en": 580})


def lines(currency: str = "EUR", **own: Any) -> list[Line]:
    given = {"n": 184, "order_cents": 5412.0, "days": 46.2, "n_back": 60, "n_known": 150}
    members = Measures(**{**given, "n_in": {"zh": 120, "en": 30}, **own})
    return lines_of(currency, STRONG, LABELS, n=184, total=1204, own=members, everybody=ALL)


def kinds(found: list[Line]) -> set[str]:
    return {line.kind for line in found}


@pytest.mark.parametrize(
    "currency", ["EUR", "USD", "CNY", "GBP", "JPY", "CHF", "TWD", "KRW", "SEK", "PLN", "BRL"]
)
def test_every_sentence_is_backed_in_both_languages(currency: str) -> None:
    found = lines(currency)
    assert kinds(found) == {"size", "category", "money", "rhythm", "language"}
    for line in found:
        assert line.is_backed(), (line.en, line.zh)


def test_a_changed_number_or_name_is_not_backed() -> None:
    for line in lines():
        number = next(one.value for one in line.facts if one.number is not None)
        other = "97" if number != "97" else "93"
        assert not Line(
            line.kind, line.en.replace(number, other, 1), line.zh, line.facts
        ).is_backed()


def test_what_is_about_as_everywhere_is_not_said() -> None:
    assert "money" not in kinds(lines(order_cents=4200.0))
    assert "rhythm" not in kinds(lines(days=61.0))
    assert "language" not in kinds(lines(n_in={"zh": 65, "en": 85}))


def test_few_members_are_not_spoken_for() -> None:
    assert kinds(lines(n=20)) == {"size", "category"}
    assert "rhythm" not in kinds(lines(n_back=5))
    assert "language" not in kinds(lines(n_known=40))


@pytest.mark.parametrize(
    ("text", "may_stand"),
    [
        ("Teapots are 38 % of what they buy.", True),
        ("They are young collectors of Teapots.", False),
        ("Teapots are 48 % of what they buy.", False),
        ("Kettles are 38 % of what they buy.", False),
        ("They love luxury: 38 % Teapots.", False),
        ("", False),
    ],
)
def test_an_engine_may_only_put_it_differently(text: str, may_stand: bool) -> None:
    (line, *_rest) = [one for one in lines() if one.kind == "category"]
    assert (rephrased(line, text, "en") == text) == (may_stand or text == line.en)


def test_an_engines_invention_in_chinese_is_dropped_too() -> None:
    (line, *_rest) = [one for one in lines() if one.kind == "category"]
    assert rephrased(line, "他们是年轻的妈妈，38 % 来自茶壶。", "zh") == line.zh


def test_names_come_from_what_is_bought_and_differ() -> None:
    taken: set[str] = set()
    for n, wanted in enumerate(("Teapots, Knives & Boards", "Teapots"), start=1):
        name = suggested(LABELS, "en", taken, number=n)
        assert name == wanted
        taken.add(name)
    assert suggested(LABELS, "zh", taken, number=3) == "茶壶、刀具与砧板"
    assert suggested([], "en", taken, number=4) == "Group 4"

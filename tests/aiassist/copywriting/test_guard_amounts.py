"""Numbers are read however they are written."""

from decimal import Decimal

import pytest

from aiassist.copywriting.guard.amounts import find_amounts


@pytest.mark.parametrize(
    ("text", "values", "dimension"),
    [
        ("1.8 L", ["1.8"], "volume"),
        ("1,200g", ["1200"], "mass"),
        ("two and a half years", ["2.5"], "months"),
        ("half a dozen", ["6"], None),
        ("a half-kilo jar", ["0.5"], "mass"),
        ("two point four kilograms", ["2.4"], "mass"),
        ("140 x 70 cm", ["140", "70"], "length"),
        ("124x143x201 cm", ["124", "143", "201"], "length"),
        ("180 mm by 13 cm", ["18", "13"], "length"),
        ("62至127厘米", ["62", "127"], "length"),
        ("一百二十公斤", ["120"], "mass"),
        ("半斤", ["0.5"], "mass"),
        ("一年半", ["1.5"], "months"),
        ("双人", ["2"], "person"),
        ("2021年", ["2021"], None),
        ("一万毫安时", ["10000"], "charge"),
    ],
)
def test_an_amount_is_read(text: str, values: list[str], dimension: str | None) -> None:
    (amount,) = find_amounts(text)
    assert list(amount.values) == [Decimal(value) for value in values]
    assert (amount.unit.dimension if amount.unit else None) == dimension


@pytest.mark.parametrize("text", ["one of them", "一款好茶", "3D", "IPX7", "十分", "size M"])
def test_articles_and_codes_are_no_amounts(text: str) -> None:
    assert find_amounts(text) == []

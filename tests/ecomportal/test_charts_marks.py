"""Dots with a diagonal and bars in pairs: where they stand, and the numbers beside."""

import re
from math import sqrt

from ecomportal.web.charts_marks import Axes, dots, pairs


def places(svg: str) -> list[tuple[str, str]]:
    return re.findall(r'<circle[^>]* cx="([\d.]+)%" cy="([\d.]+)%"', svg)


def test_a_dot_on_the_diagonal_is_as_far_right_as_it_is_high() -> None:
    svg = dots([(25, 25), (100, 50)], Axes("said", "came", 100), "Chances", is_joined=True)
    assert places(svg) == [("25.00", "75.00"), ("100.00", "50.00")]
    assert 'd="M25.00 75.00 L100.00 50.00"' in svg
    assert "said: 100 · came: 50" in svg


def test_a_square_root_spreads_small_values() -> None:
    svg = dots([(25, 0)], Axes("foretold", "spent", 100, scale=sqrt), "Money")
    assert places(svg) == [("50.00", "100.00")]
    assert "<path" not in svg


def test_what_lies_outside_stands_at_the_edge() -> None:
    assert places(dots([(400, -3)], Axes("a", "b", 100), "Edge")) == [("100.00", "100.00")]


def test_bars_of_a_pair_stand_side_by_side_and_in_the_table() -> None:
    svg = pairs([("first", 10, 40), ("second", 0, 20)], ("foretold", "spent"), "Tenths")
    assert re.findall(r'height="([\d.]+)%"', svg)[:4] == ["25.00", "100.00", "0.00", "50.00"]
    assert "first, spent: 40" in svg
    assert svg.count('<th scope="row">') == 2


def test_nothing_to_draw_is_no_error() -> None:
    assert "<svg" in pairs([], ("a", "b"), "Empty")
    assert "<svg" in dots([], Axes("a", "b", 0), "Empty")


def test_labels_of_an_axis_never_meet() -> None:
    axes = Axes("foretold", "spent", 15_000, scale=sqrt)
    drawn = dots([(100, 200)], axes, "one customer")
    places = sorted({float(x) for x in re.findall(r'<text class="\w*" x="([\d.]+)%"', drawn)})
    assert len(places) > 1
    assert all(b - a >= 24 for a, b in zip(places, places[1:], strict=False))

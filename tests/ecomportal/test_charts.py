"""Charts: the drawing says what the numbers say, and the numbers stand beside it."""

import re
from xml.etree import ElementTree

import pytest

from ecomportal.web import charts
from ecomportal.web.charts import Bar, Series, nice_ticks


def parse(markup):
    """Well-formed, or an error: a browser mends what is broken, and hides the mistake."""
    return ElementTree.fromstring(f"<div>{markup}</div>")


def path_of(markup):
    return re.search(r'class="line" d="([^"]+)"', markup)[1]


def test_a_sparkline_goes_from_the_lowest_to_the_highest():
    markup = charts.sparkline([0, 5, 10], "Up")
    assert path_of(markup) == "M0.00 90.00 L50.00 50.00 L100.00 10.00"
    assert parse(markup).find(".//title").text == "Up"


def test_a_flat_sparkline_lies_in_the_middle():
    assert path_of(charts.sparkline([3, 3], "Flat")) == "M0.00 50.00 L100.00 50.00"


def test_one_value_has_no_course():
    assert charts.sparkline([3], "One") == ""


def test_a_line_chart_has_ticks_values_and_a_table():
    markup = charts.line_chart([Series("Now", [1, 3])], ["Jan", "Feb"], "Sales")
    tree = parse(markup)
    assert "Now, Feb: 3" in [node.text for node in tree.iter("title")]
    cells = [cell.text for cell in tree.iter("td")]
    assert cells[-2:] == ["1", "3"]


def test_a_gap_interrupts_the_line():
    markup = charts.line_chart([Series("Now", [1, None, 1, 1])], list("abcd"), "Gap")
    assert path_of(markup).count("M") == 2


def test_bars_are_long_by_their_value_and_carry_their_interval():
    tree = parse(charts.bars([Bar("Model", 5, 4, 10), Bar("Popular", 2)], "NDCG"))
    widths = [node.get("width") for node in tree.iter("rect")]
    assert widths == ["100%", "50.00%", "100%", "20.00%"]
    assert "Model: 5 (4 – 10)" in [node.text for node in tree.iter("title")]
    assert len(list(tree.iter("line"))) == 3


def test_an_interval_that_begins_at_zero_is_drawn():
    tree = parse(charts.bars([Bar("Model", 5, 0, 10)], "From zero"))
    assert tree.find(".//line").get("x1") == "0.00%"


def test_a_histogram_is_as_high_as_its_counts():
    tree = parse(charts.histogram([1, 4, 0], ["a", "b", "c"], "Orders"))
    assert [node.get("height") for node in tree.iter("rect")] == ["25.00%", "100.00%", "0.00%"]


def test_a_heat_grid_tints_by_share_and_nothing_is_untinted():
    tree = parse(charts.heat_grid([[0, 1, 10]], ["R1"], ["a", "b", "c"], "RFM"))
    assert [cell.get("class") for cell in tree.iter("td")][1:] == ["h0", "h1", "h5"]


def test_names_are_escaped():
    markup = charts.bars([Bar("<script>", 1)], "<b>")
    assert "<script>" not in markup
    parse(markup)


def test_no_chart_carries_style_or_script():
    drawn = [
        charts.sparkline([1, 2], "a"),
        charts.line_chart([Series("n", [1, 2], "prev")], ["a", "b"], "b"),
        charts.bars([Bar("n", 1, 0, 2)], "c"),
        charts.histogram([1], ["a"], "d", mark=0),
        charts.heat_grid([[1]], ["a"], ["b"], "e"),
    ]
    for markup in drawn:
        assert "style" not in markup
        assert not re.search(r"\son\w+=", markup)
        parse(markup)


@pytest.mark.parametrize("empty", [[], [0, 0, 0]])
def test_nothing_to_show_is_no_error(empty):
    parse(charts.line_chart([Series("n", empty)], [str(i) for i in range(len(empty))], "none"))
    parse(charts.histogram(empty, [str(i) for i in range(len(empty))], "none"))
    parse(charts.bars([], "none"))


@pytest.mark.parametrize(
    ("low", "high", "ticks"),
    [
        (0, 10, [0, 2.5, 5, 7.5, 10]),
        (0, 0.0412, [0, 0.02, 0.04, 0.06]),
        (-3, 9, [-5, 0, 5, 10]),
        (0, 0, [0, 0.25, 0.5, 0.75, 1]),
    ],
)
def test_ticks_are_round_and_hold_the_values(low, high, ticks):
    assert nice_ticks(low, high) == pytest.approx(ticks)

"""Facts read out of what a shop wrote, in English and Chinese."""

from decimal import Decimal

import pytest

from catalog.products.imports.extract import ProposedFact, extract_facts


def read(title: str, body: str = "", **more: object) -> list[ProposedFact]:
    told = {"product_type": "", "tags": [], "options": {}, "language": "en", **more}
    return extract_facts(title, body, **told)


def pairs(facts: list[ProposedFact]) -> set[tuple[str, str]]:
    return {(fact.key, fact.value) for fact in facts}


STATED = [
    ("Blue cotton shirt", "", ("material", "cotton")),
    ("Blue cotton shirt", "", ("colour", "blue")),
    ("Shirt", "With long sleeves and a crew neck.", ("sleeve_length", "long sleeves")),
    ("Shirt", "With long sleeves and a crew neck.", ("neckline", "crew neck")),
    ("Winter jacket", "With a soft fleece lining.", ("lining", "fleece")),
    ("Kettle", "Material: stainless steel", ("material", "stainless steel")),
    ("Silver ring", "Made in Italy.", ("origin", "Italy")),
    ("Down jacket", "", ("material", "down")),
    ("Striped scarf", "", ("pattern", "striped")),
]


@pytest.mark.parametrize(("title", "body", "fact"), STATED)
def test_what_is_stated_is_proposed(title: str, body: str, fact: tuple[str, str]) -> None:
    assert fact in pairs(read(title, body))


NOT_STATED = [
    ("Mug", "No plastic, no glue.", ("material", "plastic")),
    ("Toy", "Free of plastic.", ("material", "plastic")),
    ("Bag", "A plastic-free bag.", ("material", "plastic")),
    ("Jacket", "Looks like leather.", ("material", "leather")),
    ("Jacket", "A leather look jacket.", ("material", "leather")),
    ("Shirt", "With black buttons.", ("colour", "black")),
    ("Jacket", "With a soft fleece lining.", ("material", "fleece")),
    ("Shirt", "Buttons down the front.", ("material", "down")),
    ("Socks", "No cotton.", ("material", "cotton")),
]


@pytest.mark.parametrize(("title", "body", "fact"), NOT_STATED)
def test_what_is_denied_or_said_of_a_part_is_not(
    title: str, body: str, fact: tuple[str, str]
) -> None:
    assert fact not in pairs(read(title, body))


def test_chinese_is_read_too() -> None:
    body = "材质：纯棉\n不含塑料。长袖，圆领，蓝色。"
    found = pairs(read("男士衬衫", body, language="zh"))
    assert {("material", "棉"), ("sleeve_length", "长袖"), ("neckline", "圆领")} <= found
    assert ("material", "塑料") not in found


def test_quantities_keep_their_number_and_unit() -> None:
    body = "Capacity: 1.8 L. Weighs 920 g and is 24 cm high. 2 in 1, 1500 W."
    found = {f.key: (f.number, f.unit) for f in read("Kettle", body)}
    assert found["capacity"] == (Decimal("1.8"), "L")
    assert found["weight"] == (Decimal(920), "g")
    assert found["height"] == (Decimal(24), "cm")
    assert found["power"] == (Decimal(1500), "W")


def test_dimensions_are_read_as_one() -> None:
    [fact] = [f for f in read("Oak table", "45 x 45 x 52 cm, solid.") if f.key == "dimensions"]
    assert (fact.value, fact.unit) == ("45 × 45 × 52", "cm")


def test_options_give_facts_and_several_sizes_are_a_list() -> None:
    options = {"Size": ["S", "M"], "Color": ["Navy"], "Delivery": ["Fast"]}
    found = pairs(read("Shirt", options=options))
    assert {("sizes", "S"), ("sizes", "M")} <= found
    assert any(key == "colour" for key, _ in found)
    assert not any(value == "Fast" for _, value in found)


def test_each_fact_tells_where_it_was_read() -> None:
    body = "A warm scarf of merino wool, knitted in one piece."
    [fact] = [f for f in read("Scarf", body) if f.key == "material"]
    assert body[fact.start : fact.end] == "merino wool"
    assert fact.source == "description"
    assert "merino wool" in fact.evidence


def test_the_closer_word_wins_over_the_vague_one() -> None:
    found = pairs(read("Gold ring", "Made of 14k gold.", product_type="Ring"))
    assert ("metal", "14K gold") in found
    assert ("metal", "gold") not in found


def test_a_long_text_is_read_in_bounded_time() -> None:
    read("Shirt", "no cotton " * 5000 + "x" * 50_000)

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalog.products.vocabulary import (
    FAMILIES,
    KINDS,
    choices,
    convert,
    find_kind,
    find_type,
    find_unit,
    find_value,
    find_values,
    format_quantity,
    must_have,
    parse_quantity,
    same_quantity,
    translate_value,
)
from catalog.products.vocabulary.units import UNITS
from catalog.products.vocabulary.values import VALUES


def test_there_are_twelve_families_and_sixty_kinds():
    assert len(FAMILIES) >= 12
    assert len(KINDS) >= 60


@pytest.mark.parametrize("family", FAMILIES)
def test_every_family_has_at_least_two_must_haves(family):
    assert len(must_have(family)) >= 2


@pytest.mark.parametrize(
    ("family", "kind"), [(f.key, t.key) for f in FAMILIES.values() for t in f.types]
)
def test_every_type_has_at_least_two_must_haves(family, kind):
    assert len(must_have(family, kind)) >= 2


def test_must_haves_follow_the_type():
    def keys(family: str, kind: str = "") -> set[str]:
        return {one.key for one in must_have(family, kind)}

    assert keys("kitchen") == {"material", "capacity"}
    assert keys("kitchen", "kettle") == {"material", "capacity"}
    assert keys("kitchen", "kitchen_knife") == {"material", "blade_length"}
    assert keys("kitchen", "cutting_board") == {"material", "dimensions"}
    assert keys("beauty", "soap") == {"net_weight", "skin_type"}
    assert keys("beauty", "serum") == {"volume", "skin_type"}
    assert keys("tea_food", "honey") == {"flavour", "net_weight", "ingredients"}
    assert keys("kitchen", "no such type") == keys("kitchen")


def test_no_two_kinds_share_a_label():
    for labels in ([k.label_en for k in KINDS.values()], [k.label_zh for k in KINDS.values()]):
        assert len(set(labels)) == len(labels)


@pytest.mark.parametrize("kind", KINDS.values(), ids=lambda kind: kind.key)
def test_a_kind_points_only_at_things_that_exist(kind):
    assert kind.label_en
    assert kind.label_zh
    assert all(find_unit(unit) is UNITS[unit] for unit in kind.units)
    assert set(kind.families) <= set(FAMILIES)
    assert set(kind.must_have_in) <= set(kind.families)
    assert not kind.value_set or kind.value_set in VALUES


@pytest.mark.parametrize("value_set", VALUES)
def test_no_two_values_of_a_set_share_a_word(value_set):
    for attribute in ("en", "zh"):
        words = [getattr(value, attribute) for value in VALUES[value_set].values()]
        assert len(set(words)) == len(words)
        assert all(words)


@pytest.mark.parametrize(
    ("text", "family", "kind"),
    [
        ("Harrow Stovetop Kettle", "kitchen", "kettle"),
        ("Leather watch strap", "watches", "watch_strap"),
        ("Women's Wool-blend Overcoat", "apparel", "coat"),
        ("Lumo Crew T Shirts", "apparel", "t_shirt"),
        ("Aurix Wireless Headphones", "electronics", "headphones"),
        ("西湖龙井绿茶", "tea_food", "green_tea"),
        ("真皮钱包", "bags", "wallet"),
        ("诺德升降办公桌", "furniture", "desk"),
        ("奥锐无线头戴式耳机", "electronics", "headphones"),
    ],
)
def test_a_title_tells_its_type(text, family, kind):
    found = find_type(text)
    assert found is not None
    assert (found[0].key, found[1].key) == (family, kind)


@pytest.mark.parametrize("text", ["", "Gift card", "Steel", "Ringing endorsement", "礼品卡"])
def test_a_text_without_a_type_has_none(text):
    assert find_type(text) is None


@pytest.mark.parametrize("family", FAMILIES.values(), ids=lambda family: family.key)
def test_every_type_is_found_by_its_own_nouns(family):
    for kind in family.types:
        for noun in (kind.noun_en, kind.plural_en, kind.noun_zh):
            assert find_type(noun) == (family, kind)


@pytest.mark.parametrize(
    ("name", "family", "key"),
    [
        ("Color", "", "colour"),
        ("面料", "apparel", "material"),
        ("Battery", "electronics", "battery_capacity"),
        ("电池", "toys", "batteries"),
        ("净含量", "beauty", "net_weight"),
        ("Hinge tension", "", None),
    ],
)
def test_an_attribute_name_tells_its_kind(name, family, key):
    found = find_kind(name, family)
    assert (found.key if found else None) == key


@pytest.mark.parametrize(
    ("kind", "value", "lang", "word"),
    [
        ("material", "Organic Cotton", "zh", "有机棉"),
        ("material", "有机棉", "en", "organic cotton"),
        ("colour", "藏青色", "en", "navy blue"),
        ("colour", "Gray", "zh", "灰色"),
        ("sleeve_length", "3/4 sleeve", "zh", "七分袖"),
        ("movement", "automatic", "zh", "自动机械机芯"),
        ("material", "unobtainium", "zh", None),
        ("weight", "cotton", "zh", None),
    ],
)
def test_a_value_is_translated_or_unknown(kind, value, lang, word):
    assert translate_value(kind, value, lang) == word


@pytest.mark.parametrize("kind", [k for k in KINDS.values() if k.value_set], ids=lambda k: k.key)
def test_every_value_is_found_by_its_words_in_both_languages(kind):
    for value in choices(kind.key):
        assert find_value(kind.key, value.en) == value
        assert find_value(kind.key, value.zh) == value


def test_values_are_found_in_running_text_with_their_place():
    text = "Soft merino wool with a 真丝 lining, not cottony"
    found = find_values("material", text)
    assert [(m.value, text[m.start : m.end]) for m in found] == [
        ("merino_wool", "merino wool"),
        ("silk", "真丝"),
    ]


def test_the_longest_value_wins():
    assert [m.value for m in find_values("material", "recycled polyester")] == [
        "recycled_polyester"
    ]


@pytest.mark.parametrize(
    ("text", "number", "unit", "en", "zh"),
    [
        ("1.8 L", "1.8", "L", "1.8 L", "1.8升"),
        ("1,200g", "1200", "g", "1200 g", "1200克"),
        ("20000 mAh", "20000", "mAh", "20,000 mAh", "20000毫安时"),
        ("2年", "2", "years", "2 years", "2年"),
        ("1 year", "1", "years", "1 year", "1年"),
        ("30 °C", "30", "celsius", "30 °C", "30°C"),
        ('14"', "14", "in", "14 inches", "14英寸"),
        ("240 g/m²", "240", "gsm", "240 gsm", "240克/平方米"),
        ("-5℃", "-5", "celsius", "-5 °C", "-5°C"),
        ("500毫升", "500", "ml", "500 ml", "500毫升"),
        ("７ 斤", "7", "jin", "7 jin", "7斤"),
    ],
)
def test_a_quantity_is_read_and_written_in_both_languages(text, number, unit, en, zh):
    quantity = parse_quantity(text)
    assert quantity == (Decimal(number), unit)
    assert format_quantity(*quantity, "en") == en
    assert format_quantity(*quantity, "zh") == zh


def test_years_of_age_are_not_years_of_time_in_chinese() -> None:
    assert format_quantity(Decimal(3), "years", "zh", key="min_age") == "3岁"
    assert format_quantity(Decimal(18), "months", "zh", key="min_age") == "18个月"
    assert format_quantity(Decimal(3), "years", "en", key="min_age") == "3 years"
    assert format_quantity(Decimal(3), "years", "zh", key="warranty") == "3年"


@pytest.mark.parametrize("text", ["", "L", "10-12 h", "about 3 kg", "1e999 g", "nan", "5 quux"])
def test_what_is_no_quantity_is_none(text):
    assert parse_quantity(text) is None


def test_equal_quantities_are_the_same_whatever_the_unit():
    assert same_quantity("1.8 L", "1800 毫升")
    assert same_quantity("1斤", "500g")
    assert same_quantity("1 in", "2.54厘米")
    assert same_quantity("1 year", "12个月")
    assert not same_quantity("1 kg", "1 lb")
    assert not same_quantity("1 kg", "1 L")
    assert not same_quantity("3 ATM", "30 m")


UNIT_CODES = st.sampled_from(sorted(UNITS))
NUMBERS = st.decimals(0, 99999, places=3, allow_nan=False)


@given(NUMBERS, UNIT_CODES, st.sampled_from(["en", "zh"]))
def test_what_is_written_reads_back_the_same(number, unit, lang):
    read = parse_quantity(format_quantity(number, unit, lang))
    assert read is not None
    assert same_quantity(read, (number, unit))


@given(NUMBERS, UNIT_CODES, UNIT_CODES)
def test_converting_there_and_back_changes_nothing(number, unit, other):
    there = convert(number, unit, other)
    if UNITS[unit].quantity != UNITS[other].quantity:
        assert there is None
        return
    back = convert(there, other, unit)
    assert abs(back - number) <= abs(number) * Decimal("1e-20")

"""The benchmark's own checks must catch what they claim to catch."""

import pytest

from aiassist.copywriting.composer import Composer
from aiassist.copywriting.engine import FIELDS
from tests.bench.composer import run
from tests.bench.composer_grammar import grammar_errors
from tests.bench.composer_products import products
from tests.bench.composer_residue import unsupported

UNSEEN = products(24, seed=77)


def test_the_composer_makes_no_claim_and_no_mistake_on_unseen_products():
    figures = run(["--products", "120", "--seed", "31"])
    assert figures["no_text"] == 0
    assert figures["unsupported_claims"] == 0
    assert figures["grammar_errors"] == 0
    assert figures["must_have_coverage"] == 1.0
    assert figures["distinct_share"] > 0.98


@pytest.mark.parametrize("lang", ["en", "zh"])
@pytest.mark.parametrize("field", FIELDS)
def test_no_field_holds_a_word_that_nothing_backs(field, lang):
    for product in products(120, seed=4):
        text = Composer().generate([product.request(lang, field)])[0].text
        assert unsupported(text, product, lang) == [], text


@pytest.mark.parametrize(
    ("lang", "addition"),
    [
        ("en", " It is hypoallergenic."),
        ("en", " Doctors love it."),
        ("en", " It weighs 4711 g."),
        ("en", " It is not for sale."),
        ("en", " It is perfect."),
        ("zh", "它是医生喜爱的。"),
        ("zh", "品质卓越。"),
        ("zh", "重4711克。"),
    ],
)
def test_an_added_claim_is_found_in_every_text(lang, addition):
    for product in UNSEEN:
        text = Composer().generate([product.request(lang)])[0].text
        assert unsupported(text, product, lang) == []
        assert unsupported(text + addition, product, lang)


@pytest.mark.parametrize(
    ("lang", "text"),
    [
        ("en", "It has an whistle."),
        ("en", "It has a 8-year warranty."),
        ("en", "They has a lid."),
        ("en", "It have a lid."),
        ("en", "It has has a lid."),
        ("en", "It has 1 pockets."),
        ("en", "It has a lid and foldable."),
        ("en", "It has a lid , and a cup."),
        ("en", "It has a {v}."),
        ("en", "it has a lid."),
        ("en", "It has a lid"),
        ("en", "It has a 盖子."),
        ("en", "It also is foldable."),
        ("zh", "这款产品采用采用不锈钢。"),
        ("zh", "它重950克,高24厘米。"),
        ("zh", "它重950克，，高24厘米。"),
        ("zh", "材质为。"),
        ("zh", "它重950克"),
    ],
)
def test_the_grammar_list_finds_the_mistake(lang, text):
    assert grammar_errors(text, UNSEEN[0], lang)


def test_a_wrong_measure_word_is_found():
    product = next(p for p in UNSEEN if p.type.measure_word_zh == "条")
    noun = product.type.noun_zh
    assert grammar_errors(f"这是一本{noun}。", product, "zh")
    assert not grammar_errors(f"这是一条{noun}。", product, "zh")


def test_a_countable_noun_without_its_article_is_found():
    product = next(p for p in UNSEEN if not p.type.is_plural and not p.type.is_mass)
    assert grammar_errors(f"The Name is {product.type.noun_en}.", product, "en")

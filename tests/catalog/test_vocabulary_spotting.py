"""Looking for all values at once finds what looking for each kind of them finds."""

import random
import re
from functools import cache

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from catalog.products.vocabulary import (
    KINDS,
    AttributeKind,
    Match,
    find_all_values,
    find_type,
    find_value,
)
from catalog.products.vocabulary.families import _phrases
from catalog.products.vocabulary.matching import Phrases, key_of, leftmost, phrase_pattern
from catalog.products.vocabulary.values import VALUES, _is_telling, _names


@cache
def pattern_of(value_set: str) -> re.Pattern[str]:
    return phrase_pattern(name for name in _names(value_set) if _is_telling(name))


def one_by_one(kind: AttributeKind, text: str) -> list[Match]:
    """What one large pattern of all names of the kind's values finds."""
    names = _names(kind.value_set)
    whole = find_value(kind.key, text.strip())
    if whole is not None:
        return [Match(whole.code, 0, len(text))]
    found = pattern_of(kind.value_set).finditer(text)
    return [Match(names[key_of(m[0])].code, m.start(), m.end()) for m in found]


NAMES = sorted({name for value_set in VALUES for name in _names(value_set)})
WORDS = [*NAMES, *_phrases()]
GLUE = (" ", "-", ", ", "", "\n", " and ", "，", "的", "É", "ſ", "ß", "1", "x")


def texts() -> st.SearchStrategy[str]:
    words = st.sampled_from(WORDS).map(
        lambda word: random.Random(word).choice((word, word.upper()))
    )
    pair = st.tuples(words, st.sampled_from(GLUE)).map("".join)
    return st.lists(pair, max_size=8).map("".join)


@settings(deadline=None, max_examples=60)
@given(texts())
def test_all_kinds_at_once_are_found_as_one_by_one(text: str) -> None:
    found = find_all_values(text)
    for kind in KINDS.values():
        if kind.value_set:
            assert found.get(kind.value_set, []) == one_by_one(kind, text), kind.key


@settings(deadline=None, max_examples=60)
@given(texts())
def test_phrases_are_found_as_the_pattern_of_them_all_finds_them(text: str) -> None:
    pattern = phrase_pattern(_phrases())
    index = Phrases(_phrases().items())
    spans = [(m.start(), m.end()) for m in pattern.finditer(text)]
    assert [(f.start, f.end) for f in leftmost(index.find(text))] == spans


@settings(deadline=None, max_examples=60)
@given(texts())
def test_the_type_is_that_of_the_longest_name_the_last_of_equals(text: str) -> None:
    best = ""
    for match in phrase_pattern(_phrases()).finditer(text):
        best = match[0] if len(match[0]) >= len(best) else best
    assert find_type(text) == (_phrases()[key_of(best)] if best else None)


@pytest.mark.parametrize("text", ["stainless\nsteel", "T恤", "t恤 纯棉 cotton-linen", "Straße", ""])
def test_signs_and_hyphens_and_letters_that_fold_to_two(text: str) -> None:
    for kind in KINDS.values():
        if kind.value_set:
            assert find_all_values(text).get(kind.value_set, []) == one_by_one(kind, text)

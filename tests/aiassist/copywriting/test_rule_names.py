"""Every rule that can object to a text has a name in both languages."""

import pytest
from django.utils import translation

from aiassist.copywriting.checking import in_language
from aiassist.copywriting.guard.messages import WORDS as GUARD
from aiassist.copywriting.lint.length import WORDS as LENGTH
from aiassist.copywriting.lint.rules import advertising_rules, contents
from aiassist.copywriting.rule_names import RULES, rule_name

KNOWN = {
    *GUARD,
    *LENGTH,
    *contents(),
    *(rule["id"] for rule in advertising_rules()),
    "reader_claim",
    "keyword_stuffing",
    "language",
    "reading_level",
    "long_sentence",
    "glossary_term",
    "brand_spelling",
    "duplicate",
    "translated_number",
    "translated_name",
}


@pytest.mark.parametrize("rule", sorted(KNOWN))
def test_a_rule_has_a_name_in_both_languages(rule: str) -> None:
    names = []
    for language in ("en", "zh-hans"):
        with translation.override(language):
            names.append(rule_name(rule))
    assert names[0] != names[1]
    assert rule not in names


def test_no_name_is_left_over() -> None:
    assert set(RULES) == KNOWN


def test_findings_carry_the_name_of_their_rule() -> None:
    finding = {"rule": "keyword_stuffing", "level": "warn", "message_zh": "m", "fix_zh": "f"}
    with translation.override("zh-hans"):
        assert in_language([finding], "zh-hans")[0]["rule_name"] == "词语重复过多"

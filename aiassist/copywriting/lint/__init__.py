"""The linter: channel limits, parts of placements, advertising rules. A check, not legal advice."""

from collections.abc import Sequence

from aiassist.copywriting.guard import Finding
from aiassist.copywriting.lint.length import check_length
from aiassist.copywriting.lint.parts import check_parts
from aiassist.copywriting.lint.reading import check_reading
from aiassist.copywriting.lint.rules import channel_rules, channels, placements
from aiassist.copywriting.lint.terms import Term, check_terms
from aiassist.copywriting.lint.wording import (
    check_advertising,
    check_contents,
    check_language,
    check_stuffing,
)

__all__ = ["Term", "channels", "lint"]

SAME_FIELD = {"short_title": "title"}  # the product's field and the channels' word for it


def lint(
    text: str, field: str, lang: str, channel: str, *, terms: Sequence[Term] = ()
) -> list[Finding]:
    """All objections to a text in one field of one channel, in order of place. `terms` are the
    shop's glossary.

    Raises ValueError with the known channels where `channel` is not one of them.
    """
    rules = channel_rules(channel)
    name = SAME_FIELD.get(field, field)
    placement = placements().get(field)
    found = [
        *check_length(text, name, rules["fields"]),
        *check_parts(text, field),
        *check_contents(text, placement or rules, name),
        *check_advertising(text),
        *check_language(text, lang),
        *check_stuffing(text, is_short=placement is not None),
        *check_reading(text, field, lang),
        *check_terms(text, lang, terms),
    ]
    return sorted(found, key=lambda finding: (finding.start, finding.end))

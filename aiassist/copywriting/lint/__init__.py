"""The linter: channel limits and advertising rules. A check, not legal advice."""

from aiassist.copywriting.guard import Finding
from aiassist.copywriting.lint.length import check_length
from aiassist.copywriting.lint.rules import channel_rules, channels
from aiassist.copywriting.lint.wording import (
    check_advertising,
    check_contents,
    check_language,
    check_stuffing,
)

__all__ = ["channels", "lint"]

SAME_FIELD = {"short_title": "title"}  # the product's field and the channels' word for it


def lint(text: str, field: str, lang: str, channel: str) -> list[Finding]:
    """All objections to a text in one field of one channel, in order of place.

    Raises ValueError with the known channels where `channel` is not one of them.
    """
    rules = channel_rules(channel)
    found = [
        *check_length(text, SAME_FIELD.get(field, field), rules["fields"]),
        *check_contents(text, rules),
        *check_advertising(text),
        *check_language(text, lang),
        *check_stuffing(text),
    ]
    return sorted(found, key=lambda finding: (finding.start, finding.end))

"""The dated rules of channels, placements and advertising law, as they stand in data/."""

import json
from functools import lru_cache
from pathlib import Path
from typing import Any

DATA = Path(__file__).parent / "data"
FILES = ("channels", "placements", "advertising", "reading")


@lru_cache(maxsize=8)
def _newest(name: str) -> dict[str, Any]:
    path = max(DATA.glob(f"{name}.*.json"))  # the date in the name sorts
    return json.loads(path.read_text("utf-8"))


def channels() -> dict[str, Any]:
    return _newest("channels")["channels"]


def contents() -> dict[str, Any]:
    return _newest("channels")["contents"]


def placements() -> dict[str, Any]:
    """Kinds of text that have parts, such as the headline and the description of an ad."""
    return _newest("placements")["placements"]


def advertising_rules() -> list[dict[str, Any]]:
    return _newest("advertising")["rules"]


@lru_cache(maxsize=1)
def laws() -> dict[str, dict[str, Any]]:
    """The advertising rules by id: what each rests on, and on what ground words may be kept."""
    return {rule["id"]: rule for rule in advertising_rules()}


def told_law(rule: str, language: str) -> dict[str, Any] | None:
    """A law as a reader of this language is told of it."""
    law = laws().get(rule)
    if law is None or not language.startswith("zh"):
        return law
    return {**law, "source": law.get("source_zh", law["source"])}


def reading() -> dict[str, Any]:
    return _newest("reading")


def dated() -> dict[str, str]:
    """The date of each rule file, for the page to show."""
    return {name: _newest(name)["dated"] for name in FILES}


def channel_rules(channel: str) -> dict[str, Any]:
    """The rules of one channel; a wrong name is told the right ones."""
    known = channels()
    if channel not in known:
        raise ValueError(f"Unknown channel {channel!r}. Known: {', '.join(sorted(known))}.")
    return known[channel]

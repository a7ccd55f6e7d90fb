"""The dated rules of channels and of advertising law, as they stand in data/."""

import json
from functools import lru_cache
from pathlib import Path
from typing import Any

DATA = Path(__file__).parent / "data"


@lru_cache(maxsize=2)
def _newest(name: str) -> dict[str, Any]:
    path = max(DATA.glob(f"{name}.*.json"))  # the date in the name sorts
    return json.loads(path.read_text("utf-8"))


def channels() -> dict[str, Any]:
    return _newest("channels")["channels"]


def contents() -> dict[str, Any]:
    return _newest("channels")["contents"]


def advertising_rules() -> list[dict[str, Any]]:
    return _newest("advertising")["rules"]


def dated() -> dict[str, str]:
    """The date of each rule file, for the page to show."""
    return {name: _newest(name)["dated"] for name in ("channels", "advertising")}


def channel_rules(channel: str) -> dict[str, Any]:
    """The rules of one channel; a wrong name is told the right ones."""
    known = channels()
    if channel not in known:
        raise ValueError(f"Unknown channel {channel!r}. Known: {', '.join(sorted(known))}.")
    return known[channel]

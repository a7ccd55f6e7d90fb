"""Things that have no place in a product text whatever the facts say."""

import re
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path

from aiassist.copywriting.guard.types import Leftover

DATA = Path(__file__).parent / "data" / "patterns.txt"


@lru_cache(maxsize=1)
def _patterns() -> tuple[tuple[str, re.Pattern[str]], ...]:
    lines = [line for line in DATA.read_text("utf-8").splitlines() if line and line[0] != "#"]
    pairs = (line.split(" ", 1) for line in lines)
    return tuple((rule, re.compile(pattern, re.I)) for rule, pattern in pairs)


def find_forbidden(text: str) -> Iterator[Leftover]:
    for rule, pattern in _patterns():
        for match in pattern.finditer(text):
            yield Leftover(match.start(), match.end(), rule)

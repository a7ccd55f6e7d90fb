"""Units the guard can read. Its own table on purpose: it must not trust the composer's formatter,
and an engine may write units that the composer never does."""

from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from pathlib import Path

DATA = Path(__file__).parent / "data" / "units.txt"


@dataclass(frozen=True)
class Unit:
    dimension: str
    factor: Decimal
    system: str
    alias: str


@lru_cache(maxsize=1)
def known_units() -> dict[str, Unit]:
    """Alias in lower case -> unit. The same alias stands in one line only."""
    table: dict[str, Unit] = {}
    for line in DATA.read_text("utf-8").splitlines():
        if not line or line.startswith("#"):
            continue
        dimension, factor, system, aliases = line.split(" ", 3)
        for alias in aliases.split(","):
            name = alias.strip().lower()
            table.setdefault(name, Unit(dimension, Decimal(factor), system, name))
    return table


def find_unit(text: str) -> Unit | None:
    return known_units().get(text.strip().strip(".").lower())

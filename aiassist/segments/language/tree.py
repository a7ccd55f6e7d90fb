"""A rule as a tree of frozen values: what every reader of it shares."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

MAX_YEARS_BACK = 100  # how far an offset may reach


@dataclass(frozen=True, slots=True)
class Offset:
    """Days, weeks, months or years from today; below 0 is the past."""

    n: int
    unit: str  # d, w, m or y


@dataclass(frozen=True, slots=True)
class Named:
    """A day by its name, such as 30_days_ago."""

    name: str


Value = Decimal | str | bool | date | Offset | Named


@dataclass(frozen=True, slots=True)
class Condition:
    """An operator with its values: two for BETWEEN, any number for IN, none for IS NULL."""

    operator: str
    values: tuple[Value, ...] = ()


@dataclass(frozen=True, slots=True)
class Compare:
    """An attribute held against values. Where it stands in the text does not make it another."""

    attribute: str
    condition: Condition
    position: int = field(default=0, compare=False)
    length: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class Call:
    """A function clause, such as NOT viewed(sku: 'X'); arguments in the order of its book."""

    name: str
    arguments: tuple[tuple[str, Value | Condition], ...] = ()
    is_not: bool = False
    position: int = field(default=0, compare=False)
    length: int = field(default=0, compare=False)

    def get(self, name: str) -> Value | Condition | None:
        return dict(self.arguments).get(name)


Clause = Compare | Call


@dataclass(frozen=True, slots=True)
class Group:
    """Parts that all hold (AND) or of which one does (OR); no part is a group of the same kind."""

    is_all: bool
    parts: tuple["Clause | Group", ...]


Tree = Clause | Group


def clauses_of(tree: Tree) -> Iterator[Clause]:
    """All clauses in the order of the text."""
    if not isinstance(tree, Group):
        yield tree
        return
    for part in tree.parts:
        yield from clauses_of(part)


def group(parts: list[Tree], *, is_all: bool) -> Tree:
    """The parts under one word; a part under the same word gives its own parts."""
    if len(parts) == 1:
        return parts[0]
    flat: list[Tree] = []
    for part in parts:
        is_same = isinstance(part, Group) and part.is_all == is_all
        flat.extend(part.parts if is_same else [part])
    return Group(is_all, tuple(flat))

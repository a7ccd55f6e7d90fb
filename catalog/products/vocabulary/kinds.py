"""The kinds of attribute a product can have: names, units, values and how much they matter."""

from dataclasses import dataclass
from functools import cache

from catalog.products.vocabulary.families import FAMILIES
from catalog.products.vocabulary.tables import fold, rows, words


@dataclass(frozen=True)
class AttributeKind:
    key: str
    label_en: str
    label_zh: str
    type: str  # choice, text, number, dimensions, list, bool
    units: tuple[str, ...]
    default_unit: str
    word_class: str  # noun, adjective, count, phrase
    families: tuple[str, ...]
    synonyms_en: tuple[str, ...]
    synonyms_zh: tuple[str, ...]
    importance: int  # 1 = a buyer misses it at once, 3 = good to have
    value_set: str = ""  # the table of values.txt that translates it
    must_have_in: tuple[str, ...] = ()

    def importance_in(self, family: str) -> int:
        """1 where the family cannot be described without it, else 2 or 3."""
        if family in self.must_have_in:
            return 1
        return max(self.importance, 2)


def _load() -> dict[str, AttributeKind]:
    return {cells[0]: _kind(cells) for _, cells in rows("kinds.txt")}


def _kind(cells: list[str]) -> AttributeKind:
    key, label_en, label_zh, kind_type, units, word_class, families, values, en, zh, weight = cells
    importance, _, must_have_in = weight.partition("@")
    units = words(units)
    return AttributeKind(
        key,
        label_en,
        label_zh,
        kind_type,
        units,
        units[0] if units else "",
        word_class,
        tuple(FAMILIES) if families == "*" else words(families),
        words(en),
        words(zh),
        int(importance),
        values,
        words(must_have_in),
    )


KINDS: dict[str, AttributeKind] = _load()


def must_have(family: str) -> tuple[AttributeKind, ...]:
    """The kinds a product of this family cannot do without, in table order."""
    return tuple(kind for kind in KINDS.values() if family in kind.must_have_in)


def kinds_of(family: str) -> tuple[AttributeKind, ...]:
    """Every kind that fits the family, the most important first."""
    fitting = [kind for kind in KINDS.values() if family in kind.families]
    return tuple(sorted(fitting, key=lambda kind: kind.importance_in(family)))


@cache
def _names() -> dict[str, tuple[AttributeKind, ...]]:
    names: dict[str, list[AttributeKind]] = {}
    for kind in KINDS.values():
        own = (kind.key, kind.key.replace("_", " "), kind.label_en, kind.label_zh)
        for name in dict.fromkeys(fold(n) for n in (*own, *kind.synonyms_en, *kind.synonyms_zh)):
            names.setdefault(name, []).append(kind)
    return {name: tuple(kinds) for name, kinds in names.items()}


def find_kind(name: str, family: str = "") -> AttributeKind | None:
    """The kind an attribute name stands for, in either language; the family settles doubles."""
    candidates = _names().get(fold(name).rstrip(":： "), ())
    fitting = [kind for kind in candidates if family in kind.families]
    return next(iter(fitting or candidates), None)

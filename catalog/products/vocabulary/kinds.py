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
    must_have_types: tuple[str, ...] = ()  # where not the whole family needs it

    def importance_in(self, family: str) -> int:
        """1 where the family cannot be described without it, else 2 or 3."""
        if family in self.must_have_in:
            return 1
        return max(self.importance, 2)


def _load() -> dict[str, AttributeKind]:
    return {cells[0]: _kind(cells) for _, cells in rows("kinds.txt")}


def _kind(cells: list[str]) -> AttributeKind:
    key, label_en, label_zh, kind_type, units, word_class, families, values, en, zh, weight = cells
    importance, _, needed = weight.partition("@")
    needed_in = [entry.partition(":") for entry in words(needed)]
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
        tuple(family for family, _, _ in needed_in),
        tuple(key for _, _, types in needed_in for key in types.split("+") if key),
    )


KINDS: dict[str, AttributeKind] = _load()


@cache
def must_have(family: str, type_key: str = "") -> tuple[AttributeKind, ...]:
    """The kinds a product of this family and type cannot do without, in table order.

    With a type it is exact: a kettle has a capacity, a kitchen knife has a blade length. Without
    one it is what most types of the family need.
    """
    return tuple(kind for kind in KINDS.values() if _is_needed(kind, family, type_key))


def _is_needed(kind: AttributeKind, family: str, type_key: str) -> bool:
    if family not in kind.must_have_in:
        return False
    own = _types(family)
    needed_by = own & set(kind.must_have_types)
    if not needed_by or type_key in needed_by:
        return True
    return type_key not in own and 2 * len(needed_by) >= len(own)


@cache
def _types(family: str) -> frozenset[str]:
    return frozenset(one.key for one in FAMILIES[family].types)


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

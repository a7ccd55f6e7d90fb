"""What products of each type usually are: which facts they have and which values occur.

The table is typical.txt. A product takes one value of each line by the shop's seed unless its
own line in products_en / products_zh says otherwise.
"""

from functools import cache
from pathlib import Path
from typing import NamedTuple

TABLE = Path(__file__).with_suffix(".txt")
CONSUMABLE = {
    "green_tea", "black_tea", "coffee", "honey", "biscuits", "cream", "shampoo", "soap", "socks",
}  # fmt: skip


class Typical(NamedTuple):
    picture: str
    noun: str
    family: str
    group: tuple[str, str]  # a category between family and noun, English and Chinese; "" = none
    facts: dict[str, list[tuple[str, str]]]  # key -> values in English and Chinese


@cache
def typical() -> dict[str, Typical]:
    """Every type by the name of its picture."""
    found: dict[str, Typical] = {}
    for line in TABLE.read_text(encoding="utf-8").splitlines():
        if line.startswith("#"):
            continue
        if line.startswith("["):
            current = _type(line)
            found[current.picture] = current
        else:
            key, values = line.split(" = ", 1)
            current.facts[key] = [both(value) for value in values.split(" | ")]
    return found


def _type(line: str) -> Typical:
    head, group = (part.strip() for part in line.split("|"))
    picture, noun, family = head.replace("[", "").replace("]", "").split()
    return Typical(picture, noun, family, both(group), {})


def both(text: str) -> tuple[str, str]:
    """`English / Chinese`, or one value for both languages."""
    english, _, chinese = text.strip().partition(" / ")
    return english, chinese or english

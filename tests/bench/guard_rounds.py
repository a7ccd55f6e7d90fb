"""Clean texts written round by round: each round is read once unseen, then used for tuning."""

import re
from collections.abc import Iterator
from pathlib import Path

from tests.bench.guard_corrupt import Case

SET = Path(__file__).parent / "guard_set"
MEASURE = re.compile(r"(\d+(?:\.\d+)?)\s?([A-Za-z°%]{1,7}|[\u3400-\u9fff/℃]{1,4})?")
NAME_KEYS = ("name", "名称", "品名", "product")
# The planted mistakes ask for facts by these names.
ENGLISH = {"材质": "material", "颜色": "colour", "表壳材质": "material", "color": "colour"}


def rounds() -> list[str]:
    return sorted(path.stem for path in SET.glob("round_*.txt"))


def round_texts(name: str) -> Iterator[tuple[str, Case, str]]:
    """(style, product, text); a line "= lang | facts" opens a product."""
    case = None
    for n, line in enumerate((SET / f"{name}.txt").read_text("utf-8").splitlines()):
        if line.startswith("= "):
            lang, _, facts = line[2:].partition(" | ")
            case = _case(f"{name}:{n}", lang.strip(), facts)
        elif line and not line.startswith("#") and case:
            style, _, text = line.partition(": ")
            yield style, case, text.replace("\\n", "\n")


def _case(name: str, lang: str, stated: str) -> Case:
    facts: dict[str, tuple[str, str, str]] = {}
    for part in stated.split("; "):
        key, _, value = part.partition("=")
        measured = MEASURE.fullmatch(value)
        unit = (measured[2] or "") if measured else ""
        facts[ENGLISH.get(key, key)] = (key, measured[1] if measured else value, unit)
    title = next((facts[key][1] for key in NAME_KEYS if key in facts), "")
    brand = next((facts[key][1] for key in ("brand", "品牌") if key in facts), "")
    return Case(name, lang, title, brand, facts.get("type", ("", "", ""))[1], facts)

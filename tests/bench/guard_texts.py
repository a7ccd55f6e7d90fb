"""Clean texts for the guard's bench: hand-written styles over a hand-written table of products."""

import json
import random
import re
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path

from tests.bench.guard_corrupt import Case

SET = Path(__file__).parent / "guard_set"
MAX_SENTENCES = 6
Styles = dict[str, list[tuple[tuple[str, ...], str]]]


@lru_cache(maxsize=4)
def cases(lang: str) -> tuple[Case, ...]:
    blocks = (SET / "products.txt").read_text("utf-8").split("\n= ")[1:]
    return tuple(_case(block.strip().split("\n"), lang) for block in blocks)


def _case(lines: list[str], lang: str) -> Case:
    key, _, type_en, type_zh, name_en, name_zh, brand = (c.strip() for c in lines[0].split("|"))
    facts = {}
    for line in lines[1:]:
        cells = [c.strip() for c in line.split("|")] + [""] * 6
        side = 0 if lang == "en" else 1
        facts[cells[0]] = (cells[side], cells[2 + side], cells[4 + side])
    is_en = lang == "en"
    return Case(
        key, lang, name_en if is_en else name_zh, brand, type_en if is_en else type_zh, facts
    )


@lru_cache(maxsize=8)
def styles(name: str) -> Styles:
    """ "styles_en" -> style -> [(keys, sentence)]; the keys "open", "close" and "*" are special."""
    found: Styles = {}
    current: list[tuple[tuple[str, ...], str]] = []
    for line in (SET / f"{name}.txt").read_text("utf-8").splitlines():
        if line.startswith("= "):
            current = found.setdefault(line[2:].strip(), [])
        elif line and not line.startswith("#"):
            keys, _, sentence = line.partition(": ")
            current.append((tuple(keys.split(",")), sentence))
    return found


def styled_texts(half: str, lang: str, *, seeds: int) -> Iterator[tuple[str, Case, str]]:
    """(style, product, text) for every product, style and seed of one half of the styles."""
    for style, sentences in styles(f"{half}_{lang}").items():
        for case in cases(lang):
            seen = set()
            for seed in range(seeds):
                text = _compose(sentences, case, random.Random(f"{style}{case.id}{seed}"))
                if text and text not in seen:
                    seen.add(text)
                    yield style, case, text


def _compose(
    sentences: list[tuple[tuple[str, ...], str]], case: Case, rng: random.Random
) -> str | None:
    shuffled = sentences[:]
    rng.shuffle(shuffled)
    used: set[str] = set()
    body = []
    for keys, sentence in shuffled:
        if (
            keys[0] in ("open", "close", "*")
            or used & set(keys)
            or not set(keys) <= set(case.facts)
        ):
            continue
        used |= set(keys)
        body.append(_fill(sentence, case))
    for keys, sentence in sentences:
        if keys == ("*",):
            left = [key for key in case.facts if key not in used]
            body += [_fill(sentence, case, own=key) for key in left]
    if len(body) < 2:
        return None
    frame = [[s for k, s in shuffled if k == (end,)][:1] for end in ("open", "close")]
    opening, closing = ([_fill(s, case) for s in ends] for ends in frame)
    joint = "\n" if body[0].startswith("-") else " " if case.lang == "en" else ""
    return joint.join([*opening, *body[:MAX_SENTENCES], *closing])


def _fill(sentence: str, case: Case, *, own: str = "") -> str:
    def value(match: re.Match[str]) -> str:
        slot = match.group(1)
        plain = {"name": case.name, "brand": case.brand, "type": case.type}
        if slot in plain:
            return plain[slot]
        key, text, unit = case.facts[own if slot in ("key", "Key", "value") else slot]
        if slot in ("key", "Key"):
            return key.capitalize() if slot == "Key" else key
        return f"{text} {unit}".strip() if case.lang == "en" else f"{text}{unit}"

    return re.sub(r"\{([\w ]+)\}", value, sentence)


def written_texts(name: str) -> Iterator[tuple[str, Case, str]]:
    """Whole texts written by hand for single products."""
    by_id = {(lang, case.id): case for lang in ("en", "zh") for case in cases(lang)}
    for line in (SET / f"{name}.jsonl").read_text("utf-8").splitlines():
        row = json.loads(line)
        yield "written", by_id[row["lang"], row["product"]], row["text"]

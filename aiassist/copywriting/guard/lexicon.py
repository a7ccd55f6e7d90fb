"""The word lists of the guard, read once from the text files in data/."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from aiassist.copywriting.guard.tokens import norms

DATA = Path(__file__).parent / "data"
Phrase = tuple[str, ...]


@dataclass(frozen=True)
class CueKind:
    """A kind of measured attribute: how its key reads and which words of a text point to it."""

    name: str
    keys: frozenset[Phrase]
    cues: tuple[Phrase, ...]


@lru_cache(maxsize=4)
def _sections(lang: str) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    section = ""
    files = (DATA / f"{lang}.txt", DATA / f"{lang}_scene.txt")
    for line in "\n".join(path.read_text("utf-8") for path in files).splitlines():
        if line.startswith("["):
            section = line.strip("[] ")
            found.setdefault(section, [])
        elif line and not line.startswith("# "):
            found.setdefault(section, []).append(line)
    return found


def _entries(lines: Iterable[str]) -> list[str]:
    return [entry for line in lines for entry in (e.strip() for e in line.split(",")) if entry]


@lru_cache(maxsize=64)
def phrases(section: str) -> frozenset[Phrase]:
    """One section of both languages together: a text may mix them, the words never collide."""
    entries = [entry for lang in ("en", "zh") for entry in _entries(_sections(lang)[section])]
    return frozenset(phrase for entry in entries if (phrase := norms(entry)))


@lru_cache(maxsize=1)
def denied() -> dict[Phrase, str]:
    """Wording that is a claim by itself -> the rule it breaks."""
    rules: dict[Phrase, str] = {}
    for lang in ("en", "zh"):
        for line in _sections(lang)["deny"]:
            rule, _, entries = line.partition(":")
            for entry in _entries([entries]):
                if phrase := norms(entry):
                    rules.setdefault(phrase, rule)
    return rules


@lru_cache(maxsize=1)
def cue_kinds() -> tuple[CueKind, ...]:
    kinds = []
    for line in (DATA / "cues.txt").read_text("utf-8").splitlines():
        if line and not line.startswith("#"):
            name, keys, cues = (part.strip() for part in line.split("|"))
            cue_phrases = tuple(norms(cue) for cue in _entries([cues]))
            kinds.append(CueKind(name, frozenset(map(norms, _entries([keys]))), cue_phrases))
    return tuple(kinds)

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
    files = [DATA / f"{lang}.txt", *sorted(DATA.glob(f"{lang}_*.txt"))]
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
    return frozenset(phrase for entry in _listed(section) if (phrase := norms(entry)))


@lru_cache(maxsize=64)
def written(section: str) -> frozenset[str]:
    """One section as it is written: where "works" must not pass for the imperative "work"."""
    return frozenset(_listed(section))


def _listed(section: str) -> list[str]:
    lines = [_sections(lang).get(section, []) for lang in ("en", "zh")]
    return [entry for own in lines for entry in _entries(own)]


@lru_cache(maxsize=1)
def denied() -> dict[Phrase, str]:
    """Wording that is a claim by itself -> the rule it breaks."""
    return _labelled("deny")


@lru_cache(maxsize=1)
def readings() -> dict[Phrase, str]:
    """Words that only read a fact ("light") -> the sort of fact that they read."""
    return _labelled("soft")


@lru_cache(maxsize=1)
def demonyms() -> tuple[tuple[Phrase, tuple[str, ...]], ...]:
    """A place and what comes from it, by name."""
    lines = (line.partition(":") for line in _sections("en")["demonyms"])
    return tuple((norms(place), tuple(_entries([names]))) for place, _, names in lines)


def _labelled(section: str) -> dict[Phrase, str]:
    labels: dict[Phrase, str] = {}
    for lang in ("en", "zh"):
        for line in _sections(lang).get(section, []):
            label, _, entries = line.partition(":")
            for entry in _entries([entries]):
                if phrase := norms(entry):
                    labels.setdefault(phrase, label)
    return labels


@lru_cache(maxsize=1)
def cue_kinds() -> tuple[CueKind, ...]:
    kinds = []
    for line in (DATA / "cues.txt").read_text("utf-8").splitlines():
        if line and not line.startswith("#"):
            name, keys, cues = (part.strip() for part in line.split("|"))
            cue_phrases = tuple(norms(cue) for cue in _entries([cues]))
            kinds.append(CueKind(name, frozenset(map(norms, _entries([keys]))), cue_phrases))
    return tuple(kinds)

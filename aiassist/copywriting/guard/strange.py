"""A word in no list: does it look like a property, or like a turn of phrase?

No list of words is complete, so this must decide. It fails closed where a property would stand -
behind "has", "is", or as a name - and for words built like technical ones; elsewhere it only warns.
"""

import re
from functools import lru_cache

from aiassist.copywriting.guard.lexicon import phrases, written
from aiassist.copywriting.guard.scope import Scope

BLOCKED = ("unbacked", "block")
PASSED = ("unread", "warn")
MANNER = ("puffery", "warn")
MIN_ADVERB = 5  # letters; shorter words in -ly are mostly no adverbs
TECHNICAL = re.compile(
    r"^(?:anti|hypo|hyper|micro|nano|bio|thermo|hydro|electro|aero|poly|ultra|multi|photo|cryo"
    r"|iso|neuro|derm|ortho|cardio|immuno|techno|mega|giga|non|un(?=.*(?:ed|able)$)|self|super"
    r"|phyto|lipo|geo|turbo|digi|cyber|omni|quad|tri(?=[a-z]{5}))"
    r"|(?:proof|resistant|genic|genics|cidal|static|metric|graphic|lytic|phobic|philic|tech|tex"
    r"|free|safe|grade|able|ible|ical|ized|ised|ated|ative|izing|ising|itis|ase|oid|ium|ide"
    r"|onic|etic|ermic|emic|ular|ometer|scope|ator|izer|iser|ification|icity|ability|ibility"
    r"|wear|ware|weave|guard|shield|lock|fit|flex|dry|cool|therm|tec|ene|ester|lon|cell|core)$"
)
SUPERLATIVE = re.compile(r"[a-z]{3,}est$")
HARMLESS_START = re.compile(r"(?:ing|ed|ly|ful|less)$")
DEGREES = frozenset({"and", "also", "so", "very", "both", "quite"})
NAME_LENGTHS = range(2, 6)  # characters of a Chinese brand
SAYING = 4  # characters of a Chinese saying
LONG_NAME = 3  # characters of a foreign name written by its sound


def judge_strange(scope: Scope, at: int) -> tuple[str, str]:
    raw = scope.raw(at)
    if not raw.isascii():
        return _chinese(scope, at)
    word = raw.lower()
    if _is_manner(word):
        return MANNER
    if SUPERLATIVE.search(word) and _is_utmost(scope, at):
        return "superlative", "block"
    if any(c.isdigit() for c in raw) or _is_name(scope, at) or TECHNICAL.search(word):
        return BLOCKED
    if _ends_compound(scope, at):
        return PASSED
    return PASSED if scope.is_free[at] or not _is_property(scope, at) else BLOCKED


def _is_utmost(scope: Scope, at: int) -> bool:
    """ "The smartest"; "even the gloomiest day" is no boast."""
    words = [scope.raw(i).lower() for i in range(max(0, at - 2), at)]
    return bool(words) and words[-1] in ("the", "our", "its") and words[0] != "even"


def _is_manner(word: str) -> bool:
    """Adverbs such as "quietly" colour a verb; technical and ethical ones state something."""
    is_technical = word.endswith(("ically", "bly", "ally")) or (word,) in phrases("adverbs")
    return word.endswith("ly") and len(word) > MIN_ADVERB and not is_technical


def _is_name(scope: Scope, at: int) -> bool:
    """A capital inside a sentence makes a brand, a place or a mark of quality."""
    raw = scope.raw(at)
    if not raw[0].isupper() or scope.is_headline:
        return False
    if scope.heads[at] == at:
        is_word = HARMLESS_START.search(raw) or raw.lower() in written("imperative")
        return not is_word and _acts(scope, at + 1)
    return len(raw) > 1


def _acts(scope: Scope, at: int) -> bool:
    """Is this a verb of the third person or a possessive, so that the word before it is a name?"""
    if at >= len(scope.tokens) or scope.tokens[at].kind != "word":
        return False
    raw = scope.raw(at)
    is_verb = raw.endswith("s") and not raw.endswith(("ss", "us")) and raw[0].islower()
    return is_verb or (raw[0].isupper() and not raw.isupper())


def _ends_compound(scope: Scope, at: int) -> bool:
    """Any compound with a harmless last part: sun-dappled, cuddle-worthy."""
    parts = [scope.raw(i).lower() for i in range(at, len(scope.tokens)) if _is_joined(scope, i, at)]
    return len(parts) > 1 and parts[-1] in written("loud")


def _is_joined(scope: Scope, i: int, at: int) -> bool:
    if i == at:
        return True
    pairs = ((scope.tokens[k - 1], scope.tokens[k]) for k in range(at + 1, i + 1))
    return all(scope.folded[one.end : other.start] == "-" for one, other in pairs)


def _is_property(scope: Scope, at: int) -> bool:
    """Stands the word where a property of the product stands?"""
    if scope.in_slot(at, "slot") or _is_predicate(scope, at) or _is_compound(scope, at):
        return True
    if _is_attribute(scope, at):
        return True
    before = scope.raw(at - 1).lower() if at else ""
    is_verb = before in written("verb subject") or (at and scope.tokens[at - 1].kind == "own")
    return bool(is_verb)


def _is_attribute(scope: Scope, at: int) -> bool:
    """ "The melamine mat": a word right before the product's noun says what it is like."""
    number = scope.place.get(at, 0) + 1
    if number >= len(scope.covered):
        return False
    start, _, entry = scope.covered[number]
    return entry is not None and (entry.kind in ("noun", "part") or "type" in entry.fact_ids)


def _is_predicate(scope: Scope, at: int) -> bool:
    number = scope.place.get(at, 0) - 1
    while number >= 0 and _is_degree(scope, number):
        number -= 1
    return number >= 0 and scope.raw(scope.covered[number][1] - 1).lower() in written("be")


def _is_degree(scope: Scope, number: int) -> bool:
    start, end, entry = scope.covered[number]
    word = scope.raw(start).lower()
    is_praise = entry is None or entry.kind in ("mild", "soft", "touchy", "fact")
    return end - start == 1 and (is_praise or word in DEGREES)


def _is_compound(scope: Scope, at: int) -> bool:
    """ "Odour-locking", "laser-cut": a compound that no list knows says how a thing is made."""
    tokens, folded = scope.tokens, scope.folded
    before = folded[tokens[at].start - 1 : tokens[at].start] if at else ""
    after = folded[tokens[at].end : tokens[at].end + 1]
    return before == "-" or (after == "-" and not folded[tokens[at].end + 1 :][:1].isspace())


def _chinese(scope: Scope, at: int) -> tuple[str, str]:
    """Characters in no word of the lists: harmless unless they name a thing, a brand or a part."""
    start, end = _run(scope, at)
    run = scope.folded[scope.tokens[start].start : scope.tokens[end - 1].end]
    if len(run) == 2 and run[0] == run[1]:
        return PASSED  # 翻翻, 走走: a verb said twice
    suspects = _characters("hard" if len(run) == SAYING else "suspect")
    if set(run) & suspects or _sounds_foreign(scope, start, end):
        return BLOCKED
    is_stated = scope.before(start).endswith(_han_slots()) or _is_han_name(scope, start, end)
    return BLOCKED if is_stated else PASSED


def _is_han_name(scope: Scope, start: int, end: int) -> bool:
    """ "明原出品", "认识丁达拉项链": unknown characters where a brand stands."""
    if end - start not in NAME_LENGTHS:
        return False
    after = scope.folded[scope.tokens[end - 1].end :]
    end += after.startswith("的")
    following = scope.covered[scope.place[end]][2] if end in scope.place else None
    is_named = following is not None and following.kind in ("name", "noun")
    return after.startswith(tuple(written("maker"))) or is_named


def _run(scope: Scope, at: int) -> tuple[int, int]:
    """The stretch of characters around this one that nothing explains."""
    start, end = at, at + 1
    while start and _is_unread(scope, start - 1):
        start -= 1
    while end < len(scope.tokens) and _is_unread(scope, end):
        end += 1
    return start, end


def _is_unread(scope: Scope, at: int) -> bool:
    number = scope.place.get(at)
    return number is not None and scope.tokens[at].kind == "han" and not scope.covered[number][2]


def _sounds_foreign(scope: Scope, start: int, end: int) -> bool:
    """科瓦特, 丁达拉: a name written by its sound, though a character of it may be a word."""
    sounds = _characters("transliteration")
    first, last = scope.tokens[start].start, scope.tokens[end - 1].end
    marks = "".join("x" if char in sounds else " " for char in scope.folded[first:last])
    if "x" * LONG_NAME in marks:
        return True
    near = scope.folded[last : last + LONG_NAME - 1]
    is_split = end - start < LONG_NAME and len(near) == LONG_NAME - 1 and set(near) <= sounds
    return is_split and marks == "x" and _is_unread(scope, end + 1)


@lru_cache(maxsize=4)
def _characters(section: str) -> frozenset[str]:
    return frozenset("".join(written(section)))


@lru_cache(maxsize=1)
def _han_slots() -> tuple[str, ...]:
    return tuple(word for word in written("slot") if not word.isascii())

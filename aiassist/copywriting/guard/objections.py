"""What is there to object to in a piece of a sentence, and how strongly."""

from collections.abc import Sequence

from aiassist.copywriting.guard.evidence import Entry
from aiassist.copywriting.guard.lexicon import phrases, written
from aiassist.copywriting.guard.nouns import noun_is_subject, part_has_value
from aiassist.copywriting.guard.scope import Scope
from aiassist.copywriting.guard.strange import judge_strange
from aiassist.copywriting.guard.tokens import Token
from aiassist.copywriting.guard.vocabulary import gentle_values, value_phrases

ATTESTING = frozenset({"certified", "certificate", "certification", "认证", "检测", "标准"})
Objection = tuple[str, str]  # rule and level; two empty strings where there is none
NONE: Objection = ("", "")
LIMIT_HOPS = 8  # tokens from 最大 to its number
STATED_WHEREVER = frozenset({"made"})  # "durable" is a property in any clause
STATING = frozenset({"claim", "touchy", "foreign", "fact", "cue", "soft", "part", "noun"})
TURNING = frozenset({"contain", "no", "non", "free", "without"})  # they turn a value around
GENTLE_HAN = frozenset({"不", "没", "没有", "别", "勿"})
MADE_OF = ("材质是", "材质为", "材质", "面料是", "面料为", "颜色是", "颜色为", "主料是", "主料为")
# Which facts let a word read them: dimensions of their amounts, and words in their keys.
READ_FROM = {
    "mass": {"mass", "areal"},
    "size": {"length", "volume", "area", "mass", "count"},
    "time": {"time", "months"},
    "power": {"power", "charge", "energy", "light", "pressure", "torque"},
    "water": {"length", "pressure"},
}


def objection(scope: Scope, at: int, entry: Entry | None) -> Objection:
    if entry is None:
        return judge_strange(scope, at)
    return JUDGES[entry.kind](scope, at, entry) if entry.kind in JUDGES else NONE


def _denied(scope: Scope, at: int, entry: Entry) -> Objection:
    if _is_bound(scope.tokens, at, entry) or _is_attested(scope, at, entry):
        return NONE
    if entry.rule == "comparison" and entry.tokens in (("more",), ("less",)):
        return _more(scope, at)
    if entry.rule == "negation" and _is_gentle_negation(scope, at):
        return "scene", "note"
    return entry.rule, "block"


def _is_attested(scope: Scope, at: int, entry: Entry) -> bool:
    """ "Certified to OEKO-TEX Standard 100" where a fact names that; "got" is no mark at all."""
    if entry.rule != "certification":
        return False
    if scope.raw(at).lower() == "got":
        return True
    said = [one for _, _, one in scope.clause_of(at) if one and one.kind == "fact"]
    is_named = any(set(one.fact_ids) & scope.evidence.attested for one in said)
    return scope.raw(at).lower() in ATTESTING and is_named


def _more(scope: Scope, at: int) -> Objection:
    """ "More special" is a mood, "more durable" and "more than" are comparisons."""
    number = scope.place[at] + 1
    after = scope.covered[number][2] if number < len(scope.covered) else None
    is_mood = after is not None and after.kind in ("mild", "scene", "word", "phrase")
    if is_mood and not scope.says(at, "than"):
        return "puffery", "warn"
    return "comparison", "block"


def _is_gentle_negation(scope: Scope, at: int) -> bool:
    """ "Don't rush" and "without a second thought" deny nothing of the product."""
    word = scope.raw(at).lower()
    said = [(start, entry) for start, _, entry in scope.clause_of(at)]
    kinds = {entry.kind if entry else "strange" for start, entry in said if _is_word(scope, start)}
    if word.isascii():
        is_order = scope.heads[at] == at and word in ("don't", "never", "not")
        before = scope.raw(at - 1).lower() if at else ""
        is_absence = word in ("no", "without", "nothing") and before not in written("lacking")
        return (is_order or is_absence) and not kinds & (STATING | {"strange"})
    return word in GENTLE_HAN and not kinds & STATING and _goes_on_gently(scope, at)


def _is_word(scope: Scope, at: int) -> bool:
    return scope.tokens[at].kind in ("word", "han")


def _goes_on_gently(scope: Scope, at: int) -> bool:
    """What 不 denies must be a word of the prose lists of two characters or more."""
    number = scope.place[at] + 1
    if number >= len(scope.covered):
        return True
    start, end, entry = scope.covered[number]
    is_prose = entry is not None and entry.kind in ("mild", "scene", "phrase")
    return scope.tokens[start].kind in ("punct", "amount") or (is_prose and end - start > 1)


def _limit(scope: Scope, at: int, entry: Entry) -> Objection:
    return NONE if _is_bound(scope.tokens, at, entry) else ("superlative", "block")


def _claim(scope: Scope, at: int, entry: Entry) -> Objection:
    return "unbacked", "block"


def _touchy(scope: Scope, at: int, entry: Entry) -> Objection:
    is_han = scope.tokens[at].kind == "han"
    if _colours_scene(scope, at):
        return "scene", "note"
    is_around = scope.is_dreamy(at) if is_han else scope.is_free[at]
    return ("scene", "note") if is_around else ("unbacked", "block")


def _soft(scope: Scope, at: int, entry: Entry) -> Objection:
    """A word that reads a fact: light at 380 g, sturdy oak."""
    if entry.rule == "range":
        amounts = any(scope.tokens[start].kind == "amount" for start, _, _ in scope.clause_of(at))
        return ("puffery", "warn") if amounts else ("unbacked", "block")
    if _colours_scene(scope, at):
        return "scene", "note"
    is_lenient = scope.is_free[at] and entry.rule not in STATED_WHEREVER
    if is_lenient or scope.is_followed_by_fact(at) or _is_read_from_fact(scope, entry.rule):
        return "puffery", "warn"
    return ("foreign_value" if entry.tokens in value_phrases() else "unbacked"), "block"


def _colours_scene(scope: Scope, at: int) -> bool:
    """ "Quiet evenings", "hot afternoons": the adjective says how the scene is."""
    number = scope.place[at] + 1
    if scope.raw(at).lower() not in written("adjective") or number >= len(scope.covered):
        return False
    start, _, entry = scope.covered[number]
    is_thing = (scope.tokens[start].norm,) in phrases("body") | phrases("parts")
    return entry is not None and entry.kind == "scene" and not is_thing


def _is_read_from_fact(scope: Scope, label: str) -> bool:
    known = set(scope.evidence.units.values())
    known |= {a.unit.dimension for _, a in scope.evidence.amounts if a.unit}
    return bool(READ_FROM.get(label, set()) & known)


def _foreign(scope: Scope, at: int, entry: Entry) -> Objection:
    """Another product's value; what one cooks or does with the product is no value of it."""
    is_setting = entry.tokens in gentle_values("settings")
    is_setting = is_setting or _is_served(scope, at, entry)
    if is_setting or _extends_fact(scope, entry):
        return "scene", "note"
    return "foreign_value", "block"


def _is_served(scope: Scope, at: int, entry: Entry) -> bool:
    """ "Drizzle it over tomatoes": food that goes with the product and is not in it."""
    if entry.tokens not in gentle_values("tastes") or len(entry.tokens) > 1:
        return False
    if scope.tokens[at].kind != "word" or scope.heads[at] == at:
        return False
    number = scope.place[at]
    near = [scope.covered[n][2] for n in (number - 1, number + 1) if n < len(scope.covered)]
    is_value = any(entry and entry.kind in ("cue", "part", "noun", "fact") for entry in near)
    is_after_in = scope.raw(at - 1).lower() == "in"
    return not is_value and not is_after_in and not scope.in_slot(at, "made of")


def _extends_fact(scope: Scope, entry: Entry) -> bool:
    """ "Dry skin" where the fact says "dry", "AA battery" where it says "battery: 1 x AA"."""
    evidence = scope.evidence
    if set(entry.tokens) & TURNING:
        return False
    parts = [(token,) for token in entry.tokens]
    if entry.tokens[0].isascii():
        plain = phrases("generic") | evidence.cue_facts.keys()
        held = [evidence.holds(part) for part in parts]
        return any(held) and all(h or p in plain for h, p in zip(held, parts, strict=True))
    cuts = [(entry.tokens[:i], entry.tokens[i:]) for i in range(1, len(parts))]
    plain = phrases("generic") | phrases("parts")
    return any(evidence.holds(a) and b in plain for a, b in cuts)


def _mild(scope: Scope, at: int, entry: Entry) -> Objection:
    return "puffery", "warn"


def _scene(scope: Scope, at: int, entry: Entry) -> Objection:
    is_inside = scope.in_slot(at, "part of") or (at and _contains(scope.tokens[at - 1]))
    is_inside = is_inside or scope.before(at).endswith(MADE_OF)
    return ("unbacked", "block") if is_inside else ("scene", "note")


def _contains(token: Token) -> bool:
    return (token.norm,) in phrases("containing")


def _part(scope: Scope, at: int, entry: Entry) -> Objection:
    if part_has_value(scope.tokens, at, covered=scope.covered):
        return NONE
    is_place = scope.follows(at, "place")
    return ("scene", "note") if scope.is_free[at] or is_place else ("foreign_part", "block")


def _noun(scope: Scope, at: int, entry: Entry) -> Objection:
    evidence = scope.evidence
    if noun_is_subject(scope.tokens, at, covered=scope.covered, evidence=evidence):
        return NONE
    is_added = scope.in_slot(at, "slot") and not scope.raw(at)[0].isascii()
    is_added = is_added or scope.in_slot(at, "part of") or scope.in_slot(at, "pointing at")
    return ("foreign_product", "block") if is_added else ("scene", "note")


def _is_bound(tokens: Sequence[Token], at: int, entry: Entry) -> bool:
    """'more than' and 最大 before a number belong to the number, which is judged with it."""
    after = [t.kind for t in tokens[at : at + LIMIT_HOPS]]
    if "amount" not in after:
        return False
    if entry.tokens in phrases("limits") or _starts_limit(tokens, at, entry):
        return True
    words = tuple(t.norm for t in tokens[max(0, at - 2) : at + after.index("amount")])
    bounds = phrases("above") | phrases("below")
    return any(words[-len(p) :] == p and set(entry.tokens) <= set(p) for p in bounds)


def _starts_limit(tokens: Sequence[Token], at: int, entry: Entry) -> bool:
    said = tuple(t.norm for t in tokens[at : at + 3])
    return entry.tokens == ("最",) and any(said[: len(p)] == p for p in phrases("limits"))


JUDGES = {
    "deny": _denied,
    "limit": _limit,
    "claim": _claim,
    "touchy": _touchy,
    "soft": _soft,
    "foreign": _foreign,
    "mild": _mild,
    "scene": _scene,
    "verb": _scene,
    "part": _part,
    "noun": _noun,
}

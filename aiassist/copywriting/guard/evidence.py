"""Turn facts and policy into phrases that a text may use, and amounts it may state."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from itertools import combinations

from aiassist.copywriting.guard.amounts import YEAR, Amount, find_amounts, plain_unit
from aiassist.copywriting.guard.lexicon import CueKind, Phrase, cue_kinds, demonyms, denied, phrases
from aiassist.copywriting.guard.tokens import fold, norms, stem
from aiassist.copywriting.guard.types import FactLike, Policy
from aiassist.copywriting.guard.units import Unit, find_unit
from aiassist.copywriting.guard.vocabulary import key_names, other_names, type_names
from catalog.products.vocabulary import find_type, type_of

YES = {"yes", "true", "是", "有", "支持", "included", "有的", "可以"}
NO = {
    "no",
    "false",
    "none",
    "无",
    "否",
    "没有",
    "不支持",
    "not included",
    "不含",
    "without",
}
NAME_KEYS = {"name", "title", "product name", "名称", "产品名称", "品名", "商品名称", "product"}
BRAND_KEYS = ("brand", "品牌", "brand name", "manufacturer", "vendor")
TYPE_KEYS = {"type", "product type", "category", "类型", "产品类型", "品类", "类目", "商品类型"}
LIST_CUT = re.compile(r"\s*(?:[,;/、，；|+&\n]|\band\b|\bor\b|\bwith\b|和|及|与)\s*")
ZH_ENDINGS = ("色", "材质", "面料", "质", "制", "料", "款", "型", "式", "版")
ZH_DRESS = ("质", "制", "材", "制品", "色", "材质", "面料", "色调", "款", "型", "料", "的")
# "At least 40 hours" says more than a fact of 40 hours, unless the fact is such a bound itself.
FLOOR = re.compile(
    r"\+|≥|\b(?:min|age|from|up$|or more|at least)|以上|起|至少|不低于|不少于|年龄|最小|最低"
)
PURE = frozenset("纯全真净")
COUNT_WORDS = frozenset({"number", "quantity", "count", "per", "pack", "piec"}) | set("数件片")
COUNT_KEYS = frozenset({("piec",), ("set",), ("pack",)})
OTHER_BRAND = 0.3  # cost: below a fact's, above the product's own name
OWN_BRAND = 0.4  # cost: "iPhone" in a fact may be named, though it is a brand
MIN_HEAD = 2  # letters: the "in" of "picked in" names no attribute
FUNCTION_WORDS = frozenset({"and", "or", "with", "of", "the", "a", "an", "in", "for", "to", "x"})
MARKED = re.compile(r"certif|standard|认证|标准|证书", re.I)  # keys of what somebody attested
PURE_VALUE = re.compile(r"(?:100\s?%|百分百)\s*(.+)")
GRADED = re.compile(r"\d[\d.]*\s?([\u4e00-\u9fff]{2,}|[A-Za-z][A-Za-z -]{3,})")  # 316不锈钢
MAX_PART = 12  # characters of a Chinese value whose pieces are still telling


@dataclass(frozen=True)
class Entry:
    """A phrase the text may use: `cost` is how reluctantly it is chosen."""

    tokens: Phrase
    kind: str
    cost: float
    fact_ids: tuple[str, ...] = ()
    rule: str = ""


@dataclass
class Evidence:
    entries: dict[str, list[Entry]] = field(default_factory=dict)
    amounts: list[tuple[str, Amount]] = field(default_factory=list)
    list_sizes: dict[int, list[str]] = field(default_factory=dict)
    extra_units: dict[str, Unit] = field(default_factory=dict)
    cue_facts: dict[Phrase, set[str]] = field(default_factory=dict)
    strong_cues: set[Phrase] = field(default_factory=set)
    countable: set[str] = field(default_factory=set)
    floors: set[str] = field(default_factory=set)  # facts that say "at least" themselves
    units: dict[str, str] = field(default_factory=dict)  # fact id -> what its unit measures
    attested: set[str] = field(default_factory=set)  # facts that name a certificate
    type_keys: frozenset[str] = frozenset()

    def holds(self, phrase: Phrase) -> bool:
        """Is this a fact's value, or a part of one?"""
        found = self.entries.get(phrase[0], ())
        return any(e.tokens == phrase and e.kind == "fact" for e in found)

    def add(self, phrase: Phrase, kind: str, cost: float, *, fact_id: str = "") -> None:
        if phrase:
            ids = (fact_id,) if fact_id else ()
            self.entries.setdefault(phrase[0], []).append(Entry(phrase, kind, cost, ids))


def gather(facts: Sequence[FactLike], policy: Policy) -> Evidence:
    """Read every fact once; a fact with an unknown key still counts with its own words."""
    evidence = Evidence()
    for brand in policy.other_brands:
        if phrase := norms(brand):
            other = Entry(phrase, "deny", OTHER_BRAND, (), "foreign_brand")
            evidence.entries.setdefault(phrase[0], []).append(other)
    named = (("name", policy.name), ("brand", policy.brand), ("type", policy.product_type))
    for fact_id, name in named:
        _add_name(evidence, name.replace("_", " "), fact_id)
    for fact in facts:
        _add_fact(evidence, fact)
    evidence.type_keys = _types(facts, policy)
    for key in evidence.type_keys:
        for name in type_names(key):
            evidence.add(norms(name), "name", 0.5, fact_id="type")
    return evidence


def plain_key(key: str) -> str:
    return key.replace("_", " ").replace("-", " ").strip().lower()


def _types(facts: Sequence[FactLike], policy: Policy) -> frozenset[str]:
    """The product types that the policy, or else a fact about the type or name, points to."""
    known = type_of(policy.product_type)
    if known:
        return frozenset({known[1].key})
    stated = [policy.product_type, *(f.value for f in facts if plain_key(f.key) in TYPE_KEYS)]
    stated += [policy.name, *(f.value for f in facts if plain_key(f.key) in NAME_KEYS)]
    found = next((found for text in stated if text and (found := find_type(text))), None)
    return frozenset({found[1].key}) if found else frozenset()


def _add_name(evidence: Evidence, name: str, fact_id: str) -> None:
    phrase = norms(name)
    if len(phrase) == 1 and denied().get(phrase, "foreign_brand") != "foreign_brand":
        return  # a kettle called "Best" is still not the best kettle
    evidence.add(phrase, "name", 0.2, fact_id=fact_id)
    for token in phrase:
        if token.isascii() and token not in _negators():
            evidence.add((token,), "name", 1.1, fact_id=fact_id)
    _add_pieces(evidence, phrase, "name", 1.0, fact_id=fact_id)


def _add_fact(evidence: Evidence, fact: FactLike) -> None:
    value = _value_text(fact)
    plain = value.strip().lower()
    keys = {_bare_key(fact.key), fact.label_en, fact.label_zh, *key_names(fact.key)}
    keys = {key for key in keys if key}
    if plain in NO:
        _add_absence(evidence, fact, keys)
        return
    if plain in YES:
        for key in [plain, "yes", "是", *keys]:
            _add_value(evidence, fact.id, key)
        return
    _add_amounts(evidence, fact, value)
    _add_keys(evidence, fact, keys)
    if plain_key(fact.key) in NAME_KEYS:
        _add_name(evidence, value, fact.id)
    parts = [part for part in LIST_CUT.split(value) if part.strip()]
    evidence.list_sizes.setdefault(len(parts), []).append(fact.id)
    if MARKED.search(fact.key):
        evidence.attested.add(fact.id)
    for part in dict.fromkeys([value, *parts, *_said_otherwise(parts)]):
        _add_value(evidence, fact.id, part)
        for name in other_names(part) | _demonyms(part):
            _add_value(evidence, fact.id, name)
            evidence.amounts += [(fact.id, a) for a in find_amounts(fold(name))]


def _said_otherwise(parts: Iterable[str]) -> Iterator[str]:
    """ "100% cotton" is pure cotton; of "316不锈钢" the number is read apart."""
    for part in parts:
        if pure := PURE_VALUE.fullmatch(part.strip()):
            yield from (f"pure {pure[1]}", f"all {pure[1]}", f"纯{pure[1]}", f"全{pure[1]}")
        if (graded := GRADED.fullmatch(part.strip())) and not find_unit(graded[1]):
            yield graded[1]


def _demonyms(text: str) -> set[str]:
    """What comes from Ethiopia is Ethiopian."""
    said = norms(text)
    return {name for place, names in demonyms() if set(place) <= set(said) for name in names}


def _value_text(fact: FactLike) -> str:
    value = str(fact.value or "").strip()
    if not value and fact.number is not None:
        value = f"{fact.number:f}"
    return value


def _bare_key(key: str) -> str:
    return re.sub(r"[(（].*?[)）]", "", key).replace("_", " ").replace("-", " ").strip()


def _add_absence(evidence: Evidence, fact: FactLike, keys: Iterable[str]) -> None:
    for key in keys:
        said = norms(key)
        for negator in phrases("negators"):
            for phrase in ((*negator, *said), (*negator, "a", *said), (*said, *negator)):
                evidence.add(phrase, "fact", 0.4, fact_id=fact.id)
            evidence.add((*said, *negator, *said), "fact", 0.4, fact_id=fact.id)
        for answer in ("no", "否", "无"):
            evidence.add((*said, answer), "fact", 0.3, fact_id=fact.id)
        evidence.add((*norms(key), "free"), "fact", 0.4, fact_id=fact.id)
        for bare in _denied_part(key):
            evidence.add(norms(bare), "fact", 0.4, fact_id=fact.id)


def _denied_part(key: str) -> list[str]:
    """Where "fragrance free" is answered no, the text may say that it contains fragrance."""
    parts = re.findall(r"^(.+?)[\s-]free$|^(?:不含|无|免)(.+)$", key.lower())
    return [word for pair in parts for word in pair if word]


def _negators() -> frozenset[str]:
    single = {phrase[0] for phrase in phrases("negators") if len(phrase) == 1}
    return frozenset(single | {"free"})


def _add_value(evidence: Evidence, fact_id: str, text: str) -> None:
    phrase = norms(text)
    if not phrase or phrase in phrases("negators"):
        return
    evidence.add(phrase, "fact", 0.4, fact_id=fact_id)
    _add_pieces(evidence, phrase, "fact", 1.0, fact_id=fact_id)


def _add_pieces(
    evidence: Evidence, phrase: Phrase, kind: str, cost: float, *, fact_id: str
) -> None:
    """Parts of a value that say less than the whole and nothing else."""
    if all(len(token) == 1 and not token.isascii() for token in phrase):
        _add_chinese_pieces(evidence, "".join(phrase), kind, cost, fact_id=fact_id)
        return
    guarded = _guarded(phrase)
    for i, token in enumerate(phrase):
        if i not in guarded and token not in _negators() and token not in FUNCTION_WORDS:
            for form in _forms(token):
                is_brand = denied().get((form,)) == "foreign_brand"
                evidence.add((form,), kind, OWN_BRAND if is_brand else cost, fact_id=fact_id)
    for start, end in combinations(range(min(len(phrase), MAX_PART) + 1), 2):
        inside = set(range(start, end))
        if end - start > 1 and (kind == "name" or guarded <= inside or not guarded & inside):
            evidence.add(phrase[start:end], kind, cost - 0.1, fact_id=fact_id)


def _forms(token: str) -> set[str]:
    """A foldable chair folds, what a machine may wash is washable, with rotation it rotates."""
    if not token.isascii() or not token.isalpha() or len(token) < 4:
        return {token}
    if token.endswith(("able", "abl")):
        return {token, token.removesuffix("e").removesuffix("abl"), stem(f"{token[:-3]}ing")}
    bare = re.sub(r"(?<=[a-z]{4})(?:ion|ment|ance)$", "", token)
    return {token, bare, stem(f"{token}able")}


def _guarded(phrase: Phrase) -> set[int]:
    """Places of weakening words and of the words they weaken."""
    weak = {i for i, token in enumerate(phrase) if (token,) in phrases("weakeners")}
    near = {j for i in weak for j in (i - 1, i + 1) if 0 <= j < len(phrase)}
    return weak | near if len(phrase) > 1 else set()


def _add_chinese_pieces(
    evidence: Evidence, text: str, kind: str, cost: float, *, fact_id: str
) -> None:
    weak = [w for w in ("".join(p) for p in phrases("weakeners")) if not w.isascii() and w in text]
    bare = _strip_ending(text)
    if bare in PURE:
        bare = ""  # 纯色 lends no 纯 to 纯棉
    for dressed in (text, *(bare + ending for ending in ("", *ZH_DRESS) if bare)):
        evidence.add(tuple(dressed), kind, 0.5, fact_id=fact_id)
    if len(text) > MAX_PART:
        return
    for start, end in combinations(range(len(text) + 1), 2):
        piece = text[start:end]
        if len(piece) > 1 and all(w in piece for w in weak):
            evidence.add(tuple(piece), kind, cost, fact_id=fact_id)
    if not weak and bare:
        tail = bare[-1]
        if len(bare) <= 3 and tail not in "性度力感能":
            evidence.add((tail,), kind, cost + 0.2, fact_id=fact_id)


def _strip_ending(text: str) -> str:
    for ending in ZH_ENDINGS:
        if text.endswith(ending) and len(text) > len(ending):
            return text[: -len(ending)]
    return text


def _add_keys(evidence: Evidence, fact: FactLike, keys: Iterable[str]) -> None:
    """Words that name the attribute; only its whole name, or its head, can refute a number."""
    own = {norms(key) for key in keys} - {()}
    strong = {
        *own,
        *(p[-1:] for p in own if _is_telling(p[-1])),
        *(p[-2:] for p in own),
    }
    strong |= {cue for kind in cue_kinds() if _is_of_kind(own, kind) for cue in kind.cues}
    pieces = {(form,) for p in own for token in p if _is_telling(token) for form in _forms(token)}
    pieces |= {p[:i] for p in own if not p[0].isascii() for i in range(2, len(p))}
    for cue in (strong | pieces) - {()}:
        evidence.add(cue, "cue", 1.2, fact_id=fact.id)
        evidence.cue_facts.setdefault(cue, set()).add(fact.id)
    evidence.strong_cues |= strong - phrases("weak")
    if own & COUNT_KEYS or any(set(p) & COUNT_WORDS for p in own):
        evidence.countable.add(fact.id)


def _is_telling(token: str) -> bool:
    return token.isascii() and len(token) > MIN_HEAD and (token,) not in phrases("bare")


def _is_of_kind(own: set[Phrase], kind: CueKind) -> bool:
    heads = {p[-1:] for p in own if p[-1].isascii()}
    return bool((own | heads) & kind.keys)


def _add_amounts(evidence: Evidence, fact: FactLike, value: str) -> None:
    unit = str(fact.unit or "").strip()
    unit = unit or _unit_of_key(fact.key, value)
    if unit and not find_unit(unit):
        plain = plain_unit(unit)
        name = " ".join(stem(word) for word in plain.split())
        made = Unit(f"own:{name}", Decimal(1), "metric", plain)
        evidence.extra_units |= {plain: made, f"{plain}s": made} if plain else {}
    if unit:
        known = find_unit(unit)
        evidence.units[fact.id] = known.dimension if known else unit
    if FLOOR.search(f"{fact.key} {value} {unit}"):
        evidence.floors.add(fact.id)
    for amount in _stated(fact, value, unit, evidence):
        evidence.amounts.append((fact.id, amount))
    if unit and not evidence.amounts:
        evidence.add(norms(unit), "fact", 1.0, fact_id=fact.id)


def _stated(fact: FactLike, value: str, unit: str, evidence: Evidence) -> list[Amount]:
    """A bare number takes the unit field as it is; other values are read like a text."""
    if re.fullmatch(r"\d+(\.\d+)?", value.strip()):
        known = find_unit(unit) or evidence.extra_units.get(plain_unit(unit))
        return [Amount(0, 0, (Decimal(value.strip()),), known, 0)]
    value = value.strip().removesuffix("+")
    with_unit = f"{value} {unit}" if re.search(r"[\d½¼¾][\s\d.,x×*–-]*$", value) else value
    return find_amounts(fold(with_unit), extra_units=evidence.extra_units)


def _unit_of_key(key: str, value: str) -> str:
    """'Weight (g)' carries its unit; 'pages' and '页数' are units themselves."""
    inside = re.search(r"[(（]\s*(.+?)\s*[)）]", key)
    if inside and find_unit(inside[1]):
        return inside[1]
    bare = _bare_key(key)
    return bare if find_unit(bare) and not YEAR.fullmatch(value.strip()) else ""

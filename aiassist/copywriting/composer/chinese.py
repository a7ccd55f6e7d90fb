"""Chinese sentences about one product."""

from aiassist.copywriting.composer.grammar import zh_list
from aiassist.copywriting.composer.plan import Draft, form_of, grouped
from aiassist.copywriting.composer.ready import MODIFIERS, Product, Ready
from catalog.products.vocabulary.kinds import KINDS
from catalog.products.vocabulary.tables import has_cjk

# Clauses that open with one of these speak of a part or a measure of the product.
PART_NOUNS = tuple(
    dict.fromkeys(
        sorted(
            # "可用洗碗机清洗" is a clause, not a part: "它可用洗碗机清洗".
            {kind.label_zh for kind in KINDS.values() if kind.type != "bool"},
            key=len,
            reverse=True,
        )
        + ["表镜", "表壳", "表带", "机芯", "里料", "内衬", "鞋面", "鞋底", "手柄", "刀刃", "框架"]
        + [
            "面层",
            "面料",
            "扣型",
            "版型",
            "领型",
            "裤腰",
            "主石",
            "镀层",
            "外形",
            "内页",
            "产品属性",
        ]
    )
)


def write(draft: Draft, facts: list[Ready]) -> None:
    """The description: an introduction, then the other facts in groups."""
    rest = introduce(draft, facts)
    for group in grouped(rest, draft):
        tell(draft, group)


def introduce(draft: Draft, facts: list[Ready]) -> list[Ready]:
    """The first sentence; returns the facts it left."""
    product = draft.product
    mods = modifiers(facts, product)
    others = [fact for fact in facts if fact not in mods]
    told = [f for f in others if form_of(f) == "clause" and not f.is_compound][:2]
    allowed = {"N", "NP", "S"} | ({"C"} if told else set())
    allowed |= {"named"} if product.subject else {"unnamed"}
    pattern = None
    if product.type is not None and product.subject and not product.name_says_type:
        pattern = draft.pick("intro_np", allowed, "zh")
    if pattern is None:
        mods = []
        told = [f for f in facts if form_of(f) == "clause" and not f.is_compound][:2]
    if pattern is None and told:
        allowed |= {"C"}
        pattern = draft.pick("intro_vp", allowed, "zh")
    if pattern is None:
        return facts
    told = told if "C" in pattern.needs else []
    ids = ["name"] if product.subject else ["type"]
    ids += ["brand"] if product.brand and not product.subject else []
    ids += [i for f in (*mods, *told) for i in f.ids]
    if pattern.slot == "intro_np":
        ids.append("type")
    names = {
        "N": name_of(product),
        "named": "",
        "unnamed": "",
        "NP": noun_phrase(draft, mods),
        "C": clauses(draft, told),
    }
    text = pattern.text
    if "它{C}" in text and opens_with_noun(names["C"], told[0]):
        text = text.replace("它{C}", "它的{C}")
    draft.add(text.format_map(names), ids)
    return [fact for fact in facts if fact not in mods and fact not in told]


def modifiers(facts: list[Ready], product: Product) -> list[Ready]:
    """Up to two facts that can stand before the noun, unless the name says them already."""
    if product.type is None:
        return []
    found = [fact for fact in facts if can_modify(fact)]
    found = [fact for fact in found if fact.words.plain not in product.subject]
    if any(fact.key == "metal" for fact in found):
        found = [fact for fact in found if fact.key != "material"]
    return sorted(found, key=lambda fact: MODIFIERS[fact.key])[:2]


def can_modify(fact: Ready) -> bool:
    return (
        fact.key in MODIFIERS and bool(fact.words.code) and fact.words.word_class in ("mass", "adj")
    )


def noun_of(product: Product) -> str:
    return product.type.noun_zh if product.type else "产品"


def name_of(product: Product) -> str:
    """The name, a book's in its brackets, or "鹭墨这款双肩包" where a sentence cannot carry it."""
    name = product.subject
    if name:
        needs_brackets = product.is_book and has_cjk(name) and "《" not in name
        return f"《{name}》" if needs_brackets else name
    return f"{product.brand}这{_measure(product)}{noun_of(product)}"


def _measure(product: Product) -> str:
    """Books are counted as books: "一本小说", never "一款小说"."""
    return product.type.measure_word_zh if product.type and product.is_book else "款"


def noun_phrase(draft: Draft, mods: list[Ready]) -> str:
    """ "一款藏青色有机棉T恤", "一把不锈钢水壶"."""
    kind = draft.product.type
    measure = _measure(draft.product)
    if kind and draft.rng.random() < 0.5:
        measure = kind.measure_word_zh
    return f"一{measure}" + "".join(f.words.plain for f in mods) + noun_of(draft.product)


def clauses(draft: Draft, facts: list[Ready]) -> str:
    parts = []
    used: set[str] = set()
    for fact in facts:
        options = [frame.one for frame in fact.frame.predicates]
        fresh = [option for option in options if option[:2] not in used] or options
        chosen = draft.one_of(tuple(fresh))
        used.add(chosen[:2])
        parts.append(fact.fill(chosen))
    return "，".join(parts)


def tell(draft: Draft, group: list[Ready]) -> None:
    """One sentence about a group of facts."""
    form = form_of(group[0])
    if form == "alone":
        fact = group[0]
        draft.add(fact.fill(draft.one_of(fact.frame.alone)) + "。", fact.ids)
        return
    slots = ["vp"]
    if all(fact.frame.nouns and fact.frame.theme != "size" for fact in group) and (
        len(group) == 1 or not any(fact.is_compound for fact in group)
    ):
        slots.append("np")
    if all(fact.is_named for fact in group):
        slots.append("label")
    if len(group) > 1 and not any(fact.is_compound for fact in group):
        slots.append("spec")
    draft.rng.shuffle(slots)
    pattern = None
    for slot in slots:
        pattern = draft.pick(slot, {"S", "C", "NPS", "LABELS", "SPEC"}, "zh")
        if pattern is not None:
            break
    text, ids = _fill(draft, group, pattern.text if pattern else "{S}{C}。")
    draft.add(text, (*ids, *(i for fact in group for i in fact.ids)))


def tell_plainly(draft: Draft, fact: Ready) -> None:
    """One sentence about one fact, without anything that joins it to another."""
    if form_of(fact) == "alone":
        tell(draft, [fact])
        return
    text, ids = _fill(draft, [fact], "{S}{C}。")
    draft.add(text, (*ids, *fact.ids))


def _fill(draft: Draft, group: list[Ready], pattern: str) -> tuple[str, tuple[str, ...]]:
    subject, ids = next_subject(draft) if "{S}" in pattern else ("", ())
    slots = {"S": subject}
    if "{C}" in pattern:
        slots["C"] = clauses(draft, group)
        if subject == "它" and opens_with_noun(slots["C"], group[0]):
            slots["S"] = "它的"
        elif ids and slots["C"].startswith(noun_of(draft.product)):
            # "这款水壶水壶重量为..." says the noun twice.
            slots["S"], ids = "它的", ()
    if "{NPS}" in pattern:
        slots["NPS"] = zh_list([f.fill(draft.one_of(f.frame.nouns)) for f in group])
    if "{LABELS}" in pattern:
        slots["LABELS"] = "，".join(f"{fact.label}为{fact.beside_label}" for fact in group)
    if "{SPEC}" in pattern:
        slots["SPEC"] = "；".join(f"{fact.label}：{fact.beside_label}" for fact in group)
    return pattern.format_map(slots), ids


def opens_with_noun(clause: str, fact: Ready) -> bool:
    """ "它的表镜采用...", but "它采用..." and "它高度可调"."""
    if fact.key == "features":
        return False
    return clause.startswith((*PART_NOUNS, fact.label + "为"))


def next_subject(draft: Draft) -> tuple[str, tuple[str, ...]]:
    """ "这款水壶", "这把水壶", "它", "本品" or nothing, by tone and turn."""
    product = draft.product
    draft.n_subjects += 1
    if draft.subject_words:
        words, ids = draft.subject_words, draft.subject_ids
        draft.subject_words = ""
        return f"这款{words}", ids
    is_book = product.is_book
    if draft.n_subjects % 2 == 0:
        return ("本品" if draft.tone == "formal" and not is_book else "它"), ()
    kind = product.type
    if kind is None:
        return "这款产品", ()
    if draft.tone == "formal" and not is_book:
        return f"该款{kind.noun_zh}", ("type",)
    measure = kind.measure_word_zh if is_book or draft.rng.random() < 0.4 else "款"
    return f"这{measure}{kind.noun_zh}", ("type",)

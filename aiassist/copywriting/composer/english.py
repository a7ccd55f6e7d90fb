"""English sentences about one product."""

from aiassist.copywriting.composer.grammar import (
    ARTICLE,
    agree,
    and_list,
    capital,
    with_articles,
)
from aiassist.copywriting.composer.plan import Draft, form_of, grouped
from aiassist.copywriting.composer.ready import MODIFIERS, Product, Ready

BARE_NAME_FAMILIES = ("books",)
OWN_ARTICLE = ("the ", "a ", "an ", "my ", "our ", "your ")


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
    clauses = [f for f in others if form_of(f) == "clause" and not f.is_compound]
    nouns = [f for f in clauses if f.frame.nouns][:2]
    if not (mods or not product.name_ends_with_type) or product.type is None:
        mods, pattern = [], None
    else:
        pattern = draft.pick("intro_np", _intro_needs(clauses, nouns), "en")
    if pattern is None:
        pattern = draft.pick("intro_vp", {"N", "n", "it", "VPS", "here"}, "en") if clauses else None
        mods = []
    if pattern is None:
        return facts
    told = _told_by(pattern.needs, clauses, nouns)
    ids = ["name"] if product.name else ["type"]
    ids += ["brand"] if not product.name and product.brand else []
    ids += [i for f in (*mods, *told) for i in f.ids]
    if pattern.slot == "intro_np" or not product.name:
        ids.append("type")
    phrase = noun_phrase(mods, product)
    text = pattern.text.format_map(
        _names(product)
        | {
            "NP": phrase,
            "WITH": _with(phrase, draft, told) if "WITH" in pattern.needs else "",
            "VPS": predicates(draft, told) if "VPS" in pattern.needs else "",
            "is": agree("be", product.is_plural),
        }
    )
    draft.add(finish(text, draft), ids)
    return [fact for fact in facts if fact not in mods and fact not in told]


def _intro_needs(clauses: list[Ready], nouns: list[Ready]) -> set[str]:
    needs = {"N", "n", "is", "it", "NP", "here", "this"}
    needs |= {"VPS"} if clauses else set()
    return needs | ({"WITH"} if nouns else set())


def _told_by(needs: frozenset[str], clauses: list[Ready], nouns: list[Ready]) -> list[Ready]:
    if "WITH" in needs:
        return nouns
    return clauses[:2] if "VPS" in needs else []


def _with(phrase: str, draft: Draft, facts: list[Ready]) -> str:
    return f"{phrase} with {noun_phrases(draft, facts)}"


def _names(product: Product) -> dict[str, str]:
    plural = product.is_plural
    name = name_of(product)
    return {
        "N": capital(name) if not product.name or name.startswith("the ") else name,
        "n": name,
        "it": "they" if plural else "it",
        "here": "Here are" if plural else "Here's",
        "this": "These are" if plural else "This is",
    }


def name_of(product: Product) -> str:
    """The product's name inside a sentence: "the Harrow Stovetop Kettle", "Aurora 3"."""
    name = product.name
    if not name:
        origin = f" from {product.brand}" if product.brand else ""
        return f"{_determiner(product)} {noun_of(product)}{origin}"
    kind = product.type
    is_book = product.family is not None and product.family.key in BARE_NAME_FAMILIES
    if is_book or name.lower().startswith(OWN_ARTICLE):
        return name
    if product.name_ends_with_type:
        return f"the {name}"
    # "Aurora are headphones" is no English; "the Aurora headphones are" is.
    if kind is not None and kind.is_plural and not name.lower().endswith("s"):
        return f"the {name} {kind.plural_en}"
    return name


def _determiner(product: Product) -> str:
    return "these" if product.is_plural else "this"


def noun_of(product: Product) -> str:
    if product.type is None:
        return "product"
    return product.type.plural_en if product.is_plural else product.type.noun_en


def modifiers(facts: list[Ready], product: Product) -> list[Ready]:
    """Up to two facts that can stand before the noun, unless the name says them already."""
    if product.type is None:
        return []
    found = [fact for fact in facts if can_modify(fact) and not _is_named(fact, product)]
    if any(fact.key == "metal" for fact in found):
        found = [fact for fact in found if fact.key != "material"]
    return sorted(found, key=lambda fact: MODIFIERS[fact.key])[:2]


def can_modify(fact: Ready) -> bool:
    return fact.key in MODIFIERS and bool(fact.words.code) and fact.words.word_class == "mass"


def _is_named(fact: Ready, product: Product) -> bool:
    return fact.words.plain.lower() in product.name.lower()


def noun_phrase(mods: list[Ready], product: Product) -> str:
    """ "a navy blue cotton T-shirt", "graphite headphones", "honey"."""
    words = " ".join([*(fact.words.plain for fact in mods), noun_of(product)])
    if product.is_plural or (product.type is not None and product.type.is_mass):
        return words
    return f"{ARTICLE} {words}"


def predicates(draft: Draft, facts: list[Ready]) -> str:
    """ "is made of cotton, weighs 200 g and has a crew neck"."""
    parts = []
    for fact in facts:
        frame = draft.one_of(fact.frame.predicates)
        parts.append(fact.fill(frame.many if draft.product.is_plural else frame.one))
    return and_list(_short_verbs(parts))


def _short_verbs(parts: list[str]) -> list[str]:
    """Say a verb once: "has a lid and has 2 pockets" is "has a lid and 2 pockets"."""
    if len(parts) != 2:
        return parts
    (verb, _, _), (other, _, rest) = (part.partition(" ") for part in parts)
    same = verb == other and verb in ("has", "have", "offers", "offer")
    return [parts[0], rest] if same else parts


def noun_phrases(draft: Draft, facts: list[Ready]) -> str:
    return and_list([fact.fill(draft.one_of(fact.frame.nouns)) for fact in facts])


def tell(draft: Draft, group: list[Ready]) -> None:
    """One sentence about a group of facts."""
    form = form_of(group[0])
    if form == "alone":
        fact = group[0]
        draft.add(finish(capital(fact.fill(draft.one_of(fact.frame.alone))) + ".", draft), fact.ids)
        return
    slots = _slots(group, form, draft)
    for slot in slots:
        pattern = draft.pick(slot, _allowed(group), "en")
        if pattern is not None:
            break
    else:
        pattern = None
    text, subject_ids = _fill(draft, group, form, pattern.text if pattern else "")
    draft.add(finish(text, draft), (*subject_ids, *(i for f in group for i in f.ids)))


def _slots(group: list[Ready], form: str, draft: Draft) -> list[str]:
    """The slots that can tell the group, in a seeded order; the plain form comes after them."""
    if form == "label":
        return ["label"] if len(group) > 1 else []
    slots = ["vp"]
    if all(fact.frame.nouns for fact in group) and not any(f.is_compound for f in group[:-1]):
        slots.append("np")
    if all(fact.is_named for fact in group):
        slots.append("label")
    if all(not fact.is_compound for fact in group) and len(group) > 1:
        slots.append("spec")
    draft.rng.shuffle(slots)
    return slots


def _allowed(group: list[Ready]) -> set[str]:
    allowed = {"S", "s", "VPS", "NPS", "LABELS", "labels", "SPEC", "offer", "give"}
    if len(group) > 1 and _fronted(group) is not None:
        allowed.add("FRONTED")
    return allowed


def _fronted(group: list[Ready]) -> tuple[Ready, str] | None:
    """The first fact with a participle: "made of cotton"."""
    for fact in group:
        participles = [p.participle for p in fact.frame.predicates if p.participle]
        if participles and not fact.is_compound:
            return fact, participles[0]
    return None


def _fill(draft: Draft, group: list[Ready], form: str, pattern: str) -> tuple[str, tuple[str, ...]]:
    if not pattern:
        pattern = "{LABELS}." if form == "label" else "{S} {VPS}."
    subject, ids = "", ()
    if "{S}" in pattern or "{s}" in pattern:
        subject, ids = next_subject(draft)
    fronted = _fronted(group) if "{FRONTED}" in pattern else None
    told = [fact for fact in group if fronted is None or fact is not fronted[0]]
    slots = {"S": capital(subject), "s": subject}
    if fronted:
        slots["FRONTED"] = capital(fronted[0].fill(fronted[1]))
    if "{VPS}" in pattern:
        slots["VPS"] = predicates(draft, told)
    if "{NPS}" in pattern:
        slots["NPS"] = noun_phrases(draft, group)
        slots |= {verb: agree(verb, _is_plural_subject(draft)) for verb in ("offer", "give")}
    if "{SPEC}" in pattern:
        slots["SPEC"] = capital("; ".join(f"{fact.label}: {fact.words.plain}" for fact in group))
    if "{LABELS}" in pattern or "{labels}" in pattern:
        slots["labels"] = labels(draft, group)
        slots["LABELS"] = capital(slots["labels"])
    return pattern.format_map(slots), ids


def _is_plural_subject(draft: Draft) -> bool:
    return draft.product.is_plural


def labels(draft: Draft, group: list[Ready]) -> str:
    """ "its weight is 950 g and its height is 24 cm", or with "the"."""
    owner = "their" if draft.product.is_plural else "its"
    opener = "the" if draft.rng.random() < 0.5 else owner
    parts = [
        f"{opener} {fact.label} {agree('be', fact.is_plural_label)} {fact.words.plain}"
        for fact in group
    ]
    return and_list(parts)


def next_subject(draft: Draft) -> tuple[str, tuple[str, ...]]:
    """ "it", "the kettle", "this kettle": never one form three times in a row."""
    product = draft.product
    draft.n_subjects += 1
    if draft.subject_words:
        words, ids = draft.subject_words, draft.subject_ids
        draft.subject_words = ""
        return f"{_determiner(product)} {words}", ids
    pronoun = "they" if product.is_plural else "it"
    wants_noun = draft.n_subjects % 2 == (1 if draft.tone in ("formal", "expert") else 0)
    if not wants_noun:
        return pronoun, ()
    ids = ("type",) if product.type else ()
    determiner = _determiner(product) if draft.rng.random() < 0.4 else "the"
    return f"{determiner} {noun_of(product)}", ids


def finish(text: str, draft: Draft) -> str:
    """Articles in place; contractions where the tone speaks."""
    text = with_articles(text)
    if draft.tone in ("conversational", "playful"):
        text = contracted(text)
    return text


def contracted(text: str) -> str:
    for full, short in (("t is ", "t's "), ("hey are ", "hey're ")):
        for start in ("I", "i") if full[0] == "t" else ("T", "t"):
            text = text.replace(f" {start}{full}", f" {start}{short}")
            if text.startswith(start + full):
                text = start + short + text[len(start + full) :]
    return text

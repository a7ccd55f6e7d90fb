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

BREWING = ("brewing_temperature", "brewing_time")
OWN_ARTICLE = ("the ", "a ", "an ", "my ", "our ", "your ")


def write(draft: Draft, facts: list[Ready]) -> None:
    """The description: an introduction, then the other facts in groups."""
    rest = introduce(draft, facts)
    for group in grouped(_brewed_at_once(draft, rest), draft):
        tell(draft, group)
    for sentence in draft.last:
        draft.add(*sentence)


def _brewed_at_once(draft: Draft, facts: list[Ready]) -> list[Ready]:
    """ "Brew at 95 °C for 2 minutes." in place of two sentences."""
    how = [fact for key in BREWING for fact in facts if fact.key == key]
    if [fact.key for fact in how] != list(BREWING):
        return facts
    text = f"Brew at {how[0].words.plain} for {how[1].words.plain}."
    draft.last.append((text, [i for fact in how for i in fact.ids]))
    return [fact for fact in facts if fact not in how]


def introduce(draft: Draft, facts: list[Ready]) -> list[Ready]:
    """The first sentence; returns the facts it left."""
    product = draft.product
    mods = modifiers(facts, product)
    clauses = [f for f in facts if f not in mods and form_of(f) == "clause" and not f.is_compound]
    nouns = [f for f in clauses if _is_listed(f, draft)][:2]
    slot = _intro_slot(mods, product)
    allowed = _intro_needs(clauses, nouns, product)
    pattern = draft.pick(slot, allowed, "en") if slot else None
    if pattern is None:
        mods = []
        pattern = draft.pick("intro_vp", allowed, "en") if clauses else None
    if pattern is None:
        return facts
    told = _told_by(pattern.needs, clauses, nouns)
    text = pattern.text.format_map(_intro_words(draft, mods, told, pattern.needs))
    ids = [*_name_ids(product), *(i for fact in (*mods, *told) for i in fact.ids)]
    if pattern.slot == "intro_np" or not product.subject:
        ids.append("type")
    draft.add(finish(text, draft), ids)
    return [fact for fact in facts if fact not in mods and fact not in told]


def _intro_slot(mods: list[Ready], product: Product) -> str:
    """ "is a cotton T-shirt" after "Crew T-Shirt" says the noun twice: then "in cotton" it is."""
    if product.type is None:
        return ""
    if not _says_type(product):
        return "intro_np"
    return "intro_in" if mods and mods[-1].key != "pattern" else ""


def _says_type(product: Product) -> bool:
    return product.name_says_type or not product.subject or _needs_noun(product)


def _is_listed(fact: Ready, draft: Draft) -> bool:
    """Whether the fact reads well as a thing that one gets; bare measures do on spec sheets."""
    if fact.is_compound or not fact.frame.nouns:
        return False
    return fact.frame.theme != "size" or draft.tone == "expert"


def _intro_needs(clauses: list[Ready], nouns: list[Ready], product: Product) -> set[str]:
    """ "This is this speaker", "This speaker: black" say nothing: such patterns need a name."""
    needs = {"N", "n", "is", "it", "It", "NP", "MODS", "come", "have"}
    needs |= {"here", "this", "named"} if product.subject else {"unnamed"}
    needs |= {"VPS", "COMES"} if clauses else set()
    return needs | ({"WITH", "NPS"} if nouns else set())


def _told_by(needs: frozenset[str], clauses: list[Ready], nouns: list[Ready]) -> list[Ready]:
    if needs & {"WITH", "NPS"}:
        return nouns
    return clauses[:2] if needs & {"VPS", "COMES"} else []


def _name_ids(product: Product) -> list[str]:
    if product.subject:
        return ["name", "type"] if _needs_noun(product) else ["name"]
    return ["type", "brand"] if product.brand else ["type"]


def _intro_words(
    draft: Draft, mods: list[Ready], told: list[Ready], needs: frozenset[str]
) -> dict[str, str]:
    product = draft.product
    phrase = noun_phrase(mods, product)
    nouns = noun_phrases(draft, told) if needs & {"WITH", "NPS"} else ""
    return _names(product) | {
        "NP": phrase,
        "WITH": f"{phrase} with {nouns}",
        "NPS": nouns,
        "VPS": predicates(draft, told) if needs & {"VPS"} else "",
        "COMES": _comes_in(draft, mods, told) if "COMES" in needs else "",
        "MODS": " ".join(fact.words.plain for fact in mods),
        **{verb: agree(verb, product.is_plural) for verb in ("come", "have")},
        "is": agree("be", product.is_plural),
    }


def _comes_in(draft: Draft, mods: list[Ready], told: list[Ready]) -> str:
    """ "comes in black nylon, measures 31 × 22 cm and weighs 840 g"."""
    words = " ".join(fact.words.plain for fact in mods)
    comes = f"{agree('come', draft.product.is_plural)} in {words}"
    return and_list(_verbs_once([comes, *_predicate_parts(draft, told)]))


def _names(product: Product) -> dict[str, str]:
    plural = product.is_plural
    name = name_of(product)
    return {
        "N": capital(name) if not product.subject or name.startswith("the ") else name,
        "n": name,
        "it": "they" if plural else "it",
        "It": "They" if plural else "It",
        "named": "",
        "unnamed": "",
        "here": "Here are" if plural else "Here's",
        "this": "These are" if plural else "This is",
    }


def name_of(product: Product) -> str:
    """The product's name inside a sentence: "the Harrow Stovetop Kettle", "Aurora 3"."""
    name = product.subject
    if not name:
        origin = f" from {product.brand}" if product.brand else ""
        return f"{_determiner(product)} {noun_of(product)}{origin}"
    first = name.split()[0].lower()
    if product.is_book:
        return f"“{name}”" if "," in name else name
    if name.lower().startswith(OWN_ARTICLE) or first.endswith(("'s", "’s")):
        return name
    if _needs_noun(product):
        return f"the {name} {product.type.plural_en}"
    return f"the {name}"


def _needs_noun(product: Product) -> bool:
    """ "The Aurora are headphones" is no English; "the Aurora headphones are" is."""
    if not product.subject or product.type is None or product.name_says_type:
        return False
    return product.is_plural and not product.subject.lower().endswith("s")


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
    ordered = sorted(found, key=lambda fact: MODIFIERS[fact.key])[:2]
    words = " ".join(fact.words.plain for fact in ordered).split()
    # "Natural natural rubber": the colour waits for a sentence of its own.
    return ordered[1:] if len(set(words)) < len(words) else ordered


def can_modify(fact: Ready) -> bool:
    return fact.key in MODIFIERS and bool(fact.words.code) and fact.words.word_class == "mass"


def _is_named(fact: Ready, product: Product) -> bool:
    return fact.words.plain.lower() in product.subject.lower()


def noun_phrase(mods: list[Ready], product: Product) -> str:
    """ "a navy blue cotton T-shirt", "graphite headphones", "honey"."""
    words = " ".join([*(fact.words.plain for fact in mods), noun_of(product)])
    if product.is_plural or (product.type is not None and product.type.is_mass):
        return words
    return f"{ARTICLE} {words}"


def predicates(draft: Draft, facts: list[Ready]) -> str:
    """ "is made of cotton, weighs 200 g and has a crew neck"."""
    return and_list(_verbs_once(_predicate_parts(draft, facts)))


def _predicate_parts(draft: Draft, facts: list[Ready]) -> list[str]:
    parts = []
    for fact in facts:
        frame = draft.one_of(fact.frame.predicates)
        parts.append(fact.fill(frame.many if draft.product.is_plural else frame.one))
    return parts


def _verbs_once(parts: list[str]) -> list[str]:
    """Say a verb once: "has a lid, has 2 pockets" is "has a lid and 2 pockets"."""
    groups: dict[tuple[str, str], list[str]] = {}
    for part in parts:
        verb, _, rest = part.partition(" ")
        groups.setdefault((verb, _complement(verb, rest)), []).append(rest)
    # A group with a list of its own closes the sentence.
    ordered = sorted(groups.items(), key=lambda item: any(" and " in rest for rest in item[1]))
    return [f"{verb} {and_list(rests)}" for (verb, _), rests in ordered]


def _complement(verb: str, rest: str) -> str:
    """What may share one verb: nouns after "has", participles or measures after "is"."""
    if verb in ("has", "have", "offers", "offer", "uses", "use"):
        return ""
    if verb in ("is", "are"):
        first = rest.split(" ")[0]
        return (
            "ed"
            if first.endswith(("ed", "made", "written", "set", "cut"))
            else ("measure" if first[:1].isdigit() else rest)
        )
    return rest


def _with_also(told: str) -> str:
    """ "is also foldable", "also weighs 200 g"."""
    verb, _, rest = told.partition(" ")
    return f"{verb} also {rest}" if verb in ("is", "are", "was", "were") else f"also {told}"


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


def tell_plainly(draft: Draft, fact: Ready) -> None:
    """One sentence about one fact, without anything that joins it to another."""
    form = form_of(fact)
    if form == "alone":
        tell(draft, [fact])
        return
    text, ids = _fill(draft, [fact], form, "")
    draft.add(finish(text, draft), (*ids, *fact.ids))


def _slots(group: list[Ready], form: str, draft: Draft) -> list[str]:
    """The slots that can tell the group, in a seeded order; the plain form comes after them."""
    if form == "label":
        return ["label"] if len(group) > 1 else []
    slots = ["vp"]
    if all(_is_listed(fact, draft) for fact in group) or (
        len(group) == 1 and group[0].is_compound and group[0].frame.nouns
    ):
        slots.append("np")
    if all(fact.is_named and not fact.is_compound for fact in group):
        slots.append("label")
    if all(not fact.is_compound for fact in group) and len(group) > 1:
        slots.append("spec")
    draft.rng.shuffle(slots)
    return slots


def _allowed(group: list[Ready]) -> set[str]:
    allowed = {"S", "s", "VPS", "NPS", "LABELS", "labels", "SPEC", "ALSO", "have", "give"}
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
    if "{VPS}" in pattern or "{ALSO}" in pattern:
        slots["VPS"] = predicates(draft, told)
        slots["ALSO"] = _with_also(slots["VPS"])
    if "{NPS}" in pattern:
        slots["NPS"] = noun_phrases(draft, group)
        slots |= {verb: agree(verb, draft.product.is_plural) for verb in ("have", "give")}
    if "{SPEC}" in pattern:
        slots["SPEC"] = capital("; ".join(f"{fact.label}: {fact.beside_label}" for fact in group))
    if "{LABELS}" in pattern or "{labels}" in pattern:
        slots["labels"] = labels(draft, group)
        slots["LABELS"] = capital(slots["labels"])
    return pattern.format_map(slots), ids


def labels(draft: Draft, group: list[Ready]) -> str:
    """ "its weight is 950 g and its height is 24 cm", or with "the"."""
    owner = "their" if draft.product.is_plural else "its"
    opener = "the" if draft.rng.random() < 0.5 else owner
    parts = [
        f"{opener} {fact.label} {agree('be', fact.is_plural_label)} {fact.beside_label}"
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

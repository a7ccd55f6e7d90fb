"""One request, one text: prepare the facts, write, keep the length, account for everything."""

from dataclasses import replace

from aiassist.copywriting.composer import bullets, chinese, english, keywords, titles
from aiassist.copywriting.composer.kinds import FEWEST, WRITERS
from aiassist.copywriting.composer.pieces import Material, sentences_of, text_of
from aiassist.copywriting.composer.plan import Draft, rng_for
from aiassist.copywriting.composer.ready import (
    Product,
    Ready,
    missing_keys,
    product_of,
    ready_facts,
)
from aiassist.copywriting.composer.terms import with_terms
from aiassist.copywriting.engine import CopyRequest, DraftText, NotEnoughFacts, Sentence

FEWEST_FACTS = 2
# A page of description, not a data sheet; the rest stays in the attribute table.
MOST_FACTS = 18
DEFAULT_CHARS = {("seo_description", "en"): 155, ("seo_description", "zh"): 78}
# About what one more fact costs; only how fast the length is found depends on it.
CHARS_PER_FACT = {"en": 40, "zh": 14}


def compose(request: CopyRequest, engine: str, version: str) -> DraftText | NotEnoughFacts:
    if request.glossary:
        request = replace(request, facts=with_terms(request.facts, request.glossary))
    product = product_of(request)
    facts, left_out = ready_facts(request, product)
    fewest = FEWEST.get(request.field, FEWEST_FACTS)
    if len({fact_id for fact in facts for fact_id in fact.ids}) < fewest:
        return NotEnoughFacts(missing_keys(request, product))
    sentences, text = _written(request, product, facts)
    if not text and request.field in WRITERS:
        return NotEnoughFacts(missing_keys(request, product))
    used = {fact_id for sentence in sentences for fact_id in sentence.fact_ids}
    ids = dict.fromkeys(fact_id for fact in facts for fact_id in fact.ids)
    left_out += [(fact_id, "no_room") for fact_id in ids if fact_id not in used]
    left_out += keywords.report(Draft(request, product, rng_for(request)), text, facts)
    return DraftText(sentences, text, tuple(left_out), engine, version)


def _written(
    request: CopyRequest, product: Product, facts: list[Ready]
) -> tuple[tuple[Sentence, ...], str]:
    if request.field in WRITERS:
        blocks = WRITERS[request.field](Material(request, product, facts))
        return sentences_of(blocks), text_of(blocks, request.lang)
    if request.field in ("short_title", "seo_title"):
        draft = _attempt(request, product, facts)
    else:
        draft = _within_limit(request, product, facts)
    sentences = tuple(_with_approved(draft))
    joint = "\n" if request.field == "bullets" else ("" if request.lang == "zh" else " ")
    return sentences, joint.join(sentence.text for sentence in sentences)


def _attempt(request: CopyRequest, product: Product, facts: list[Ready]) -> Draft:
    draft = Draft(request, product, rng_for(request))
    if request.field == "bullets":
        bullets.write(draft, facts)
    elif request.field in ("short_title", "seo_title"):
        titles.write(draft, facts)
    else:
        keywords.place(draft, facts, request.keywords)
        writer = chinese if request.lang == "zh" else english
        writer.write(draft, facts)
    return draft


def _within_limit(request: CopyRequest, product: Product, facts: list[Ready]) -> Draft:
    """Write with fewer and fewer facts, the least important going first, until it fits."""
    limit = request.max_chars or DEFAULT_CHARS.get((request.field, request.lang))
    n_facts = min(len(facts), MOST_FACTS)
    while True:
        draft = _attempt(request, product, facts[:n_facts])
        over = _length(draft) - limit if limit else 0
        if over <= 0:
            return draft
        if n_facts <= 1:
            return _shortest(draft, facts, limit)
        n_facts = max(1, n_facts - max(1, over // CHARS_PER_FACT[request.lang]))


def _length(draft: Draft) -> int:
    joint = 0 if draft.request.lang == "zh" and draft.request.field != "bullets" else 1
    n_joints = max(0, len(draft.sentences) - 1)
    return sum(len(sentence.text) for sentence in draft.sentences) + joint * n_joints


def _shortest(draft: Draft, facts: list[Ready], limit: int) -> Draft:
    """Whole sentences only: what still fits of the plainest ones, the first facts first."""
    lang = draft.request.lang
    writer = chinese if lang == "zh" else english
    for fact in facts:
        small = Draft(draft.request, draft.product, rng_for(draft.request))
        small.used.update(["*"])
        writer.tell(small, [fact])
        if _length(small) <= limit:
            return small
    draft.sentences = [one for one in draft.sentences if len(one.text) <= limit][:1]
    return draft


def _with_approved(draft: Draft) -> list[Sentence]:
    """The written sentences and, where there is room, one the merchant approved."""
    request = draft.request
    if request.field != "description" or not request.approved_texts:
        return draft.sentences
    start = int(draft.rng.random() * len(request.approved_texts))
    options = request.approved_texts[start:] + request.approved_texts[:start]
    room = (request.max_chars or 10**6) - _length(draft) - (1 if request.lang == "en" else 0)
    chosen = next((text for text in options if 0 < len(text) <= room), None)
    if chosen is None:
        return draft.sentences
    return [*draft.sentences, Sentence(chosen, (), approved=True)]

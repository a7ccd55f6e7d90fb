"""Bullets: one line a fact, all lines of one list built alike."""

from aiassist.copywriting.composer import chinese, english
from aiassist.copywriting.composer.grammar import capital, with_articles
from aiassist.copywriting.composer.plan import Draft, form_of
from aiassist.copywriting.composer.ready import Ready
from aiassist.copywriting.engine import Sentence

MAX_LINES = 8


def write(draft: Draft, facts: list[Ready]) -> None:
    """Lines without a bullet sign, the most important fact first."""
    writer = _english if draft.request.lang == "en" else _chinese
    step = 2 if draft.tone == "expert" else 1
    rows = [facts[i : i + step] for i in range(0, len(facts), step)][:MAX_LINES]
    for i, row in enumerate(rows):
        text, ids = writer(draft, row, i)
        ids = (*ids, *(fact_id for fact in row for fact_id in fact.ids))
        draft.sentences.append(Sentence(text, tuple(dict.fromkeys(ids))))


def _english(draft: Draft, row: list[Ready], i: int) -> tuple[str, tuple[str, ...]]:
    fact = row[0]
    if draft.tone in ("formal", "expert") or form_of(fact) == "alone":
        text = "; ".join(f"{one.label}: {one.beside_label}" for one in row)
        end = "" if draft.tone in ("formal", "expert") else "."
        return capital(with_articles(text)) + end, ()
    if form_of(fact) == "label":
        text = capital(english.labels(draft, row)) + "."
        return english.finish(text, draft), ()
    told = english.predicates(draft, row)
    if draft.tone == "persuasive":
        subject, ids = english.next_subject(draft)
        return english.finish(f"{capital(subject)} {told}.", draft), ids
    pronoun = "They" if draft.product.is_plural else "It"
    end = "!" if draft.tone == "playful" and i == 0 else "."
    return english.finish(f"{pronoun} {told}{end}", draft), ()


def _chinese(draft: Draft, row: list[Ready], i: int) -> tuple[str, tuple[str, ...]]:
    fact = row[0]
    if draft.tone == "persuasive" and form_of(fact) == "alone":
        return f"【{fact.label}】{fact.beside_label}", ()
    if draft.tone in ("formal", "expert") or form_of(fact) == "alone":
        end = "。" if draft.tone in ("conversational", "playful") else ""
        return "；".join(f"{one.label}：{one.beside_label}" for one in row) + end, ()
    told = chinese.clauses(draft, row)
    if draft.tone == "persuasive":
        says_label = told.startswith(fact.label[:2]) or fact.words.word_class == "bool"
        return f"【{fact.label}】{fact.beside_label if says_label else told}", ()
    if draft.tone == "playful":
        return told + ("！" if i == 0 else "。"), ()
    owner = "它的" if chinese.opens_with_noun(told, fact) else "它"
    return f"{owner}{told}。", ()

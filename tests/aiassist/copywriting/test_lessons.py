"""Edits teach the composer: phrases that are cut come up less, wordings are taken over."""

from dataclasses import replace

import pytest
from django.utils import timezone

from aiassist.copywriting.composer import Composer
from aiassist.copywriting.engine import DraftText
from aiassist.copywriting.engines import engine_of
from aiassist.copywriting.learning import phrases, wordings
from aiassist.copywriting.learning.composer import LearntComposer
from aiassist.copywriting.learning.lessons import decide, learn
from aiassist.copywriting.learning.models import Lesson, LessonKind
from aiassist.copywriting.models import Draft, DraftStatus
from aiassist.copywriting.publish import edit_distance
from tests.aiassist.copywriting.samples import RING, T_SHIRT
from tests.factories import make_product

PHRASE = "Oh, and {s} {VPS}."
SAID = "Oh, and it weighs 950 g."


def make_draft(shop, text, final=None, *, sentences=None, **fields):
    """A reviewed draft of the composer."""
    is_edited = final is not None and final != text
    values = {
        "language": "en", "field": "description", "tone": "conversational",
        "engine": "composer", "engine_version": "1", "status": DraftStatus.APPROVED,
        "reviewed_at": timezone.now(), "facts": [],
    }  # fmt: skip
    return Draft.objects.create(
        merchant=shop,
        product=fields.pop("product", None) or make_product(shop),
        product_version=1,
        text=text,
        final_text=final if is_edited else "",
        edit_distance=edit_distance(text, final or text),
        sentences=[{"text": one, "fact_ids": []} for one in sentences or [text]],
        **{**values, **fields},
    )


def cut(shop, n):
    for _ in range(n):
        make_draft(shop, f"A kettle. {SAID}", "A kettle. 950 g.", sentences=["A kettle.", SAID])


def test_a_sentence_is_traced_to_the_pattern_that_made_it():
    assert phrases.pattern_in(SAID, "en", "conversational").text.endswith(PHRASE)
    assert phrases.pattern_in("It weighs 950 g.", "en", "conversational") is None


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_what_the_composer_writes_is_traced_for_the_most_part(lang):
    """Every sentence traced must be one that its pattern's own words stand in."""
    n_traced = 0
    for seed in range(40):
        request = T_SHIRT.request(lang, tone="playful", seed=seed)
        for sentence in Composer().generate([request])[0].sentences:
            pattern = phrases.pattern_in(sentence.text, lang, "playful")
            if pattern is not None:
                n_traced += 1
                assert all(w in sentence.text for w in phrases.own_words(pattern.text))
    assert n_traced > 40


def test_phrases_that_reviewers_cut_are_counted(in_shop):
    cut(in_shop, 3)
    make_draft(in_shop, SAID)
    learn(in_shop)
    lesson = in_shop.lessons.get()
    assert (lesson.kind, lesson.language, lesson.tone) == ("phrase", "en", "conversational")
    assert lesson.words.endswith(PHRASE)
    assert (lesson.n_kept, lesson.n_changed) == (1, 3)


def test_a_corrected_value_is_no_verdict_on_the_phrase(in_shop):
    for _ in range(3):
        make_draft(in_shop, SAID, "Oh, and it weighs 1 kg.")
    assert learn(in_shop) == 0


def test_one_cut_alone_teaches_nothing(in_shop):
    cut(in_shop, 1)
    assert learn(in_shop) == 0


def test_a_text_let_through_with_a_reason_teaches_nothing(in_shop):
    cut(in_shop, 3)
    Draft.objects.update(override_reason="I know better")
    assert learn(in_shop) == 0


def test_lessons_of_another_shop_are_not_heard(in_shop, other_shop):
    from ecomportal.tenancy.context import tenant

    with tenant(other_shop):
        cut(other_shop, 3)
        learn(other_shop)
    assert not in_shop.lessons.exists()
    assert LearntComposer.of(in_shop).version == Composer.version


def share_with(engine, words, n=150):
    requests = [T_SHIRT.request("en", tone="conversational", seed=seed) for seed in range(n)]
    texts = [answer.text for answer in engine.generate(requests)]
    return sum(words in text for text in texts) / n


def test_a_phrase_that_is_cut_comes_up_less(in_shop):
    before = share_with(engine_of(in_shop), "Oh, and")
    cut(in_shop, 12)
    learn(in_shop)
    after = share_with(engine_of(in_shop), "Oh, and")
    assert before > 0.05
    assert after < before / 2


def test_a_lesson_taken_back_changes_nothing_any_more(in_shop, alice):
    requests = [T_SHIRT.request("en", tone="conversational", seed=seed) for seed in range(30)]
    before = [answer.text for answer in Composer().generate(requests)]
    cut(in_shop, 12)
    learn(in_shop)
    decide(in_shop.lessons.get(), alice, is_on=False)
    assert [answer.text for answer in engine_of(in_shop).generate(requests)] == before
    learn(in_shop)  # the reviews still show it; the person's word holds
    assert not in_shop.lessons.get().is_on
    assert engine_of(in_shop).version == Composer.version


def test_a_lesson_goes_with_the_approvals_it_came_from(in_shop):
    cut(in_shop, 3)
    learn(in_shop)
    Draft.objects.update(status=DraftStatus.WAITING)
    assert learn(in_shop) == 0
    assert not in_shop.lessons.exists()


def teach_wording(shop, n, before="colour", after="shade", **fields):
    for i in range(n):
        make_draft(
            shop,
            f"The {before} of lamp {i} is fine.",
            f"The {after} of lamp {i} is fine.",
            **fields,
        )


def test_a_wording_put_in_again_and_again_is_taken_over(in_shop):
    teach_wording(in_shop, 3)
    learn(in_shop)
    lesson = in_shop.lessons.get()
    assert (lesson.kind, lesson.words, lesson.instead) == ("wording", "colour", "shade")
    assert (lesson.n_kept, lesson.n_changed) == (0, 3)


def test_words_left_more_often_than_replaced_stay(in_shop):
    teach_wording(in_shop, 3)
    for i in range(4):
        make_draft(in_shop, f"The colour of chair {i} is fine.")
    assert learn(in_shop) == 0


def test_a_replaced_value_is_no_wording(in_shop):
    facts = [{"id": "f", "key": "colour", "value": "Sage green", "type": "text"}]
    teach_wording(in_shop, 4, before="sage green", after="olive", facts=facts)
    assert learn(in_shop) == 0


def test_replaced_numbers_are_no_wording(in_shop):
    teach_wording(in_shop, 4, before="950", after="900")
    assert learn(in_shop) == 0


def test_chinese_wordings_are_learnt(in_shop):
    for i in range(3):
        make_draft(
            in_shop, f"这款灯具{i}，适合日常使用。", f"这款灯具{i}，适合居家使用。", language="zh"
        )
    learn(in_shop)
    lesson = in_shop.lessons.get()
    assert (lesson.words, lesson.instead) == ("日常", "居家")


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Colour: red. The colour stays.", "Shade: red. The shade stays."),
        ("Colourful colours", "Colourful colours"),
    ],
)
def test_a_wording_replaces_whole_words_and_keeps_capitals(text, found):
    assert wordings.put(text, "colour", "shade") == found


def lesson(words, instead, lang="en"):
    return Lesson(kind=LessonKind.WORDING, language=lang, words=words, instead=instead, n_changed=3)


def test_a_wording_stands_in_the_text_and_its_sentences():
    request = T_SHIRT.request("en", tone="conversational", seed=2)
    plain = Composer().generate([request])[0]
    assert "comes in" in plain.text
    found = LearntComposer([lesson("comes in", "is available in")]).generate([request])[0]
    assert isinstance(found, DraftText)
    assert found.text == plain.text.replace("comes in", "is available in")
    assert " ".join(one.text for one in found.sentences) == found.text
    assert found.engine_version.startswith(f"{Composer.version}.")


def test_what_a_fact_says_is_not_reworded():
    request = T_SHIRT.request("en", tone="conversational", seed=2)
    plain = Composer().generate([request])[0]
    assert "cotton" in plain.text
    assert LearntComposer([lesson("cotton", "fabric")]).generate([request])[0].text == plain.text


def test_a_wording_that_claims_something_is_not_put_in():
    request = replace(RING.request("en"), seed=3)
    plain = Composer().generate([request])[0]
    word = next(w for w in ("features", "comes", "has") if w in plain.text)
    found = LearntComposer([lesson(word, "has diamonds and")]).generate([request])[0]
    assert found.text == plain.text

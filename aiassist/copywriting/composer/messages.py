"""Messages about one product: an e-mail with subject and preheader, a text message."""

from aiassist.copywriting.composer.filler import CLOSING, GREETING, OPT_OUT
from aiassist.copywriting.composer.pieces import (
    Line,
    Material,
    fixed,
    headline,
    joined,
    room,
    sentences,
)
from aiassist.copywriting.engine import Sentence
from aiassist.copywriting.lint.counting import sms_segments

SUBJECT, PREHEADER = 60, 100  # as the placement counts
BODY = {"en": 500, "zh": 200}  # characters
SMS = {"en": (160, 70), "zh": (70,)}  # characters of one message, in each alphabet


def email(material: Material) -> list[list[Line]]:
    """Subject and preheader first; the text follows on the lines below them."""
    lang = material.lang
    subject = headline(material, room(SUBJECT, lang))
    preheader = sentences(material, room(PREHEADER, lang), turn=1)
    body = sentences(material, BODY[lang])
    if not (subject and preheader and body):
        return []
    own = [[Sentence(text, (), approved=True)] for text in material.request.approved_texts[:1]]
    greeting, closing = fixed(GREETING[lang]), fixed(CLOSING[lang])
    return [[subject, preheader, greeting, *_to_readers(material), body, *own, closing]]


def _to_readers(material: Material) -> list[Line]:
    """What holds for each of them, one sentence: a letter is about the product."""
    texts = material.request.audience_texts[:1]
    return [[Sentence(text, (fact_id,), approved=True)] for fact_id, text in texts]


def sms(material: Material) -> list[list[Line]]:
    """One message that is sent, and paid, once."""
    lang = material.lang
    ending = fixed(OPT_OUT[lang])
    opening = [sentence for line in _to_readers(material) for sentence in line]
    for most in SMS[lang]:
        for begun in (opening, []) if opening else ([],):
            left = most - len(OPT_OUT[lang]) - 1 - len(joined(begun, lang))
            said = sentences(material, left)
            if said and sms_segments(joined(begun + said + ending, lang)) == 1:
                return [[begun + said + ending]]
    return []

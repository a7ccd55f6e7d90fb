"""The composer with what the shop's reviewers taught it."""

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import replace

from aiassist.copywriting.composer import VERSION
from aiassist.copywriting.engine import Answer, CopyRequest, DraftText, Sentence
from aiassist.copywriting.engines.composer import ComposerEngine
from aiassist.copywriting.guard import check
from aiassist.copywriting.learning.models import Lesson, LessonKind
from aiassist.copywriting.learning.phrases import weight_of
from aiassist.copywriting.learning.rows import policy_of
from aiassist.copywriting.learning.wordings import has, put
from ecomportal.tenancy.models import Merchant


class LearntComposer(ComposerEngine):
    """Chooses phrases by the weights of the lessons, then puts the shop's wordings in."""

    def __init__(self, lessons: Sequence[Lesson]) -> None:
        self.lessons = list(lessons)
        self.version = f"{VERSION}.{_digest(self.lessons)}" if self.lessons else VERSION

    @classmethod
    def of(cls, merchant: Merchant) -> "LearntComposer":
        return cls(merchant.lessons.filter(is_on=True).order_by("pk"))

    def generate(
        self, requests: Sequence[CopyRequest], *, check: Callable[[], None] | None = None
    ) -> list[Answer]:
        weighted = [
            replace(one, phrase_weights=self.weights_for(one.lang, one.tone)) for one in requests
        ]
        answers = super().generate(weighted, check=check)
        return [
            self.worded(answer, request) if isinstance(answer, DraftText) else answer
            for answer, request in zip(answers, requests, strict=True)
        ]

    def weights_for(self, lang: str, tone: str) -> tuple[tuple[str, float], ...]:
        return tuple(
            (one.words, weight_of(one.n_kept, one.n_changed))
            for one in self.lessons
            if (one.kind, one.language, one.tone) == (LessonKind.PHRASE, lang, tone)
        )

    def worded(self, answer: DraftText, request: CopyRequest) -> DraftText:
        """With the shop's wordings, each kept only if the guard has nothing more to say."""
        answer = replace(answer, engine_version=self.version)
        for lesson in self.lessons:
            if (lesson.kind, lesson.language) == (LessonKind.WORDING, request.lang):
                answer = _with_wording(answer, request, lesson)
        return answer


def _with_wording(answer: DraftText, request: CopyRequest, lesson: Lesson) -> DraftText:
    stated = " ".join([request.name, request.brand, *(fact.value for fact in request.facts)])
    if has(stated, lesson.words):
        return answer  # what a fact says stays as the fact says it
    sentences = tuple(one if one.approved else _reworded(one, lesson) for one in answer.sentences)
    if sentences == answer.sentences:
        return answer
    joint = "\n" if request.field == "bullets" else ("" if request.lang == "zh" else " ")
    text = joint.join(one.text for one in sentences)
    too_long = request.max_chars and len(text) > request.max_chars
    if too_long or _n_blocking(text, request) > _n_blocking(answer.text, request):
        return answer
    return replace(answer, sentences=sentences, text=text)


def _reworded(sentence: Sentence, lesson: Lesson) -> Sentence:
    return replace(sentence, text=put(sentence.text, lesson.words, lesson.instead))


def _n_blocking(text: str, request: CopyRequest) -> int:
    found = check(text, request.facts, _policy(request))
    return sum(finding.level == "block" for finding in found)


def _policy(request: CopyRequest) -> object:
    return replace(policy_of(request), approved_texts=request.approved_texts)


def _digest(lessons: Sequence[Lesson]) -> str:
    """Names the state of the lessons, so that a text tells which of them it was written with."""
    told = [(one.words, one.instead, one.n_kept, one.n_changed) for one in lessons]
    return hashlib.sha256(repr(told).encode()).hexdigest()[:6]

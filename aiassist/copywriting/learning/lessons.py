"""Learn from the newest reviews, and let a person take back or renew what was learnt."""

from typing import Any

from django.utils import timezone

from aiassist.copywriting.composer import NAME
from aiassist.copywriting.learning import phrases, wordings
from aiassist.copywriting.learning.models import Lesson, LessonKind
from aiassist.copywriting.learning.rows import training_rows
from aiassist.copywriting.models import Draft
from ecomportal.tenancy.models import Merchant, User

NEWEST = 2000  # reviews looked at; older ones tell of an older taste


def reviewed(merchant: Merchant) -> list[Draft]:
    rows = training_rows(merchant).filter(engine=NAME).order_by("-reviewed_at", "pk")
    return list(rows.only("language", "tone", "text", "final_text", "sentences", "facts")[:NEWEST])


def learn(merchant: Merchant) -> int:
    """Bring the lessons up to date with the reviews; returns how many hold.

    What a person took back stays taken back; what the reviews no longer show goes.
    """
    drafts = reviewed(merchant)
    found = [_phrase(merchant, key, n) for key, n in phrases.counted(drafts).items()]
    found += [_wording(merchant, key, n) for key, n in wordings.counted(drafts).items()]
    found = [lesson for lesson in found if lesson is not None]
    held = {_key(lesson): lesson for lesson in merchant.lessons.all()}
    shown = {_key(lesson) for lesson in found}
    gone = [one.pk for key, one in held.items() if key not in shown and one.decided_at is None]
    merchant.lessons.filter(pk__in=gone).delete()
    Lesson.objects.bulk_create(
        found,
        update_conflicts=True,
        unique_fields=["merchant", "kind", "language", "tone", "words", "instead"],
        update_fields=["n_kept", "n_changed", "updated_at"],
    )
    return merchant.lessons.filter(is_on=True).count()


def _key(lesson: Lesson) -> tuple[str, ...]:
    return (lesson.kind, lesson.language, lesson.tone, lesson.words, lesson.instead)


def _phrase(merchant: Merchant, key: Any, n: tuple[int, int]) -> Lesson | None:
    (lang, tone, words), (n_kept, n_changed) = key, n
    if n_changed < phrases.FEWEST_CHANGED or len(words) > 200:
        return None
    return Lesson(
        merchant=merchant, kind=LessonKind.PHRASE, language=lang, tone=tone, words=words,
        n_kept=n_kept, n_changed=n_changed,
    )  # fmt: skip


def _wording(merchant: Merchant, key: Any, n: tuple[int, int]) -> Lesson | None:
    """A wording holds when the words were replaced more often than left."""
    (lang, words, instead), (n_kept, n_changed) = key, n
    if n_changed <= n_kept:
        return None
    return Lesson(
        merchant=merchant, kind=LessonKind.WORDING, language=lang, words=words, instead=instead,
        n_kept=n_kept, n_changed=n_changed,
    )  # fmt: skip


def decide(lesson: Lesson, user: User, *, is_on: bool) -> None:
    """Take a lesson back, or let it hold again. The decision outlives the next learning."""
    lesson.is_on, lesson.decided_by, lesson.decided_at = is_on, user, timezone.now()
    lesson.save(update_fields=["is_on", "decided_by", "decided_at"])

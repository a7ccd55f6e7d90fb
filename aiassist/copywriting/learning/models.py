"""What was learnt from reviews, and the texts that a trained model is judged by."""

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from aiassist.copywriting.models import Tone
from catalog.products.models import Product
from ecomportal.ids import uuid7
from ecomportal.tenancy.models import Merchant, TenantModel, User

LANGUAGES = [("en", "English"), ("zh", "中文")]


class LessonKind(models.TextChoices):
    PHRASE = "phrase", _("Phrase")
    WORDING = "wording", _("Wording")


class Lesson(TenantModel):
    """One thing that reviewers showed the composer. It holds until a person takes it back.

    A phrase is a pattern of the composer's that reviewers left (`n_kept`) or cut and rewrote
    (`n_changed`); a wording says that they write `instead` where the composer writes `words`.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    merchant = models.ForeignKey(Merchant, models.CASCADE, related_name="lessons")
    kind = models.CharField(_("kind"), max_length=10, choices=LessonKind.choices)
    language = models.CharField(_("language"), max_length=2, choices=LANGUAGES)
    tone = models.CharField(_("tone"), max_length=20, choices=Tone.choices, blank=True)
    words = models.CharField(_("words"), max_length=200)
    instead = models.CharField(_("instead"), max_length=200, blank=True)
    n_kept = models.PositiveIntegerField(_("left as written"), default=0)
    n_changed = models.PositiveIntegerField(_("cut or rewritten"), default=0)
    is_on = models.BooleanField(_("holds"), default=True)
    decided_by = models.ForeignKey(User, models.SET_NULL, null=True, blank=True, related_name="+")
    decided_at = models.DateTimeField(null=True, blank=True)
    updated_at = models.DateTimeField(_("learnt"), default=timezone.now)

    class Meta:
        verbose_name = _("lesson")
        verbose_name_plural = _("lessons")
        constraints = [
            models.UniqueConstraint(
                fields=["merchant", "kind", "language", "tone", "words", "instead"],
                name="lesson_once",
            ),
            models.CheckConstraint(condition=Q(kind__in=LessonKind.values), name="lesson_kind"),
        ]

    def __str__(self) -> str:
        return f"{self.words} → {self.instead}" if self.instead else self.words


class FrozenCase(TenantModel):
    """A product as it was when it was set aside to judge models by. It is never trained on."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    merchant = models.ForeignKey(Merchant, models.CASCADE, related_name="frozen_cases")
    product = models.ForeignKey(Product, models.CASCADE, related_name="+", db_constraint=False)
    language = models.CharField(_("language"), max_length=2, choices=LANGUAGES)
    tone = models.CharField(_("tone"), max_length=20, choices=Tone.choices)
    facts = models.JSONField(default=list)  # as in Draft.facts
    created_at = models.DateTimeField(_("set aside"), default=timezone.now)

    class Meta:
        verbose_name = _("frozen case")
        verbose_name_plural = _("frozen cases")
        constraints = [
            models.UniqueConstraint(fields=["product", "language"], name="frozen_once"),
        ]

    def __str__(self) -> str:
        return f"{self.product_id} ({self.language})"

"""A shop's terms, and each edit of them with its way back."""

from django.db import models
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from ecomportal.ids import uuid7
from ecomportal.said import SaidField
from ecomportal.tenancy.models import Merchant, TenantModel, User

TERM_MAX = 120  # characters


class TermKind(models.TextChoices):
    TERM = "term", _("Term: written as on the other side")
    KEEP = "keep", _("Not translated")
    BRAND = "brand", _("Brand: spelt exactly so")


class GlossaryTerm(TenantModel):
    """What one thing is called in both languages. What is not translated has one wording twice."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    merchant = models.ForeignKey(Merchant, models.CASCADE, related_name="glossary_terms")
    kind = models.CharField(_("kind"), max_length=10, choices=TermKind.choices, default="term")
    en = models.CharField(_("English"), max_length=TERM_MAX)
    zh = models.CharField(_("Chinese"), max_length=TERM_MAX)
    note = models.CharField(_("note"), max_length=200, blank=True)
    updated_at = models.DateTimeField(_("changed"), default=timezone.now)

    class Meta:
        verbose_name = _("glossary term")
        verbose_name_plural = _("glossary terms")
        constraints = [
            models.UniqueConstraint("merchant", Lower("en"), name="term_once"),
            models.CheckConstraint(condition=models.Q(kind__in=TermKind.values), name="term_kind"),
        ]

    def __str__(self) -> str:
        return f"{self.en} · {self.zh}"


class GlossaryEdit(TenantModel):
    """What an edit or an import of terms did: `before` and `after` are terms by id, None where
    there was or is none."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    merchant = models.ForeignKey(Merchant, models.CASCADE, related_name="glossary_edits")
    title = SaidField(_("title"))
    before = models.JSONField(default=dict)
    after = models.JSONField(default=dict)
    created_by = models.ForeignKey(User, models.SET_NULL, null=True, blank=True, related_name="+")
    created_at = models.DateTimeField(default=timezone.now)
    undone_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("edit of the glossary")
        verbose_name_plural = _("edits of the glossary")
        indexes = [models.Index(fields=["merchant", "-created_at"], name="glossaryedit_by_time")]

    def __str__(self) -> str:
        return str(self.title)

"""Drafts of product texts, and the sentences a merchant approved for use as they stand."""

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from catalog.products.changes import Change
from catalog.products.models import CopyKind, Product, TextField
from ecomportal.ids import uuid7
from ecomportal.jobs.models import Job
from ecomportal.said import Said, said
from ecomportal.tenancy.models import Merchant, TenantModel, User


class DraftStatus(models.TextChoices):
    WAITING = "waiting", _("Waiting for review")
    APPROVED = "approved", _("Approved")
    REJECTED = "rejected", _("Rejected")
    SUPERSEDED = "superseded", _("Replaced by a newer draft")


class Tone(models.TextChoices):
    CONVERSATIONAL = "conversational", _("Conversational")
    FORMAL = "formal", _("Formal")
    PLAYFUL = "playful", _("Playful")
    PERSUASIVE = "persuasive", _("Persuasive")
    EXPERT = "expert", _("Expert")


# The alternative text of a picture stands with the picture, every other kind with the product.
ALT_TEXT = "alt_text"
KINDS = [*TextField.choices, *CopyKind.choices, (ALT_TEXT, _("Alternative text"))]


class Draft(TenantModel):
    """A text that an engine wrote and no customer sees until a person approves it.

    `sentences` is [{"text", "fact_ids", "approved"}]; `facts` is what the engine was given, so
    that a claim can be traced even after the fact changed; `findings` is the guard's answer.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    merchant = models.ForeignKey(Merchant, models.CASCADE, related_name="drafts")
    product = models.ForeignKey(Product, models.CASCADE, related_name="drafts", db_constraint=False)
    product_version = models.PositiveIntegerField()
    job = models.ForeignKey(
        Job, models.SET_NULL, null=True, blank=True, related_name="drafts", db_constraint=False
    )
    language = models.CharField(max_length=2, choices=[("en", "English"), ("zh", "中文")])
    field = models.CharField(max_length=20, choices=KINDS)
    picture = models.UUIDField(null=True, blank=True)  # the one an alternative text is for
    tone = models.CharField(max_length=20, choices=Tone.choices)
    channel = models.CharField(max_length=30, blank=True)
    seed = models.BigIntegerField(default=0)
    source_text = models.TextField(blank=True, default="")  # what it translates, if it does
    # Whom it is for: the segment and what held for it when this was written.
    audience = models.JSONField(_("audience"), default=dict, blank=True)
    sentences = models.JSONField(default=list)
    text = models.TextField()
    facts = models.JSONField(default=list)
    left_out = models.JSONField(default=list)
    findings = models.JSONField(default=list)
    n_blocking = models.PositiveSmallIntegerField(default=0)
    n_warnings = models.PositiveSmallIntegerField(default=0)
    engine = models.CharField(max_length=60)
    engine_version = models.CharField(max_length=200)  # names the model too
    prompt_version = models.CharField(max_length=40, blank=True, default="")
    # What was asked, of which engine and with which prompt; the same again needs no writing.
    request_key = models.CharField(max_length=64, blank=True, default="")
    tokens_in = models.PositiveIntegerField(default=0)
    tokens_out = models.PositiveIntegerField(default=0)
    cost_micros = models.BigIntegerField(default=0)  # millionths of the shop's currency
    status = models.CharField(
        max_length=12, choices=DraftStatus.choices, default=DraftStatus.WAITING
    )
    final_text = models.TextField(blank=True)  # what was approved, if it was edited
    edit_distance = models.PositiveIntegerField(null=True, blank=True)
    reject_reason = models.CharField(max_length=300, blank=True)
    override_reason = models.CharField(max_length=300, blank=True)
    reviewed_by = models.ForeignKey(User, models.SET_NULL, null=True, blank=True, related_name="+")
    reviewed_at = models.DateTimeField(null=True, blank=True)
    change = models.ForeignKey(
        Change, models.SET_NULL, null=True, blank=True, related_name="drafts", db_constraint=False
    )
    version = models.PositiveIntegerField(default=1)
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name = _("draft")
        verbose_name_plural = _("drafts")
        constraints = [
            models.UniqueConstraint(
                fields=["product", "language", "field", "picture"],
                condition=Q(status="waiting"),
                nulls_distinct=False,
                name="draft_waiting_once",
            ),
            models.CheckConstraint(condition=Q(status__in=DraftStatus.values), name="draft_status"),
        ]
        indexes = [
            models.Index(fields=["merchant", "status", "created_at", "id"], name="draft_queue"),
            models.Index(fields=["merchant", "product", "-created_at"], name="draft_of_product"),
            models.Index(
                fields=["merchant", "request_key"],
                condition=~Q(request_key=""),
                name="draft_same_request",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.product_id} {self.field} ({self.language})"

    def name(self) -> Said:
        """Which text it is, for whoever reads of it later."""
        return said(
            "%(field)s of “%(product)s” (%(language)s)",
            field=dict(KINDS)[self.field],
            product=self.product.title,
            language=self.get_language_display(),
        )


class ApprovedText(TenantModel):
    """A sentence the merchant stands behind, such as a delivery promise, usable in any draft."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    merchant = models.ForeignKey(Merchant, models.CASCADE, related_name="approved_texts")
    language = models.CharField(max_length=2, choices=[("en", "English"), ("zh", "中文")])
    text = models.CharField(_("sentence"), max_length=300)
    created_by = models.ForeignKey(User, models.SET_NULL, null=True, blank=True, related_name="+")
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name = _("approved sentence")
        verbose_name_plural = _("approved sentences")
        constraints = [
            models.UniqueConstraint(fields=["merchant", "language", "text"], name="approved_once")
        ]

    def __str__(self) -> str:
        return self.text

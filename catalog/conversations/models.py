"""Conversations with customers, their utterances, and what the shop answers from."""

from django.db import models
from django.db.models.functions import Now
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from catalog.orders.models import Customer, Order
from ecomportal.ids import uuid7
from ecomportal.tenancy.models import Merchant, TenantModel


class Conversation(TenantModel):
    class Status(models.TextChoices):
        OPEN = "open", _("Open")
        CLOSED = "closed", _("Closed")
        HANDED_OFF = "handed_off", _("Handed off")

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    merchant = models.ForeignKey(Merchant, models.CASCADE, related_name="conversations")
    external_id = models.CharField(max_length=120)
    channel = models.CharField(_("channel"), max_length=20, default="web")
    language = models.CharField(_("language"), max_length=10, blank=True)
    customer = models.ForeignKey(
        Customer, models.SET_NULL, null=True, related_name="conversations", db_constraint=False
    )
    order = models.ForeignKey(
        Order, models.SET_NULL, null=True, related_name="conversations", db_constraint=False
    )
    status = models.CharField(
        _("status"), max_length=12, choices=Status.choices, default=Status.OPEN
    )
    csat = models.PositiveSmallIntegerField(_("satisfaction"), null=True, blank=True)
    started_at = models.DateTimeField(_("started"))
    ended_at = models.DateTimeField(_("ended"), null=True, blank=True)
    # Raised by triggers at every write of it or of its reading.
    changed_at = models.DateTimeField(_("changed"), default=timezone.now, db_default=Now())

    class Meta:
        verbose_name = _("conversation")
        verbose_name_plural = _("conversations")
        constraints = [
            models.UniqueConstraint(fields=["merchant", "external_id"], name="conversation_once")
        ]
        indexes = [
            models.Index(fields=["merchant", "-started_at", "-id"], name="conversation_by_time"),
            models.Index(fields=["merchant", "changed_at"], name="conversation_by_change"),
        ]

    def __str__(self) -> str:
        return self.external_id


class Utterance(TenantModel):
    class Speaker(models.TextChoices):
        CUSTOMER = "customer", _("Customer")
        BOT = "bot", _("Bot")
        AGENT = "agent", _("Agent")

    id = models.BigAutoField(primary_key=True)
    merchant = models.ForeignKey(Merchant, models.CASCADE, related_name="utterances")
    conversation = models.ForeignKey(
        Conversation, models.CASCADE, related_name="utterances", db_constraint=False
    )
    external_id = models.CharField(max_length=120)
    position = models.PositiveIntegerField()
    speaker = models.CharField(max_length=10, choices=Speaker.choices)
    text = models.TextField()
    at = models.DateTimeField()

    class Meta:
        verbose_name = _("utterance")
        verbose_name_plural = _("utterances")
        constraints = [
            models.UniqueConstraint(fields=["conversation", "external_id"], name="utterance_once"),
        ]
        indexes = [
            models.Index(fields=["merchant", "conversation", "position"], name="utterance_order")
        ]

    def __str__(self) -> str:
        return self.text[:60]


class Policy(TenantModel):
    """A rule of the shop in its own words, such as who may promise a refund."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    merchant = models.ForeignKey(Merchant, models.CASCADE, related_name="policies")
    topic = models.CharField(_("topic"), max_length=60)
    language = models.CharField(_("language"), max_length=2, default="en")
    text = models.TextField(_("rule"))
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name = _("policy")
        verbose_name_plural = _("policies")

    def __str__(self) -> str:
        return self.text[:60]


class FaqArticle(TenantModel):
    """A question customers ask and the passage the bot may quote."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    merchant = models.ForeignKey(Merchant, models.CASCADE, related_name="faq_articles")
    language = models.CharField(_("language"), max_length=2)
    question = models.CharField(_("question"), max_length=300)
    answer = models.TextField(_("answer"))
    url = models.CharField(_("link"), max_length=300, blank=True)
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name = _("FAQ article")
        verbose_name_plural = _("FAQ articles")

    def __str__(self) -> str:
        return self.question

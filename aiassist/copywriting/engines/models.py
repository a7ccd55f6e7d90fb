"""Which engine a shop writes with, what it may spend, how it speaks, and what it has spent."""

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from ecomportal.ids import uuid7
from ecomportal.jobs.models import Job
from ecomportal.tenancy.models import Merchant, TenantModel, User

MICROS = 1_000_000  # of a unit of money: a single text may cost a hundredth of a cent


class EngineName(models.TextChoices):
    COMPOSER = "composer", _("Composer")
    OPENAI = "openai", _("Model server")
    LOCAL = "local", _("Model on this machine")


class EngineChoice(TenantModel):
    """The text engine of a shop. Limits that are empty do not limit."""

    merchant = models.OneToOneField(
        Merchant, models.CASCADE, related_name="text_engine", primary_key=True
    )
    engine = models.CharField(
        _("engine"), max_length=10, choices=EngineName.choices, default=EngineName.COMPOSER
    )
    base_url = models.CharField(_("address of the server"), max_length=300, blank=True)
    model = models.CharField(_("model"), max_length=200, blank=True)
    # Sealed with the site's secret; nothing shows it again. See ecomportal/sealed.py.
    sealed_key = models.TextField(blank=True, editable=False)
    key_set_at = models.DateTimeField(null=True, blank=True, editable=False)
    local_model = models.CharField(_("model on this machine"), max_length=300, blank=True)
    prompt_version = models.CharField(_("prompt"), max_length=20, blank=True)  # "" is the newest
    timeout_seconds = models.PositiveSmallIntegerField(_("seconds to wait"), default=60)
    n_in_flight = models.PositiveSmallIntegerField(_("requests at once"), default=16)

    # What a million tokens costs, in millionths of the shop's currency.
    price_in_micros = models.BigIntegerField(_("price of a million tokens read"), default=0)
    price_out_micros = models.BigIntegerField(_("price of a million tokens written"), default=0)
    job_tokens = models.BigIntegerField(_("tokens a job"), null=True, blank=True)
    day_tokens = models.BigIntegerField(_("tokens a day"), null=True, blank=True)
    job_micros = models.BigIntegerField(_("money a job"), null=True, blank=True)
    day_micros = models.BigIntegerField(_("money a day"), null=True, blank=True)

    voice_examples = models.JSONField(_("texts you like"), default=list, blank=True)
    words_use = models.JSONField(_("words to use"), default=list, blank=True)
    words_avoid = models.JSONField(_("words to avoid"), default=list, blank=True)

    updated_at = models.DateTimeField(default=timezone.now)
    updated_by = models.ForeignKey(User, models.SET_NULL, null=True, blank=True, related_name="+")

    class Meta:
        verbose_name = _("text engine")
        verbose_name_plural = _("text engines")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(engine__in=EngineName.values), name="engine_choice_name"
            )
        ]

    def __str__(self) -> str:
        return f"{self.get_engine_display()} {self.model or self.local_model}".strip()


class TextSpend(TenantModel):
    """What one job, or the trials of one day, spent on texts; `held` is promised, not spent yet."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    merchant = models.ForeignKey(Merchant, models.CASCADE, related_name="text_spend")
    day = models.DateField(_("day"))
    job = models.ForeignKey(
        Job, models.SET_NULL, null=True, blank=True, related_name="text_spend", db_constraint=False
    )
    n_calls = models.PositiveIntegerField(_("requests"), default=0)
    tokens_in = models.BigIntegerField(_("tokens read"), default=0)
    tokens_out = models.BigIntegerField(_("tokens written"), default=0)
    cost_micros = models.BigIntegerField(_("cost"), default=0)
    held_tokens = models.BigIntegerField(default=0)
    held_micros = models.BigIntegerField(default=0)

    class Meta:
        verbose_name = _("spending on texts")
        verbose_name_plural = _("spending on texts")
        constraints = [
            models.UniqueConstraint(
                fields=["merchant", "day", "job"], name="spend_once", nulls_distinct=False
            )
        ]
        indexes = [models.Index(fields=["merchant", "job"], name="spend_of_job")]

    def __str__(self) -> str:
        return f"{self.day}: {self.tokens_in + self.tokens_out}"

"""A standing order for drafts, and how much of it was used today."""

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from aiassist.copywriting.models import Tone
from catalog.products.models import Category
from ecomportal.ids import uuid7
from ecomportal.said import SaidField
from ecomportal.tenancy.models import Merchant, TenantModel, User

FACTS_MAX = 30
DAILY_MAX = 10_000


class DraftRule(TenantModel):
    """When a product arrives with enough facts, draft these texts. Drafts only: a person decides.

    `day` and `n_today` count the products of one day, in the shop's time zone.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    merchant = models.ForeignKey(Merchant, models.CASCADE, related_name="draft_rules")
    name = models.CharField(_("name"), max_length=80)
    category = models.ForeignKey(
        Category, models.SET_NULL, null=True, blank=True, related_name="+", db_constraint=False,
        verbose_name=_("category"),
    )  # fmt: skip
    product_type = models.CharField(_("type"), max_length=120, blank=True)
    languages = models.JSONField(_("languages"), default=list)
    fields = models.JSONField(_("texts"), default=list)
    tone = models.CharField(
        _("tone"), max_length=20, choices=Tone.choices, default="conversational"
    )
    min_facts = models.PositiveSmallIntegerField(
        _("confirmed facts, at least"), default=4,
        validators=[MinValueValidator(2), MaxValueValidator(FACTS_MAX)],
    )  # fmt: skip
    daily_limit = models.PositiveIntegerField(
        _("products a day, at most"), default=200,
        validators=[MinValueValidator(1), MaxValueValidator(DAILY_MAX)],
    )  # fmt: skip
    is_on = models.BooleanField(_("is on"), default=True)
    day = models.DateField(null=True, blank=True)
    n_today = models.PositiveIntegerField(default=0)
    last_run_at = models.DateTimeField(null=True, blank=True)
    last_result = SaidField(blank=True, default="")
    created_by = models.ForeignKey(User, models.SET_NULL, null=True, blank=True, related_name="+")
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name = _("rule for drafts")
        verbose_name_plural = _("rules for drafts")
        indexes = [models.Index(fields=["merchant", "created_at"], name="draftrule_by_time")]

    def __str__(self) -> str:
        return self.name

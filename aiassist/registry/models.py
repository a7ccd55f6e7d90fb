"""Versions of what was trained for a shop: what each learnt from, how it did, which one serves."""

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from ecomportal.ids import uuid7
from ecomportal.jobs.models import Job
from ecomportal.said import SaidField
from ecomportal.tenancy.models import Merchant, TenantModel, User


class ModelKind(models.TextChoices):
    COPY_ADAPTER = "copy_adapter", _("Manner of writing")
    CLV = "clv", _("Customer value")
    PERSONAS = "personas", _("Personas")


class ModelState(models.TextChoices):
    CANDIDATE = "candidate", _("Being tried")
    SERVING = "serving", _("In use")
    RETIRED = "retired", _("Used before")
    REFUSED = "refused", _("Refused")


class ModelVersion(TenantModel):
    """One trained artefact. `folder` lies under settings.MODELS_ROOT; `sha256` is of its weights.

    `data` says what it was trained on (a hash, counts), `metrics` how it and the version before
    did on what neither had seen, `reason` why the gate let it pass or not.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    merchant = models.ForeignKey(Merchant, models.CASCADE, related_name="model_versions")
    kind = models.CharField(_("kind"), max_length=20, choices=ModelKind.choices)
    n = models.PositiveIntegerField(_("version"))
    state = models.CharField(
        _("state"), max_length=10, choices=ModelState.choices, default=ModelState.CANDIDATE
    )
    base = models.CharField(_("made for"), max_length=300, blank=True)
    folder = models.CharField(max_length=200, blank=True)
    sha256 = models.CharField(max_length=64, blank=True)
    data = models.JSONField(default=dict, blank=True)
    config = models.JSONField(default=dict, blank=True)
    metrics = models.JSONField(default=dict, blank=True)
    reason = SaidField(_("reason"), blank=True, default="")
    job = models.ForeignKey(
        Job, models.SET_NULL, null=True, blank=True, related_name="model_versions",
        db_constraint=False,
    )  # fmt: skip
    previous = models.ForeignKey(
        "self", models.SET_NULL, null=True, blank=True, related_name="+", db_constraint=False
    )
    created_by = models.ForeignKey(User, models.SET_NULL, null=True, blank=True, related_name="+")
    created_at = models.DateTimeField(_("trained"), default=timezone.now)
    promoted_at = models.DateTimeField(_("in use since"), null=True, blank=True)
    broken_at = models.DateTimeField(_("found broken"), null=True, blank=True)

    class Meta:
        verbose_name = _("model version")
        verbose_name_plural = _("model versions")
        constraints = [
            models.UniqueConstraint(fields=["merchant", "kind", "n"], name="version_once"),
            models.UniqueConstraint(
                fields=["merchant", "kind"], condition=Q(state="serving"), name="version_serving"
            ),
            models.CheckConstraint(condition=Q(state__in=ModelState.values), name="version_state"),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.n}"

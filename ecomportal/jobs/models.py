"""A job and its items: the rows are the truth, the broker only rings."""

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from ecomportal.ids import uuid7
from ecomportal.said import SaidField, told
from ecomportal.tenancy.models import Merchant, TenantModel, User


class JobStatus(models.TextChoices):
    QUEUED = "queued", _("Queued")
    RUNNING = "running", _("Running")
    DONE = "done", _("Done")
    FAILED = "failed", _("Failed")
    DEAD = "dead", _("Given up")
    CANCELLED = "cancelled", _("Cancelled")


LIVE = [JobStatus.QUEUED, JobStatus.RUNNING]


class Job(TenantModel):
    """One long piece of work for one shop.

    `lease_token` fences: whoever writes for the job first checks, in the same transaction,
    that the token is still the one its claim was given.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    merchant = models.ForeignKey(Merchant, models.CASCADE, related_name="jobs")
    kind = models.CharField(_("kind"), max_length=40)
    title = SaidField(_("title"))
    queue = models.CharField(max_length=20, default="fast")
    status = models.CharField(
        _("status"), max_length=10, choices=JobStatus.choices, default=JobStatus.QUEUED
    )
    params = models.JSONField(default=dict, blank=True)
    params_version = models.PositiveSmallIntegerField(default=1)
    dedupe_key = models.CharField(max_length=120, blank=True)

    n_total = models.PositiveIntegerField(_("rows"), default=0)
    n_done = models.PositiveIntegerField(_("done"), default=0)
    n_failed = models.PositiveIntegerField(_("failed"), default=0)
    phase = SaidField(_("phase"), blank=True)
    log = models.JSONField(default=list, blank=True)  # [{"at", "text"}], the newest last
    result = models.JSONField(default=dict, blank=True)
    error = SaidField(_("what went wrong"), blank=True)
    error_code = models.CharField(max_length=40, blank=True)
    error_detail = models.TextField(blank=True)

    n_claims = models.PositiveIntegerField(default=0)
    n_stalls = models.PositiveSmallIntegerField(default=0)
    done_at_claim = models.PositiveIntegerField(default=0)
    lease_token = models.UUIDField(null=True, blank=True)
    lease_until = models.DateTimeField(null=True, blank=True)
    worker = models.CharField(max_length=120, blank=True)
    rung_at = models.DateTimeField(null=True, blank=True)
    n_rings = models.PositiveSmallIntegerField(default=0)
    cancel_requested = models.BooleanField(default=False)

    created_by = models.ForeignKey(User, models.SET_NULL, null=True, blank=True, related_name="+")
    created_at = models.DateTimeField(_("asked for"), default=timezone.now)
    started_at = models.DateTimeField(_("started"), null=True, blank=True)
    finished_at = models.DateTimeField(_("finished"), null=True, blank=True)

    class Meta:
        verbose_name = _("job")
        verbose_name_plural = _("jobs")
        constraints = [
            models.UniqueConstraint(
                fields=["merchant", "kind", "dedupe_key"],
                condition=Q(status__in=["queued", "running"]) & ~Q(dedupe_key=""),
                name="job_once_while_live",
            ),
            models.CheckConstraint(condition=Q(status__in=JobStatus.values), name="job_status"),
        ]
        indexes = [
            models.Index(fields=["merchant", "-created_at"], name="job_by_time"),
            models.Index(
                fields=["status", "created_at"], condition=Q(status__in=LIVE), name="job_live"
            ),
        ]

    def __str__(self) -> str:
        return str(self.title or self.kind)

    @property
    def is_finished(self) -> bool:
        return self.status not in LIVE

    @property
    def result_text(self) -> str:
        """What came of it, in the reader's words."""
        return str(told(self.result.get("text", "")))

    @property
    def percent(self) -> int:
        if self.status == JobStatus.DONE:
            return 100
        return min(99, 100 * (self.n_done + self.n_failed) // self.n_total) if self.n_total else 0


class JobItem(TenantModel):
    """One unit of a bulk job, so that the job resumes where it stopped."""

    class Status(models.TextChoices):
        PENDING = "pending", _("Waiting")
        DONE = "done", _("Done")
        FAILED = "failed", _("Failed")
        SKIPPED = "skipped", _("Held")

    id = models.BigAutoField(primary_key=True)
    merchant = models.ForeignKey(Merchant, models.CASCADE, related_name="+")
    job = models.ForeignKey(Job, models.CASCADE, related_name="items", db_constraint=False)
    n = models.PositiveIntegerField()
    subject_id = models.CharField(max_length=64)
    payload = models.JSONField(default=dict, blank=True)
    status = models.CharField(max_length=10, choices=Status.choices, default=Status.PENDING)
    output = models.JSONField(default=dict, blank=True)
    error = SaidField(blank=True)
    n_attempts = models.PositiveSmallIntegerField(default=0)

    class Meta:
        verbose_name = _("item of a job")
        verbose_name_plural = _("items of jobs")
        constraints = [models.UniqueConstraint(fields=["job", "n"], name="jobitem_once")]
        indexes = [
            models.Index(
                fields=["job", "n"], condition=Q(status="pending"), name="jobitem_pending"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.n}: {self.subject_id}"

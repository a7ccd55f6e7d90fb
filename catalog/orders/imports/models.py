"""A file of customers, orders or interactions on its way into a shop, and what it states."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from catalog.products.imports.models import FileRun
from ecomportal.tenancy.models import Merchant, TenantModel


class Subject(models.TextChoices):
    """What one row of a run is; an order may have many lines of its file."""

    CUSTOMERS = "customers", _("Customers")
    ORDERS = "orders", _("Orders")
    INTERACTIONS = "interactions", _("Interactions")


class IntakeRun(FileRun):
    merchant = models.ForeignKey(Merchant, models.CASCADE, related_name="intake_runs")
    subject = models.CharField(_("kind"), max_length=12, choices=Subject.choices)
    # Of the set of column names: the next file with the same ones is read as this one was.
    header_key = models.CharField(_("digest of the columns"), max_length=64)
    notes = models.JSONField(_("counts"), default=dict)  # what the dry run counted beside its rows
    # The import whose failed rows this one reads again.
    retry_of = models.ForeignKey(
        "self", models.SET_NULL, null=True, blank=True, related_name="retries", db_constraint=False
    )
    undone_at = models.DateTimeField(_("taken back"), null=True, blank=True)

    class Meta:
        verbose_name = _("import of customers")
        verbose_name_plural = _("imports of customers")
        indexes = [models.Index(fields=["merchant", "-created_at"], name="intake_by_time")]


class IntakeRow(TenantModel):
    """One order, customer or event of the file, or a line that names none."""

    class Undo(models.TextChoices):
        NONE = "", _("not asked for")
        DONE = "done", _("taken back")
        STAYS = "stays", _("stays")

    id = models.BigAutoField(primary_key=True)
    # The key of both together holds it to the run's merchant.
    merchant = models.ForeignKey(
        Merchant, models.CASCADE, related_name="+", db_constraint=False, db_index=False
    )
    run = models.ForeignKey(
        IntakeRun, models.CASCADE, related_name="rows", db_constraint=False, db_index=False
    )
    line = models.PositiveIntegerField()  # of the file, 1 is the header
    key = models.CharField(max_length=200, blank=True)  # the number of the order or customer
    outcome = models.CharField(max_length=10, blank=True)  # created, changed, unchanged, failed
    is_included = models.BooleanField(default=True)
    # Pieces of it until it is compared, then the whole as it will be written.
    payload = models.JSONField(default=list)
    diff = models.JSONField(default=list)  # [{"field", "before", "after"}]
    problems = models.JSONField(default=list)  # [{"code", "line", "column", ...}]
    raw = models.JSONField(default=list)  # the cells of lines that failed, contacts as hashes
    subject_id = models.UUIDField(
        _("row of the shop"), null=True
    )  # of the order or customer, before it is made too
    # When the shop's row last changed: as compared, then as written. Another time means that
    # somebody changed it since.
    seen_at = models.DateTimeField(_("changed when seen"), null=True)
    before = models.JSONField(default=dict)  # what the write replaced, to take it back
    # Who was made because an order names them.
    made_customer = models.UUIDField(_("customer made"), null=True)
    written_at = models.DateTimeField(null=True)
    undo = models.CharField(
        _("undo"), max_length=5, choices=Undo.choices, blank=True, default=Undo.NONE
    )

    class Meta:
        verbose_name = _("row of an import of customers")
        verbose_name_plural = _("rows of imports of customers")
        constraints = [
            models.UniqueConstraint(
                fields=["run", "key"], name="intakerow_once", condition=~Q(key="")
            )
        ]
        indexes = [
            models.Index(fields=["merchant", "run", "outcome", "line"], name="intakerow_of_run"),
            models.Index(fields=["run", "id"], condition=Q(written_at=None), name="intakerow_open"),
        ]

    def __str__(self) -> str:
        return f"{self.line}: {self.key}"

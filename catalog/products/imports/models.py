"""An uploaded file on its way into the catalogue, and its rows."""

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from catalog.products.changes import Change
from catalog.products.models import Product
from ecomportal.ids import uuid7
from ecomportal.jobs.models import Job
from ecomportal.tenancy.models import Merchant, TenantModel, User


class ImportState(models.TextChoices):
    UPLOADED = "uploaded", _("File read")
    COMPARING = "comparing", _("Comparing")
    READY = "ready", _("Dry run")
    WRITING = "writing", _("Writing")
    DONE = "done", _("Written")
    DISCARDED = "discarded", _("Discarded")
    FAILED = "failed", _("Failed")


class FileRun(TenantModel):
    """An uploaded table on its way into a shop, whatever its rows are."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    name = models.CharField(_("file"), max_length=200)
    file = models.CharField(max_length=200)  # path below MEDIA_ROOT
    n_bytes = models.BigIntegerField(default=0)
    sha256 = models.CharField(max_length=64)
    state = models.CharField(
        max_length=12, choices=ImportState.choices, default=ImportState.UPLOADED
    )
    dialect = models.CharField(max_length=20, blank=True)
    encoding = models.CharField(max_length=20, blank=True)
    delimiter = models.CharField(max_length=2, blank=True)
    kind = models.CharField(max_length=8, default="csv")  # csv, xlsx, xml or json
    reading = models.JSONField(default=dict)  # where the table stands in the file, see store.py
    header = models.JSONField(default=list)
    mapping = models.JSONField(default=dict)  # column name -> our field, or "" for left out
    warnings = models.JSONField(default=list)
    n_rows = models.PositiveIntegerField(default=0)
    n_created = models.PositiveIntegerField(default=0)
    n_changed = models.PositiveIntegerField(default=0)
    n_unchanged = models.PositiveIntegerField(default=0)
    n_failed = models.PositiveIntegerField(default=0)
    n_fields = models.PositiveIntegerField(default=0)
    job = models.ForeignKey(
        Job, models.SET_NULL, null=True, blank=True, related_name="+", db_constraint=False
    )
    created_by = models.ForeignKey(User, models.SET_NULL, null=True, blank=True, related_name="+")
    created_at = models.DateTimeField(default=timezone.now)
    finished_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return self.name


class ImportRun(FileRun):
    merchant = models.ForeignKey(Merchant, models.CASCADE, related_name="import_runs")
    change = models.ForeignKey(
        Change, models.SET_NULL, null=True, blank=True, related_name="+", db_constraint=False
    )
    # The import whose failed rows this one reads again.
    retry_of = models.ForeignKey(
        "self", models.SET_NULL, null=True, blank=True, related_name="retries", db_constraint=False
    )

    class Meta:
        verbose_name = _("import")
        verbose_name_plural = _("imports")
        indexes = [models.Index(fields=["merchant", "-created_at"], name="import_by_time")]


class ImportRow(TenantModel):
    """One product of the file (or one line that cannot be read), as the dry run sees it."""

    id = models.BigAutoField(primary_key=True)
    # The key of both together holds it to the run's merchant.
    merchant = models.ForeignKey(
        Merchant, models.CASCADE, related_name="+", db_constraint=False, db_index=False
    )
    run = models.ForeignKey(
        ImportRun, models.CASCADE, related_name="rows", db_constraint=False, db_index=False
    )
    line = models.PositiveIntegerField()  # of the file, 1 is the header
    handle = models.CharField(max_length=255, blank=True)
    label = models.CharField(max_length=255, blank=True)
    outcome = models.CharField(max_length=10)  # created, changed, unchanged, failed
    is_included = models.BooleanField(default=True)
    product_id = models.UUIDField(null=True, blank=True)
    product_version = models.PositiveIntegerField(default=0)
    payload = models.JSONField(default=dict)  # the product as the file states it
    # [{"field", "before", "after", "flag"}]; of a new product all is in its payload
    diff = models.JSONField(default=list)
    problems = models.JSONField(default=list)  # [{"line", "column", "message"}]
    raw = models.JSONField(default=list)  # the cells of a line that failed, for the error file
    written_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("row of an import")
        verbose_name_plural = _("rows of imports")
        indexes = [
            models.Index(fields=["merchant", "run", "outcome", "line"], name="importrow_of_run"),
            models.Index(fields=["run", "id"], condition=Q(written_at=None), name="importrow_open"),
        ]

    def __str__(self) -> str:
        return f"{self.line}: {self.label or self.handle}"


class SavedMapping(TenantModel):
    """What a person decided about the columns of a table, for the next file with the same ones."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    merchant = models.ForeignKey(Merchant, models.CASCADE, related_name="saved_mappings")
    name = models.CharField(_("name"), max_length=120)
    key = models.CharField(max_length=64)  # of the set of column names, see saved.py
    dialect = models.CharField(max_length=20)
    header = models.JSONField(_("columns"), default=list)
    mapping = models.JSONField(default=dict)  # column name -> what it feeds
    reading = models.JSONField(default=dict)  # the choices beside the columns
    created_by = models.ForeignKey(User, models.SET_NULL, null=True, blank=True, related_name="+")
    created_at = models.DateTimeField(default=timezone.now)
    used_at = models.DateTimeField(_("last used"), default=timezone.now)
    n_used = models.PositiveIntegerField(_("times used"), default=0)

    class Meta:
        verbose_name = _("saved mapping")
        verbose_name_plural = _("saved mappings")
        ordering = ["-used_at"]
        constraints = [
            models.UniqueConstraint(fields=["merchant", "key"], name="savedmapping_once")
        ]

    def __str__(self) -> str:
        return self.name


class ImportedProduct(TenantModel):
    """What a file said of a product when the product last was exactly that, so that the same rows
    are known again without reading the product (see unchanged.py)."""

    product = models.OneToOneField(
        Product, models.CASCADE, primary_key=True, related_name="imported", db_constraint=False
    )
    merchant = models.ForeignKey(
        Merchant, models.CASCADE, related_name="+", db_constraint=False, db_index=False
    )
    digest = models.CharField(max_length=32)
    version = models.PositiveIntegerField()  # of the product
    remarks = models.JSONField(default=list)

    class Meta:
        verbose_name = _("imported product")
        verbose_name_plural = _("imported products")

    def __str__(self) -> str:
        return str(self.pk)

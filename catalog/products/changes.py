"""A change: a batch of rows written together, that can be taken back row by row."""

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from ecomportal.ids import uuid7
from ecomportal.jobs.models import Job
from ecomportal.said import SaidField
from ecomportal.tenancy.models import Merchant, TenantModel, User


class Change(TenantModel):
    """An import, a bulk edit, an approval or the undo of one of these."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    merchant = models.ForeignKey(Merchant, models.CASCADE, related_name="changes")
    kind = models.CharField(_("kind"), max_length=20)  # import, edit, bulk_edit, approval, undo
    title = SaidField(_("title"))
    job = models.ForeignKey(
        Job, models.SET_NULL, null=True, blank=True, related_name="changes", db_constraint=False
    )
    undoes = models.ForeignKey(
        "self",
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="undone_by",
        db_constraint=False,
    )
    created_by = models.ForeignKey(User, models.SET_NULL, null=True, blank=True, related_name="+")
    created_at = models.DateTimeField(default=timezone.now)
    undone_at = models.DateTimeField(null=True, blank=True)
    n_rows = models.PositiveIntegerField(default=0)

    class Meta:
        verbose_name = _("change")
        verbose_name_plural = _("changes")
        indexes = [models.Index(fields=["merchant", "-created_at"], name="change_by_time")]

    def __str__(self) -> str:
        return str(self.title)


class ChangeRow(TenantModel):
    """What one product was before and is after, whole or in part.

    Whole: what `snapshot` gives, a list for each part. In part: only what the change touched, with
    rows below the product by id, such as {"product": {"status": "draft"}} or {"variants": {"<id>":
    {"price_cents": 1200}}}. There null stands for a row that was not there: {"facts": {"<id>":
    null}} before and all its columns after. `before` is null for a product that was created.

    `version_after` is the product's version when the batch wrote it, after all its writes: the row
    can be taken back unless the product changed since. `version_before` is the one it found.
    """

    id = models.BigAutoField(primary_key=True)
    # The key of both together holds it to the change's merchant.
    merchant = models.ForeignKey(
        Merchant, models.CASCADE, related_name="+", db_constraint=False, db_index=False
    )
    change = models.ForeignKey(
        Change, models.CASCADE, related_name="rows", db_constraint=False, db_index=False
    )
    product_id = models.UUIDField()
    label = models.CharField(max_length=255, blank=True)
    before = models.JSONField(null=True)
    after = models.JSONField(null=True)
    version_before = models.PositiveIntegerField(default=0, db_default=0)
    version_after = models.PositiveIntegerField(default=0)
    # written, undone, conflict (an undo left it alone) or refused (the change itself did)
    state = models.CharField(max_length=10, default="written")
    why = models.CharField(max_length=20, blank=True, default="", db_default="")

    class Meta:
        verbose_name = _("row of a change")
        verbose_name_plural = _("rows of changes")
        indexes = [
            models.Index(fields=["merchant", "change", "id"], name="changerow_of_change"),
            models.Index(fields=["merchant", "product_id", "-id"], name="changerow_of_product"),
            # Those left alone or taken back; of a million rows written they are few.
            models.Index(
                fields=["merchant", "change", "state", "id"],
                condition=~models.Q(state="written"),
                name="changerow_by_state",
            ),
        ]

    def __str__(self) -> str:
        return self.label

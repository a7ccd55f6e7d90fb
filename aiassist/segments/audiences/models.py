"""What was taken out of a segment, to where, and who of it was left alone for comparison."""

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from aiassist.profiles.models import Segment
from catalog.orders.models import Customer
from ecomportal.ids import uuid7
from ecomportal.jobs.models import Job
from ecomportal.tenancy.models import Merchant, TenantModel, User


class AudienceExport(TenantModel):
    """One file of a segment's customers for one campaign.

    The counts add up: members = written + held out + without consent + without contact. The file
    is deleted when it expires; who was in it stays, so that the campaign can be measured.
    """

    class Target(models.TextChoices):
        GOOGLE = "google", _("Google Customer Match")
        META = "meta", _("Meta customer list")
        OWN = "own", _("Our own CSV")

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    merchant = models.ForeignKey(Merchant, models.CASCADE, related_name="audience_exports")
    segment = models.ForeignKey(
        Segment, models.CASCADE, related_name="audience_exports", db_constraint=False
    )
    target = models.CharField(_("target"), max_length=10, choices=Target.choices)
    campaign = models.CharField(_("campaign"), max_length=120, blank=True)
    # Of those who could be written to, chosen by chance, so that what a campaign changed is seen.
    holdout_percent = models.PositiveSmallIntegerField(_("held out, in percent"), default=0)
    job = models.ForeignKey(
        Job, models.SET_NULL, null=True, blank=True, related_name="+", db_constraint=False
    )
    n_members = models.PositiveIntegerField(_("members"), default=0)
    n_written = models.PositiveIntegerField(_("in the file"), default=0)
    n_held_out = models.PositiveIntegerField(_("held out"), default=0)
    n_no_consent = models.PositiveIntegerField(_("without consent"), default=0)
    n_no_contact = models.PositiveIntegerField(_("without contact"), default=0)
    file = models.CharField(max_length=200, blank=True)
    sha256 = models.CharField(max_length=64, blank=True)
    expires_at = models.DateTimeField(_("file until"), null=True, blank=True)
    created_by = models.ForeignKey(User, models.SET_NULL, null=True, blank=True, related_name="+")
    created_at = models.DateTimeField(_("asked for"), default=timezone.now)
    finished_at = models.DateTimeField(_("finished"), null=True, blank=True)

    class Meta:
        verbose_name = _("audience export")
        verbose_name_plural = _("audience exports")
        indexes = [models.Index(fields=["segment", "-created_at"], name="audience_of_segment")]

    def __str__(self) -> str:
        return self.campaign or self.get_target_display()

    @property
    def is_offered(self) -> bool:
        """Whether the file can still be fetched."""
        return bool(self.file and self.expires_at and self.expires_at > timezone.now())


class AudienceMember(TenantModel):
    """A customer who was in the file, or could have been and was held out."""

    merchant = models.ForeignKey(
        Merchant, models.CASCADE, related_name="audience_members", db_index=False
    )
    export = models.ForeignKey(
        AudienceExport, models.CASCADE, related_name="audience", db_constraint=False, db_index=False
    )
    customer = models.ForeignKey(
        Customer, models.CASCADE, related_name="audiences", db_constraint=False
    )
    is_held_out = models.BooleanField(_("held out"))

    class Meta:
        verbose_name = _("member of an audience")
        verbose_name_plural = _("members of audiences")
        constraints = [
            models.UniqueConstraint(fields=["export", "customer"], name="audiencemember_once")
        ]

    def __str__(self) -> str:
        return f"{self.customer_id}"

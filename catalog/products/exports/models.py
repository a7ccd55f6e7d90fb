"""What a person last left out of a file, so that she need not say it again."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _

from ecomportal.tenancy.models import Merchant, TenantModel, User


class ExportChoice(TenantModel):
    """The columns left out, not those taken: a kind of fact that comes later is in the file."""

    merchant = models.ForeignKey(Merchant, models.CASCADE, related_name="export_choices")
    user = models.ForeignKey(User, models.CASCADE, related_name="+")
    left_out = ArrayField(models.CharField(max_length=120), default=list, blank=True)

    class Meta:
        verbose_name = _("choice of columns")
        verbose_name_plural = _("choices of columns")
        constraints = [
            models.UniqueConstraint(fields=["merchant", "user"], name="export_choice_once")
        ]

    def __str__(self) -> str:
        return str(self.user)

"""What customers read and see of a product: its live texts and its pictures."""

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import MD5
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from catalog.products.models.base import KEPT_BY_PRODUCT, RAISE_VERSION, track
from catalog.products.models.products import Product
from ecomportal.ids import uuid7
from ecomportal.tenancy.models import Merchant, TenantModel, User


class TextField(models.TextChoices):
    DESCRIPTION = "description", _("Description")
    SHORT_TITLE = "short_title", _("Short title")
    BULLETS = "bullets", _("Bullet points")
    SEO_TITLE = "seo_title", _("SEO title")
    SEO_DESCRIPTION = "seo_description", _("SEO description")


class CopyKind(models.TextChoices):
    """Texts that stand beside the product's page: ads, messages, answers. One block a variant or
    a question, blocks parted by an empty line, each part of a block on a line of its own."""

    AD_GOOGLE = "ad_google", _("Google search ad")
    AD_META = "ad_meta", _("Meta ad")
    AD_TAOBAO = "ad_taobao", _("Taobao ad")
    AD_XHS = "ad_xhs", _("Xiaohongshu post")
    EMAIL = "email", _("E-mail")
    SMS = "sms", _("Text message")
    FAQ = "faq", _("Questions and answers")


# What every kind of text is called, by its field.
TEXT_LABELS = dict([*TextField.choices, *CopyKind.choices])


class TextOrigin(models.TextChoices):
    IMPORT = "import", _("Import")
    PERSON = "person", _("Written by a person")
    AI = "ai", _("AI, approved by a person")
    AI_EDITED = "ai_edited", _("AI, edited by a person")


@track(of_product="textevent_product")
class ProductText(TenantModel):
    """A live text of a product, one row per language and field, with where it comes from.

    `provenance` of an AI text: engine, engine_version, draft_id, facts, edit_distance.
    Descriptions are clean HTML, everything else is plain text.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    merchant = models.ForeignKey(
        Merchant, models.CASCADE, related_name="product_texts", **KEPT_BY_PRODUCT
    )
    product = models.ForeignKey(
        Product, models.CASCADE, related_name="texts", db_constraint=False, db_index=False
    )
    language = models.CharField(max_length=2, choices=[("en", "English"), ("zh", "中文")])
    field = models.CharField(max_length=20, choices=[*TextField.choices, *CopyKind.choices])
    text = models.TextField(blank=True)
    origin = models.CharField(max_length=10, choices=TextOrigin.choices)
    provenance = models.JSONField(default=dict, blank=True)
    approved_by = models.ForeignKey(
        User, models.SET_NULL, null=True, blank=True, related_name="+", db_index=False
    )
    updated_at = models.DateTimeField(default=timezone.now)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        verbose_name = _("live text")
        verbose_name_plural = _("live texts")
        constraints = [
            models.UniqueConstraint(fields=["product", "language", "field"], name="text_once")
        ]
        indexes = [
            models.Index(fields=["merchant", "product"], name="text_of_product"),
            models.Index(
                fields=["approved_by"],
                name="text_by_approver",
                condition=Q(approved_by__isnull=False),
            ),
        ]
        triggers = [RAISE_VERSION]

    def __str__(self) -> str:
        return f"{self.get_field_display()} ({self.language})"


class ProductImage(TenantModel):
    """A picture: a file of ours, or a `source_url` of an import that is not fetched yet."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    merchant = models.ForeignKey(
        Merchant, models.CASCADE, related_name="product_images", **KEPT_BY_PRODUCT
    )
    product = models.ForeignKey(
        Product, models.CASCADE, related_name="images", db_constraint=False, db_index=False
    )
    position = models.PositiveIntegerField(default=1)
    file = models.CharField(max_length=200, blank=True)  # path below MEDIA_ROOT
    source_url = models.URLField(max_length=1000, blank=True)
    alt = models.CharField(_("alternative text"), max_length=512, blank=True)
    width = models.PositiveIntegerField(default=0)
    height = models.PositiveIntegerField(default=0)
    sha256 = models.CharField(max_length=64, blank=True)
    # Why the last attempt to fetch it failed, as `picture_words` keeps it. Bookkeeping: it is part
    # of no snapshot, and rows written without it have none.
    fetch_error = models.CharField(max_length=400, blank=True, default="", db_default="")
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name = _("picture")
        verbose_name_plural = _("pictures")
        ordering = ["position", "id"]
        indexes = [
            models.Index(fields=["merchant", "product", "position"], name="image_of_product"),
            # Of fetched pictures alone: the same address is not fetched twice.
            models.Index(
                F("merchant"),
                MD5("source_url"),
                name="image_by_source",
                condition=~Q(file="") & ~Q(source_url=""),
            ),
        ]

    def __str__(self) -> str:
        return self.alt or self.file or self.source_url

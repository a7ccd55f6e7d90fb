"""A product feed for Google: what goes in and how, and what the last check found wrong with it."""

import base64
from uuid import UUID

from django.core import signing
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from ecomportal.ids import uuid7
from ecomportal.tenancy.models import Merchant, TenantModel, User

VERSION_BYTES = 4


class TitleSource(models.TextChoices):
    TITLE = "title", _("The product's title")
    SHORT_TITLE = "short_title", _("The short title, else the product's")
    SEO_TITLE = "seo_title", _("The SEO title, else the product's")


class DescriptionSource(models.TextChoices):
    DESCRIPTION = "description", _("The description")
    BULLETS = "bullets", _("The bullet points, else the description")
    SEO_DESCRIPTION = "seo_description", _("The SEO description, else the description")


class Condition(models.TextChoices):
    NEW = "new", _("New")
    REFURBISHED = "refurbished", _("Refurbished")
    USED = "used", _("Used")


class Feed(TenantModel):
    """Its address holds a signed token. `token_version` is what a new address raises, so that
    the former one is no longer found; nothing secret is kept."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    merchant = models.ForeignKey(Merchant, models.CASCADE, related_name="feeds")
    name = models.CharField(_("name"), max_length=80)
    language = models.CharField(
        _("language"), max_length=2, choices=[("en", "English"), ("zh", "中文")]
    )
    link = models.CharField(_("product pages"), max_length=300)
    query = models.CharField(_("products"), max_length=1000, blank=True)
    title_source = models.CharField(
        _("title from"), max_length=20, choices=TitleSource.choices, default=TitleSource.TITLE
    )
    description_source = models.CharField(
        _("description from"), max_length=20, choices=DescriptionSource.choices,
        default=DescriptionSource.DESCRIPTION,
    )  # fmt: skip
    condition = models.CharField(
        _("condition"), max_length=20, choices=Condition.choices, default=Condition.NEW
    )
    google_category = models.CharField(_("Google category"), max_length=300, blank=True)
    token_version = models.PositiveIntegerField(default=1)
    is_open = models.BooleanField(_("open"), default=True)
    created_by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+")
    created_at = models.DateTimeField(_("created"), default=timezone.now)
    updated_at = models.DateTimeField(_("changed"), default=timezone.now)
    fetched_at = models.DateTimeField(_("last fetched"), null=True, blank=True)
    # The last check: what it counted, and of which state of the shop.
    checked_at = models.DateTimeField(null=True, blank=True)
    checked_state = models.CharField(max_length=64, blank=True)
    n_items = models.PositiveIntegerField(default=0)
    n_left_out = models.PositiveIntegerField(default=0)
    n_not_on_sale = models.PositiveIntegerField(default=0)  # products that match, but are no offer

    class Meta:
        verbose_name = _("product feed")
        verbose_name_plural = _("product feeds")
        constraints = [models.UniqueConstraint(fields=["merchant", "name"], name="feed_once")]

    def __str__(self) -> str:
        return self.name

    @property
    def token(self) -> str:
        return _signed("catalog.feed", self)

    @property
    def picture_token(self) -> str:
        """For the addresses of pictures, which are public: it opens no feed."""
        return _signed("catalog.feed.pictures", self)


def _signed(salt: str, feed: Feed) -> str:
    raw = feed.pk.bytes + feed.token_version.to_bytes(VERSION_BYTES, "big")
    value = base64.urlsafe_b64encode(raw).decode().rstrip("=")
    return signing.Signer(salt=salt, sep=".").sign(value)


def read_token(token: str, *, of_pictures: bool = False) -> tuple[UUID, int] | None:
    """The feed and the version that a token of ours names; None for one that we did not sign."""
    salt = "catalog.feed.pictures" if of_pictures else "catalog.feed"
    try:
        value = signing.Signer(salt=salt, sep=".").unsign(token)
    except signing.BadSignature:
        return None
    raw = base64.urlsafe_b64decode(value + "=" * (-len(value) % 4))
    return UUID(bytes=raw[:16]), int.from_bytes(raw[16:], "big")


class FeedProblem(TenantModel):
    """One reason for which an item is not in the feed, or is there but not as it should be.

    Written by a check, all of a feed at once; `reason` is a key of `feeds.reasons.REASONS`.
    """

    id = models.BigAutoField(primary_key=True)
    merchant = models.ForeignKey(
        Merchant, models.CASCADE, related_name="feed_problems", db_index=False
    )
    feed = models.ForeignKey(
        Feed, models.CASCADE, related_name="problems", db_constraint=False, db_index=False
    )
    product_id = models.UUIDField()
    item = models.CharField(max_length=120)
    label = models.CharField(max_length=400)
    reason = models.CharField(max_length=30)
    value = models.CharField(max_length=200, blank=True)
    is_left_out = models.BooleanField(default=False)

    class Meta:
        verbose_name = _("problem of a feed")
        verbose_name_plural = _("problems of feeds")
        indexes = [
            models.Index(fields=["merchant", "feed", "id"], name="feed_problem_all"),
            models.Index(fields=["merchant", "feed", "reason", "id"], name="feed_problem_reason"),
        ]

    def __str__(self) -> str:
        return f"{self.item}: {self.reason}"

"""Categories, products, their variants, and the figures kept beside each product."""

from collections.abc import Iterable

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import F, Func, Q
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from catalog.products.models.base import (
    KEPT_BY_PRODUCT,
    RAISE_VERSION,
    Grams,
    SearchKeys,
    track,
)
from ecomportal.ids import uuid7
from ecomportal.tenancy.models import Merchant, TenantManager, TenantModel


class ProductStatus(models.TextChoices):
    ACTIVE = "active", _("On sale")
    DRAFT = "draft", _("Draft")
    ARCHIVED = "archived", _("Archived")


class Category(TenantModel):
    """A node of a shop's category tree; `path` spells it out from the root, ' > ' between.

    Files and feeds have `path`; people read `label`, which the database keeps in Chinese too.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    merchant = models.ForeignKey(Merchant, models.CASCADE, related_name="categories")
    parent = models.ForeignKey(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="children",
        db_constraint=False,
        verbose_name=_("inside"),
    )
    name = models.CharField(_("name"), max_length=120)
    name_zh = models.CharField(_("Chinese name"), max_length=120, blank=True)
    path = models.CharField(_("path"), max_length=500)
    path_zh = models.CharField(
        _("path in Chinese"), max_length=1000, blank=True, default="", db_default=""
    )
    family = models.CharField(_("product family"), max_length=30, blank=True)

    class Meta:
        verbose_name = _("category")
        verbose_name_plural = _("categories")
        constraints = [models.UniqueConstraint(fields=["merchant", "path"], name="category_once")]

    def __str__(self) -> str:
        return self.label()

    def label(self, language: str = "") -> str:
        """The whole path in a language, by default the reader's."""
        is_chinese = (language or get_language() or "").startswith("zh")
        return (self.path_zh if is_chinese else "") or self.path

    def short_label(self) -> str:
        """Its own name for the reader, without what it is in."""
        is_chinese = (get_language() or "").startswith("zh")
        return (self.name_zh if is_chinese else "") or self.name


def path_column() -> str:
    """The column of a category's path that people of the language in use read."""
    return "path_zh" if (get_language() or "").startswith("zh") else "path"


class ProductQuerySet(models.QuerySet):
    def live(self) -> models.QuerySet:
        """Without those deleted in the last 30 days, which can still be restored."""
        return self.filter(deleted_at=None)

    def touch(self) -> int:
        """Tell the version, and thereby open forms and drafts, that something below changed."""
        return self.update(updated_at=timezone.now())


class ProductManager(TenantManager.from_queryset(ProductQuerySet)):
    pass


@track(exclude=["grams", "search_extra"])
class Product(TenantModel):
    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    merchant = models.ForeignKey(Merchant, models.CASCADE, related_name="products", db_index=False)
    handle = models.CharField(_("handle"), max_length=255)
    title = models.CharField(_("title"), max_length=255)
    vendor = models.CharField(_("brand"), max_length=120, blank=True)
    product_type = models.CharField(_("type"), max_length=120, blank=True)
    category = models.ForeignKey(
        Category,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="products",
        db_constraint=False,
        db_index=False,
        verbose_name=_("category"),
    )
    tags = ArrayField(models.CharField(max_length=80), default=list, blank=True)
    status = models.CharField(
        _("status"), max_length=10, choices=ProductStatus.choices, default=ProductStatus.DRAFT
    )
    option_names = ArrayField(models.CharField(max_length=60), default=list, blank=True)
    # Columns of an import that have no field of their own, kept so that an export returns them.
    extra = models.JSONField(default=dict, blank=True)
    search_extra = models.TextField(blank=True, default="")  # SKUs and barcodes, for search only
    grams = models.GeneratedField(
        expression=Grams(
            Func(
                F("title"),
                F("handle"),
                F("vendor"),
                F("product_type"),
                F("search_extra"),
                template="(%(expressions)s)",
                arg_joiner=" || ' ' || ",
                output_field=models.TextField(),
            )
        ),
        output_field=ArrayField(models.TextField()),
        db_persist=True,
    )
    version = models.PositiveIntegerField(default=1)
    created_at = models.DateTimeField(_("created"), default=timezone.now)
    updated_at = models.DateTimeField(_("changed"), default=timezone.now)
    deleted_at = models.DateTimeField(null=True, blank=True)

    objects = ProductManager()

    class Meta:
        verbose_name = _("product")
        verbose_name_plural = _("products")
        constraints = [
            models.UniqueConstraint(
                fields=["merchant", "handle"],
                condition=Q(deleted_at=None),
                name="product_handle_once",
            ),
            models.CheckConstraint(
                condition=Q(status__in=ProductStatus.values), name="product_status"
            ),
        ]
        indexes = [
            # With deleted_at, so that going to a position reads these alone and no product.
            models.Index(
                fields=["merchant", "-updated_at", "-id"],
                name="product_by_change",
                include=["deleted_at"],
            ),
            models.Index(
                fields=["merchant", "title", "id"], name="product_by_title", include=["deleted_at"]
            ),
            models.Index(
                fields=["merchant", "vendor", "-updated_at", "-id"],
                name="product_by_vendor",
                include=["deleted_at"],
            ),
            models.Index(
                fields=["merchant", "status", "-updated_at", "-id"], name="product_by_status"
            ),
            models.Index(
                fields=["merchant", "category", "-updated_at", "-id"], name="product_by_category"
            ),
            models.Index(
                fields=["merchant", "category", "status"],
                name="product_live",
                condition=Q(deleted_at=None),
            ),
            models.Index(
                fields=["merchant", "product_type", "-updated_at", "-id"],
                name="product_by_type",
                include=["deleted_at"],
            ),
            models.Index(
                fields=["merchant", "deleted_at"],
                name="product_deleted",
                condition=Q(deleted_at__isnull=False),
            ),
            # Few products have any; an export asks which columns they are.
            models.Index(fields=["merchant"], name="product_with_extra", condition=~Q(extra={})),
            GinIndex(
                SearchKeys(F("merchant"), F("updated_at"), F("grams")),
                F("tags"),
                name="product_words",
                fastupdate=True,
                # Kilobytes. Writing in lots is four times as fast; a search reads the lot whole.
                gin_pending_list_limit=1024,
            ),
        ]
        triggers = [RAISE_VERSION]

    def __str__(self) -> str:
        return self.title


@track(of_product="variantevent_product")
class Variant(TenantModel):
    """What is sold: a SKU, a price in minor units of the shop's currency, and a stock."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    merchant = models.ForeignKey(
        Merchant, models.CASCADE, related_name="variants", **KEPT_BY_PRODUCT
    )
    product = models.ForeignKey(
        Product, models.CASCADE, related_name="variants", db_constraint=False
    )
    position = models.PositiveIntegerField(default=1)
    sku = models.CharField(_("SKU"), max_length=120, blank=True)
    barcode = models.CharField(_("barcode"), max_length=60, blank=True)
    options = ArrayField(models.CharField(max_length=120), default=list, blank=True)
    price_cents = models.BigIntegerField(_("price"), default=0)
    compare_at_cents = models.BigIntegerField(_("price before"), null=True, blank=True)
    cost_cents = models.BigIntegerField(_("cost"), null=True, blank=True)
    stock = models.IntegerField(_("stock"), default=0)
    is_stock_tracked = models.BooleanField(_("count stock"), default=True)
    sells_without_stock = models.BooleanField(_("sell when out of stock"), default=False)
    weight_grams = models.DecimalField(
        _("weight"), max_digits=12, decimal_places=3, null=True, blank=True
    )
    deleted_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("variant")
        verbose_name_plural = _("variants")
        ordering = ["position", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["merchant", "sku"],
                condition=Q(deleted_at=None) & ~Q(sku=""),
                name="variant_sku_once",
            ),
            models.CheckConstraint(condition=Q(price_cents__gte=0), name="variant_price"),
            models.CheckConstraint(
                condition=Q(compare_at_cents=None) | Q(compare_at_cents__gte=0),
                name="variant_compare_at",
            ),
            models.CheckConstraint(
                condition=Q(cost_cents=None) | Q(cost_cents__gte=0), name="variant_cost"
            ),
        ]
        indexes = [
            models.Index(fields=["merchant", "product", "position"], name="variant_of_product"),
            models.Index(
                fields=["merchant", "deleted_at"],
                name="variant_deleted",
                condition=Q(deleted_at__isnull=False),
            ),
            models.Index(
                fields=["merchant", "price_cents", "product"],
                name="variant_by_price",
                condition=Q(deleted_at=None),
            ),
        ]

    def __str__(self) -> str:
        return self.sku or " / ".join(self.options) or str(self.pk)


class ProductFigures(TenantModel):
    """What lists sort by and filter by and rows below a product decide, kept in order by triggers
    on those rows, so that the cheapest of a million products are read from an index. Nothing else
    writes here.
    """

    class Drafts(models.IntegerChoices):
        NONE = 0, _("None")
        WAITING = 1, _("Draft waiting")
        BLOCKED = 2, _("Draft blocked")

    product = models.OneToOneField(
        Product, models.CASCADE, primary_key=True, related_name="figures", db_constraint=False
    )
    merchant = models.ForeignKey(
        Merchant, models.CASCADE, related_name="product_figures", **KEPT_BY_PRODUCT
    )
    lowest_cents = models.BigIntegerField(default=0)  # over live variants; 0 where there is none
    n_in_stock = models.BigIntegerField(default=0)
    n_pictures = models.PositiveIntegerField(
        default=0, db_default=0
    )  # files, not addresses still to be fetched
    # Written by the triggers of whoever keeps drafts.
    drafts = models.PositiveSmallIntegerField(
        choices=Drafts, default=Drafts.NONE, db_default=Drafts.NONE
    )

    class Meta:
        verbose_name = _("figures of a product")
        verbose_name_plural = _("figures of products")
        indexes = [
            models.Index(
                fields=["merchant", "product"],
                name="figures_no_picture",
                condition=Q(n_pictures=0),
            ),
            models.Index(
                fields=["merchant", "drafts", "product"],
                name="figures_by_drafts",
                condition=Q(drafts__gt=0),
            ),
            models.Index(fields=["merchant", "lowest_cents", "product"], name="figures_by_price"),
            models.Index(fields=["merchant", "n_in_stock", "product"], name="figures_by_stock"),
        ]

    def __str__(self) -> str:
        return str(self.pk)


def touch(product_ids: Iterable[object]) -> int:
    """Raise the version of products whose variants, facts or texts changed."""
    return Product.objects.filter(pk__in=list(product_ids)).touch()

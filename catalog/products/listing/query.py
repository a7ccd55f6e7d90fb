"""The rows of a page of products: one statement, whatever stands in a row."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.contrib.postgres.aggregates import ArrayAgg
from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import (
    Case,
    Count,
    F,
    Max,
    Min,
    OuterRef,
    Q,
    QuerySet,
    SmallIntegerField,
    Subquery,
    Sum,
    Value,
    When,
)
from django.db.models.functions import JSONObject

from catalog.products.listing.columns import Column
from catalog.products.models import (
    NOT_REJECTED,
    Fact,
    FactStatus,
    ProductImage,
    ProductText,
    Variant,
)

ORDERS = {
    "-updated": ["-updated_at", "-id"],
    "updated": ["updated_at", "id"],
    "title": ["title", "id"],
    "-title": ["-title", "-id"],
    "price": ["lowest_price", "place"],
    "-price": ["-lowest_price", "-place"],
    "stock": ["n_in_stock", "place"],
    "-stock": ["-n_in_stock", "-place"],
}
FIGURES = {"price": "lowest_price", "stock": "n_in_stock"}

ALWAYS = ("id", "title", "status", "updated_at")
BELOW = Q(product=OuterRef("pk"))


def ordered_by(products: QuerySet, sort: str) -> QuerySet:
    """Every product has figures; saying so lets their indexes give the order. `place` is the id
    as they keep it: beside the figure it stands in the index, the product's own does not."""
    name = FIGURES.get(sort.lstrip("-"))
    if name is None:
        return products
    figure = "lowest_cents" if name == "lowest_price" else "n_in_stock"
    columns = {name: F(f"figures__{figure}"), "place": F("figures__product_id")}
    return products.filter(figures__isnull=False).annotate(**columns)


def named_first(products: QuerySet, named: Sequence[UUID]) -> QuerySet:
    """Those that the search names exactly before the others; only where few are sorted anyway."""
    is_named = When(pk__in=named, then=Value(0))
    first = Case(is_named, default=Value(1), output_field=SmallIntegerField())
    return products.annotate(named=first)


def row_values(products: QuerySet, columns: Sequence[Column], sort: str) -> QuerySet:
    """What the columns show, as dictionaries. Below a product, things are added up for the rows
    of the page alone: the database does it after it has cut the page."""
    names = {column.name for column in columns}
    fields = {*ALWAYS, *(name.lstrip("-") for name in ORDERS[sort])}
    more = {"of_variants": _variants(), "image_id": _image()}
    if names & {"category", "facts"}:
        fields |= {"category__name", "category__name_zh", "category__family", "product_type"}
    if "facts" in names:
        more["of_facts"] = _facts()
    if "texts" in names:
        more["languages"] = _languages()
        fields.add("figures__drafts")
    fields |= {field for name, field in FIELDS.items() if name in names}
    if attributes := [column.attribute.pk for column in columns if column.attribute]:
        more["stated"] = _stated(attributes)
    if "named" in products.query.annotations:
        fields.add("named")
    return products.values(*sorted(fields), **more)


FIELDS = {"vendor": "vendor", "type": "product_type", "tags": "tags"}


def _one_object(rows: QuerySet, **columns: Any) -> Subquery:
    grouped = rows.order_by().values("product").annotate(found=JSONObject(**columns))
    return Subquery(grouped.values("found"))


def _variants() -> Subquery:
    variants = Variant.objects.filter(
        BELOW, Q(deleted_at=None) | Q(deleted_at=OuterRef("deleted_at"))
    )
    return _one_object(
        variants, n=Count("pk"), low=Min("price_cents"), high=Max("price_cents"),
        stock=Sum("stock", filter=Q(is_stock_tracked=True)), sku=Min("sku"),
    )  # fmt: skip


def _facts() -> Subquery:
    is_confirmed, is_proposed = Q(status=FactStatus.CONFIRMED), Q(status=FactStatus.PROPOSED)
    return _one_object(
        Fact.objects.filter(BELOW),
        keys=ArrayAgg("attribute__key", filter=is_confirmed, default=[]),
        n_confirmed=Count("pk", filter=is_confirmed),
        n_proposed=Count("pk", filter=is_proposed),
    )


def _stated(attributes: list[UUID]) -> ArraySubquery:
    """The values of some kinds of fact, the product's own before its variants'."""
    facts = Fact.objects.filter(BELOW, NOT_REJECTED, attribute__in=attributes)
    row = JSONObject(a="attribute_id", v="value", u="unit", s="status")
    return ArraySubquery(
        facts.order_by(F("variant_id").asc(nulls_first=True), "id").values(row=row)
    )


def _languages() -> ArraySubquery:
    texts = ProductText.objects.filter(BELOW, field="description").exclude(text="")
    return ArraySubquery(texts.order_by("language").values("language"))


def _image() -> Subquery:
    images = ProductImage.objects.filter(BELOW).exclude(file="").order_by("position", "id")
    return Subquery(images.values("pk")[:1])

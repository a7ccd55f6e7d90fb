"""Products over REST, with secret keys: read, create, change, delete, and a hundred at once."""

from typing import Any

from django.db import transaction
from django.db.models import Prefetch, QuerySet
from django.db.models.expressions import RawSQL
from django.http import Http404
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers, status
from rest_framework.request import Request
from rest_framework.response import Response

from catalog.products.api_rows import ProductIn, ProductOut, ProductPatch, ProductsIn, show
from catalog.products.api_write import delete_product, drop_empty, save_product
from catalog.products.changes import Change
from catalog.products.models import Fact, Product, ProductStatus, Variant
from ecomportal.said import said_n
from ecomportal.tenancy import audit
from ecomportal.web.api import ShopView, check_version, etag, flat_errors, once, paged, read

SKU = OpenApiParameter("sku", str, "path", description="A variant's SKU, or the product's handle.")


class ProductPage(serializers.Serializer):
    items = ProductOut(many=True)
    next = serializers.CharField(allow_null=True)


class BatchVerdict(serializers.Serializer):
    index = serializers.IntegerField()
    handle = serializers.CharField()
    outcome = serializers.ChoiceField(choices=["created", "changed", "failed"])
    errors = serializers.ListField(child=serializers.DictField(), required=False)


class BatchOut(serializers.Serializer):
    results = BatchVerdict(many=True)


def shown(products: QuerySet[Product]) -> QuerySet[Product]:
    """With all that `show` needs, in a constant number of statements."""
    variants = Variant.objects.filter(deleted_at=None).order_by("position", "pk")
    facts = Fact.objects.select_related("attribute").order_by("attribute__key", "pk")
    return products.select_related("category").prefetch_related(
        Prefetch("variants", queryset=variants), Prefetch("facts", queryset=facts)
    )


def find(request: Request, sku: str) -> Product:
    """By the SKU of a live variant, else by handle; 404 for what another shop has."""
    mine = shown(request.merchant.products.live())
    by_sku = mine.filter(variants__sku=sku, variants__deleted_at=None).first()
    product = by_sku or mine.filter(handle=sku).first()
    if product is None:
        raise Http404
    return product


def lock(request: Request, sku: str) -> Product:
    """The product for a write that saw its present version: nobody else writes meanwhile."""
    product = find(request, sku)
    row = request.merchant.products.select_for_update().filter(pk=product.pk)
    check_version(request, row.values_list("version", flat=True).get())
    return product


def answer(product: Product, merchant: Any, code: int = status.HTTP_200_OK) -> Response:
    body = show(product, merchant)
    return Response(body, status=code, headers={"ETag": etag(product.version)})


def fresh(request: Request, product: Product) -> Product:
    return shown(request.merchant.products.all()).get(pk=product.pk)


class ProductsView(ShopView):
    @extend_schema(
        operation_id="products_list",
        parameters=[
            OpenApiParameter("status", str, enum=ProductStatus.values),
            OpenApiParameter("q", str, description="Words of the title, brand or SKU."),
            OpenApiParameter("limit", int),
            OpenApiParameter("cursor", str),
        ],
        responses=ProductPage,
    )
    def get(self, request: Request) -> Response:
        """The shop's products, the last changed first."""
        rows = shown(request.merchant.products.live())
        if wanted := request.query_params.get("status"):
            if wanted not in ProductStatus.values:
                raise serializers.ValidationError({"status": [f"One of {ProductStatus.values}."]})
            rows = rows.filter(status=wanted)
        if words := request.query_params.get("q", "").strip():
            rows = rows.filter(pk__in=RawSQL("SELECT search_products(%s)", [words]))
        return paged(request, rows, ["-updated_at", "-id"], lambda row: show(row, request.merchant))

    @extend_schema(request=ProductIn, responses={201: ProductOut})
    @once
    def post(self, request: Request) -> Response:
        """Create a product; it can be taken back under Changes."""
        product = save_product(request, read(ProductIn, request), product=None)
        return answer(fresh(request, product), request.merchant, status.HTTP_201_CREATED)


class ProductsBatchView(ShopView):
    @extend_schema(request=ProductsIn, responses=BatchOut)
    @once
    def post(self, request: Request) -> Response:
        """Create or change up to 100 products by handle; each gets its own verdict."""
        items = read(ProductsIn, request)["products"]
        change = Change.objects.create(
            merchant=request.merchant,
            kind="api",
            title=said_n("API: %(n)s product", "API: %(n)s products", len(items)),
        )
        results = [self._one(request, n, item, change) for n, item in enumerate(items)]
        drop_empty(change)
        return Response({"results": results})

    def _one(self, request: Request, n: int, item: dict[str, Any], change: Change) -> dict:
        form = ProductIn(data=item)
        handle = str(item.get("handle", "")) if isinstance(item, dict) else ""
        if not form.is_valid():
            return {
                "index": n,
                "handle": handle,
                "outcome": "failed",
                "errors": flat_errors(form.errors),
            }
        known = request.merchant.products.live().filter(handle=form.validated_data.get("handle"))
        product = known.first()
        try:
            with transaction.atomic():
                saved = save_product(request, form.validated_data, product=product, change=change)
        except serializers.ValidationError as error:
            return {
                "index": n,
                "handle": handle,
                "outcome": "failed",
                "errors": flat_errors(error.detail),
            }
        outcome = "changed" if product else "created"
        return {"index": n, "handle": saved.handle, "outcome": outcome}


class ProductView(ShopView):
    @extend_schema(parameters=[SKU], responses=ProductOut)
    def get(self, request: Request, sku: str) -> Response:
        """One product; the ETag names its version."""
        return answer(find(request, sku), request.merchant)

    @extend_schema(parameters=[SKU], request=ProductPatch, responses=ProductOut)
    def patch(self, request: Request, sku: str) -> Response:
        """Change what is sent, leave the rest; needs If-Match. 412 if somebody was faster."""
        product = lock(request, sku)
        save_product(request, read(ProductPatch, request, partial=True), product=product)
        return answer(fresh(request, product), request.merchant)

    @extend_schema(parameters=[SKU], responses={204: None})
    def delete(self, request: Request, sku: str) -> Response:
        """Take the product out of the shop; it can be restored for 30 days. Needs If-Match."""
        product = lock(request, sku)
        delete_product(request, product)
        audit.record(request, "product.deleted", product.title)
        return Response(status=status.HTTP_204_NO_CONTENT)

"""How a product looks over REST: money as decimal strings, nothing that is ours alone."""

from decimal import Decimal
from typing import Any

from babel.numbers import get_currency_precision
from django.core.exceptions import ValidationError as FormError
from rest_framework import serializers

from catalog.products.models import Fact, FactStatus, Product, ProductStatus, Variant
from catalog.products.money import amount, parse_money
from ecomportal.web.api import StrictSerializer

BATCH_MAX = 100
VARIANTS_MAX = 500
CENTS = {"price": "price_cents", "compare_at_price": "compare_at_cents", "cost": "cost_cents"}


class Money(serializers.CharField):
    """A decimal string such as "79.00", read exactly in the shop's currency when it is saved."""

    def to_internal_value(self, data: Any) -> str:
        if not isinstance(data, str):
            raise serializers.ValidationError('Send money as a string, such as "79.00".')
        return super().to_internal_value(data)


class VariantIn(StrictSerializer):
    sku = serializers.CharField(max_length=120, allow_blank=True, required=False)
    barcode = serializers.CharField(max_length=60, allow_blank=True, required=False)
    options = serializers.ListField(
        child=serializers.CharField(max_length=120), max_length=3, required=False
    )
    price = Money(required=False)
    compare_at_price = Money(required=False, allow_null=True)
    cost = Money(required=False, allow_null=True)
    stock = serializers.IntegerField(min_value=-1_000_000, max_value=1_000_000_000, required=False)
    is_stock_tracked = serializers.BooleanField(required=False)
    sells_without_stock = serializers.BooleanField(required=False)
    weight_grams = serializers.DecimalField(
        max_digits=12, decimal_places=3, min_value=Decimal(0), required=False, allow_null=True
    )


class FactIn(StrictSerializer):
    key = serializers.SlugField(max_length=60)
    value = serializers.CharField(max_length=500)
    unit = serializers.CharField(max_length=20, required=False, allow_blank=True)


class ProductPatch(StrictSerializer):
    title = serializers.CharField(max_length=255)
    vendor = serializers.CharField(max_length=120, required=False, allow_blank=True)
    product_type = serializers.CharField(max_length=120, required=False, allow_blank=True)
    category = serializers.CharField(max_length=500, required=False, allow_blank=True)
    tags = serializers.ListField(
        child=serializers.CharField(max_length=80), max_length=250, required=False
    )
    status = serializers.ChoiceField(choices=ProductStatus.values, required=False)
    option_names = serializers.ListField(
        child=serializers.CharField(max_length=60), max_length=3, required=False
    )
    variants = VariantIn(many=True, required=False)
    facts = FactIn(many=True, required=False)

    def validate_variants(self, rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
        if len(rows) > VARIANTS_MAX:
            raise serializers.ValidationError(f"At most {VARIANTS_MAX} variants.")
        skus = [row["sku"] for row in rows if row.get("sku")]
        if twice := sorted({sku for sku in skus if skus.count(sku) > 1}):
            raise serializers.ValidationError(f"SKU more than once: {', '.join(twice)}.")
        return rows


class ProductIn(ProductPatch):
    handle = serializers.SlugField(max_length=255, required=False, allow_unicode=True)


class ProductsIn(StrictSerializer):
    products = serializers.ListField(child=serializers.JSONField(), max_length=BATCH_MAX)


class VariantOut(serializers.Serializer):
    sku = serializers.CharField()
    barcode = serializers.CharField()
    options = serializers.ListField(child=serializers.CharField())
    price = serializers.CharField()
    compare_at_price = serializers.CharField(allow_null=True)
    cost = serializers.CharField(allow_null=True)
    stock = serializers.IntegerField()
    is_stock_tracked = serializers.BooleanField()
    sells_without_stock = serializers.BooleanField()
    weight_grams = serializers.DecimalField(max_digits=12, decimal_places=3, allow_null=True)


class FactOut(serializers.Serializer):
    key = serializers.CharField()
    value = serializers.CharField()
    unit = serializers.CharField()
    status = serializers.ChoiceField(choices=FactStatus.values)


class ProductOut(serializers.Serializer):
    id = serializers.UUIDField()
    handle = serializers.CharField()
    title = serializers.CharField()
    vendor = serializers.CharField()
    product_type = serializers.CharField()
    category = serializers.CharField(allow_null=True)
    tags = serializers.ListField(child=serializers.CharField())
    status = serializers.ChoiceField(choices=ProductStatus.values)
    option_names = serializers.ListField(child=serializers.CharField())
    currency = serializers.CharField()
    variants = VariantOut(many=True)
    facts = FactOut(many=True)
    version = serializers.IntegerField()
    updated_at = serializers.DateTimeField()


def show(product: Product, merchant: Any) -> dict[str, Any]:
    """The answer's body; the product's variants and facts are loaded (`api.shown`)."""
    plain = ("handle", "title", "vendor", "product_type", "tags", "status", "option_names")
    return {
        "id": str(product.pk),
        **{name: getattr(product, name) for name in plain},
        "category": product.category.path if product.category else None,
        "currency": merchant.currency,
        "variants": [_variant(row, merchant.currency) for row in product.variants.all()],
        "facts": [_fact(row) for row in product.facts.all()],
        "version": product.version,
        "updated_at": product.updated_at.isoformat(),
    }


def _variant(row: Variant, currency: str) -> dict[str, Any]:
    plain = ("sku", "barcode", "options", "stock", "is_stock_tracked", "sells_without_stock")
    weight = row.weight_grams
    return {
        **{name: getattr(row, name) for name in plain},
        **{
            name: None if getattr(row, cents) is None else amount(getattr(row, cents), currency)
            for name, cents in CENTS.items()
        },
        "weight_grams": None if weight is None else f"{weight.normalize():f}",
    }


def _fact(row: Fact) -> dict[str, Any]:
    return {
        "key": row.attribute.key,
        "value": row.value,
        "unit": row.unit,
        "status": row.status,
    }


def to_cents(row: dict[str, Any], currency: str) -> dict[str, Any]:
    """The variant's fields as the table has them; raises a field's error for a bad amount."""
    fields = {name: value for name, value in row.items() if name not in CENTS}
    for name, cents in CENTS.items():
        if name not in row:
            continue
        try:
            fields[cents] = None if row[name] is None else parse_money(row[name], currency)
        except FormError as error:
            digits = get_currency_precision(currency)
            text = f"{error.messages[0]} ({currency}, {digits} digits)"
            raise serializers.ValidationError({"variants": [{name: [text]}]}) from None
    return fields

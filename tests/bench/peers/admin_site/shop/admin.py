"""A changelist that asks a fixed number of queries: the category is joined, variants and stock are
sub-selects of the page's own query, and an index gives the order."""

from admin_site.shop.models import Category, Product, Variant
from django.contrib import admin
from django.db.models import Count, IntegerField, OuterRef, QuerySet, Subquery, Sum
from django.http import HttpRequest
from import_export import fields, resources
from import_export.admin import ImportExportModelAdmin
from import_export.widgets import ForeignKeyWidget


class ProductResource(resources.ModelResource):
    category = fields.Field(
        attribute="category", column_name="category", widget=ForeignKeyWidget(Category, "path")
    )

    class Meta:
        model = Product
        import_id_fields = ("slug",)
        fields = ("title", "slug", "description", "category", "vendor", "status", "updated")
        skip_unchanged = True
        report_skipped = True

    def get_queryset(self) -> QuerySet:
        return super().get_queryset().select_related("category")


class VariantInline(admin.TabularInline):
    model = Variant
    extra = 0


def _of_variants(aggregate: object) -> Subquery:
    rows = Variant.objects.filter(product=OuterRef("pk")).order_by().values("product")
    return Subquery(rows.annotate(n=aggregate).values("n"), output_field=IntegerField())


@admin.register(Product)
class ProductAdmin(ImportExportModelAdmin):
    resource_classes = [ProductResource]
    list_display = ("title", "vendor", "category", "status", "n_variants", "n_in_stock", "updated")
    list_select_related = ("category",)
    list_filter = ("status", "updated")
    search_fields = ("title",)
    ordering = ("-updated", "-id")
    autocomplete_fields = ("category",)
    inlines = [VariantInline]
    show_full_result_count = False

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        products = super().get_queryset(request)
        return products.annotate(
            variant_count=_of_variants(Count("pk")), stock_sum=_of_variants(Sum("stock"))
        )

    @admin.display(ordering="variant_count")
    def n_variants(self, product: Product) -> int:
        return product.variant_count or 0

    @admin.display(ordering="stock_sum")
    def n_in_stock(self, product: Product) -> int:
        return product.stock_sum or 0


@admin.register(Category)
class CategoryAdmin(admin.ModelAdmin):
    search_fields = ("path",)

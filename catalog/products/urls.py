"""The addresses of products, below `products/`, and of changes and their ways back."""

from django.urls import path

from catalog.products import (
    bulk,
    categories,
    changes_view,
    editor,
    history,
    images_view,
    list_view,
    variants_view,
)
from catalog.products.listing import below, cells, menu, own
from catalog.products.listing.shortened import IdConverter

PRODUCT = f"products/<{IdConverter.name}:product_id>/"
urlpatterns = [
    path("products/", list_view.products, name="products"),
    path("products/views/", own.view_save, name="view-save"),
    path("products/views/first/", own.view_first, name="view-first"),
    path("products/views/<int:view_id>/rename/", own.view_rename, name="view-rename"),
    path("products/views/<int:view_id>/remove/", own.view_delete, name="view-delete"),
    path("products/columns/", menu.columns_form, name="columns"),
    path("products/columns/save/", own.columns_save, name="columns-save"),
    path("products/filter/", menu.filter_form, name="filter"),
    path("products/filter/<str:key>/", menu.fact_form, name="filter-fact"),
    path("products/edits/<uuid:change_id>/undo/", cells.cell_undo, name="cell-undo"),
    path("products/bulk/", bulk.bulk, name="bulk"),
    path("products/new/", editor.product_new, name="product-new"),
    path("products/categories/", categories.categories, name="categories"),
    path("products/categories/<uuid:category_id>/", categories.category, name="category"),
    path(
        "products/categories/<uuid:category_id>/delete/",
        categories.category_delete,
        name="category-delete",
    ),
    path("products/facts/", categories.attributes, name="attributes"),
    path("products/facts/<uuid:attribute_id>/", categories.attribute, name="attribute"),
    path("products/images/<uuid:image_id>/", images_view.image_file, name="image-file"),
    path(PRODUCT, editor.product, name="product"),
    path(f"{PRODUCT}below/", below.variants, name="list-variants"),
    path(f"{PRODUCT}variants/<uuid:variant_id>/cell/<str:field>/", cells.cell, name="variant-cell"),
    path(f"{PRODUCT}cell/<str:field>/", cells.cell, name="cell"),
    path(f"{PRODUCT}history/", history.product_history, name="product-history"),
    path(f"{PRODUCT}variants/many/", variants_view.variants, name="variants-many"),
    path(f"{PRODUCT}delete/", editor.product_delete, name="product-delete"),
    path(f"{PRODUCT}restore/", editor.product_restore, name="product-restore"),
    path(f"{PRODUCT}facts/confirm/", editor.facts_confirm, name="facts-confirm"),
    path(f"{PRODUCT}facts/<uuid:fact_id>/", editor.fact_confirm, name="fact-confirm"),
    path(f"{PRODUCT}images/", images_view.image_add, name="image-add"),
    path(f"{PRODUCT}images/save/", images_view.images_save, name="images-save"),
    path(f"{PRODUCT}images/fetch/", images_view.images_fetch, name="images-fetch"),
    path(f"{PRODUCT}images/<uuid:image_id>/remove/", images_view.image_remove, name="image-remove"),
    path("changes/", changes_view.changes, name="changes"),
    path("changes/<uuid:change_id>/", changes_view.change, name="change"),
    path("changes/<uuid:change_id>/undo/", changes_view.change_undo, name="change-undo"),
    path(
        "changes/<uuid:change_id>/rows/<int:row_id>/undo/",
        changes_view.change_row_undo,
        name="change-row-undo",
    ),
]

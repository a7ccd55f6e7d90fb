"""The addresses of the import, below `products/import/`."""

from django.urls import path

from catalog.products.imports import acts, columns_view, views

urlpatterns = [
    path("products/import/", views.imports, name="imports"),
    path("products/import/sample.csv", views.sample, name="import-sample"),
    path("products/import/mappings/", columns_view.mappings, name="import-mappings"),
    path(
        "products/import/mappings/<uuid:mapping_id>/rename/",
        columns_view.mapping_rename,
        name="import-mapping-rename",
    ),
    path(
        "products/import/mappings/<uuid:mapping_id>/delete/",
        columns_view.mapping_delete,
        name="import-mapping-delete",
    ),
    path("products/import/<uuid:run_id>/", views.detail, name="import"),
    path("products/import/<uuid:run_id>/columns/", columns_view.mapping, name="import-mapping"),
    path("products/import/<uuid:run_id>/reading/", columns_view.reading, name="import-reading"),
    path("products/import/<uuid:run_id>/compare/", acts.compare, name="import-compare"),
    path("products/import/<uuid:run_id>/write/", acts.write, name="import-write"),
    path("products/import/<uuid:run_id>/discard/", acts.discard, name="import-discard"),
    path("products/import/<uuid:run_id>/retry/", acts.retry, name="import-retry"),
    path("products/import/<uuid:run_id>/rows/<int:row_id>/", acts.row, name="import-row"),
    path("products/import/<uuid:run_id>/errors.csv", acts.errors, name="import-errors"),
]

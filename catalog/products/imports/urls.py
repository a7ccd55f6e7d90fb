"""The addresses of the import, below `products/import/`."""

from django.urls import path

from catalog.products.imports import views

urlpatterns = [
    path("products/import/", views.imports, name="imports"),
    path("products/import/sample.csv", views.sample, name="import-sample"),
    path("products/import/<uuid:run_id>/", views.detail, name="import"),
    path("products/import/<uuid:run_id>/columns/", views.mapping, name="import-mapping"),
    path("products/import/<uuid:run_id>/compare/", views.compare, name="import-compare"),
    path("products/import/<uuid:run_id>/write/", views.write, name="import-write"),
    path("products/import/<uuid:run_id>/discard/", views.discard, name="import-discard"),
    path("products/import/<uuid:run_id>/rows/<int:row_id>/", views.row, name="import-row"),
    path("products/import/<uuid:run_id>/errors.csv", views.errors, name="import-errors"),
]

"""The addresses of imports of customers, below `customers/import/`, and of the rates."""

from django.urls import path

from catalog.orders import currency_views
from catalog.orders.imports import acts, views

BASE = "customers/import/"
RUN = f"{BASE}<uuid:intake_id>/"
urlpatterns = [
    path(BASE, views.imports, name="order-imports"),
    path(f"{BASE}sample.csv", views.sample, name="order-import-sample"),
    path(RUN, views.detail, name="order-import"),
    path(f"{RUN}columns/", views.mapping, name="order-import-mapping"),
    path(f"{RUN}reading/", views.reading, name="order-import-reading"),
    path(f"{RUN}compare/", acts.compare, name="order-import-compare"),
    path(f"{RUN}write/", acts.write, name="order-import-write"),
    path(f"{RUN}undo/", acts.undo, name="order-import-undo"),
    path(f"{RUN}discard/", acts.discard, name="order-import-discard"),
    path(f"{RUN}retry/", acts.retry, name="order-import-retry"),
    path(f"{RUN}rows/<int:intakerow_id>/", acts.row, name="order-import-row"),
    path(f"{RUN}errors.csv", acts.errors, name="order-import-errors"),
    path("settings/currencies/", currency_views.currencies, name="currencies"),
    path("settings/currencies/remove/", currency_views.remove, name="currency-remove"),
]

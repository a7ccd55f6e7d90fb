"""The catalogue's part of the REST API."""

from django.urls import path

from catalog.products.api import ProductsBatchView, ProductsView, ProductView

urlpatterns = [
    path("products", ProductsView.as_view(), name="products"),
    path("products:batch", ProductsBatchView.as_view(), name="products-batch"),
    path("products/<path:sku>", ProductView.as_view(), name="product"),
]

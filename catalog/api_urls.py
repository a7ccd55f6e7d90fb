"""The catalogue's part of the REST API."""

from django.urls import path

from catalog.orders.api import CustomersBatchView, OrdersBatchView
from catalog.products.api import ProductsBatchView, ProductsView, ProductView

urlpatterns = [
    path("orders:batch", OrdersBatchView.as_view(), name="orders-batch"),
    path("customers:batch", CustomersBatchView.as_view(), name="customers-batch"),
    path("products", ProductsView.as_view(), name="products"),
    path("products:batch", ProductsBatchView.as_view(), name="products-batch"),
    path("products/<path:sku>", ProductView.as_view(), name="product"),
]

"""The catalogue's part of the REST API."""

from django.urls import path

from catalog.orders.api import CustomersBatchView, OrdersBatchView
from catalog.orders.api_events import (
    EventsView,
    IdentifyView,
    SegmentBatchView,
    SegmentIdentifyView,
    SegmentTrackView,
)
from catalog.products.api import ProductsBatchView, ProductsView, ProductView

urlpatterns = [
    path("orders:batch", OrdersBatchView.as_view(), name="orders-batch"),
    path("customers:batch", CustomersBatchView.as_view(), name="customers-batch"),
    path("events", EventsView.as_view(), name="events"),
    path("identify", IdentifyView.as_view(), name="identify"),
    path("compat/segment/v1/track", SegmentTrackView.as_view(), name="segment-track"),
    path("compat/segment/v1/identify", SegmentIdentifyView.as_view(), name="segment-identify"),
    path("compat/segment/v1/batch", SegmentBatchView.as_view(), name="segment-batch"),
    path("products", ProductsView.as_view(), name="products"),
    path("products:batch", ProductsBatchView.as_view(), name="products-batch"),
    path("products/<path:sku>", ProductView.as_view(), name="product"),
]

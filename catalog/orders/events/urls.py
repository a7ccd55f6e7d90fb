"""The addresses of the intake of events, below `customers/events/`."""

from django.urls import path

from catalog.orders.events import views

urlpatterns = [
    path("customers/events/", views.events, name="events"),
    path("customers/events/skus.csv", views.pending_file, name="events-pending"),
]

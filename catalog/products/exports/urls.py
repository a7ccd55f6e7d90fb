"""The address of the export, below `products/export/`."""

from django.urls import path

from catalog.products.exports import views

urlpatterns = [path("products/export/", views.export, name="export")]

"""The addresses of missing facts and of the doctor, below `products/`."""

from django.urls import path

from catalog.products import doctor_view
from catalog.products.listing.shortened import IdConverter
from catalog.products.missing import views

urlpatterns = [
    path("products/missing-facts/", views.missing_facts, name="missing-facts"),
    path("products/missing-facts/count/", views.missing_count, name="missing-count"),
    path("products/missing-facts/<str:key>/", views.missing_fact, name="missing-fact"),
    path("products/availability/", doctor_view.shop_doctor, name="shop-doctor"),
    path(
        f"products/<{IdConverter.name}:product_id>/availability/",
        doctor_view.product_doctor,
        name="product-doctor",
    ),
]

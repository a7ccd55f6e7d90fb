"""The shop's pages of `catalog`."""

from django.urls import URLPattern, URLResolver

from catalog.products.imports.urls import urlpatterns as imports

app_name = "catalog"
urlpatterns: list[URLPattern | URLResolver] = [*imports]

"""The shop's pages of `aiassist`."""

from django.urls import URLPattern, URLResolver

app_name = "aiassist"
urlpatterns: list[URLPattern | URLResolver] = []

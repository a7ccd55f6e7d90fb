"""The platform's pages of one shop: home, jobs, settings."""

from django.urls import URLPattern, URLResolver

from ecomportal.jobs.urls import urlpatterns as jobs

urlpatterns: list[URLPattern | URLResolver] = [*jobs]

"""Addresses outside any shop."""

from django.urls import URLPattern, URLResolver, path

from ecomportal.tenancy import views as tenancy
from ecomportal.web import home, preferences

urlpatterns: list[URLPattern | URLResolver] = [
    path("", home.home, name="home"),
    path("preferences/", preferences.profile, name="profile"),
    path("preferences/language/", preferences.set_language, name="set-language"),
    path("preferences/theme/", preferences.set_theme, name="set-theme"),
    path("join/<str:token>/", tenancy.join, name="team-join"),
]

"""Django's own admin with django-import-export."""

from base_settings import *  # noqa: F403
from base_settings import templates

INSTALLED_APPS = [
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "import_export",
    "admin_site.shop",
]
ROOT_URLCONF = "admin_site.urls"
TEMPLATES = templates()

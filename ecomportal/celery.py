"""The Celery application. It only delivers job ids; `ecomportal.jobs` holds the truth."""

import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "ecomportal.settings")

app = Celery("ecomportal")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks(["ecomportal.jobs", "catalog", "aiassist"])

"""The Celery application. It only delivers job ids; `ecomportal.jobs` holds the truth."""

import os
from pathlib import Path
from typing import Any

from celery import Celery
from kombu.transport import TRANSPORT_ALIASES

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "ecomportal.settings")

TRANSPORT_ALIASES["folder"] = "ecomportal.jobs.broker:Transport"

app = Celery("ecomportal")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks(["ecomportal.jobs", "ecomportal.webhooks", "catalog", "aiassist"])


@app.on_after_configure.connect
def make_broker_folders(*_: Any, **__: Any) -> None:
    """The embedded broker's folders, for this user alone; an outside broker has none."""
    options = app.conf.broker_transport_options
    for name in ("data_folder_in", "control_folder"):
        if folder := options.get(name):
            Path(folder).parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            Path(folder).mkdir(mode=0o700, exist_ok=True)

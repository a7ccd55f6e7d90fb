"""Where the files of exports lie, and until when."""

import time
from contextlib import suppress
from datetime import timedelta
from pathlib import Path

from django.conf import settings

from aiassist.segments.audiences.models import AudienceExport
from ecomportal.tenancy.models import Merchant

KEPT = timedelta(days=7)  # long enough to upload it; whose it is gets old meanwhile


def folder_of(merchant: Merchant) -> Path:
    return Path(settings.MEDIA_ROOT) / str(merchant.pk) / "audiences"


def path_of(export: AudienceExport) -> Path:
    return Path(settings.MEDIA_ROOT) / export.file


def forget_old_files() -> int:
    """Delete the files of all shops that expired, and what a killed job left half written."""
    until, n = time.time() - KEPT.total_seconds(), 0
    for path in Path(settings.MEDIA_ROOT).glob("*/audiences/*"):
        with suppress(FileNotFoundError):  # an erasure was quicker
            if path.stat().st_mtime < until:
                path.unlink()
                n += 1
    return n

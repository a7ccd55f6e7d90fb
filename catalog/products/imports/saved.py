"""Mappings a shop keeps: the next table with the same columns is read as the last one was."""

import hashlib
from collections.abc import Iterable
from typing import Any

from django.db.models import F
from django.utils import timezone

from catalog.products.imports.detect import PROBLEM_COLUMN
from catalog.products.imports.fields import LEFT_OUT
from catalog.products.imports.models import ImportRun, SavedMapping
from catalog.products.imports.words import normal
from ecomportal.tenancy.models import Merchant, User

CHOICES = ("levels",)  # of a run's reading, what is kept beside the columns


def key_of(header: Iterable[str]) -> str:
    """The same for the same columns, whatever their order, capitals and blanks; a file of lines
    to correct has one column more and counts as the same."""
    names = sorted({normal(name) for name in header if name != PROBLEM_COLUMN})
    return hashlib.sha256("\n".join(names).encode()).hexdigest()


def saved_for(merchant: Merchant, header: Iterable[str]) -> SavedMapping | None:
    return merchant.saved_mappings.filter(key=key_of(header)).first()


def apply(run: ImportRun, saved: SavedMapping) -> None:
    """Read the run's columns as the saved mapping says; a column it does not know is left out."""
    known = {normal(name): target for name, target in saved.mapping.items()}
    run.mapping = {name: known.get(normal(name), LEFT_OUT) for name in run.header}
    run.dialect = saved.dialect
    choices = {name: saved.reading[name] for name in CHOICES if name in saved.reading}
    run.reading = {**run.reading, **choices, "saved": saved.name, "unknown": [], "guessed": []}
    run.warnings = [w for w in run.warnings if w["code"] not in ("unknown_columns",)]


def keep(run: ImportRun, name: str, user: User) -> SavedMapping:
    """Keep the run's mapping under its columns, in place of what was kept for them before."""
    fields: dict[str, Any] = {
        "name": name,
        "dialect": run.dialect,
        "header": [column for column in run.header if column != PROBLEM_COLUMN],
        "mapping": {c: t for c, t in run.mapping.items() if c != PROBLEM_COLUMN},
        "reading": {choice: run.reading.get(choice, "") for choice in CHOICES},
        "created_by": user,
        "used_at": timezone.now(),
    }
    saved, is_new = SavedMapping.objects.get_or_create(
        merchant=run.merchant, key=key_of(run.header), defaults={**fields, "n_used": 1}
    )
    if not is_new:
        SavedMapping.objects.filter(pk=saved.pk).update(**fields, n_used=F("n_used") + 1)
        saved.refresh_from_db()
    return saved

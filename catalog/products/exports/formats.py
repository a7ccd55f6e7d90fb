"""The small shape of a file format: how its header comes about, and how a product becomes lines."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet

from catalog.products.exports.cells import Snapshot
from ecomportal.tenancy.models import Merchant


@dataclass(frozen=True)
class Format:
    name: str
    label: Any
    hint: Any
    header: Callable[[QuerySet, Merchant], list[str]]
    lines: Callable[[Snapshot, list[str], Merchant], Iterator[list[str]]]

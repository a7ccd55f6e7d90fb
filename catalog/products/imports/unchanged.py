"""Rows that change nothing, known by what they say: a digest of their lines, kept with the version
of the product that was exactly that, and with what was remarked on them.

A product's version tells of every write to it and below it, so that a row of the same digest finds
the same product while the version is the same. What else decides is part of the digest: how the
file is read (see `store.open_run`) and the path of the product's category. A kind of fact that gets
another key makes the database forget all digests of its shop.
"""

import json
from collections.abc import Iterable
from hashlib import blake2b
from typing import Any, NamedTuple
from uuid import UUID

from django.db import connection

from catalog.products.imports.models import ImportedProduct
from catalog.products.imports.problems import Problem
from catalog.products.imports.stage import STAGE, as_json, staged
from ecomportal.tenancy.models import Merchant

# Raise it when the same row would change the same product in another way than before.
RULES = 2
COLUMNS = ("product_id", "digest", "version", "remarks")
KNOWN = """
SELECT product_id, digest, version, remarks::text FROM catalog_importedproduct
WHERE merchant_id = %s AND product_id = ANY (%s)
"""
REMEMBER = f"""
INSERT INTO catalog_importedproduct (merchant_id, {", ".join(COLUMNS)})
SELECT %s, {", ".join(COLUMNS)} FROM {STAGE} ON CONFLICT (product_id) DO UPDATE
SET digest = EXCLUDED.digest, version = EXCLUDED.version, remarks = EXCLUDED.remarks
"""


class Known(NamedTuple):
    """What is remembered of a product: it was what a row said at this version."""

    digest: str
    version: int
    remarks: str  # JSON; their lines are counted from the row's first


class Same(NamedTuple):
    """A product that is what a row says."""

    product_id: UUID
    digest: str
    version: int
    line: int  # of the row
    remarks: list[Problem]


def digest(said: str, *, category: str) -> str:
    """Of a row; `said` is what its lines say, `category` the path of the product's own one."""
    return blake2b(f"{said} {category}".encode(), digest_size=16).hexdigest()


def known(merchant: Merchant, ids: Iterable[UUID]) -> dict[UUID, Known]:
    with connection.cursor() as cursor:
        cursor.execute(KNOWN, [merchant.pk, list(ids)])
        return {row[0]: Known(*row[1:]) for row in cursor.fetchall()}


def remember(merchant: Merchant, rows: Iterable[Same]) -> None:
    """Keep that these rows change nothing now."""
    kept = [(*row[:3], as_json(_moved(row.remarks, -row.line))) for row in rows]
    if kept:
        with staged(ImportedProduct, kept, COLUMNS) as cursor:
            cursor.execute(REMEMBER, [merchant.pk])


def _moved(remarks: list[Problem], by: int) -> list[Problem]:
    """The remarks with their lines counted from elsewhere."""
    return [{**one, "line": one["line"] + by} for one in remarks]


def remarks_of(one: Known, line: int) -> list[Any]:
    """What there is to remark on a row that begins on this line."""
    return _moved(json.loads(one.remarks), line) if one.remarks != "[]" else []

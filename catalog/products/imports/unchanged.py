"""Rows that change nothing, known by what they say: a digest of the row, kept with the version of
the product that was exactly that.

A product's version tells of every write to it and below it, so that a row of the same digest finds
the same product while the version is the same. What else decides is part of the digest: the path
of the product's category and the shop's language. A kind of fact that gets another key makes the
database forget all digests of its shop.
"""

import json
from collections.abc import Iterable, Mapping
from hashlib import blake2b
from typing import Any, NamedTuple
from uuid import UUID

from django.db import connection

from catalog.products.imports.models import ImportedProduct
from catalog.products.imports.stage import STAGE, staged
from ecomportal.tenancy.models import Merchant

# Raise it when the same row would change the same product in another way than before.
RULES = 1
COLUMNS = ("product_id", "digest", "version", "n_variants")
KNOWN = """
SELECT product_id, digest, version, n_variants FROM catalog_importedproduct
WHERE merchant_id = %s AND product_id = ANY (%s)
"""
REMEMBER = f"""
INSERT INTO catalog_importedproduct (merchant_id, {", ".join(COLUMNS)})
SELECT %s, {", ".join(COLUMNS)} FROM {STAGE} ON CONFLICT (product_id) DO UPDATE
SET digest = EXCLUDED.digest, version = EXCLUDED.version, n_variants = EXCLUDED.n_variants
"""
_encode = json.JSONEncoder(sort_keys=True, separators=(",", ":")).encode


class Known(NamedTuple):
    """What is remembered of a product: it was what a row said at this version."""

    digest: str
    version: int
    n_variants: int


def digest(payload: Mapping[str, Any], *, language: str, category: str) -> str:
    """What a row says, wherever it stands in its file; `category` is the product's own path."""
    variants = [{**one, "line": 0} for one in payload["variants"]]
    said = _encode([RULES, language, category, {**payload, "variants": variants}])
    return blake2b(said.encode(), digest_size=16).hexdigest()


def known(merchant: Merchant, ids: Iterable[UUID]) -> dict[UUID, Known]:
    with connection.cursor() as cursor:
        cursor.execute(KNOWN, [merchant.pk, list(ids)])
        return {row[0]: Known(*row[1:]) for row in cursor.fetchall()}


def remember(merchant: Merchant, rows: list[tuple[UUID, str, int, int]]) -> None:
    """Keep (product, digest, version, number of variants) of rows that change nothing now."""
    if rows:
        with staged(ImportedProduct, rows, COLUMNS) as cursor:
            cursor.execute(REMEMBER, [merchant.pk])

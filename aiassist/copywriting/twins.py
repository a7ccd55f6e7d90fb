"""Live texts of other products that say the same: found by fingerprints, then compared in full.

Fingerprints are kept beside the texts and brought up to date in the background, because texts come
in by many ways; what was approved a moment ago is there at once.
"""

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import Exists, OuterRef

from aiassist.copywriting.lint.models import TextBand
from aiassist.copywriting.lint.similar import ALIKE, bands, duplicate, likeness, shingles
from aiassist.copywriting.models import Draft
from catalog.products.models import ProductText

COMPARED = ("description", "bullets")
BATCH = 500  # texts fingerprinted in one transaction
PER_BAND = 20  # texts looked at that share one fingerprint: of many alike, any will do
PER_TEXT = 5  # texts compared in full
# In one statement, whatever the number of texts asked about.
CANDIDATES = """
SELECT w.n, b.product_id
FROM unnest(%(keys)s::bigint[], %(ns)s::int[], %(own)s::uuid[]) w (key, n, own)
CROSS JOIN LATERAL (
    SELECT product_id FROM aiassist_textband
    WHERE merchant_id = %(merchant)s AND key = w.key AND product_id <> w.own
    ORDER BY merchant_id, key LIMIT %(most)s
) b
GROUP BY w.n, b.product_id ORDER BY w.n, count(*) DESC, b.product_id
"""


@dataclass(frozen=True)
class Asked:
    """A text to compare with those of other products."""

    product_id: UUID
    language: str
    field: str
    text: str

    @property
    def place(self) -> tuple[str, str]:
        return self.language, self.field


def find_twins(merchant_id: int, asked: Sequence[Asked]) -> dict[int, tuple[str, float]]:
    """For each text that is too like a live one: the other product's title and the likeness, by
    the place in `asked`. Two statements."""
    found = {n: shingles(one.text) for n, one in enumerate(asked) if one.field in COMPARED}
    near = _candidates(merchant_id, asked, found)
    live = _live_texts({product_id for some in near.values() for product_id in some})
    twins = {}
    for n, product_ids in near.items():
        best = max((_compared(asked[n], found[n], live, pk) for pk in product_ids), default=None)
        if best and best[0] >= ALIKE:
            twins[n] = (best[1], best[0])
    return twins


def _candidates(
    merchant_id: int, asked: Sequence[Asked], found: dict[int, frozenset[str]]
) -> dict[int, list[UUID]]:
    rows = [(key, n) for n, some in found.items() for key in bands(some, _salt(asked[n].place))]
    if not rows:
        return {}
    keys, ns = zip(*rows, strict=True)
    own = [asked[n].product_id for n in ns]
    params = {
        "keys": list(keys), "ns": list(ns), "own": own, "merchant": merchant_id, "most": PER_BAND
    }  # fmt: skip
    near: dict[int, list[UUID]] = {}
    with connection.cursor() as cursor:
        cursor.execute(CANDIDATES, params)
        for n, product_id in cursor.fetchall():
            near.setdefault(n, []).append(product_id)
    return {n: some[:PER_TEXT] for n, some in near.items()}


def _salt(place: tuple[str, str]) -> str:
    return ":".join(place)


def _live_texts(product_ids: set[UUID]) -> dict[tuple[UUID, str, str], tuple[str, str]]:
    """Text and title by product, language and field."""
    if not product_ids:
        return {}
    rows = ProductText.objects.filter(
        product_id__in=product_ids, field__in=COMPARED, product__deleted_at=None
    ).values_list("product_id", "language", "field", "text", "product__title")
    return {(pk, language, field): (text, title) for pk, language, field, text, title in rows}


def _compared(
    one: Asked, mine: frozenset[str], live: dict[Any, tuple[str, str]], product_id: UUID
) -> tuple[float, str]:
    text, title = live.get((product_id, *one.place), ("", ""))
    return likeness(mine, shingles(text)), title


def twin_findings(merchant_id: int, one: Asked) -> list[dict[str, Any]]:
    """The finding on one text, or none."""
    twins = find_twins(merchant_id, [one])
    return [asdict(duplicate(one.text, *twin)) for twin in twins.values()]


def mark_twins(merchant_id: int, drafts: Sequence[Draft]) -> None:
    """Add the finding to those drafts, not saved yet, that are too like a live text."""
    asked = [Asked(d.product_id, d.language, d.field, d.text) for d in drafts]
    for n, twin in find_twins(merchant_id, asked).items():
        drafts[n].findings = [*drafts[n].findings, asdict(duplicate(drafts[n].text, *twin))]
        drafts[n].n_warnings += 1


def fingerprint(texts: Iterable[ProductText]) -> None:
    """Write the fingerprints of these live texts over their former ones. Two statements."""
    rows, kept = [], []
    for text in texts:
        place = (text.language, text.field)
        # A text too short to compare has one row all the same, so that it is not read again.
        keys = bands(shingles(text.text), _salt(place)) or [_no_key(text)]
        kept.append(text.pk)
        rows += [
            TextBand(
                merchant_id=text.merchant_id, product_id=text.product_id, language=text.language,
                field=text.field, band=n, key=key, text_version=text.version,
            )
            for n, key in enumerate(keys)
        ]  # fmt: skip
    TextBand.objects.bulk_create(
        rows, batch_size=4000, update_conflicts=True,
        unique_fields=["product", "language", "field", "band"],
        update_fields=["key", "text_version"],
    )  # fmt: skip


def _no_key(text: ProductText) -> int:
    """Alike by chance with nothing: the text's own id."""
    return text.pk.int % (1 << 63)


def catch_up(limit: int = BATCH) -> int:
    """Fingerprint live texts that changed since; returns how many. Call until it is 0."""
    known = TextBand.objects.filter(
        product=OuterRef("product"), language=OuterRef("language"), field=OuterRef("field"),
        band=0, text_version=OuterRef("version"),
    )  # fmt: skip
    changed = ProductText.objects.filter(field__in=COMPARED).filter(~Exists(known))
    texts = list(changed.order_by("pk")[:limit])
    fingerprint(texts)
    return len(texts)

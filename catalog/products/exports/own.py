"""Our own CSV: every field, each text in its language, each kind of fact in a column."""

import json
from collections.abc import Iterator

from django.db.models import Exists, OuterRef, QuerySet
from django.utils.translation import gettext_lazy as _

from catalog.products.exports.cells import Cells, Snapshot, lines_of
from catalog.products.exports.formats import Format
from catalog.products.imports.fields import FIELDS
from catalog.products.imports.own import EXTRA_COLUMN, FACT, MAX_KEY, TEXT_COLUMNS
from catalog.products.imports.stated_facts import cell_of, confirmed
from catalog.products.models import Fact, FactStatus
from ecomportal.tenancy.models import Merchant

# Fields that say again what others say, or that our texts replace by one for each language.
NOT_OURS = {"published", "sale_price", "variant_image"}
NOT_OURS |= {"description", "seo_title", "seo_description"}
COLUMNS = [name for name in FIELDS if name not in NOT_OURS]


def header(products: QuerySet, merchant: Merchant) -> list[str]:
    """Our fields, and a column for each kind of fact that one of these products has."""
    ids = products.order_by().values("pk")
    facts = Fact.objects.filter(attribute=OuterRef("pk"), product__in=ids, variant=None)
    used = merchant.attributes.filter(Exists(facts.filter(status=FactStatus.CONFIRMED)))
    keys = {
        key.casefold(): key
        for key in used.order_by("position", "key").values_list("key", flat=True)
    }
    names = [f"{FACT}{key}" for key in keys.values() if len(key) <= MAX_KEY]
    return [*COLUMNS, *TEXT_COLUMNS, *names, EXTRA_COLUMN]


def lines(snap: Snapshot, columns: list[str], merchant: Merchant) -> Iterator[list[str]]:
    for cells in lines_of(snap, merchant.currency):
        if "title" in cells:
            cells |= _of_product(snap, columns)
        yield [cells.get(column, "") for column in columns]


def _of_product(snap: Snapshot, columns: list[str]) -> Cells:
    found = {f"{t['field']}:{t['language']}": t["text"] for t in snap["texts"]}
    for column in columns:
        if column.startswith(FACT):
            found[column] = cell_of(confirmed(snap["facts"], column.removeprefix(FACT)))
    extra = snap["product"]["extra"]
    found[EXTRA_COLUMN] = json.dumps(extra) if extra else ""
    return found


FORMAT = Format(
    "own",
    _("Our own CSV"),
    _("Everything: all fields, the texts of both languages and a column for each kind of fact."),
    header,
    lines,
)

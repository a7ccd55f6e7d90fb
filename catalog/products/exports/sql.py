"""The pieces that the statements of an export are put together from.

`COPY` takes no parameters, so every value is written into the statement, quoted by psycopg.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from babel.numbers import get_currency_precision
from psycopg.sql import Literal

from catalog.products.exports.formats import NUMBER, TEXT, Column, Format
from catalog.products.models import TextField
from ecomportal.tenancy.models import Merchant

LANGUAGES = ("en", "zh")
TEXT_REFERENCE = re.compile(rf"t\.(?:{'|'.join(TextField.values)})_(?:en|zh)\b")


def quoted(value: object) -> str:
    return Literal(value).as_string(None)


def cell(column: Column, written_as: Format) -> str:
    """The column as the file shows it: nothing where it does not stand."""
    blank = written_as.blank.get(column.of)
    shown = f"NULLIF({column.sql}, '')" if column.kind == TEXT else column.sql
    return f"CASE WHEN {blank} THEN NULL ELSE {shown} END" if blank else shown


def amount(name: str, currency: str) -> str:
    """Minor units as a plain decimal, which every reader of the file takes for a number."""
    precision = get_currency_precision(currency)
    return f"{name} * {'0.' + '1'.zfill(precision)}" if precision else name


@dataclass(frozen=True)
class Chosen:
    """The products of one statement: their ids as text, in order; or only the first and the last,
    when they are all that this shop (`whole_of`) has between them.

    Ids rise with time, so that one walk through an index finds all that lies below a range of
    them. Where most products of the range are chosen (`is_dense`) that is the quickest way; else
    each is looked for.
    """

    ids: Sequence[str]
    is_dense: bool = False
    has_pictures: bool = True
    whole_of: int | None = None
    has_variants: bool = False  # each of the products has one

    def table(self) -> str:
        if self.whole_of:
            return f"chosen AS (SELECT id FROM catalog_product p WHERE {self.products()})"
        array = "{" + ",".join(self.ids) + "}"
        return f"chosen AS MATERIALIZED (SELECT id FROM unnest('{array}'::uuid[]) id)"

    def between(self, name: str = "product_id") -> str:
        return f"{name} BETWEEN '{self.ids[0]}' AND '{self.ids[-1]}'"

    def products(self) -> str:
        """Which rows `p` can be of these products, where something else may narrow them further."""
        whole = f" AND p.merchant_id = {self.whole_of:d}" if self.whole_of else ""
        return f"{self.between('p.id')} AND p.deleted_at IS NULL{whole}"

    def among(self, name: str = "product_id") -> str:
        """The rows below these products, and below a few others where that is quicker."""
        if self.is_dense:
            return self.between(name)
        return f"{self.between(name)} AND {name} IN (SELECT id FROM chosen)"


def statement(
    columns: Sequence[Column],
    written_as: Format,
    chosen: Chosen,
    merchant: Merchant,
    *,
    options: str,
) -> str:
    """The lines of these products, as one `COPY`."""
    cells = ", ".join(cell(column, written_as) for column in columns)
    lines = written_as.source(columns, chosen, cells, merchant)
    return f"COPY (WITH {chosen.table()}, {lines}) TO STDOUT ({options})"


def variants(chosen: Chosen) -> str:
    """Numbered within their product, in the order a person sees."""
    return (
        "v AS (SELECT *, row_number() OVER (PARTITION BY product_id ORDER BY position, id) AS n, "
        "count(*) OVER (PARTITION BY product_id) AS n_variants "
        f"FROM catalog_variant WHERE deleted_at IS NULL AND {chosen.among()})"
    )


def images(chosen: Chosen) -> str:
    """Pictures that have an address outside, each address once; files kept here have none."""
    return (
        "i AS (SELECT *, row_number() OVER (PARTITION BY product_id ORDER BY position, id) AS n "
        "FROM (SELECT DISTINCT ON (product_id, source_url) product_id, id, position, source_url, "
        f"alt FROM catalog_productimage WHERE source_url <> '' AND {chosen.among()} "
        "ORDER BY product_id, source_url, id DESC) linked)"
    )


def texts(columns: Iterable[Column], chosen: Chosen) -> str:
    """The live texts that the columns name as `t.<field>_<language>`, a row for each product."""
    names = sorted({name for c in columns for name in TEXT_REFERENCE.findall(c.sql)})
    wanted = []
    for name in names:
        field, _, language = name.removeprefix("t.").rpartition("_")
        wanted.append(
            f"any_value(text) FILTER (WHERE field = '{field}' AND language = '{language}') "
            f"AS {field}_{language}"
        )
    return (
        f"t AS (SELECT {', '.join(['product_id', *wanted])} FROM catalog_producttext "
        f"WHERE text <> '' AND {chosen.among()} GROUP BY product_id)"
    )


def facts(chosen: Chosen) -> str:
    """The product's own confirmed facts, as JSON by the id of their kind."""
    return (
        "f AS (SELECT product_id, jsonb_object_agg(attribute_id, cell) AS facts FROM ("
        "SELECT product_id, attribute_id, "
        "string_agg(btrim(value || ' ' || unit), '; ' ORDER BY id) AS cell FROM catalog_fact "
        f"WHERE variant_id IS NULL AND status = 'confirmed' AND {chosen.among()} "
        "GROUP BY product_id, attribute_id) kinds GROUP BY product_id)"
    )


def text_for(field: str, language: str) -> str:
    """The live text in this language, else in another: a file with one column shows one."""
    others = (other for other in LANGUAGES if other != language)
    return f"coalesce({', '.join(f't.{field}_{name}' for name in (language, *others))})"


def is_number(column: Column) -> bool:
    return column.kind == NUMBER


def is_text(column: Column) -> bool:
    return column.kind == TEXT

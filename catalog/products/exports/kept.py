"""Columns without a field that products came with, and the cells they stand in again."""

from collections.abc import Iterable

from django.db import connection
from django.db.models import QuerySet

from catalog.products.exports import sql
from catalog.products.exports.formats import Column
from catalog.products.imports.detect import known
from catalog.products.imports.fields import EXTRA
from catalog.products.imports.products import Dialect

KEPT_NAMES = "SELECT DISTINCT jsonb_object_keys(extra) FROM ({extras}) kept (extra) ORDER BY 1"


def kept_names(products: QuerySet, dialect: Dialect) -> list[str]:
    """The names of kept columns that this dialect knows, as the products spell them."""
    extras = products.exclude(extra={}).order_by().values("extra")
    text, params = extras.query.sql_with_params()
    with connection.cursor() as cursor:
        cursor.execute(KEPT_NAMES.format(extras=text), params)
        return [name for (name,) in cursor.fetchall() if known(dialect, name) == EXTRA]


def header(template: Iterable[str], kept: Iterable[str]) -> list[str]:
    """The template, then what was kept beyond it, each name once whatever its capitals."""
    names = {name.casefold(): name for name in reversed(list(kept))}
    names |= {name.casefold(): name for name in template}
    return [*template, *(n for n in names.values() if n not in set(template))]


def column(name: str, kept: Iterable[str], *, own_line: str, variant_line: str) -> Column:
    """One value stands with the product, a list of them with its variants, the n-th by the n-th."""
    spelled = [f"p.extra -> {sql.quoted(k)}" for k in kept if k.casefold() == name.casefold()]
    if not spelled:
        return Column(name, "NULL::text", of="line")
    value = spelled[0] if len(spelled) == 1 else f"coalesce({', '.join(spelled)})"
    cell = (
        f"CASE WHEN jsonb_typeof({value}) = 'array' "
        f"THEN CASE WHEN {variant_line} THEN ({value}) ->> (l.n - 1)::int END "
        f"WHEN {own_line} THEN ({value}) #>> '{{}}' END"
    )
    return Column(name, cell, of="line")

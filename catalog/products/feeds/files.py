"""A feed as a file, TSV or RSS 2.0, drawn while it is sent; and the mark that tells its state."""

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import partial
from xml.sax.saxutils import escape

from django.db import connection
from django.db.models import QuerySet
from django.utils import timezone

from catalog.products.exports.copied import copied_rows
from catalog.products.exports.formats import WORD, Column, Format
from catalog.products.exports.sql import Chosen, statement
from catalog.products.exports.stream import batches, pieces, table
from catalog.products.exports.workbook import SPELLED
from catalog.products.feeds import items
from catalog.products.feeds.columns import AI, columns, in_a_table
from catalog.products.feeds.models import Feed
from catalog.products.filters import ProductFilters
from ecomportal.tenancy.context import tenant
from ecomportal.tenancy.models import Merchant

MADE_BY = "1"  # raised when the same rows would make another file
KINDS = {"tsv": "text/tab-separated-values; charset=utf-8", "xml": "application/xml; charset=utf-8"}
# Which products and versions there are, whatever their order; a version is raised by every write
# to a product and to what lies below it.
STATE = """
SELECT concat_ws('/', count(*), bit_xor(uuid_hash_extended(id, version)), (
    SELECT md5(string_agg(concat_ws('|', id, path, family), '|' ORDER BY id)) FROM catalog_category
), (SELECT md5(string_agg(concat_ws('|', id, key), '|' ORDER BY id)) FROM catalog_attribute))
FROM ({products}) matching (id, version)
"""


def matching(feed: Feed, merchant: Merchant) -> QuerySet:
    """The products that the feed's filters find, on sale or not."""
    return ProductFilters(feed.query, merchant).apply(merchant.products.all())


def offered(feed: Feed, merchant: Merchant) -> QuerySet:
    return matching(feed, merchant).filter(status="active", deleted_at=None)


def state(feed: Feed, merchant: Merchant) -> str:
    """Changes with everything that the file shows, and costs no more than to look at each
    product's version."""
    rows = matching(feed, merchant).order_by().values("pk", "version")
    text, params = rows.query.sql_with_params()
    with connection.cursor() as cursor:
        cursor.execute(STATE.format(products=text), params)
        found = cursor.fetchone()[0]
    own = [
        *(MADE_BY, feed.language, feed.link, feed.query, feed.title_source, feed.condition),
        *(feed.description_source, feed.google_category, feed.name, feed.token_version),
        *(merchant.currency, merchant.name, merchant.pk, feed.pk),
    ]
    return hashlib.sha256("\x1f".join(map(str, [*own, found])).encode()).hexdigest()


def stream(feed: Feed, merchant: Merchant, *, kind: str, base: str) -> Iterator[bytes]:
    """The file in pieces, in a transaction of its own: an answer outlives its request."""
    with tenant(merchant):
        products = offered(feed, merchant)
        # What a spreadsheet might run is no danger here, and an apostrophe would stand in an ad.
        wanted = [replace(column, kind=WORD) for column in columns(feed, merchant)]
        written_as = _format(partial(_source, feed, base))
        if kind == "tsv":
            wanted = [in_a_table(column) for column in wanted]
            yield from pieces(table(products, wanted, written_as, merchant))
        else:
            yield from pieces(_rss(products, wanted, written_as, merchant, feed=feed, base=base))


def _source(
    feed: Feed, base: str, _columns: object, chosen: Chosen, cells: str, _merchant: object
) -> str:
    return items.source(feed, chosen, cells, base=base)


def _format(source: partial) -> Format:
    return Format("feed", "", "", lambda *_: [], source, {}, delimiter="\t")


def _rss(
    products: QuerySet,
    wanted: Sequence[Column],
    written_as: Format,
    merchant: Merchant,
    *,
    feed: Feed,
    base: str,
) -> Iterator[bytes]:
    title, place = escape(f"{merchant.name}: {feed.name}"), escape(base or feed.link)
    yield (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        '<rss version="2.0" xmlns:g="http://base.google.com/ns/1.0"><channel>\n'
        f"<title>{title}</title><link>{place}</link><description>{title}</description>\n"
        f"<lastBuildDate>{timezone.now():%a, %d %b %Y %H:%M:%S} GMT</lastBuildDate>\n"
    ).encode()
    names = [column.name for column in wanted]
    for chosen in batches(products):
        text = statement(wanted, written_as, chosen, merchant, options="FORMAT text")
        with copied_rows(text) as rows:
            for row in rows:
                yield _item(names, row).encode()
    yield b"</channel></rss>\n"


def _item(names: Sequence[str], row: Sequence[str | None]) -> str:
    parts = [_element(name, value) for name, value in zip(names, row, strict=True) if value]
    return f"<item>{''.join(parts)}</item>\n"


def _element(name: str, value: str) -> str:
    text = value.translate(SPELLED)
    if name == "additional_image_link":
        return "".join(f"<g:{name}>{one}</g:{name}>" for one in text.split(","))
    if name.startswith("structured_"):
        text = f"<g:digital_source_type>{AI}</g:digital_source_type><g:content>{text}</g:content>"
    return f"<g:{name}>{text}</g:{name}>"

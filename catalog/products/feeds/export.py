"""The feed's table as a file to take away: of exactly the products that are chosen.

What belongs to a feed, such as the pattern of links, is that of the newest one; a shop without a
feed gets its file without links. Unlike a feed it leaves no item out.
"""

from collections.abc import Sequence

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from catalog.products.exports.formats import Column, Format
from catalog.products.exports.sql import Chosen
from catalog.products.feeds import items
from catalog.products.feeds.columns import columns as of_feed
from catalog.products.feeds.columns import in_a_table
from catalog.products.feeds.models import Feed
from ecomportal.tenancy.models import Merchant


def _feed(merchant: Merchant) -> Feed:
    newest = merchant.feeds.order_by("-created_at").first()
    return newest or Feed(merchant=merchant, language=merchant.language, link="")


def columns(_products: QuerySet, merchant: Merchant) -> list[Column]:
    return [in_a_table(column) for column in of_feed(_feed(merchant), merchant)]


def source(_columns: Sequence[Column], chosen: Chosen, cells: str, merchant: Merchant) -> str:
    return items.source(_feed(merchant), chosen, cells, only_good=False)


FORMAT = Format(
    "google",
    _("Google feed (TSV)"),
    _(
        "An item for each variant, with the links of the newest feed. A file that Google fetches "
        "by itself is a feed of its own."
    ),
    columns,
    source,
    {},
    delimiter="\t",
    extension="tsv",
)

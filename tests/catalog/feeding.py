"""Feeds for tests, and their items as Google would read them."""

import csv
import io
from typing import Any
from xml.etree import ElementTree

from catalog.products.feeds.models import Feed
from ecomportal.tenancy.context import tenant
from ecomportal.tenancy.models import Merchant

LINK = "https://shop.example/products/{handle}"
G = "{http://base.google.com/ns/1.0}"


def make_feed(shop: Merchant, name: str = "Google", **fields: Any) -> Feed:
    with tenant(shop):
        return Feed.objects.create(
            merchant=shop, name=name, **{"language": shop.language, "link": LINK, **fields}
        )


def body(answer: Any) -> bytes:
    assert answer.status_code == 200, answer.status_code
    return b"".join(answer.streaming_content)


def table(client: Any, feed: Feed) -> list[dict[str, str]]:
    text = body(client.get(f"/feeds/{feed.token}.tsv")).decode()
    return list(csv.DictReader(io.StringIO(text, newline=""), delimiter="\t"))


def rss(client: Any, feed: Feed) -> list[ElementTree.Element]:
    root = ElementTree.fromstring(body(client.get(f"/feeds/{feed.token}.xml")))
    return root.findall("channel/item")

"""The peers' product lists and forms, each page compared with plain SQL of their own tables."""

import re
from collections.abc import Callable
from typing import Any

import psycopg

from tests.bench.catalogue_http import form_fields
from tests.bench.catalogue_rounds import Ask, Site, WrongPage, same_rows
from tests.bench.peers.site import Peer

OSCAR_ROWS, ADMIN_ROWS = 20, 100  # of a page, as both have it by default
OSCAR_LINK = re.compile(r'href="/dashboard/catalogue/products/(\d+)/')
ADMIN_LINK = re.compile(r'href="/admin/shop/product/(\d+)/change/')
OSCAR_IDS = (
    "SELECT p.id FROM catalogue_product p WHERE p.structure IN ('parent', 'standalone') "
    "AND {where} ORDER BY p.date_updated DESC, p.id LIMIT 20 OFFSET {skip}"
)
ADMIN_IDS = (
    "SELECT p.id FROM shop_product p WHERE {where} ORDER BY p.updated DESC, p.id DESC "
    "LIMIT 100 OFFSET {skip}"
)


def _once(link: re.Pattern[str]) -> Callable[[str], list[str]]:
    """Every product linked from a page, in order; pictures and names link to the same one."""
    return lambda text: list(dict.fromkeys(link.findall(text)))


def oscar_asks(site: Site, peer: Peer) -> list[Ask]:
    path, last = "/dashboard/catalogue/", -(-peer.size // OSCAR_ROWS)
    found = "p.title ILIKE '%%cotton%%'"
    pages = [
        ("list_first", path, "true", 0),
        ("list_last", f"{path}?page={last}", "true", (last - 1) * OSCAR_ROWS),
        ("search", f"{path}?title=cotton&upc=", found, 0),
    ]
    return _checked(site, peer, pages, OSCAR_IDS, OSCAR_LINK)


def admin_asks(site: Site, peer: Peer) -> list[Ask]:
    path, last = "/admin/shop/product/", -(-peer.size // ADMIN_ROWS)
    pages = [
        ("list_first", path, "true", 0),
        ("list_last", f"{path}?p={last}", "true", (last - 1) * ADMIN_ROWS),
        ("search", f"{path}?q=cotton", "p.title ILIKE '%%cotton%%'", 0),
    ]
    return _checked(site, peer, pages, ADMIN_IDS, ADMIN_LINK)


def _checked(
    site: Site,
    peer: Peer,
    pages: list[tuple[str, str, str, int]],
    query: str,
    link: re.Pattern[str],
) -> list[Ask]:
    asks = []
    with psycopg.connect(peer.dsn()) as plain:
        for name, path, where, skip in pages:
            rows = plain.execute(query.format(where=where.replace("%%", "%"), skip=skip))
            wanted = [str(pk) for (pk,) in rows]
            asks.append(same_rows(Ask(name, site, path), wanted, _once(link)))
    return asks


class AdminForm:
    """One product's change form in the admin, saved with another price each time."""

    def __init__(self, site: Site, peer: Peer) -> None:
        self.site, self.peer, self.cents = site, peer, 1000
        with psycopg.connect(peer.dsn()) as plain:
            query = "SELECT product_id, id FROM shop_variant ORDER BY id LIMIT 1 OFFSET 100"
            self.product, self.variant = plain.execute(query).fetchone()
        self.path = f"/admin/shop/product/{self.product}/change/"
        self.fields = form_fields(site.browser.get(self.path).body)

    def send(self) -> None:
        self.cents += 1
        fields: dict[str, Any] = {**self.fields, "variants-0-price_cents": self.cents}
        reply = self.site.browser.post(self.path, {**fields, "_save": "Save"})
        if reply.status != 302:
            raise WrongPage(f"{self.site.name}: saving {self.path} answered {reply.status}")

    def check(self) -> None:
        with psycopg.connect(self.peer.dsn()) as plain:
            query = "SELECT price_cents FROM shop_variant WHERE product_id = %s ORDER BY id LIMIT 1"
            (cents,) = plain.execute(query, [self.product]).fetchone()
        if cents != self.cents:
            raise WrongPage(f"{self.site.name}: the saved price is {cents}, not {self.cents}")

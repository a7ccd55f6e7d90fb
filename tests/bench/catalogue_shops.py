"""Generated shops of the portal, and every page of their catalogue as it is asked and checked."""

import os
import re
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from typing import Any

from tests.bench.catalogue_answers import Page, keep, kept
from tests.bench.catalogue_cases import Case, Plain, combined, filters, searches, sorts
from tests.bench.catalogue_http import Browser
from tests.bench.catalogue_pages import statements
from tests.bench.catalogue_rounds import Ask, Site, WrongPage, same_rows

ROW = re.compile(r"name=ids value=([\w-]{22}) ")
N_PROCESSES = min(2, os.cpu_count() or 1)
# Lists that are also asked in the middle and at the end; all sorts are besides.
DEEP = ("search_common", "status", "category", "fact_value", "price")
SEED = 1


@dataclass
class Shop:
    """One generated shop and its owner, who is signed in once there is a server."""

    size: int
    merchant: Any
    person: Any
    plain: Plain
    site: Site | None = None

    @property
    def path(self) -> str:
        return f"/{self.merchant.slug}/products/"

    def sign_in(self, browser: Browser) -> Browser:
        from tests.factories import PASSWORD

        browser.sign_in("/account/login/", login=self.person.email, password=PASSWORD)
        return browser

    # --- The list -------------------------------------------------------------------------

    def cases(self) -> list[Case]:
        self.plain.cursor.execute(
            "SELECT id, path FROM catalog_category "
            "WHERE merchant_id = %s AND parent_id IS NULL AND path = 'Apparel'",
            [self.merchant.pk],
        )
        category = dict(zip(("id", "path"), self.plain.cursor.fetchone(), strict=True))
        sku = f"G{int(self.size * 0.86421):07d}"
        alone = [*sorts(), *searches(sku), *filters(category, self._wanted())]
        return alone + combined(category)

    def _wanted(self) -> list[tuple[str, str, str]]:
        """What must be known of each family and type that occurs."""
        from catalog.products.must_have import wanted_keys

        self.plain.cursor.execute(
            "SELECT DISTINCT c.family, p.product_type FROM catalog_product p "
            "JOIN catalog_category c ON c.id = p.category_id WHERE p.merchant_id = %s",
            [self.merchant.pk],
        )
        return [
            (family, product_type, key)
            for family, product_type in self.plain.cursor.fetchall()
            for key in wanted_keys(family, product_type)
        ]

    def list_asks(self, folder: Path, *, with_deep: bool) -> tuple[list[Ask], list[WrongPage]]:
        """Every offered sort and filter, its first page, and of some the middle and the last;
        those that show what plain SQL gives, and what is wrong with the others.

        Plain SQL takes minutes in a shop of a million: its answers are kept for as long as the
        shop stays as it is, and asked anew before any page is called wrong.
        """
        self.plain.page = len(ids_on(self.site.browser.get(f"{self.path}?view=all").text))
        file = folder / f"answers-{self.size}-{'deep' if with_deep else 'first'}.json"
        stamp = self._stamp()
        if pages := kept(file, stamp):
            asks, wrong = self._checked(pages)
            if not wrong:
                return asks, wrong
        pages = [page for case in self.cases() for page in self._pages(case, with_deep=with_deep)]
        keep(file, stamp, pages)
        return self._checked(pages)

    def _stamp(self) -> str:
        """Of the shop, the day, the size of a page and the code that asks."""
        code = sorted(Path(__file__).parent.glob("catalogue_[cs]*.py"))
        read = sha256(b"".join(file.read_bytes() for file in code)).hexdigest()[:16]
        return f"{self.plain.stamp()} {datetime.now(UTC):%Y-%m-%d} {self.plain.page} {read}"

    def _pages(self, case: Case, *, with_deep: bool) -> list[Page]:
        pages = [Page(case.name, case.address, self.plain.ids(case))]
        if with_deep and (case.name.startswith("sort_") or case.name in DEEP):
            pages += self._deep(case)
        return pages

    def _deep(self, case: Case) -> list[Page]:
        from ecomportal.web.paging import FORWARD, LAST, cursor_at

        n = self.plain.count(case)
        if n < 3 * self.plain.page:
            return []
        edge, *rows = self.plain.keys(case, n // 2 - 1, self.plain.page + 1)
        middle = f"{case.address}&after={cursor_at(FORWARD, edge)}"
        last = f"{case.address}&after={LAST}"
        return [
            Page(f"{case.name}_middle", middle, [str(pk) for _key, pk in rows]),
            Page(f"{case.name}_last", last, self.plain.last_ids(case)),
        ]

    def _checked(self, pages: list[Page]) -> tuple[list[Ask], list[WrongPage]]:
        asks, wrong = [], []
        for page in pages:
            ask = Ask(page.name, self.site, f"{self.path}?{page.address}")
            try:
                asks.append(same_rows(ask, page.ids, ids_on))
            except WrongPage as error:
                wrong.append(error)
        return asks, wrong

    # --- Other pages, shown beside the list -------------------------------------------------

    def other_asks(self) -> list[Ask]:
        product = self.plain.value(
            "SELECT id FROM catalog_product WHERE merchant_id = %s ORDER BY id OFFSET 7 LIMIT 1"
        )
        paths = {
            "home": f"/{self.merchant.slug}/",
            "editor": f"{self.path}{product}/",
            "history": f"{self.path}{product}/history/",
            "categories": f"{self.path}categories/",
            "attributes": f"{self.path}facts/",
            "count_all": f"{self.path}?view=all&count=exact",
        }
        asks = [Ask(name, self.site, path) for name, path in paths.items()]
        shown = asks[-1].send().text.replace(",", "")
        assert str(self.size) in shown, "the exact count is not that of plain SQL"
        return asks

    def most_statements(self, asks: list[Ask]) -> tuple[int, str]:
        """The page that asks the database most; counted here, not over HTTP."""
        from django.test import Client

        client = Client()
        client.force_login(self.person, backend="django.contrib.auth.backends.ModelBackend")
        found = {ask.name: len(statements(client, ask.path)) for ask in asks if ask.post is None}
        name = max(found, key=lambda one: found[one])
        return found[name], name


def ids_on(page: str) -> list[str]:
    """The products of a list's rows, which are written in the short form."""
    from catalog.products.listing.shortened import long

    return [str(long(text)) for text in ROW.findall(page)]


def shop_of(size: int) -> Shop:
    """The shop of this size, generated unless it was kept."""
    from django.db import connections

    from ecomportal.tenancy.models import Merchant, User
    from tests.factories import make_member

    slug, email = f"bench-{size}", f"bench-{size}@example.com"
    merchant, _ = Merchant.objects.get_or_create(
        slug=slug, defaults={"name": slug.title(), "currency": "EUR"}
    )
    plain = Plain(connections["owner"].cursor(), merchant.pk)
    n_there = plain.value("SELECT count(*) FROM catalog_product WHERE merchant_id = %s")
    if n_there not in (0, size):
        raise SystemExit(f"{slug} holds {n_there:,} products: delete the kept folder.")
    if not n_there:
        _fill(merchant, size)
    person = User.objects.filter(email=email).first() or make_member(merchant, email)
    return Shop(size, merchant, person, plain)


def made_shop(name: str, size: int) -> Any:
    """A filled shop of one part's own, which is gone when the benchmark is over."""
    from tests.factories import make_shop

    merchant = make_shop(f"{name}-{os.getpid()}", currency="EUR")
    _fill(merchant, size)
    return merchant


def _fill(merchant: Any, size: int) -> None:
    from catalog.generator.write import settle, write_catalogue

    print(f"Generating {size:,} products ...", flush=True)
    processes = N_PROCESSES if size > 10_000 else 1
    for _ in write_catalogue(merchant, range(1, size + 1), seed=SEED, n_processes=processes):
        pass
    settle()


def portal_env(folder: Path) -> dict[str, str]:
    """Production settings, but plain HTTP on the loopback; the web process is the app role's."""
    return {
        "DJANGO_SETTINGS_MODULE": "ecomportal.settings",
        "ECOMPORTAL_VAR": str(folder / "var"),
        "DEBUG": "0",
        "HTTPS_ONLY": "0",
        "SECRET_KEY": "only for measurements",
        "LOG_LEVEL": "WARNING",
        "ALLOWED_HOSTS": "127.0.0.1,testserver",
    }

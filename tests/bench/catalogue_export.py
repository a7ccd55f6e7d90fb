"""How fast an export is, beside a bare COPY of the same columns, and how much memory it takes.

`python -m tests.bench catalogue_export [--products 20000]` fills a generated shop and takes turns:
the whole file as the view sends it (Shopify's 57 columns: first lines and further lines, texts by
language, cells guarded), and one plain `COPY (SELECT ...) TO STDOUT` of the same cells, read in the
same way by the same role. Before anything is timed the two are compared row by row. The other kinds
of file are timed too. Exits 1 when a target is missed; the last line is one JSON object.
"""

import argparse
import csv
import io
import json
import os
import random
import statistics
import time
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from tests.bench.catalogue_http import Browser
from tests.bench.catalogue_import import Clock, Cost
from tests.bench.scratch import scratch

N_ROUNDS = 7
N_ROUNDS_LARGE = 3  # from LARGE products on
LARGE = 500_000
MB = 1 << 20
PAGE_BYTES = os.sysconf("SC_PAGE_SIZE")
TARGETS = {"export_vs_copy": 0.7, "export_rss_growth_mb": 20}
# What the peer's file has too, in our words; it also says when a product was changed.
OF_PEERS = ("title", "handle", "description:en", "category", "vendor", "status")
PLAIN_OF_PEERS = """
SELECT p.title, p.handle, coalesce(t.text, ''), coalesce(c.path, ''), p.vendor, p.status
FROM catalog_product p LEFT JOIN catalog_category c ON c.id = p.category_id
LEFT JOIN catalog_producttext t ON t.product_id = p.id AND t.field = 'description'
      AND t.language = 'en'
WHERE p.merchant_id = %s AND p.deleted_at IS NULL
"""
OTHERS = ("own", "woocommerce", "google", "xlsx")
# What stands in a column of the template where our shop knows something; every other is empty.
KNOWN = {
    "Title": "CASE WHEN v.position = 1 THEN p.title END",
    "URL handle": "p.handle",
    "Description": "CASE WHEN v.position = 1 THEN coalesce(t.description_en, t.description_zh) END",
    "Vendor": "CASE WHEN v.position = 1 THEN p.vendor END",
    "Product category": "CASE WHEN v.position = 1 THEN c.path END",
    "Type": "CASE WHEN v.position = 1 THEN p.product_type END",
    "Tags": "CASE WHEN v.position = 1 THEN array_to_string(p.tags, ', ') END",
    "Published on online store": "CASE WHEN v.position = 1 THEN CASE WHEN p.status = 'active' "
    "THEN 'TRUE' ELSE 'FALSE' END END",
    "Status": "CASE WHEN v.position = 1 THEN p.status END",
    "SKU": "v.sku",
    "Barcode": "v.barcode",
    "Option1 name": "CASE WHEN v.position = 1 THEN coalesce(p.option_names[1], 'Title') END",
    "Option1 value": "coalesce(v.options[1], 'Default Title')",
    "Option2 name": "CASE WHEN v.position = 1 THEN p.option_names[2] END",
    "Option2 value": "v.options[2]",
    "Option3 name": "CASE WHEN v.position = 1 THEN p.option_names[3] END",
    "Option3 value": "v.options[3]",
    "Price": "v.price_cents * 0.01",
    "Compare-at price": "v.compare_at_cents * 0.01",
    "Cost per item": "v.cost_cents * 0.01",
    "Inventory tracker": "CASE WHEN v.is_stock_tracked THEN 'shopify' END",
    "Inventory quantity": "v.stock",
    "Continue selling when out of stock": "CASE WHEN v.sells_without_stock THEN 'continue' "
    "ELSE 'deny' END",
    "Weight value (grams)": "trim_scale(v.weight_grams)",
    "SEO title": "CASE WHEN v.position = 1 THEN coalesce(t.seo_title_en, t.seo_title_zh) END",
    "SEO description": "CASE WHEN v.position = 1 THEN coalesce(t.seo_description_en, "
    "t.seo_description_zh) END",
    "Product image URL": "i.source_url",
    "Image position": "i.position",
    "Image alt text": "i.alt",
}
BARE = """COPY (
    SELECT {cells} FROM catalog_product p
    JOIN catalog_variant v ON v.product_id = p.id AND v.deleted_at IS NULL
    LEFT JOIN catalog_category c ON c.id = p.category_id
    LEFT JOIN (SELECT product_id, {texts} FROM catalog_producttext GROUP BY product_id) t
           ON t.product_id = p.id
    LEFT JOIN catalog_productimage i ON i.product_id = p.id AND i.position = v.position
          AND i.source_url <> ''
    WHERE p.deleted_at IS NULL
) TO STDOUT (FORMAT csv)"""


def bare(merchant: Any) -> Iterable[bytes]:
    """The floor: one statement, in whatever order the rows come."""
    from django.db import connection

    from catalog.products.exports.shopify import TEMPLATE
    from catalog.products.exports.stream import pieces
    from ecomportal.tenancy.context import tenant

    texts = ", ".join(
        f"any_value(text) FILTER (WHERE field = '{name}' AND language = '{language}') "
        f"AS {name}_{language}"
        for name in ("description", "seo_title", "seo_description")
        for language in ("en", "zh")
    )
    cells = ", ".join(KNOWN.get(name, "NULL") for name in TEMPLATE)
    text = BARE.format(cells=cells, texts=texts)
    with tenant(merchant), connection.cursor() as cursor, cursor.copy(text) as lines:
        yield from pieces(lines)  # sent on together, as the export does


def exported(merchant: Any, person: Any, name: str) -> Iterable[bytes]:
    """What the view sends to a person who asks for all products."""
    from django.test import Client

    client = Client(SERVER_NAME="127.0.0.1")
    client.force_login(person, backend="django.contrib.auth.backends.ModelBackend")
    answer = client.post(f"/{merchant.slug}/products/export/", fields(name))
    assert answer.status_code == 200, answer.status_code
    return answer.streaming_content


def fields(name: str, *columns: str) -> dict[str, Any]:
    """The form for all products, with these columns if any are named."""
    chosen = {"has_columns": "on", "columns": columns} if columns else {}
    return {"all_matching": "1", "query": "", "format": name, **chosen}


def check(merchant: Any, person: Any, *, n_products: int) -> int:
    """Both give the same rows; returns how many."""
    from catalog.products.imports.guard import unguard

    made = rows_of(exported(merchant, person, "shopify"))[1:]
    plain = rows_of(bare(merchant))
    told = sorted([unguard(cell) for cell in row] for row in made)
    assert told == sorted(plain), "the export and a plain COPY differ"
    handles = {row[1] for row in made}
    assert len(handles) == n_products, (len(handles), n_products)
    return len(made)


def rows_of(content: Iterable[bytes]) -> list[list[str]]:
    text = io.StringIO(b"".join(content).decode(), newline="")
    return list(csv.reader(text))


def timed(content: Callable[[], Iterable[bytes]]) -> tuple[Cost, int, float]:
    """What it costs to draw the whole of it, its bytes, and how far the process grew meanwhile."""
    before = most = _rss_mb()
    n_bytes = 0
    with Clock() as clock:
        for n, piece in enumerate(content()):
            n_bytes += len(piece)
            if n % 16 == 0:
                most = max(most, _rss_mb())
    return clock.cost, n_bytes, max(most, _rss_mb()) - before


def _rss_mb() -> float:
    return int(Path("/proc/self/statm").read_text().split()[1]) * PAGE_BYTES / MB


def over_http(
    server: Any, browser: Browser, slug: str, asked: dict[str, Any]
) -> tuple[float, float]:
    """Seconds until the whole file was read, and megabytes the web worker grew by meanwhile."""
    before = most = server.rss_mb()
    began = time.perf_counter()
    for n, _piece in enumerate(browser.stream(f"/{slug}/products/export/", asked)):
        if n % 64 == 0:
            most = max(most, server.rss_mb())
    return time.perf_counter() - began, max(most, server.rss_mb()) - before


def check_of_peers(browser: Browser, slug: str, plain: Any) -> None:
    """The columns that the peer's file has too hold what plain SQL gives, a line each product."""
    from catalog.products.imports.guard import unguard

    asked = fields("own", *OF_PEERS)
    content = b"".join(browser.stream(f"/{slug}/products/export/", asked)).decode()
    made = csv.DictReader(io.StringIO(content, newline=""))
    told = sorted(tuple(unguard(row[name]) for name in OF_PEERS) for row in made)
    plain.cursor.execute(PLAIN_OF_PEERS, [plain.merchant_id])
    assert told == sorted(plain.cursor.fetchall()), "the export and plain SQL differ"


def measure(merchant: Any, person: Any, *, n_products: int) -> dict[str, Any]:
    """The figures of one shop, which is not changed; its rows were compared before."""
    n_lines = _n_lines(merchant)
    asked: dict[str, Callable[[], Iterable[bytes]]] = {
        "shopify": lambda: exported(merchant, person, "shopify"),
        "copy": lambda: bare(merchant),
    }
    costs: dict[str, list[Cost]] = {name: [] for name in asked}
    growth, sizes = [], {}
    rng = random.Random(1)
    for _ in range(N_ROUNDS if n_products < LARGE else N_ROUNDS_LARGE):
        for name in rng.sample(list(asked), k=len(asked)):
            cost, sizes[name], grown = timed(asked[name])
            costs[name].append(cost)
            growth += [grown] if name == "shopify" else []
    seconds = {name: statistics.median(c.wall for c in all_) for name, all_ in costs.items()}
    cpu = {name: statistics.median(c.cpu for c in all_) for name, all_ in costs.items()}
    found = {
        "export_vs_copy": round(seconds["copy"] / seconds["shopify"], 3),
        "export_vs_copy_cpu": round(cpu["copy"] / cpu["shopify"], 3),
        "export_rss_growth_mb": round(max(growth), 1),
        "rows_per_second": round(n_lines / seconds["shopify"]),
        "products_per_second": round(n_products / seconds["shopify"]),
        "rows": n_lines,
        "megabytes": {name: round(n / MB, 1) for name, n in sizes.items()},
    }
    _show(found)
    return found


def others(merchant: Any, person: Any, *, n_products: int) -> dict[str, dict[str, float]]:
    """The other kinds of file, each once."""
    return {name: _other(merchant, person, name, n_products) for name in OTHERS}


def _n_lines(merchant: Any) -> int:
    from ecomportal.tenancy.context import tenant

    with tenant(merchant):
        return merchant.variants.filter(deleted_at=None, product__deleted_at=None).count()


def _other(merchant: Any, person: Any, name: str, n_products: int) -> dict[str, float]:
    cost, n_bytes, grown = timed(lambda: exported(merchant, person, name))
    print(
        f"  {name:12} {n_products / cost.wall:,.0f} products a second, {grown:.1f} MB", flush=True
    )
    return {
        "products_per_second": round(n_products / cost.wall),
        "megabytes": round(n_bytes / MB, 1),
        "rss_growth_mb": round(grown, 1),
    }


def _show(found: dict[str, Any]) -> None:
    print(f"{found['rows']:,} lines, {found['rows_per_second']:,} a second; {found['megabytes']}")
    print(f"  export_vs_copy {found['export_vs_copy']} (at least {TARGETS['export_vs_copy']})")
    most = TARGETS["export_rss_growth_mb"]
    print(f"  export_rss_growth_mb {found['export_rss_growth_mb']} (at most {most})", flush=True)


def main(argv: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.bench catalogue_export")
    parser.add_argument("--products", type=int, default=20_000)
    n_products = parser.parse_args(argv).products
    with scratch():
        import django

        django.setup()
        from django.core.management import call_command
        from django.db import connections

        from catalog.generator.write import settle, write_catalogue
        from tests.factories import make_member, make_shop

        call_command("migrate", verbosity=0, skip_checks=True)
        try:
            merchant = make_shop("bench-export", currency="EUR")
            for _counts in write_catalogue(merchant, range(1, n_products + 1), seed=1):
                pass
            settle()
            asked = {"person": make_member(merchant), "n_products": _n_live(merchant)}
            check(merchant, **asked)
            found = measure(merchant, **asked)
            found["others"] = others(merchant, **asked)
        finally:
            for connection in connections.all():
                connection.close()
    is_fine = found["export_vs_copy"] >= TARGETS["export_vs_copy"]
    is_fine = is_fine and found["export_rss_growth_mb"] <= TARGETS["export_rss_growth_mb"]
    print(json.dumps({"bench": "catalogue_export", **found, "ok": is_fine}))
    return 0 if is_fine else 1


def _n_live(merchant: Any) -> int:
    from ecomportal.tenancy.context import tenant

    with tenant(merchant):
        return merchant.products.live().count()

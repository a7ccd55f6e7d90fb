"""SQL statements, time and CPU of the product list and the editor, at 10 and at 50 rows.

`python -m tests.bench catalogue_pages [--products 2000]` works in a throw-away database and prints
one JSON object as its last line; it exits 1 when a page takes more than 8 statements or when their
number depends on the number of rows.
"""

import argparse
import json
import statistics
import time
from typing import Any

from tests.bench.scratch import scratch

MAX_STATEMENTS = 8  # of one page, whatever the number of rows
# The frame of a request's transaction; the last one is sent only inside a test's own.
TRANSACTION = (
    *("BEGIN", "COMMIT", "SAVEPOINT", "RELEASE", "ROLLBACK"),
    "SELECT SET_CONFIG('APP.MERCHANT_ID', ''",
)
ROWS = (10, 50)
N_TIMED = 30


def statements(client: Any, url: str) -> list[str]:
    """What one request asks the database, without the frame of its transaction."""
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    with CaptureQueriesContext(connection) as captured:
        response = client.get(url)
    assert response.status_code == 200, (url, response.status_code)
    found = [query["sql"] for query in captured.captured_queries]
    return [sql for sql in found if not sql.lstrip().upper().startswith(TRANSACTION)]


def timed(client: Any, url: str) -> dict[str, float]:
    walls, cpus = [], []
    for _ in range(N_TIMED):
        wall, cpu = time.perf_counter(), time.process_time()
        client.get(url)
        walls.append(time.perf_counter() - wall)
        cpus.append(time.process_time() - cpu)
    return {
        "p50_ms": round(1000 * statistics.median(walls), 1),
        "p95_ms": round(1000 * sorted(walls)[int(0.95 * N_TIMED)], 1),
        "cpu_ms": round(1000 * statistics.median(cpus), 1),
    }


def fill(shop: Any, n_products: int) -> None:
    """Products with variants, facts and texts, as a shop of this size has them."""
    from catalog.products.models import Attribute, Fact, Product, ProductText, Variant
    from ecomportal.tenancy.context import tenant

    with tenant(shop):
        attribute = Attribute.objects.create(
            merchant=shop, key="material", label_en="Material", label_zh="材质"
        )
        products = [
            Product(merchant=shop, title=f"Product {n}", handle=f"p-{n}", status="active")
            for n in range(n_products)
        ]
        below = {
            Variant: lambda n, p: Variant(
                merchant=shop, product=p, sku=f"S-{n}", price_cents=100 + n % 900, stock=n % 40
            ),
            Fact: lambda n, p: Fact(merchant=shop, product=p, attribute=attribute, value="linen"),
            ProductText: lambda n, p: ProductText(
                merchant=shop, product=p, language="en", field="description", text="A shirt.",
                origin="person",
            ),
        }  # fmt: skip
        Product.objects.bulk_create(products, batch_size=1000)
        for model, make in below.items():
            rows = [make(n, p) for n, p in enumerate(products)]
            model.objects.bulk_create(rows, batch_size=1000)


def widen(shop: Any, product: Any, n_rows: int) -> None:
    """Give one product `n_rows` variants, facts and events."""
    from catalog.products.models import Fact, Variant
    from ecomportal.tenancy.context import tenant

    with tenant(shop):
        attribute = shop.attributes.get()
        for n in range(product.variants.count(), n_rows):
            Variant.objects.create(merchant=shop, product=product, sku=f"{product.pk}-{n}")
            Fact.objects.create(
                merchant=shop, product=product, attribute=attribute, value=f"value {n}"
            )


def measure(n_products: int) -> dict[str, Any]:
    from django.test import Client

    from catalog.products import list_view
    from catalog.products.models import Product
    from ecomportal.tenancy.context import tenant
    from tests.factories import make_member, make_shop

    shop = make_shop("bench")
    client = Client()
    backend = "django.contrib.auth.backends.ModelBackend"
    client.force_login(make_member(shop), backend=backend)
    fill(shop, n_products)
    found: dict[str, Any] = {"products": n_products}
    for n_rows in ROWS:
        list_view.PAGE_SIZE = n_rows
        url = "/bench/products/"
        found[f"list_{n_rows}"] = {"sql": len(statements(client, url)), **timed(client, url)}
    for name, query in {"search": "q=product+17", "price": "sort=price&min=2&max=5"}.items():
        found[f"list_{name}"] = timed(client, f"/bench/products/?{query}")
    with tenant(shop):
        product = Product.objects.order_by("pk").first()
    for n_rows in ROWS:
        widen(shop, product, n_rows)
        url = f"/bench/products/{product.pk}/"
        found[f"editor_{n_rows}"] = {"sql": len(statements(client, url)), **timed(client, url)}
    return found


def failures(found: dict[str, Any]) -> list[str]:
    wrong = []
    for page in ("list", "editor"):
        few, many = (found[f"{page}_{n}"]["sql"] for n in ROWS)
        if few != many:
            wrong.append(f"{page}: {few} statements at {ROWS[0]} rows, {many} at {ROWS[1]}")
        if many > MAX_STATEMENTS:
            wrong.append(f"{page}: {many} statements, at most {MAX_STATEMENTS} are allowed")
    return wrong


def main(argv: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.bench catalogue_pages")
    parser.add_argument("--products", type=int, default=2000)
    options = parser.parse_args(argv)
    with scratch():
        found = run(options.products)
    print(json.dumps(found))
    return 0 if found["ok"] else 1


def run(n_products: int) -> dict[str, Any]:
    import django

    django.setup()
    from django.conf import settings
    from django.core.management import call_command
    from django.db import connection

    # Static files by their plain names: nothing was collected for this run.
    plain = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    settings.STORAGES = {**settings.STORAGES, "staticfiles": plain}
    call_command("migrate", verbosity=0, skip_checks=True)
    try:
        found = measure(n_products)
    finally:
        connection.close()
    problems = failures(found)
    return {"bench": "catalogue_pages", **found, "problems": problems, "ok": not problems}

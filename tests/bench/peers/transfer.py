"""django-import-export as a merchant meets it: upload, preview, confirm; and its export."""

import csv
import io
import time

import psycopg

from tests.bench.catalogue_http import form_fields
from tests.bench.catalogue_rounds import Site, WrongPage
from tests.bench.peers.site import Peer

COLUMNS = ("title", "slug", "description", "category", "vendor", "status", "updated")
ROWS = (
    "SELECT p.title, 'imported-' || p.id, p.description, c.path, p.vendor, p.status, "
    "to_char(p.updated, 'YYYY-MM-DD HH24:MI:SS') FROM shop_product p "
    "JOIN shop_category c ON c.id = p.category_id ORDER BY p.id LIMIT %s"
)
MADE = "FROM shop_product WHERE slug LIKE 'imported-%'"
PATH = "/admin/shop/product/"


def import_rate(site: Site, peer: Peer, n_rows: int) -> float:
    """New products a second of wall time, from the upload to the answer of the confirmation."""
    with psycopg.connect(peer.dsn(), autocommit=True) as plain:
        plain.execute(f"DELETE {MADE}")
        rows = plain.execute(ROWS, [n_rows]).fetchall()
        form = form_fields(site.browser.get(f"{PATH}import/").body)
        began = time.perf_counter()
        preview = site.browser.post(
            f"{PATH}import/",
            {**_single(form), "format": "0"},
            files={"import_file": ("products.csv", _csv(rows))},
        )
        done = site.browser.post(f"{PATH}process_import/", form_fields(preview.body))
        seconds = time.perf_counter() - began
        made = plain.execute(f"SELECT title, slug, description, vendor, status {MADE}").fetchall()
        plain.execute(f"DELETE {MADE}")
    wanted = [
        (title, slug, text, vendor, status) for title, slug, text, _, vendor, status, _ in rows
    ]
    if done.status != 302 or sorted(made) != sorted(wanted):
        raise WrongPage(f"{site.name}: {len(made)} of {n_rows} imported, status {done.status}")
    return n_rows / seconds


def export_rate(site: Site, peer: Peer) -> float:
    """Products a second, all of them as CSV."""
    form = form_fields(site.browser.get(f"{PATH}export/").body)
    began = time.perf_counter()
    reply = site.browser.post(f"{PATH}export/", {**form, "format": "0"})
    seconds = time.perf_counter() - began
    told = {(row["title"], row["slug"]) for row in csv.DictReader(io.StringIO(reply.text))}
    with psycopg.connect(peer.dsn()) as plain:
        wanted = set(plain.execute("SELECT title, slug FROM shop_product").fetchall())
    if told != wanted or len(wanted) != peer.size:
        raise WrongPage(f"{site.name}: {len(told)} of {peer.size} products exported as they are")
    return peer.size / seconds


def _csv(rows: list[tuple[str, ...]]) -> bytes:
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(COLUMNS)
    writer.writerows(rows)
    return out.getvalue().encode()


def _single(form: dict[str, list[str]]) -> dict[str, str]:
    return {name: values[-1] for name, values in form.items()}

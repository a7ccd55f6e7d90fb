"""Bytes into the real pages: only accepted, kept aside row by row, or refused; never half done.

The suite tries the same few files every time. The long form tries others each time:
`EXPLORE=1 IMPORT_FUZZ_EXAMPLES=5000 pytest tests/catalog/test_import_fuzz.py`. What it finds is
kept in FOUND.
"""

import csv
import gzip
import io
import os
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from openpyxl import Workbook
from openpyxl.utils.exceptions import IllegalCharacterError

from catalog.products.imports.models import ImportRun
from ecomportal.tenancy.context import tenant
from tests.catalog.importing import carry_out, latest, upload

EXAMPLES = int(os.environ.get("IMPORT_FUZZ_EXAMPLES", "12"))
NAMES = st.sampled_from(
    ["Handle", "Title", "Variant Price", "Option1 Name", "Option1 Value", "SKU", "名称", "价格",
     "id", "g:price", "item_group_id", "Type", "Parent", "ID", "fact:width", "extra", "Images",
     "Name", "Qty", "category", "color", "", "x", "Import problem", "description:zh"]
)  # fmt: skip
CELLS = st.one_of(
    st.sampled_from(
        ["", "a", "A", "10", "-1", "1e99", "NaN", "=1+1", "\u202e1", "variation", "id:1", "{}",
         "https://x.example/a.jpg", "A > B", "red|blue", "a=b,c=d", '"', "\n", "x" * 300]
    ),
    st.text(max_size=10),
)  # fmt: skip
ROWS = st.lists(st.lists(CELLS, min_size=0, max_size=6), max_size=6)
HEADS = st.lists(NAMES, min_size=1, max_size=6)
JUNK = st.binary(max_size=60)


def broken(content: bytes, junk: bytes, at: float) -> bytes:
    """The file with something thrown into it."""
    place = int(len(content) * at)
    return content[:place] + junk + content[place + len(junk) // 2 :]


@st.composite
def tables(draw: Any) -> bytes:
    out = io.StringIO()
    csv.writer(out, delimiter=draw(st.sampled_from(",;\t|"))).writerows([draw(HEADS), *draw(ROWS)])
    encoding = draw(st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "gb18030", "latin-1"]))
    content = out.getvalue().encode(encoding, "replace")
    return gzip.compress(content) if draw(st.booleans()) and draw(st.booleans()) else content


@st.composite
def workbooks(draw: Any) -> bytes:
    book = Workbook()
    numbers = st.one_of(st.integers(), st.floats(allow_nan=False), st.booleans(), st.dates())
    for row in [draw(HEADS), *draw(st.lists(st.lists(st.one_of(CELLS, numbers), max_size=6)))]:
        try:
            book.active.append(row)
        except (IllegalCharacterError, ValueError):
            continue
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


@st.composite
def feeds(draw: Any) -> bytes:
    tags = st.sampled_from(["g:id", "title", "g:price", "g:item_group_id", "link", "item", "a"])
    items = draw(st.lists(st.lists(st.tuples(tags, CELLS), max_size=5), max_size=5))
    body = "".join(
        "<item>" + "".join(f"<{tag}>{text}</{tag}>" for tag, text in item) + "</item>"
        for item in items
    )
    return f"<rss><channel>{body}</channel></rss>".encode("utf-8", "replace")


@pytest.fixture(autouse=True)
def _own_media(settings: Any, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path / "media"


@pytest.fixture
def alices(client_of: Any, alice: Any) -> Any:
    client = client_of(alice)
    client.raise_request_exception = True  # a fault of ours ends the test with its traceback
    return client


@pytest.mark.parametrize("kind", [tables, workbooks, feeds], ids=["tables", "workbooks", "feeds"])
def test_any_bytes_are_accepted_kept_aside_or_refused(kind: Any, shop: Any, alices: Any) -> None:
    @settings(
        max_examples=EXAMPLES,
        deadline=None,
        suppress_health_check=list(HealthCheck),
        database=None,
    )
    @given(kind(), JUNK, st.floats(0, 1), st.booleans())
    def one(content: bytes, junk: bytes, at: float, is_broken: bool) -> None:
        carry_through(alices, shop, broken(content, junk, at) if is_broken else content)

    one()


# Files that once ended in a fault of ours.
FOUND = [
    b"Handle\r\na,\x00\r\na,a\r\n",
    "Variant Price,Option1 Name,名称,价格,Handle,id\r\n,,a,,,\r\n".encode(),
]


@pytest.mark.parametrize("content", FOUND)
def test_what_was_found_once_is_mended(content: bytes, shop: Any, alices: Any) -> None:
    carry_through(alices, shop, content)


def carry_through(client: Any, shop: Any, content: bytes) -> None:
    with tenant(shop):
        n_runs, n_products = shop.import_runs.count(), shop.products.count()
    answer = upload(client, content)
    if answer.status_code == 422:
        with tenant(shop):
            assert shop.import_runs.count() == n_runs, "a refused file leaves nothing"
        return
    assert answer.status_code == 302
    run = latest(shop)
    page = f"/{shop.slug}/products/import/{run.pk}/"
    assert client.get(f"{page}columns/").status_code == 200
    data = {f"column_{at}": run.mapping[name] for at, name in enumerate(run.header)}
    answer = client.post(f"{page}columns/", {**data, "levels": ">"})
    if answer.status_code == 422:  # no column names the product
        return
    carry_out(latest(shop).job)
    run = latest(shop)
    assert run.state in ("ready", "failed")
    assert client.get(page).status_code == 200
    if run.state == "failed":
        assert run.job.error, "a failure says why"
        return
    check_counts(shop, run)
    assert client.get(f"{page}errors.csv").status_code == 200
    client.post(f"{page}write/")
    if latest(shop).state != "writing":
        return  # nothing was ticked
    carry_out(latest(shop).job)
    run = latest(shop)
    assert run.state == "done"
    with tenant(shop):
        written = run.rows.exclude(written_at=None).filter(outcome="created").count()
        assert shop.products.count() == n_products + written, "what is told is what was written"
        assert not run.rows.filter(is_included=True, written_at=None).exclude(
            outcome__in=["failed", "unchanged"]
        ), "no row is left half done"


def check_counts(shop: Any, run: ImportRun) -> None:
    with tenant(shop):
        rows = run.rows.values_list("outcome", flat=True)
        for outcome in ("created", "changed", "unchanged", "failed"):
            assert getattr(run, f"n_{outcome}") == list(rows).count(outcome)
        assert run.rows.exists(), "nothing at all is never a success"

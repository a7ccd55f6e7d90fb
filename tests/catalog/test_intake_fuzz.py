"""Bytes into the pages of an import of customers: accepted, kept aside row by row, or refused.

The suite tries the same few files every time; the long form tries others each time:
`EXPLORE=1 IMPORT_FUZZ_EXAMPLES=2000 pytest tests/catalog/test_intake_fuzz.py`.
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

from ecomportal.tenancy.context import tenant
from tests.catalog.importing import carry_out
from tests.catalog.taking import CUSTOMERS, ORDERS, latest, page, upload

EXAMPLES = int(os.environ.get("IMPORT_FUZZ_EXAMPLES", "25"))
SHOPIFY = [
    *("Name", "Email", "Financial Status", "Currency", "Total", "Created at", "Phone"),
    *("Lineitem quantity", "Lineitem price", "Lineitem sku", "Refunded Amount", "Cancelled at"),
]
EVENTS = ["event_id", "event", "customer_id", "session_id", "sku", "quantity", "price", "at"]
HEADS = st.one_of(
    st.sampled_from([ORDERS, CUSTOMERS, SHOPIFY, EVENTS]),
    st.lists(
        st.sampled_from(
            [*ORDERS, *CUSTOMERS, *SHOPIFY, *EVENTS, "email", "phone", "订单号", "x", ""]
        ),
        min_size=1,
        max_size=9,
    ),
)
CELLS = st.one_of(
    st.sampled_from(
        ["", "", "1", "1", "1001", "C1", "-1", "1e99", "NaN", "79.00", "EUR", "JPY", "USD", "paid",
         "2026-03-01", "2026-03-01T10:00:00+01:00", "3/4/2026", "20260101", "0001-01-01",
         "9999-12-31T23:59:59-12:00", "2026-01-01 25:00", "2026-01-01 10:00 +99:99",
         "Product Viewed",
         "ada@example.com", "+49 30 123456", "=1+1", "'1", "\u202e1", '"', "\n", "yes", "x" * 400,
         "6f1d3f0e-52d8-5f6c-9d0f-0f4c1f4e7a11", "99999999999999999999", "0.001", "1,5", "１２"]
    ),
    st.text(max_size=10),
)  # fmt: skip
JUNK = st.binary(max_size=40)


@st.composite
def tables(draw: Any) -> bytes:
    head = draw(HEADS)
    rows = st.lists(CELLS, min_size=max(0, len(head) - 1), max_size=len(head) + 1)
    out = io.StringIO()
    writer = csv.writer(out, delimiter=draw(st.sampled_from(",;\t")))
    writer.writerows([head, *draw(st.lists(rows, max_size=6))])
    encoding = draw(st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "gb18030", "latin-1"]))
    content = out.getvalue().encode(encoding, "replace")
    return gzip.compress(content) if draw(st.booleans()) and draw(st.booleans()) else content


@pytest.fixture(autouse=True)
def _own_media(settings: Any, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path / "media"


@pytest.fixture
def alices(client_of: Any, alice: Any) -> Any:
    client = client_of(alice)
    client.raise_request_exception = True  # a fault of ours ends the test with its traceback
    return client


def test_any_bytes_are_accepted_kept_aside_or_refused(shop: Any, alices: Any) -> None:
    @settings(
        max_examples=EXAMPLES,
        deadline=None,
        suppress_health_check=list(HealthCheck),
        database=None,
    )
    @given(tables(), JUNK, st.floats(0, 1), st.booleans())
    def one(content: bytes, junk: bytes, at: float, is_broken: bool) -> None:
        place = int(len(content) * at)
        broken = content[:place] + junk + content[place + len(junk) // 2 :]
        carry_through(alices, shop, broken if is_broken else content)

    one()


def counts(shop: Any) -> tuple[int, ...]:
    with tenant(shop):
        rows = (shop.intake_runs, shop.orders, shop.customers, shop.order_lines)
        return tuple(each.count() for each in rows)


def carry_through(client: Any, shop: Any, content: bytes) -> None:
    before = counts(shop)
    answer = upload(client, content, slug=shop.slug)
    if answer.status_code == 422:
        assert counts(shop) == before, "a refused file leaves nothing"
        return
    assert answer.status_code == 302
    run = latest(shop)
    assert client.get(page(shop, run, "columns/")).status_code == 200
    data = {f"column_{at}": run.mapping[name] for at, name in enumerate(run.header)}
    answer = client.post(page(shop, run, "columns/"), {**data, "days": run.reading["days"]})
    if answer.status_code == 422:  # no column names the order, or the customer
        return
    carry_out(latest(shop).job)
    run = latest(shop)
    assert counts(shop)[1:] == before[1:], "a dry run writes nothing"
    assert run.job.status in ("done", "failed"), run.job.error_detail
    assert run.job.error_code != "unexpected", run.job.error_detail
    for tab in ("created", "changed", "failed", "unchanged"):
        assert client.get(page(shop, run) + f"?show={tab}").status_code == 200
    if run.state != "ready":
        return
    assert client.get(page(shop, run, "errors.csv")).status_code == 200
    write(client, shop, run)


def write(client: Any, shop: Any, run: Any) -> None:
    n_open = run.n_created + run.n_changed
    client.post(page(shop, run, "write/"))
    if not n_open:
        return
    run = latest(shop)
    carry_out(run.job)
    run = latest(shop)
    assert (run.state, run.job.status) == ("done", "done"), run.job.error_detail
    with tenant(shop):
        assert not run.rows.filter(outcome="conflict").exists()
    client.post(page(shop, run, "undo/"))
    carry_out(latest(shop).job)
    assert latest(shop).undone_at
    assert client.get(page(shop, run)).status_code == 200

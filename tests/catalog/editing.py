"""Many people and jobs at one small shop, all at once, and the proof that nobody's edit is lost.

Every save leaves a row that says what it found, what it wrote and between which versions. Replayed
in the order of the versions, each must have found what the one before it left: a value that was
written over unseen breaks the chain.
"""

import random
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise
from typing import Any

from django.db import connections
from django.test import Client

from catalog.products.changes import ChangeRow
from catalog.products.models import Product, Variant
from catalog.products.snapshot import snapshot
from ecomportal.jobs.execute import execute
from ecomportal.jobs.models import Job
from ecomportal.tenancy.context import tenant
from tests.catalog.test_product_editor import fields_of
from tests.factories import make_member, make_product, make_shop

N_THREADS = 8


class Crowd:
    """One shop with few products, and as many people as there are threads."""

    def __init__(self, n_products: int, *, seed: int = 11) -> None:
        self.shop, self.rng = make_shop(), random.Random(seed)
        self.ids = [
            make_product(self.shop, f"Mug {n}", sku=f"M-{n}", price_cents=1000 + n).pk
            for n in range(n_products)
        ]
        self.people = [make_member(self.shop) for _ in range(N_THREADS)]
        with tenant(self.shop):
            self.before = snapshot(self.ids)
        self.answers: Counter[tuple[str, int]] = Counter()

    def edit(self, n_edits: int) -> None:
        """That many edits in a random order, several at every moment."""
        kinds = self.rng.choices([self.save, self.cell, self.bulk], [4, 5, 1], k=n_edits)
        work = [(kind, n, self.rng.choice(self.ids)) for n, kind in enumerate(kinds)]
        with ThreadPoolExecutor(max_workers=N_THREADS) as pool:
            for name, status in pool.map(self._one, work):
                self.answers[name, status] += 1

    def _one(self, work: tuple[Callable[..., int], int, Any]) -> tuple[str, int]:
        kind, n, product_id = work
        client = Client()
        client.force_login(self.people[n % N_THREADS])
        try:
            return kind.__name__, kind(client, n, product_id)
        finally:
            connections.close_all()

    def save(self, client: Client, n: int, product_id: Any) -> int:
        """The editor, opened and saved: the name gets a number, the tags one more."""
        url = f"/{self.shop.slug}/products/{product_id}/"
        form = fields_of(client.get(url))
        tags = ", ".join(part for part in (form["tags"], f"t{n}") if part)
        return client.post(url, {**form, "title": f"Mug by {n}", "tags": tags}).status_code

    def cell(self, client: Client, n: int, product_id: Any) -> int:
        """The price in the list, from what it was a moment ago."""
        with tenant(self.shop):
            cents = Variant.objects.values_list("price_cents", flat=True).get(product=product_id)
        was, new = (f"{c // 100}.{c % 100:02d}" for c in (cents, cents + 1000 * (n + 1)))
        url = f"/{self.shop.slug}/products/{product_id}/cell/price/"
        return client.post(url, {"was": was, "value": new}).status_code

    def bulk(self, client: Client, n: int, product_id: Any) -> int:
        """All products together, as a job: a tag each time, or the price by ten cents."""
        form = {"action": "tags", "how": "add", "tags": f"b{n}"}
        if n % 2:
            form = {"action": "price", "how": "amount", "value": "0.10"}
        ids = [str(pk) for pk in self.ids]
        answer = client.post(
            f"/{self.shop.slug}/products/bulk/", {**form, "ids": ids, "confirmed": 1}
        )
        assert answer.status_code == 302, answer.status_code
        job_id = answer["location"].rstrip("/").rsplit("/", 1)[1]
        with tenant(self.shop):
            job = Job.objects.get(pk=job_id)
        execute(job.kind, job.pk, self.shop.pk)
        with tenant(self.shop):
            job.refresh_from_db()
        assert job.status == "done", (job.status, job.error, job.error_detail)
        return 302

    # --- The proof ---------------------------------------------------------------------------

    def check(self) -> None:
        with tenant(self.shop):
            rows = list(ChangeRow.objects.order_by("product_id", "version_after", "pk"))
            after = snapshot(self.ids)
            versions = dict(Product.objects.values_list("pk", "version"))
        for pk in self.ids:
            own = [row for row in rows if row.product_id == pk]
            for earlier, later in pairwise(own):
                assert earlier.version_after <= later.version_before, (earlier.pk, later.pk)
            state = flat(self.before[pk])
            for row in own:
                found, written = flat(row.before), flat(row.after)
                unseen = {name: (state[name], found[name]) for name in found.keys() & state.keys()
                          if state[name] != found[name]}  # fmt: skip
                assert not unseen, f"change {row.change_id} wrote over what it had not seen"
                state |= written
            assert state == flat(after[pk])
            assert versions[pk] == own[-1].version_after if own else True
        n_saved = sum(
            n for (kind, code), n in self.answers.items() if kind != "bulk" and code < 400
        )
        n_bulk = sum(n for (kind, _code), n in self.answers.items() if kind == "bulk")
        assert len(rows) == n_saved + n_bulk * len(self.ids)
        assert {code for _kind, code in self.answers} <= {200, 302, 409}, self.answers

    @property
    def n_conflicts(self) -> int:
        return sum(n for (_kind, code), n in self.answers.items() if code == 409)


def flat(shot: dict[str, Any]) -> dict[tuple[str, ...], Any]:
    """One value for each column of each row, from a whole snapshot or a part of one."""
    found = {("product", name): value for name, value in shot.get("product", {}).items()}
    for part in ("variants", "facts", "texts", "images"):
        rows = shot.get(part, {})
        named = rows if isinstance(rows, dict) else {row["id"]: row for row in rows}
        for pk, row in named.items():
            found |= {(part, pk, name): value for name, value in row.items()}
    return found

"""One price changed in the list, with validation, permission, history and its way back recorded,
against one changed in the admin's form of the product."""

import random
import statistics
import time
from typing import Any, Protocol

from tests.bench.catalogue_http import cpu_seconds, form_fields
from tests.bench.catalogue_rounds import Site, WrongPage
from tests.bench.catalogue_shops import Shop
from tests.bench.peers.pages import AdminForm
from tests.bench.peers.site import Peer

N_ROUNDS = 30
N_WARM = 3
HTMX = {"HX-Request": "true"}
ONE_VARIANT = """
SELECT p.id, min(v.id::text) FROM catalog_product p
JOIN catalog_variant v ON v.product_id = p.id AND v.deleted_at IS NULL
WHERE p.merchant_id = %s AND p.deleted_at IS NULL
GROUP BY p.id HAVING count(*) = 1 ORDER BY p.id LIMIT 1
"""


class Edit(Protocol):
    site: Site

    def send(self) -> None: ...

    def check(self) -> None: ...


class ListEdit:
    """The price of a product's only variant, typed into its cell of the list."""

    def __init__(self, shop: Shop) -> None:
        self.shop, self.site = shop, shop.site
        shop.plain.cursor.execute(ONE_VARIANT, [shop.merchant.pk])
        self.product, self.variant = shop.plain.cursor.fetchone()
        self.path = f"{shop.path}{self.product}/cell/price/"
        form = form_fields(self.site.browser.get(self.path).body)
        self.was = form["was"][0]
        self.cents = 1000
        self.n_events = self._events()
        self.n_sent = 0

    def send(self) -> None:
        self.cents += 1
        value = f"{self.cents / 100:.2f}"
        fields = {"value": value, "was": self.was}
        reply = self.site.browser.post(self.path, fields, headers=HTMX)
        if reply.status != 200:
            raise WrongPage(f"{self.site.name}: {self.path} answered {reply.status}")
        self.was = value
        self.n_sent += 1

    def check(self) -> None:
        """The last price is there, and every one before it is in the history."""
        cents = self._one("SELECT price_cents FROM catalog_variant WHERE id = %s")
        n_told = self._events() - self.n_events
        if (cents, n_told) != (self.cents, self.n_sent):
            raise WrongPage(
                f"{self.site.name}: {cents} cents instead of {self.cents}, "
                f"{n_told} events of {self.n_sent} edits"
            )

    def _events(self) -> int:
        return self._one("SELECT count(*) FROM catalog_variantevent WHERE pgh_obj_id = %s")

    def _one(self, sql: str) -> Any:
        self.shop.plain.cursor.execute(sql, [self.variant])
        return self.shop.plain.cursor.fetchone()[0]


def against_admin(shop: Shop, peer: Peer, site: Site) -> float:
    """Median time of an edit in the list over that of a save in the admin, taking turns."""
    edits: list[Edit] = [ListEdit(shop), AdminForm(site, peer)]
    walls: list[list[float]] = [[], []]
    cpus: list[list[float]] = [[], []]
    rng = random.Random(1)
    for n_round in range(N_WARM + N_ROUNDS):
        for at in rng.sample(range(2), k=2):
            wall, cpu = _timed(edits[at])
            if n_round >= N_WARM:
                walls[at].append(wall)
                cpus[at].append(cpu)
    for edit in edits:
        edit.check()
    own, other = (1000 * statistics.median(each) for each in walls)
    own_cpu, other_cpu = (1000 * statistics.median(each) for each in cpus)
    print(
        f"Edit: list {own:.1f} ms ({own_cpu:.1f} CPU), admin {other:.1f} ms ({other_cpu:.1f} CPU)",
        flush=True,
    )
    return own / other


def _timed(edit: Edit) -> tuple[float, float]:
    pids = edit.site.pids()
    cpu, wall = cpu_seconds(pids), time.perf_counter()
    edit.send()
    return time.perf_counter() - wall, cpu_seconds(pids) - cpu

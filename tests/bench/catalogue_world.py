"""Everything that is up while the catalogue is measured, and what was found so far."""

from dataclasses import dataclass, field
from pathlib import Path

import psycopg
from psycopg import conninfo

from tests.bench.catalogue_http import Backends
from tests.bench.catalogue_rounds import Ask, Site
from tests.bench.catalogue_shops import Shop
from tests.bench.catalogue_targets import Figures
from tests.bench.peers.site import Peer

DATABASE = "portal"
SMALL = 10_000  # products; the largest size of the small form
PEER_SIZE = 100_000  # products of the peers, where the shops are as large


@dataclass
class Bench:
    sizes: list[int]
    folder: Path
    superuser_dsn: str
    n_rounds: int = 0  # 0: as many as these sizes ask for
    shops: dict[int, Shop] = field(default_factory=dict)
    peers: dict[str, tuple[Peer, Site]] = field(default_factory=dict)  # by "oscar_100000"
    asks: list[Ask] = field(default_factory=list)
    figures: Figures = field(default_factory=lambda: Figures({}, {}))

    @property
    def largest(self) -> int:
        return max(self.sizes)

    @property
    def peer_size(self) -> int:
        return min(PEER_SIZE, self.largest)

    @property
    def is_small(self) -> bool:
        return self.largest <= SMALL

    def backends(self, database: str) -> Backends:
        return Backends(self.superuser_dsn, database)

    def of(self, site_name: str) -> dict[str, Ask]:
        return {ask.name: ask for ask in self.asks if ask.site.name == site_name}

    def peer(self, kind: str, size: int) -> tuple[Peer, Site] | None:
        return self.peers.get(f"{kind}_{size}")

    def drop_others(self) -> None:
        """Shops that parts made for themselves go, with all their rows, also those of a run that
        was cut off. No trigger runs: what they keep in order goes with them."""
        from ecomportal.tenancy.rls import tenant_models

        others = "SELECT id FROM ecomportal_merchant WHERE slug NOT LIKE 'bench-%'"
        address = conninfo.make_conninfo(self.superuser_dsn, dbname=DATABASE)
        with psycopg.connect(address) as connection:
            if not connection.execute(others).fetchone():
                return
            connection.execute("SET session_replication_role = replica")
            for model in tenant_models():
                table = model._meta.db_table
                connection.execute(f"DELETE FROM {table} WHERE merchant_id IN ({others})")
            connection.execute(f"DELETE FROM ecomportal_merchant WHERE id IN ({others})")
        with psycopg.connect(address, autocommit=True) as connection:
            connection.execute("VACUUM (ANALYZE)")

"""The catalogue of large shops, measured against django-oscar's dashboard and Django's admin.

    python -m tests.bench catalogue --sizes 10000,100000,1000000 [--keep FOLDER] [--without-peers]

Every system has one gunicorn sync worker, a signed-in person and real HTTP, on one PostgreSQL
server; the portal runs as its application role under row-level security. Pages are asked in a new
order each round, at least 30 times (one that takes seconds fewer times), and each page's rows are
compared with plain SQL before it is timed. The last line is one JSON object; the exit code is 1
when a target is missed. `--sizes 10000` is the small form: a minute, few rounds, no verdict on what
needs a million products.

With --keep, the generated shops, the peers' environment, their databases and plain SQL's answers
stay in FOLDER for the next run; without it they are made anew in a folder that is deleted. A part
that fails or does not end costs its own figures alone.
"""

import argparse
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import traceback
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

from tests.bench import catalogue_parts as parts
from tests.bench.catalogue_http import Browser, Server
from tests.bench.catalogue_rounds import Site
from tests.bench.catalogue_shops import portal_env, shop_of
from tests.bench.catalogue_targets import table
from tests.bench.catalogue_world import DATABASE, Bench
from tests.bench.peers.site import Peer, PeerMissing, environment

# In this order: what cannot share the machine comes after the lists, one after the other, and
# what leaves rows behind comes last.
PARTS = {
    "lists": parts.lists,
    "edits": parts.edits,
    "exports": parts.exports,
    "exports_of_peers": parts.exports_of_peers,
    "imports": parts.imports,
    "bulk": parts.bulk,
    "during_import": parts.during_import,
}
PART_SECONDS = 1200  # until a part is given up
Part = Callable[[Bench], None]
ROOT = Path(__file__).resolve().parents[2]
PEERS = ("oscar", "admin")
OF_PEERS = (
    "list_1m_vs_oscar_100k_p50",
    "list_1m_vs_oscar_100k_cpu",
    "list_cpu_per_row_vs_admin",
    "last_page_vs_admin_1m",
    "import_vs_import_export",
    "export_vs_import_export",
    "inline_edit_vs_admin_save",
)


def main(argv: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.bench catalogue")
    parser.add_argument("--sizes", default="10000,100000")
    parser.add_argument("--keep", type=Path, help="a folder for data that the next run uses again")
    parser.add_argument("--without-peers", action="store_true")
    parser.add_argument("--parts", default=",".join(PARTS), help="some of these, for a closer look")
    parser.add_argument(
        "--rounds", type=int, default=0, help="of the lists; 30 unless all is small"
    )
    options = parser.parse_args(argv)
    chosen = [name for name in PARTS if name in options.parts.split(",")]
    sizes = sorted(int(n) for n in options.sizes.split(","))
    with _folder(options.keep) as folder, _database(folder, keep=bool(options.keep)) as dsn:
        found = run(
            Bench(sizes, folder, dsn, options.rounds), chosen, with_peers=not options.without_peers
        )
    print(table(found))
    print(json.dumps({"bench": "catalogue", "sizes": sizes, **found}))
    return 0 if found["ok"] else 1


@contextmanager
def _folder(keep: Path | None) -> Iterator[Path]:
    if keep:
        keep.mkdir(parents=True, exist_ok=True)
        yield keep.resolve()
        return
    folder = Path(tempfile.mkdtemp(prefix="ecomportal-bench-"))
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def _database(folder: Path, *, keep: bool) -> Iterator[str]:
    """A server with the portal's database; gives the superuser's address."""
    from ecomportal.embedded.postgres import Cluster, ensure_database

    cluster = Cluster(folder / "postgres", durable=False)
    is_ours = cluster.ensure()
    try:
        ensure_database(cluster, DATABASE)
        os.environ.update(
            portal_env(folder),
            DATABASE_URL=cluster.dsn("ecom_app", DATABASE),
            DATABASE_OWNER_URL=cluster.dsn("ecom_owner", DATABASE),
        )
        yield cluster.dsn("postgres", "postgres")
    finally:
        if not keep:
            cluster.remove()
        elif is_ours:
            cluster.stop()


def run(bench: Bench, chosen: list[str], *, with_peers: bool) -> dict[str, Any]:
    import django

    django.setup()
    from django.core.management import call_command
    from django.db import connections

    call_command("migrate", verbosity=0, skip_checks=True)
    call_command("collectstatic", interactive=False, verbosity=0, skip_checks=True)
    bench.drop_others()
    bench.shops = {size: shop_of(size) for size in bench.sizes}
    try:
        with ExitStack() as stack:
            stack.enter_context(_portal(bench))
            if with_peers:
                _start_peers(bench, stack)
            else:
                bench.figures.lacks(OF_PEERS, "run --without-peers")
            for name in chosen:
                _measure(bench, name)
    finally:
        for connection in connections.all():
            connection.close()
    bench.drop_others()
    return bench.figures.summary()


def _measure(bench: Bench, name: str) -> None:
    """One part; an error fails the run, but not what the others found."""
    print(f"--- {name}", flush=True)
    began = time.monotonic()
    try:
        with _limited(PART_SECONDS):
            PARTS[name](bench)
    except Exception as error:
        traceback.print_exc()
        bench.figures.failed.append(f"{name}: {error!r}")
    print(f"--- {name} took {time.monotonic() - began:.0f} s", flush=True)


@contextmanager
def _limited(seconds: int) -> Iterator[None]:
    """Raises TimeoutError in what takes longer, wherever it is."""

    def give_up(*_: object) -> None:
        raise TimeoutError(f"did not end in {seconds} s")

    before = signal.signal(signal.SIGALRM, give_up)
    signal.alarm(seconds)
    try:
        yield
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, before)


@contextmanager
def _portal(bench: Bench) -> Iterator[None]:
    """The portal's web process, with every shop's owner signed in."""
    env = portal_env(bench.folder) | {"DATABASE_URL": os.environ["DATABASE_URL"]}
    log = bench.folder / "portal.log"
    python = Path(sys.executable)
    with Server("portal", python, "ecomportal.wsgi", ROOT, env, log) as server:
        for shop in bench.shops.values():
            browser = shop.sign_in(Browser(server.port))
            name = f"portal_{shop.size}"
            shop.site = Site(name, server, browser, bench.backends(DATABASE))
        yield


def _start_peers(bench: Bench, stack: ExitStack) -> None:
    """Both peers at the peers' size, the admin also at the largest."""
    wanted = {(kind, bench.peer_size) for kind in PEERS} | {("admin", bench.largest)}
    try:
        python = environment(bench.folder)
    except PeerMissing as error:
        print(f"Without the peers: {error}", flush=True)
        bench.figures.lacks(OF_PEERS, str(error))
        return
    for kind, size in sorted(wanted):
        try:
            _start_peer(bench, stack, Peer(kind, size, python, _host()))
        except (PeerMissing, subprocess.SubprocessError, RuntimeError) as error:
            print(f"Without {kind} of {size:,} products: {error}", flush=True)
            bench.figures.failed.append(f"{kind}_{size}: {error}")


def _start_peer(bench: Bench, stack: ExitStack, peer: Peer) -> None:
    peer.fill(os.environ["DATABASE_OWNER_URL"], bench.shops[peer.size].merchant.pk)
    server = stack.enter_context(peer.server(bench.folder / f"{peer.name}.log"))
    site = Site(peer.name, server, peer.browser(server.port), bench.backends(peer.database))
    bench.peers[peer.name] = peer, site


def _host() -> str:
    """The folder of the server's socket, which the peers connect to as well."""
    return parse_qs(urlsplit(os.environ["DATABASE_URL"]).query)["host"][0]

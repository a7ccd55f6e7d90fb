"""Installs the peers once, fills their databases by COPY from the portal's, and starts them.

Both are kept: the environment by the text of requirements.txt, a database by that of its fill.sql
and the number of products, so that a second run begins at once.
"""

import hashlib
import os
import subprocess
import venv
from dataclasses import dataclass
from pathlib import Path

import psycopg
from psycopg import sql

from tests.bench.catalogue_http import Browser, Server

HERE = Path(__file__).parent
REQUIREMENTS = HERE / "requirements.txt"
INSTALL_SECONDS = 900
PERSON = "owner@peer.example"
PASSWORD = "only-for-measurements"
COPIED = {
    "copied_product": (
        "n bigint, title text, handle text, description text, category text, vendor text, "
        "status text, created_at timestamptz, updated_at timestamptz",
        "SELECT row_number() OVER (ORDER BY p.id), p.title, p.handle, coalesce(t.text, ''), "
        "coalesce(c.path, ''), p.vendor, p.status, p.created_at, p.updated_at "
        "FROM catalog_product p LEFT JOIN catalog_category c ON c.id = p.category_id "
        "LEFT JOIN catalog_producttext t ON t.product_id = p.id AND t.field = 'description' "
        "AND t.language = 'en' WHERE p.merchant_id = {shop} AND p.deleted_at IS NULL",
    ),
    "copied_variant": (
        "n bigint, position integer, sku text, price_cents bigint, stock integer",
        "SELECT p.n, v.position, v.sku, v.price_cents, v.stock FROM catalog_variant v JOIN "
        "(SELECT id, row_number() OVER (ORDER BY id) AS n FROM catalog_product "
        "WHERE merchant_id = {shop} AND deleted_at IS NULL) p ON p.id = v.product_id "
        "WHERE v.deleted_at IS NULL",
    ),
}


class PeerMissing(RuntimeError):
    """The peers cannot be had here; the text says why."""


def environment(cache: Path, requirements: Path = REQUIREMENTS) -> Path:
    """The Python of the peers' own virtual environment, made where it is missing."""
    stamp = hashlib.sha256(requirements.read_bytes()).hexdigest()[:12]
    home = cache / f"venv-{stamp}"
    python, done = home / "bin" / "python", home / "installed"
    if done.exists():
        return python
    print(f"Installing the peers into {home.name} ...", flush=True)
    venv.create(home, with_pip=True, clear=True)
    command = [str(python), "-m", "pip", "install", "--quiet", "-r", str(requirements)]
    try:
        subprocess.run(command, check=True, capture_output=True, timeout=INSTALL_SECONDS)
    except (subprocess.SubprocessError, OSError) as error:
        said = getattr(error, "stderr", b"") or b""
        last = said.decode(errors="replace").strip().splitlines()[-1:] or [str(error)]
        raise PeerMissing(f"the peers could not be installed: {last[0][:200]}") from error
    done.touch()
    return python


@dataclass
class Peer:
    """One peer with one number of products."""

    kind: str  # "oscar" or "admin"
    size: int
    python: Path
    host: str

    @property
    def name(self) -> str:
        return f"{self.kind}_{self.size}"

    @property
    def database(self) -> str:
        return f"peer_{self.name}"

    def dsn(self, user: str = "ecom_owner", database: str = "") -> str:
        return f"host={self.host} user={user} dbname={database or self.database}"

    def env(self) -> dict[str, str]:
        return {
            "DJANGO_SETTINGS_MODULE": f"{self.kind}_site.settings",
            "PEER_DATABASE": self.database,
            "PEER_HOST": self.host,
            "PEER_USER": "ecom_owner",
        }

    def server(self, log: Path) -> Server:
        # The wheels of the portal must not be seen, nor its settings.
        wsgi = "django.core.wsgi:get_wsgi_application()"
        return Server(self.name, self.python, wsgi, HERE, self.env(), log)

    def browser(self, port: int) -> Browser:
        browser = Browser(port)
        path = "/dashboard/login/" if self.kind == "oscar" else "/admin/login/"
        start = path.removesuffix("login/")
        browser.sign_in(path, username=PERSON, password=PASSWORD, next=start)
        return browser

    # --- Its database ---------------------------------------------------------------------

    def fill(self, portal_dsn: str, merchant_id: int) -> None:
        """Have the peer's tables with the shop's products, unless they are there already."""
        stamp = self._stamp(merchant_id)
        if self._filled_with() == stamp:
            return
        print(f"Filling {self.database} ...", flush=True)
        self._create()
        self._manage("migrate", "--run-syncdb")
        person = {"DJANGO_SUPERUSER_PASSWORD": PASSWORD}
        who = ["--username", PERSON, "--email", PERSON]
        self._manage("createsuperuser", "--noinput", *who, **person)
        with psycopg.connect(portal_dsn) as portal, psycopg.connect(self.dsn()) as own:
            for table, (columns, query) in COPIED.items():
                own.execute(f"CREATE TABLE {table} ({columns})")
                _pipe(portal, own, table, query.format(shop=merchant_id))
                own.execute(f"CREATE INDEX ON {table} (n)")
                own.execute(f"ANALYZE {table}")
            own.execute((HERE / f"{self.kind}_site" / "fill.sql").read_text(encoding="utf-8"))
            for table in COPIED:
                own.execute(f"DROP TABLE {table}")
        with psycopg.connect(self.dsn(), autocommit=True) as own:
            own.execute("VACUUM ANALYZE")
            own.execute("CREATE TABLE filled_with (stamp text)")
            own.execute("INSERT INTO filled_with VALUES (%s)", [stamp])

    def _stamp(self, merchant_id: int) -> str:
        parts = [REQUIREMENTS, *sorted((HERE / f"{self.kind}_site").rglob("*.py"))]
        parts.append(HERE / f"{self.kind}_site" / "fill.sql")
        text = b"".join(part.read_bytes() for part in parts)
        return f"{merchant_id}:{self.size}:{hashlib.sha256(text).hexdigest()[:16]}"

    def _filled_with(self) -> str:
        try:
            with psycopg.connect(self.dsn()) as own:
                return own.execute("SELECT stamp FROM filled_with").fetchone()[0]
        except psycopg.Error:
            return ""

    def _create(self) -> None:
        name = sql.Identifier(self.database)
        with psycopg.connect(self.dsn("postgres", "postgres"), autocommit=True) as server:
            server.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(name))
            server.execute(sql.SQL("CREATE DATABASE {} OWNER ecom_owner").format(name))

    def _manage(self, *arguments: str, **env: str) -> None:
        command = [str(self.python), "-m", "django", *arguments]
        everything = {**os.environ, **self.env(), **env}
        done = subprocess.run(command, cwd=HERE, env=everything, capture_output=True, text=True)
        if done.returncode:
            raise PeerMissing(f"{self.name}: {' '.join(arguments)} failed: {done.stderr[-400:]}")


def _pipe(source: psycopg.Connection, target: psycopg.Connection, table: str, query: str) -> None:
    with (
        source.cursor().copy(f"COPY ({query}) TO STDOUT") as rows,
        target.cursor().copy(f"COPY {table} FROM STDIN") as stream,
    ):
        for block in rows:
            stream.write(block)

"""One throw-away database for the whole run, owned by the owner role and used as the app role."""

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import hypothesis
import psycopg
import pytest

from ecomportal.embedded.postgres import Cluster, ensure_database

# The same examples in every run, so that a run says something of the change at hand; with
# EXPLORE=1 others each time, to find what nobody thought of.
hypothesis.settings.register_profile("same", derandomize=True)
if not os.environ.get("EXPLORE"):
    hypothesis.settings.load_profile("same")

DATABASE = os.environ.get("TEST_DATABASE_NAME", "test_ecomportal")


@pytest.fixture(scope="session")
def own_cluster() -> Iterator[Cluster | None]:
    """The run's throw-away server; None where TEST_DATABASE_HOST lends one."""
    if os.environ.get("TEST_DATABASE_HOST"):
        yield None
        return
    cluster = Cluster(Path(os.environ["ECOMPORTAL_VAR"]) / "postgres", durable=False)
    cluster.ensure()
    try:
        ensure_database(cluster, DATABASE)
        yield cluster
    finally:
        cluster.remove()


@pytest.fixture(scope="session")
def database_url(own_cluster: Cluster | None) -> Callable[[str], str]:
    """The address of an empty database for a role."""
    if own_cluster:
        return lambda role: own_cluster.dsn(role, DATABASE)
    host = os.environ["TEST_DATABASE_HOST"]
    with psycopg.connect(host=host, user="postgres", dbname="postgres", autocommit=True) as c:
        c.execute(f'DROP DATABASE IF EXISTS "{DATABASE}" WITH (FORCE)')
        c.execute(f'CREATE DATABASE "{DATABASE}" OWNER ecom_owner')
    with psycopg.connect(host=host, user="postgres", dbname=DATABASE, autocommit=True) as c:
        c.execute("CREATE EXTENSION IF NOT EXISTS vector")
    return lambda role: f"postgresql://{role}@/{DATABASE}?host={host}"


@pytest.fixture(scope="session")
def django_db_setup(
    database_url: Callable[[str], str], django_db_blocker: object
) -> Iterator[None]:
    """Migrate as the owner, then let every test connect as the app role, as the product does."""
    import environ
    from django.conf import settings
    from django.core.management import call_command
    from django.db import connections
    from django.test import TransactionTestCase

    # `tests.mutate_scope` runs as the owner, whom no policy stops, to test the views alone.
    app = os.environ.get("MATRIX_ROLE", "ecom_app")
    os.environ["DATABASE_URL"] = database_url(app)
    os.environ["DATABASE_OWNER_URL"] = database_url("ecom_owner")
    for alias, role in (("default", app), ("owner", "ecom_owner")):
        parsed = environ.Env.db_url_config(database_url(role))
        for target in (settings.DATABASES[alias], connections[alias].settings_dict):
            options = {**target.get("OPTIONS", {}), **parsed.get("OPTIONS", {})}
            target.update({**parsed, "OPTIONS": options})
    TransactionTestCase._fixture_teardown = lambda self: empty_tables(database_url("ecom_owner"))
    with django_db_blocker.unblock():
        call_command("migrate", verbosity=0)
        yield
        for connection in connections.all():
            connection.close()


def empty_tables(dsn: str) -> None:
    """After a test that really commits. Django's own flush needs TRUNCATE, which the app role
    must not have, so the owner does it; content types and permissions stay."""
    kept = ["django_migrations", "django_content_type", "auth_permission"]
    with psycopg.connect(dsn, options="-c lock_timeout=10s") as connection:
        rows = connection.execute(
            "SELECT quote_ident(tablename) FROM pg_tables "
            "WHERE schemaname = 'public' AND tablename <> ALL (%s)",
            [kept],
        )
        connection.execute(f"TRUNCATE {', '.join(name for (name,) in rows)} CASCADE")


@pytest.fixture(scope="session", autouse=True)
def _chinese() -> None:
    """The catalogue is not in the repository: it is made from the PO files, if one changed."""
    from ecomportal.web.translations import compile_catalog

    compile_catalog()


@pytest.fixture(autouse=True)
def _quick_passwords(settings: object) -> None:
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    settings.STORAGES = {
        **settings.STORAGES,
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
    }


@pytest.fixture
def shop(db: None) -> object:
    """Northlight Kitchen: Alice owns it, Max manages, Bob answers chats, Vera looks."""
    from tests.factories import make_shop

    return make_shop("northlight", name="Northlight Kitchen", currency="EUR")


@pytest.fixture
def other_shop(db: None) -> object:
    from tests.factories import make_shop

    return make_shop("harbour", name="Harbour Books", currency="USD")


@pytest.fixture
def zh_shop(db: None) -> object:
    from tests.factories import make_shop

    return make_shop("songfeng", name="松风茶舍", language="zh", currency="CNY")


@pytest.fixture
def alice(shop: object) -> object:
    from tests.factories import make_member

    return make_member(shop, "alice@example.com", "owner", name="Alice Berg")


@pytest.fixture
def max_(shop: object) -> object:
    from tests.factories import make_member

    return make_member(shop, "max@example.com", "manager", name="Max Keller")


@pytest.fixture
def bob(shop: object) -> object:
    from tests.factories import make_member

    return make_member(shop, "bob@example.com", "agent", name="Bob Lund")


@pytest.fixture
def vera(shop: object) -> object:
    from tests.factories import make_member

    return make_member(shop, "vera@example.com", "viewer", name="Vera Sun")


@pytest.fixture
def mallory(other_shop: object) -> object:
    from tests.factories import make_member

    return make_member(other_shop, "mallory@example.com", "owner", name="Mallory Fox")


@pytest.fixture
def client_of() -> Callable[[object], object]:
    """A signed-in test client for a person."""
    from django.test import Client

    def sign_in(user: object) -> Client:
        client = Client()
        client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
        return client

    return sign_in


@pytest.fixture
def in_shop(shop: object) -> Iterator[object]:
    """The whole test works for the shop."""
    from ecomportal.tenancy.context import tenant

    with tenant(shop):
        yield shop

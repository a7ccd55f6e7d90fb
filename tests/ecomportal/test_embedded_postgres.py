"""Our own PostgreSQL launcher, with the real server."""

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import psycopg
import pytest

from ecomportal.embedded import postgres
from ecomportal.embedded.paths import BASE_DIR, can_enter, server_account
from ecomportal.embedded.postgres import Cluster, PostgresError, binaries, ensure_database
from tests.processes import is_alive

AS_ROOT = os.getuid() == 0


@pytest.fixture(scope="module")
def folder() -> Iterator[Path]:
    """A folder that the server's account can enter, unlike pytest's own when we are root."""
    made = Path(tempfile.mkdtemp(prefix="ecomportal-test-", dir="/var/tmp"))
    made.chmod(0o755)
    yield made
    shutil.rmtree(made, ignore_errors=True)


@pytest.fixture(scope="module")
def _started(folder: Path) -> Iterator[Cluster]:
    cluster = Cluster(folder / "a shop's 店 folder" / "postgres", durable=False)
    cluster.ensure()
    ensure_database(cluster, "shop")
    yield cluster
    cluster.remove()


@pytest.fixture
def cluster(_started: Cluster) -> Cluster:
    _started.ensure()
    return _started


def ask(cluster: Cluster, query: str, role: str = "postgres", dbname: str = "shop") -> object:
    with psycopg.connect(cluster.dsn(role, dbname), autocommit=True) as connection:
        return connection.execute(query).fetchone()[0]


def do(cluster: Cluster, *statements: str) -> None:
    with psycopg.connect(cluster.dsn("postgres", "shop"), autocommit=True) as connection:
        for statement in statements:
            connection.execute(statement)


def server_pid(cluster: Cluster) -> int:
    return int((cluster.data / "postmaster.pid").read_text().split()[0])


def test_a_folder_with_spaces_and_chinese_works(cluster: Cluster) -> None:
    assert cluster.is_ready()
    assert ask(cluster, "SHOW data_directory") == str(cluster.data)
    assert ask(cluster, "SELECT lower('ÄÖÜ É')") == "äöü é"


@pytest.mark.parametrize(
    ("limit", "megabytes"), [("536870912", 128), ("4294967296", 512), ("1099511627776", None)]
)
def test_the_server_s_own_memory_follows_the_machine_s(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, limit: str, megabytes: int | None
) -> None:
    """`None`: what the machine has is less than the container may take."""
    machine = postgres.shared_buffers_mb()
    (tmp_path / "memory.max").write_text(f"{limit}\n")
    monkeypatch.setattr(postgres, "CONTAINER_LIMIT", tmp_path / "memory.max")
    assert postgres.shared_buffers_mb() == min(machine, megabytes or machine)


def test_the_server_takes_that_memory(cluster: Cluster) -> None:
    pages = ask(cluster, "SELECT setting::int FROM pg_settings WHERE name = 'shared_buffers'")
    assert pages * 8 // 1024 == postgres.shared_buffers_mb()


def test_asking_for_the_address_starts_nothing(folder: Path) -> None:
    untouched = folder / "untouched" / "postgres"
    assert (
        Cluster(untouched).dsn("ecom_app", "shop").startswith("postgresql://ecom_app@/shop?host=")
    )
    assert not untouched.parent.exists()


def test_a_second_start_changes_nothing(cluster: Cluster) -> None:
    before = server_pid(cluster)
    assert cluster.ensure() is False
    assert server_pid(cluster) == before


def test_starts_at_the_same_moment_share_one_server(cluster: Cluster) -> None:
    cluster.stop()
    script = (
        "import sys; from pathlib import Path; from ecomportal.embedded.postgres import Cluster; "
        "print(Cluster(Path(sys.argv[1]), durable=False).ensure())"
    )
    starts = [
        subprocess.Popen(
            [sys.executable, "-c", script, str(cluster.home)],
            cwd=BASE_DIR, stdout=subprocess.PIPE, text=True,
        )
        for _ in range(3)
    ]  # fmt: skip
    assert sorted(start.communicate()[0].strip() for start in starts) == ["False", "False", "True"]


def test_nobody_but_the_server_s_account_can_enter(cluster: Cluster) -> None:
    for private in (cluster.home, cluster.data, cluster.socket_dir):
        assert private.stat().st_mode & 0o077 == 0
        assert private.stat().st_uid == cluster.account.uid
    assert ask(cluster, "SHOW listen_addresses") == ""


def test_stop_ends_the_server_and_may_be_repeated(cluster: Cluster) -> None:
    pid = server_pid(cluster)
    cluster.stop()
    cluster.stop()
    assert not cluster.is_ready()
    assert not is_alive(pid)


def test_rows_survive_a_killed_server(folder: Path) -> None:
    cluster = Cluster(folder / "lasting" / "postgres")
    cluster.ensure()
    try:
        ensure_database(cluster, "shop")
        do(cluster, "CREATE TABLE kept AS SELECT generate_series(1, 1000) AS n")
        os.kill(server_pid(cluster), signal.SIGKILL)
        assert cluster.ensure() is True
        assert ask(cluster, "SELECT count(*) FROM kept") == 1000
    finally:
        cluster.stop()


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGQUIT, signal.SIGKILL])
def test_a_start_while_the_former_server_is_ending_works(
    cluster: Cluster, how: signal.Signals
) -> None:
    for pause_seconds in (0, 0.01, 0.03, 0.06):
        os.kill(server_pid(cluster), how)
        time.sleep(pause_seconds)
        answer = None
        while answer != 1:
            cluster.ensure()
            # The old server may still have been there for this look, and be gone for the next.
            with suppress(psycopg.OperationalError):
                answer = ask(cluster, "SELECT 1", dbname="postgres")


def test_a_pid_file_that_names_another_program_is_no_obstacle(cluster: Cluster) -> None:
    cluster.stop()
    (cluster.data / "postmaster.pid").write_text(f"{os.getpid()}\n{cluster.data}\n0\n5432\n\n\n")
    assert cluster.ensure() is True
    assert server_pid(cluster) != os.getpid()


def test_a_lost_version_file_is_put_back(cluster: Cluster) -> None:
    cluster.stop()
    (cluster.data / "PG_VERSION").unlink()
    cluster.ensure()
    assert ask(cluster, "SELECT count(*) FROM pg_roles WHERE rolname = 'ecom_app'") == 1


def test_data_of_another_version_is_refused_in_one_line(cluster: Cluster) -> None:
    cluster.stop()
    (cluster.data / "PG_VERSION").write_text("15\n")
    with pytest.raises(PostgresError, match="made by PostgreSQL 15"):
        cluster.ensure()
    (cluster.data / "PG_VERSION").write_text("18\n")


def test_the_roles_have_these_rights_and_no_more(cluster: Cluster) -> None:
    do(cluster, "ALTER ROLE ecom_app CREATEDB BYPASSRLS")  # somebody's mistake
    ensure_database(cluster, "shop")
    with psycopg.connect(cluster.dsn("postgres", "shop")) as connection:
        rows = connection.execute(
            "SELECT rolname, rolcanlogin, rolbypassrls, rolsuper OR rolcreatedb OR rolcreaterole "
            "FROM pg_roles WHERE rolname LIKE 'ecom%' ORDER BY 1"
        ).fetchall()
    assert rows == [
        ("ecom_app", True, False, False),
        ("ecom_backup", True, True, False),
        ("ecom_ops", False, False, False),
        ("ecom_owner", True, False, False),
    ]
    assert ask(
        cluster, "SELECT pg_get_userbyid(datdba) FROM pg_database WHERE datname = 'shop'"
    ) == ("ecom_owner")


def test_the_app_becomes_ops_only_on_purpose(cluster: Cluster) -> None:
    do(cluster, "CREATE TABLE bells (n int)", "GRANT SELECT ON bells TO ecom_ops")
    with psycopg.connect(cluster.dsn("ecom_app", "shop"), autocommit=True) as connection:
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            connection.execute("SELECT * FROM bells")
        connection.execute("SET ROLE ecom_ops")
        assert connection.execute("SELECT count(*) FROM bells").fetchone() == (0,)


def test_the_backup_role_cannot_write(cluster: Cluster) -> None:
    with pytest.raises(psycopg.errors.ReadOnlySqlTransaction):
        ask(cluster, "CREATE TEMP TABLE t (n int)", role="ecom_backup")


def test_a_path_too_long_for_a_socket_works(folder: Path) -> None:
    cluster = Cluster(folder / ("long" * 30) / "postgres", durable=False)
    try:
        cluster.ensure()
        assert len(str(cluster.home)) > 107
        assert ask(cluster, "SELECT 1", dbname="postgres") == 1
        assert cluster.socket_dir.stat().st_mode & 0o077 == 0
    finally:
        cluster.remove()
    assert not cluster.socket_dir.exists()


def test_a_start_killed_while_making_the_data_is_made_good(folder: Path) -> None:
    cluster = Cluster(folder / "killed" / "postgres", durable=False)
    script = (
        "import sys; from pathlib import Path; from ecomportal.embedded.postgres import Cluster; "
        "Cluster(Path(sys.argv[1]), durable=False).ensure()"
    )
    first = subprocess.Popen([sys.executable, "-c", script, str(cluster.home)], cwd=BASE_DIR)
    deadline = time.monotonic() + 30
    while not list(cluster.home.glob("data.draft-*/PG_VERSION")) and time.monotonic() < deadline:
        time.sleep(0.001)
    first.kill()
    first.wait()
    assert not cluster.data.exists()
    try:
        assert cluster.ensure() is True
        assert ask(cluster, "SELECT 1", dbname="postgres") == 1
    finally:
        cluster.remove()


def test_a_folder_that_is_no_database_is_set_aside_not_deleted(folder: Path) -> None:
    cluster = Cluster(folder / "odd" / "postgres", durable=False)
    cluster.data.mkdir(parents=True)
    (cluster.data / "letter.txt").write_text("mine")
    try:
        cluster.ensure()
        [kept] = cluster.home.glob("data.broken-*/letter.txt")
        assert kept.read_text() == "mine"
    finally:
        cluster.remove()


@pytest.mark.skipif(not AS_ROOT, reason="an ordinary user's server runs as that user")
def test_as_root_data_leave_a_folder_only_root_can_enter(folder: Path) -> None:
    closed = folder / "closed"
    closed.mkdir(mode=0o700)
    cluster = Cluster(closed / "var" / "postgres", durable=False)
    try:
        cluster.ensure()
        assert cluster.is_moved
        assert cluster.home.stat().st_uid != 0
        assert ask(cluster, "SHOW data_directory", dbname="postgres") == str(cluster.data)
        assert closed.stat().st_mode & 0o777 == 0o700
        assert not can_enter(closed, cluster.account)
    finally:
        cluster.remove()
    assert not cluster.store.exists()


@pytest.mark.skipif(not AS_ROOT, reason="an ordinary user's server runs as that user")
def test_as_root_the_programs_are_copied_where_the_server_can_read_them(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    closed = folder / "closed programs"
    package = binaries().parent.parent
    for name in (package.name, f"{package.name}.libs"):
        skip = shutil.ignore_patterns("pginstall", "__pycache__")
        shutil.copytree(package.with_name(name), closed / name, ignore=skip)
    closed.chmod(0o700)
    monkeypatch.syspath_prepend(str(closed))
    cluster = Cluster(folder / "open" / "postgres", durable=False)
    try:
        cluster.ensure()
        program = Path(os.readlink(f"/proc/{server_pid(cluster)}/exe"))
        assert not program.is_relative_to(closed)
        assert program.is_relative_to("/var/lib")
    finally:
        cluster.remove()
        shutil.rmtree(program.parents[3].parent)


def test_a_throw_away_method_spares_lasting_data(folder: Path) -> None:
    with pytest.raises(PostgresError, match="made to last"):
        Cluster(folder / "precious" / "postgres").remove()


def test_a_planted_link_in_place_of_the_socket_folder_is_refused(folder: Path) -> None:
    cluster = Cluster(folder / ("long" * 31) / "postgres", durable=False)
    cluster.socket_dir.symlink_to("/tmp")
    try:
        with pytest.raises(PostgresError, match="belongs to another account"):
            cluster.ensure()
    finally:
        cluster.socket_dir.unlink()


def test_the_server_s_account_is_never_root(folder: Path) -> None:
    assert server_account(folder).uid != 0

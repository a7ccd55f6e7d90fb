"""`manage.py portal` as a person starts it, and the set-up before it."""

import fcntl
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from ecomportal.embedded import preflight
from ecomportal.embedded.paths import BASE_DIR
from ecomportal.embedded.postgres import Cluster
from tests.processes import is_alive, wait_for


@pytest.fixture
def var() -> Iterator[Path]:
    """A folder the embedded server's account can enter, also when we are root."""
    made = Path(tempfile.mkdtemp(prefix="ecomportal-test-", dir="/var/tmp"))
    made.chmod(0o755)
    yield made / "var"
    Cluster(made / "var" / "postgres").stop()
    shutil.rmtree(made)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def environment(var: Path, **env: str) -> dict[str, str]:
    """Ours without the settings that would choose another database or broker."""
    ours = {"DATABASE_URL", "DATABASE_OWNER_URL", "CELERY_BROKER_URL", "SECRET_KEY"}
    clean = {name: value for name, value in os.environ.items() if name not in ours}
    return {**clean, "ECOMPORTAL_VAR": str(var), **env}


def portal(var: Path, *options: str, **env: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "manage.py", "portal", *options],
        cwd=BASE_DIR, env=environment(var, **env), text=True,
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=180,
    )  # fmt: skip


def processes_on(var: Path) -> list[str]:
    """Live processes whose arguments or environment name the folder."""
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit() and is_alive(int(entry.name)):
            try:
                said = (entry / "cmdline").read_bytes() + (entry / "environ").read_bytes()
            except OSError:
                continue
            if os.fsencode(var) in said:
                found.append((entry / "cmdline").read_text())
    return found


def test_one_command_starts_all_repairs_its_database_and_leaves_nothing(var: Path) -> None:
    log = var.parent / "log"
    with log.open("w") as out:
        running = subprocess.Popen(
            [sys.executable, "manage.py", "portal", "--no-demo", "--port", str(free_port())],
            cwd=BASE_DIR, env=environment(var), stdout=out, stderr=out,
        )  # fmt: skip
    try:
        wait_for(lambda: "is up after" in log.read_text() or running.poll() is not None, 120)
        cluster = Cluster(var / "postgres")
        os.kill(int((cluster.data / "postmaster.pid").read_text().split()[0]), signal.SIGKILL)
        wait_for(lambda: "PostgreSQL ended; starting it again" in log.read_text())
        wait_for(cluster.is_ready)
        running.terminate()
        assert running.wait(60) == 0, log.read_text()
        assert processes_on(var) == []
    finally:
        running.kill()


def test_nothing_embedded_starts_beside_a_configured_database(
    var: Path, database_url: object, django_db_setup: None
) -> None:
    done = portal(
        var, "--port", str(free_port()), "--no-demo", "--once-check",
        DATABASE_URL=database_url("ecom_app"), DATABASE_OWNER_URL=database_url("ecom_owner"),
        SECRET_KEY="only for this test", HTTPS_ONLY="0",
    )  # fmt: skip
    assert done.returncode == 0, done.stdout
    assert "is up after" in done.stdout
    assert not (var / "postgres").exists()


def test_a_taken_port_is_named_before_anything_starts(var: Path) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        done = portal(var, "--port", str(port))
    assert done.returncode == 1
    [line] = done.stdout.splitlines()
    assert f"Port {port} is taken" in line
    assert f"make run PORT={port + 1}" in line
    assert not (var / "postgres").exists()


def test_a_second_portal_on_the_folder_is_refused(var: Path) -> None:
    var.mkdir()
    with (var / "portal.lock").open("w") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        held.write("process 42, http://127.0.0.1:8000\n")
        held.flush()
        done = portal(var, "--port", str(free_port()))
    assert done.returncode == 1
    [line] = done.stdout.splitlines()
    assert "already runs on this folder (process 42, http://127.0.0.1:8000)" in line


@pytest.mark.parametrize(("port", "says"), [(0, "does not exist"), (70000, "does not exist")])
def test_an_impossible_port_is_refused(port: int, says: str) -> None:
    with pytest.raises(preflight.CannotStart, match=says):
        preflight.check_port(port)


def test_a_full_disk_is_told_with_both_figures(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    preflight.check_disk(tmp_path / "not" / "made" / "yet", is_first_start=False)
    monkeypatch.setattr(preflight, "FIRST_START_MIB", 10**12)
    with pytest.raises(preflight.CannotStart, match=r"has \d+ MB free, the portal needs \d+ MB"):
        preflight.check_disk(tmp_path, is_first_start=True)


def test_a_folder_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(preflight.CannotStart, match=r"file.*ECOMPORTAL_VAR"):
        preflight.make_folders(tmp_path / "file" / "var")


def bootstrap(root: Path) -> str:
    done = subprocess.run(
        [sys.executable, str(root / "ecomportal" / "embedded" / "bootstrap.py")],
        text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=True,
    )  # fmt: skip
    return done.stdout


def test_set_up_works_once_and_again_after_an_interruption(tmp_path: Path) -> None:
    root = tmp_path / "a folder with spaces"
    (root / "ecomportal" / "embedded").mkdir(parents=True)
    shutil.copy(BASE_DIR / "ecomportal" / "embedded" / "bootstrap.py", root / "ecomportal/embedded")
    (root / "requirements.txt").write_text("# nothing to download\n")
    assert "Installing" in bootstrap(root)
    assert bootstrap(root) == ""
    # What an interruption leaves: no stamp, and an environment without a working pip.
    (root / ".venv" / "installed-portal").unlink()
    shutil.rmtree(next((root / ".venv" / "lib").glob("python*/site-packages/pip")))
    assert "Installing" in bootstrap(root)
    (root / "requirements.txt").write_text("# changed\n")
    assert "Installing" in bootstrap(root)

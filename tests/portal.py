"""The real portal as a process, for the tour and the browser tests."""

import http.client
import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
START_SECONDS = 180
STOP_SECONDS = 60
EMAIL, PASSWORD, SLUG = "ida@example.com", "quiet northern light", "northlight-test"


class Portal:
    """`manage.py portal` on a port of its own with data of its own and one empty shop."""

    def __init__(self, var: Path, *, port: int = 0) -> None:
        self.port = port or free_port()
        self.var = var
        self.log = var / "portal.log"
        # Whatever database the caller's tests use, this portal brings its own.
        outer = ("DATABASE_URL", "DATABASE_OWNER_URL", "CELERY_BROKER_URL", "SECRET_KEY")
        kept = {k: v for k, v in os.environ.items() if k not in outer}
        self.env = {**kept, "ECOMPORTAL_VAR": str(var), "PYTHONUNBUFFERED": "1"}

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> None:
        command = [sys.executable, "manage.py", "portal", "--port", str(self.port), "--no-demo"]
        self.var.mkdir(parents=True, exist_ok=True)
        with self.log.open("wb") as log:
            self.process = subprocess.Popen(
                command, cwd=ROOT, env=self.env, stdout=log, stderr=subprocess.STDOUT
            )
        self._wait()

    def _wait(self) -> None:
        deadline = time.monotonic() + START_SECONDS
        while time.monotonic() < deadline:
            if self.process.poll() is not None:
                break
            if self._answers():
                return
            time.sleep(0.3)
        self.stop()
        raise RuntimeError(f"The portal did not start:\n{self.log.read_text()[-3000:]}")

    def _answers(self) -> bool:
        try:
            connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=5)
            connection.request("GET", "/account/login/")
            return connection.getresponse().status == 200
        except OSError:
            return False

    def create_shop(self, slug: str = SLUG, email: str = EMAIL) -> None:
        options = ["--email", email, "--slug", slug, "--password", PASSWORD]
        self.manage("create_shop", "Northlight Test", *options)

    def manage(self, *arguments: str) -> str:
        done = subprocess.run(
            [sys.executable, "manage.py", *arguments],
            cwd=ROOT,
            env=self.env,
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            raise RuntimeError(f"manage.py {arguments[0]} failed:\n{done.stdout}{done.stderr}")
        return done.stdout

    def stop(self) -> None:
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGINT)
            try:
                self.process.wait(STOP_SECONDS)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@contextmanager
def running_portal() -> Iterator[Portal]:
    """A fresh portal with one empty shop, gone afterwards."""
    with tempfile.TemporaryDirectory(prefix="ecomportal-portal-") as folder:
        Path(folder).chmod(0o755)  # PostgreSQL's own account must be able to enter it
        portal = Portal(Path(folder) / "var")
        portal.start()
        try:
            portal.create_shop()
            yield portal
        finally:
            portal.stop()

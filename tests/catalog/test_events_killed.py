"""Nothing that was answered 202 is lost when the web process is killed in the middle of calls."""

import json
import os
import random
import signal
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from http.client import HTTPException
from pathlib import Path
from typing import Any

import pytest

from ecomportal.tenancy.context import tenant
from tests.api.test_products_api import key_client
from tests.bench.catalogue_http import Server
from tests.bench.segments_events import _send
from tests.catalog.eventing import event

ROOT = Path(__file__).resolve().parents[2]
N_KILLS, BATCH = 4, 40


@pytest.mark.django_db(transaction=True)
def test_what_was_answered_survives_kills(shop: Any, database_url: Any, tmp_path: Path) -> None:
    key = key_client(shop).defaults["HTTP_AUTHORIZATION"].removeprefix("Bearer ")
    env = {
        "DJANGO_SETTINGS_MODULE": "ecomportal.settings",
        "DATABASE_URL": database_url("ecom_app"),
        "SECRET_KEY": "only for this test",
        "HTTPS_ONLY": "0",
        "ECOMPORTAL_VAR": str(tmp_path),
    }
    log = tmp_path / "web.log"
    sent: dict[str, int] = {}  # id -> 1 once its call was answered
    with Server("web", Path(sys.executable), "ecomportal.wsgi", ROOT, env, log) as server:
        for _ in range(N_KILLS):
            kill_while_sending(server, key, sent)
    with tenant(shop):
        kept = [str(pk) for pk in shop.interactions.values_list("event_id", flat=True)]
    assert len(kept) == len(set(kept)), "an event is there twice"
    assert {pk for pk, n in sent.items() if n} <= set(kept)
    assert sum(sent.values()) == len(sent) == len(kept)
    assert len(sent) > N_KILLS * BATCH


def kill_while_sending(server: Server, key: str, sent: dict[str, int]) -> None:
    """Send calls until the worker dies in the middle of one, which is sent again to the next."""
    stop = threading.Event()

    def send() -> None:
        while not stop.is_set():
            batch = [event(user_id=f"u{i}") for i in range(BATCH)]
            sent.update({one["id"]: 0 for one in batch})
            told = answered(server.port, key, batch)
            assert told["accepted"] + told["duplicates"] == BATCH
            sent.update({one["id"]: 1 for one in batch})

    with ThreadPoolExecutor(1) as pool:
        sending = pool.submit(send)
        time.sleep(0.5 + random.random() / 10)
        os.kill(server.worker_pid(), signal.SIGKILL)
        time.sleep(0.5)
        stop.set()
        sending.result(timeout=90)


def answered(port: int, key: str, batch: list[Any]) -> dict[str, Any]:
    body = json.dumps({"events": batch}).encode()
    until = time.monotonic() + 60
    while True:
        try:
            return _send(port, key, body)
        except (OSError, HTTPException):
            if time.monotonic() > until:
                raise
            time.sleep(0.1)

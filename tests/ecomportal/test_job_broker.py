"""The embedded broker delivers each message whole, once, to one of many workers."""

import os
import threading
from pathlib import Path
from queue import Empty
from typing import Any

import pytest
from kombu import Connection

from ecomportal.celery import app  # noqa: F401 (it makes the transport known)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path


def connect(folder: Path) -> Any:
    places = ("data_folder_in", "data_folder_out", "control_folder")
    options = dict.fromkeys(places, str(folder))
    return Connection("folder://localhost", transport_options=options).channel()


def test_messages_come_in_order_from_their_own_queue(folder):
    channel = connect(folder)
    for n in range(3):
        channel._put("fast", {"n": n})
    channel._put("fast.and.more", {"n": 9})
    assert [channel._get("fast")["n"] for _n in range(3)] == [0, 1, 2]
    with pytest.raises(Empty):
        channel._get("fast")
    assert channel._get("fast.and.more") == {"n": 9}
    assert os.listdir(folder) == []


def test_a_broken_message_is_dropped_and_the_next_one_comes(folder):
    channel = connect(folder)
    (folder / "000000000000001_x.fast.msg").write_text('{"half')
    channel._put("fast", {"题": "whole"})
    assert channel._get("fast") == {"题": "whole"}
    assert os.listdir(folder) == []


def test_a_message_is_never_seen_before_it_is_whole(folder, monkeypatch):
    channel = connect(folder)
    seen = []
    monkeypatch.setattr(
        "ecomportal.jobs.broker.json.dump",
        lambda payload, file: seen.append([n for n in os.listdir(folder) if n.endswith(".msg")]),
    )
    channel._put("fast", {})
    assert seen == [[]]


def test_many_readers_get_each_message_once(folder):
    n_messages, got = 200, []
    sender = connect(folder)
    for n in range(n_messages):
        sender._put("fast", {"n": n})

    def read() -> None:
        channel = connect(folder)
        while True:
            try:
                got.append(channel._get("fast")["n"])
            except Empty:
                return

    threads = [threading.Thread(target=read) for _n in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(got) == list(range(n_messages))

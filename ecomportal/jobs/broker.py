"""The embedded broker: Kombu's filesystem transport, with whole messages and in private.

Kombu's own writes a message where a worker may already read it, half, which ends that worker; and
it reads by way of the system's folder for temporary files, where others may look.
"""

import json
import logging
import os
from contextlib import suppress
from queue import Empty
from time import monotonic_ns
from typing import Any
from uuid import uuid4

from kombu.transport import filesystem

log = logging.getLogger(__name__)


class Channel(filesystem.Channel):
    def _put(self, queue: str, payload: dict[str, Any], **_: Any) -> None:
        """The finished file gets its name last. Names sort by time, so the oldest comes first."""
        draft = os.path.join(self.data_folder_out, f".{uuid4().hex}.draft")
        name = f"{monotonic_ns():020}_{uuid4().hex}.{queue}.msg"
        with open(draft, "w") as file:
            json.dump(payload, file)
        os.rename(draft, os.path.join(self.data_folder_out, name))

    def _get(self, queue: str, timeout: float | None = None) -> dict[str, Any]:
        """Take the oldest message by renaming it, which only one of many workers can."""
        for name in sorted(os.listdir(self.data_folder_in)):
            if name.partition(".")[2] != f"{queue}.msg":
                continue
            taken = os.path.join(self.data_folder_in, f".{uuid4().hex}.taken")
            with suppress(FileNotFoundError):
                os.rename(os.path.join(self.data_folder_in, name), taken)
                if payload := _read(taken):
                    return payload
        raise Empty


def _read(path: str) -> dict[str, Any] | None:
    """A message, and away with it; one that cannot be read is not worth a worker."""
    try:
        with open(path) as file:
            return json.load(file)
    except ValueError:
        log.warning("A message in %s could not be read and is dropped.", os.path.dirname(path))
        return None
    finally:
        os.unlink(path)


class Transport(filesystem.Transport):
    Channel = Channel

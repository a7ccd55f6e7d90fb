"""Where the embedded stack keeps its files, and which account PostgreSQL runs as.

Nothing here starts, creates or changes anything, so that settings can ask it cheaply.
"""

import hashlib
import os
import pwd
import stat
from dataclasses import dataclass
from pathlib import Path

BASE_DIR = Path(__file__).resolve().parent.parent.parent
# A unix socket's whole path may have 107 bytes; PostgreSQL adds "/.s.PGSQL.5432" to the folder.
SOCKET_DIR_MAX_BYTES = 90


@dataclass(frozen=True)
class Account:
    uid: int
    gid: int


def var_dir() -> Path:
    """The folder of everything this installation makes: database, messages, media, secrets."""
    chosen = os.environ.get("ECOMPORTAL_VAR")
    return Path(chosen).expanduser().resolve() if chosen else BASE_DIR / "var"


def server_account(home: Path) -> Account:
    """Who PostgreSQL runs as: we ourselves, or, as it refuses root, whoever already owns the
    data, or `nobody`. No account is ever created."""
    if os.getuid() != 0:
        return Account(os.getuid(), os.getgid())
    if home.is_dir() and home.stat().st_uid != 0:
        return Account(home.stat().st_uid, home.stat().st_gid)
    try:
        nobody = pwd.getpwnam("nobody")
    except KeyError:  # a minimal container without the name still has the number
        return Account(65534, 65534)
    return Account(nobody.pw_uid, nobody.pw_gid)


def can_enter(folder: Path, account: Account) -> bool:
    """Whether `account` may pass through `folder` and every folder above it.

    Folders that do not exist yet do not count: we will create them passable.
    """
    real = Path(os.path.realpath(folder))
    return all(_may_pass(part, account) for part in (real, *real.parents))


def _may_pass(folder: Path, account: Account) -> bool:
    try:
        found = folder.stat()
    except FileNotFoundError:
        return True
    if found.st_uid == account.uid:
        return bool(found.st_mode & stat.S_IXUSR)
    if found.st_gid == account.gid:
        return bool(found.st_mode & stat.S_IXGRP)
    return bool(found.st_mode & stat.S_IXOTH)


def shared_store(wanted: Path) -> Path:
    """A lasting folder outside of closed ones such as root's home, one for each `wanted`."""
    return Path("/var/lib") / f"ecomportal-{short_hash(wanted)}"


def socket_dir(home: Path, account: Account) -> Path:
    """Inside `home` when a socket's path may be that long, else a private one in /tmp.

    A comma would make a client read the path as a list of hosts.
    Not TMPDIR: two shells with different values must find the same server.
    """
    inside = home / "run"
    if len(os.fsencode(inside)) <= SOCKET_DIR_MAX_BYTES and "," not in str(inside):
        return inside
    return Path("/tmp") / f"ecomportal-{account.uid}-{short_hash(home)}"


def short_hash(path: Path) -> str:
    return hashlib.sha256(os.fsencode(path)).hexdigest()[:12]

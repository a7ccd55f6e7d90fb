"""Files that hold customers: where they lie, until when, and how those that name one are found."""

import re
import time
import zipfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from datetime import timedelta
from pathlib import Path

from django.conf import settings

from aiassist.segments.customers.models import CustomerFile
from ecomportal.jobs.run import Run
from ecomportal.tenancy.models import Merchant

KEPT = timedelta(days=7)  # long enough to fetch it; what it says gets old meanwhile
PIECE = 1 << 20  # bytes read at once
OVERLAP = 4096  # bytes; no name or number is longer in any encoding
# Pictures of goods and weights of models hold no words.
NOT_READ = {".jpg", ".jpeg", ".png", ".webp", ".gif", ".avif"}
ENCODINGS = ("utf-8", "utf-16-le", "utf-16-be", "gb18030")


def folder_of(merchant: Merchant) -> Path:
    return Path(settings.MEDIA_ROOT) / str(merchant.pk) / "customers"


def path_of(file: CustomerFile) -> Path:
    return Path(settings.MEDIA_ROOT) / file.file


@contextmanager
def new_file(run: Run, file: CustomerFile, suffix: str) -> Iterator[tuple[Path, Path]]:
    """Where to write and what it is called once it is whole. Nobody else on the machine may read
    it, another worker writes elsewhere, and nothing half written stays."""
    folder = folder_of(run.merchant)
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    part = folder / f"{file.pk}.{run.token}.part"
    part.touch(mode=0o600)
    try:
        yield part, folder / f"{file.pk}{suffix}"
    finally:
        part.unlink(missing_ok=True)


def forget_old_files() -> int:
    """Delete the files of all shops that expired, and what a killed job left half written."""
    until, n = time.time() - KEPT.total_seconds(), 0
    for path in Path(settings.MEDIA_ROOT).glob("*/customers/*"):
        with suppress(FileNotFoundError):  # an erasure was quicker
            if path.stat().st_mtime < until:
                path.unlink()
                n += 1
    return n


def forget_lists_of(merchant: Merchant) -> int:
    """Delete every list of customers that can still be fetched, audiences too: somebody in one
    was erased, and the others are made again in a moment."""
    folders = [folder_of(merchant), folder_of(merchant).with_name("audiences")]
    found = [path for folder in folders for path in folder.glob("*")]
    for path in found:
        path.unlink(missing_ok=True)
    merchant.customer_files.exclude(file="").update(file="")
    merchant.audience_exports.exclude(file="").update(file="", sha256="")
    return len(found)


def forget_files_that_name(folders: Iterable[Path], words: Iterable[str]) -> list[Path]:
    """Delete the files below these folders in which one of the words stands; they are told."""
    needles = spelled(words)
    gone = [path for path in _files(folders) if needles and names_any(path, needles)]
    for path in gone:
        path.unlink(missing_ok=True)
    return gone


def spelled(words: Iterable[str]) -> re.Pattern[bytes] | None:
    """Each word as files of any encoding have it, as long as it stands for one person alone."""
    certain = [word for word in words if len(word) >= 6 or any(c >= "\u3400" for c in word)]
    found = sorted({_pattern(word, name) for word in certain for name in ENCODINGS})
    return re.compile(b"|".join(found)) if found else None


def _pattern(word: str, encoding: str) -> bytes:
    """A number made of digits is not meant where it is a part of a longer one."""
    plain = re.escape(word.encode(encoding, "ignore"))
    if not word.isdecimal():
        return plain
    # The digits' other byte may be missing at the ends of a file of the other byte order.
    before, after = {
        "utf-16-le": (rb"(?<![0-9]\0)", rb"(?![0-9](?:\0|\Z))"),
        "utf-16-be": (rb"(?<!\0[0-9])(?<!\A[0-9])", rb"(?!\0[0-9])"),
    }.get(encoding, (rb"(?<![0-9])", rb"(?![0-9])"))
    return before + plain + after


def _files(folders: Iterable[Path]) -> Iterator[Path]:
    for folder in folders:
        for path in folder.rglob("*"):
            if path.is_file() and path.suffix.lower() not in NOT_READ:
                yield path


def names_any(path: Path, needles: re.Pattern[bytes]) -> bool:
    if zipfile.is_zipfile(path):
        with zipfile.ZipFile(path) as archive:
            return any(_stands_in(archive.open(name), needles) for name in archive.namelist())
    with path.open("rb") as content:
        return _stands_in(content, needles)


def _stands_in(content: object, needles: re.Pattern[bytes]) -> bool:
    """Piece by piece, each begun with the end of the one before, so that no word is cut."""
    tail = b""
    while piece := content.read(PIECE):
        text = tail + piece
        if needles.search(text):
            return True
        tail = text[-OVERLAP:]
    return False

"""Files that hold customers: where they lie, until when, and how those that name one are found."""

import time
import zipfile
from collections.abc import Iterable, Iterator
from datetime import timedelta
from pathlib import Path

from django.conf import settings

from aiassist.segments.customers.models import CustomerFile
from ecomportal.tenancy.models import Merchant

KEPT = timedelta(days=7)  # long enough to fetch it; what it says gets old meanwhile
PIECE = 1 << 20  # bytes read at once
# Pictures of goods and weights of models hold no words.
NOT_READ = {".jpg", ".jpeg", ".png", ".webp", ".gif", ".avif"}
ENCODINGS = ("utf-8", "utf-16-le", "utf-16-be", "gb18030")


def folder_of(merchant: Merchant) -> Path:
    return Path(settings.MEDIA_ROOT) / str(merchant.pk) / "customers"


def path_of(file: CustomerFile) -> Path:
    return Path(settings.MEDIA_ROOT) / file.file


def forget_old_files() -> int:
    """Delete the files of all shops that expired, and what a killed job left half written."""
    until, n = time.time() - KEPT.total_seconds(), 0
    for path in Path(settings.MEDIA_ROOT).glob("*/customers/*"):
        if path.stat().st_mtime < until:
            path.unlink(missing_ok=True)
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


def spelled(words: Iterable[str]) -> list[bytes]:
    """Each word as files of any encoding have it, as long as it stands for one person alone."""
    certain = [word for word in words if len(word) >= 6 or any(c >= "\u3400" for c in word)]
    return sorted({word.encode(name, "ignore") for word in certain for name in ENCODINGS})


def _files(folders: Iterable[Path]) -> Iterator[Path]:
    for folder in folders:
        for path in folder.rglob("*"):
            if path.is_file() and path.suffix.lower() not in NOT_READ:
                yield path


def names_any(path: Path, needles: list[bytes]) -> bool:
    if zipfile.is_zipfile(path):
        with zipfile.ZipFile(path) as archive:
            return any(_stands_in(archive.open(name), needles) for name in archive.namelist())
    with path.open("rb") as content:
        return _stands_in(content, needles)


def _stands_in(content: object, needles: list[bytes]) -> bool:
    """Piece by piece, each begun with the end of the one before, so that no word is cut."""
    overlap, tail = max(map(len, needles)), b""
    while piece := content.read(PIECE):
        text = tail + piece
        if any(needle in text for needle in needles):
            return True
        tail = text[-overlap:]
    return False

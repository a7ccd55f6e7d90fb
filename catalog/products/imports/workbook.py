"""An Excel workbook: what it weighs, which sheets it has, and the rows of one.

A workbook is a ZIP of XML, so it is weighed before it is opened: what it would unpack to is told
by its own directory, and nothing is read beyond what that directory promises.
"""

import posixpath
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import BinaryIO
from xml.parsers import expat

from catalog.products.imports import sheet
from catalog.products.imports.problems import Refused

MAX_UNPACKED = 1 << 30  # bytes of XML; a sheet of a million filled rows is about that
MAX_STRINGS = 128 << 20  # bytes of the one part that has to be held in memory
MAX_RATIO = 200  # how far a part may unpack; tables of repeated words reach about 60
MIN_BOMB = 8 << 20  # bytes; below that no ratio is worth a refusal
MAX_PARTS = 10_000
MAX_SHEETS = 50
MAIN = "xl/workbook.xml"
OTHERS = {
    "xl/workbook.bin": "is_binary_workbook",
    "content.xml": "is_open_document",  # of LibreOffice and its like
}
ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
# What damage inside a workbook provokes in those who read it; NotImplementedError is how `zipfile`
# says that it does not know a compression.
BROKEN = (
    *(zipfile.BadZipFile, zlib.error, expat.ExpatError, EOFError, OSError, RuntimeError),
    *(NotImplementedError, LookupError, ValueError, OverflowError),
)


@contextmanager
def _readable() -> Iterator[None]:
    try:
        yield
    except BROKEN as error:
        raise Refused("broken_workbook") from error


def refuse_old_kinds(path: Path) -> None:
    """Tell a workbook locked with a password from one of Excel's old format; both are OLE files."""
    raise Refused("is_locked_workbook" if ENCRYPTED in path.read_bytes() else "is_old_workbook")


def weigh(path: Path) -> None:
    """Refuse what is no workbook, or one that would unpack to more than it should."""
    with _readable(), zipfile.ZipFile(path) as archive:
        parts = archive.infolist()
    names = {part.filename for part in parts}
    for name, code in OTHERS.items():
        if name in names:
            raise Refused(code)
    if MAIN not in names:
        is_broken = "[Content_Types].xml" in names
        raise Refused("broken_workbook" if is_broken else "is_archive")
    total = sum(part.file_size for part in parts)
    if len(parts) > MAX_PARTS or total > MAX_UNPACKED or any(map(_is_too_dense, parts)):
        raise Refused("unpacks_too_large", limit=MAX_UNPACKED >> 20)


def _is_too_dense(part: zipfile.ZipInfo) -> bool:
    if part.filename.endswith("sharedStrings.xml") and part.file_size > MAX_STRINGS:
        return True
    return part.file_size > MIN_BOMB and part.file_size > MAX_RATIO * max(part.compress_size, 1)


@dataclass
class _Book:
    """Collects what the workbook's own part and its list of relations say."""

    sheets: list[tuple[str, str, bool]] = field(default_factory=list)  # name, relation, is shown
    parts: dict[str, str] = field(default_factory=dict)  # relation -> part
    strings: str = ""
    styles: str = ""
    from_1904: bool = False
    done: list[None] = field(default_factory=list)

    def start(self, name: str, attributes: Mapping[str, str]) -> None:
        name = sheet.local(name)
        if name == "sheet":
            relation = next((v for k, v in attributes.items() if k.endswith(":id")), "")
            is_shown = attributes.get("state", "visible") == "visible"
            self.sheets.append((attributes["name"], relation, is_shown))
        elif name == "workbookPr":
            self.from_1904 = attributes.get("date1904", "0") in ("1", "true")
        elif name == "Relationship":
            self._relate(attributes)

    def _relate(self, attributes: Mapping[str, str]) -> None:
        kind = attributes.get("Type", "").rpartition("/")[2]
        part = posixpath.normpath(posixpath.join("/xl", attributes.get("Target", ""))).lstrip("/")
        if kind == "worksheet":
            self.parts[attributes["Id"]] = part
        elif kind == "sharedStrings":
            self.strings = part
        elif kind == "styles":
            self.styles = part

    def end(self, name: str) -> None:
        pass

    def text(self, text: str) -> None:
        pass


def _book(archive: zipfile.ZipFile) -> _Book:
    book = _Book()
    for name in (MAIN, "xl/_rels/workbook.xml.rels"):
        with archive.open(name) as part:
            list(sheet.events(part, book))
    return book


def _opened(archive: zipfile.ZipFile, name: str) -> BinaryIO | None:
    return archive.open(name) if name and name in archive.namelist() else None


def sheet_names(path: Path) -> list[str]:
    """The sheets a person sees, in their order; charts are none."""
    with _readable(), zipfile.ZipFile(path) as archive:
        book = _book(archive)
    tables = [one for one in book.sheets if one[1] in book.parts]
    shown = [name for name, _relation, is_shown in tables if is_shown]
    return (shown or [name for name, _relation, _is_shown in tables])[:MAX_SHEETS]


def first_rows(path: Path, name: str, n: int) -> list[list[str]]:
    return list(islice(rows(path, name), n))


def rows(path: Path, name: str) -> Iterator[list[str]]:
    """Every row of the sheet, empty ones too, so that their number is the sheet's own."""
    with _readable(), zipfile.ZipFile(path) as archive:
        book = _book(archive)
        relation = next((found for title, found, _ in book.sheets if title == name), "")
        strings = sheet.Strings(_opened(archive, book.strings))
        shapes = sheet.styles(_opened(archive, book.styles))
        with archive.open(book.parts[relation]) as part:
            yield from sheet.rows(part, strings, shapes, from_1904=book.from_1904)

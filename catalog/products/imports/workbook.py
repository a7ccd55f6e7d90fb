"""An Excel workbook as rows of text, read as a stream.

A workbook is a ZIP of XML, so it is weighed before it is opened: what it would unpack to is told
by its own directory, and nothing is read beyond what that directory promises.
"""

import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, datetime, time
from decimal import Decimal
from itertools import islice
from pathlib import Path
from typing import Any

from openpyxl import load_workbook

from catalog.products.imports.problems import Refused

MAX_UNPACKED = 1 << 30  # bytes of XML; a sheet of a million filled rows is about that
MAX_STRINGS = 256 << 20  # bytes of the one part that has to be held in memory
MAX_RATIO = 200  # how far a part may unpack; tables of repeated words reach about 60
MIN_BOMB = 8 << 20  # bytes; below that no ratio is worth a refusal
MAX_PARTS = 10_000
MAX_SHEETS = 50
MAX_ROWS = 1 << 20  # what a sheet of Excel holds
MAX_COLUMNS = 1001  # one more than a table may have, so that a wider one is noticed
SPREADSHEETS = {
    "xl/workbook.bin": "is_binary_workbook",
    "content.xml": "is_open_document",  # of LibreOffice and its like
}
ENCRYPTED = "EncryptedPackage".encode("utf-16-le")


def refuse_old_kinds(path: Path) -> None:
    """Tell a workbook locked with a password from one of Excel's old format; both are OLE files."""
    raise Refused("is_locked_workbook" if ENCRYPTED in path.read_bytes() else "is_old_workbook")


def weigh(path: Path) -> None:
    """Refuse what is no workbook, or one that would unpack to more than it should."""
    try:
        with zipfile.ZipFile(path) as archive:
            parts = archive.infolist()
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError) as error:
        raise Refused("broken_workbook") from error
    names = {part.filename for part in parts}
    for name, code in SPREADSHEETS.items():
        if name in names:
            raise Refused(code)
    if "xl/workbook.xml" not in names:
        is_broken = "[Content_Types].xml" in names
        raise Refused("broken_workbook" if is_broken else "is_archive")
    total = sum(part.file_size for part in parts)
    if len(parts) > MAX_PARTS or total > MAX_UNPACKED or any(map(_is_too_dense, parts)):
        raise Refused("unpacks_too_large", limit=MAX_UNPACKED >> 20)


def _is_too_dense(part: zipfile.ZipInfo) -> bool:
    if part.filename.endswith("sharedStrings.xml") and part.file_size > MAX_STRINGS:
        return True
    return part.file_size > MIN_BOMB and part.file_size > MAX_RATIO * max(part.compress_size, 1)


@contextmanager
def opened(path: Path) -> Iterator[Any]:
    """The workbook; whatever is wrong inside it becomes one refusal."""
    # Opened here, for by a path the library judges a file by its name.
    with path.open("rb") as file:
        try:
            yield load_workbook(file, read_only=True, data_only=True, keep_links=False)
        except (Refused, GeneratorExit):
            raise
        except Exception as error:  # the library raises whatever the XML provokes
            raise Refused("broken_workbook") from error


def sheet_names(path: Path) -> list[str]:
    """The sheets a person sees, in their order."""
    with opened(path) as book:
        shown = [s.title for s in book.worksheets if s.sheet_state == "visible"]
        return (shown or [s.title for s in book.worksheets])[:MAX_SHEETS]


def first_rows(path: Path, sheet: str, n: int) -> list[list[str]]:
    return list(islice(rows(path, sheet), n))


def rows(path: Path, sheet: str) -> Iterator[list[str]]:
    """Every row of the sheet, empty ones too, so that their number is the sheet's own."""
    with opened(path) as book:
        page = book[sheet]
        page.reset_dimensions()  # what a writer says of the size is often wrong
        write = _writer()
        for cells in islice(page.iter_rows(max_col=MAX_COLUMNS), MAX_ROWS):
            row = [write(cell) for cell in cells]
            while row and not row[-1]:
                row.pop()
            yield row


def _writer() -> Callable[[Any], str]:
    widths: dict[str, int] = {}  # number format -> how many digits it fills up to

    def write(cell: Any) -> str:
        value = cell.value
        if value is None:
            return ""
        if isinstance(value, str):
            return value
        if isinstance(value, bool):
            return "TRUE" if value else "FALSE"
        if isinstance(value, (int, float)):
            text = number_text(value)
            shape = cell.number_format
            if shape not in widths:
                widths[shape] = len(shape) if shape.strip("0") == "" else 0
            return text.zfill(widths[shape]) if widths[shape] else text
        return moment_text(value)

    return write


def number_text(value: float) -> str:
    """As the sheet shows it: fifteen digits, no point where there is no fraction, no exponent."""
    if isinstance(value, int):
        return str(value)
    if value != value or value in (float("inf"), float("-inf")):
        return str(value)
    text = f"{Decimal(f'{value:.15g}'):f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def moment_text(value: Any) -> str:
    """A date or a time in ISO form; midnight is a date."""
    if isinstance(value, datetime):
        whole = value.time() == time()
        return value.date().isoformat() if whole else value.isoformat(" ", timespec="seconds")
    return value.isoformat() if isinstance(value, (date, time)) else str(value)

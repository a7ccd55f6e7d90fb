"""An Excel workbook written while it is sent: one sheet's XML, packed piece by piece.

Texts stand inline as text cells, which no program runs; numbers stand as numbers. A sheet holds
1,048,576 lines, so a longer table goes on in another one, under its header.
"""

import zipfile
from collections.abc import Iterable, Iterator, Sequence
from xml.sax.saxutils import escape, quoteattr

from django.utils.timezone import localtime

from catalog.products.imports.guard import guard

MAX_LINES = 1_048_576  # of a sheet, its header included
MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
LINKS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006"
DECLARED = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
# XML holds no control characters; a carriage return survives only by its number.
SPELLED = {n: " " for n in (*range(32), 0xFFFE, 0xFFFF) if chr(n) not in "\t\n\r"}
SPELLED |= {ord("&"): "&amp;", ord("<"): "&lt;", ord(">"): "&gt;", ord("\r"): "&#13;"}
SHEET_NAME = "Products"


class _Sink:
    """What the archive was told to write and nobody has taken yet."""

    def __init__(self) -> None:
        self.waiting: list[bytes] = []

    def write(self, piece: bytes) -> int:
        self.waiting.append(bytes(piece))
        return len(piece)

    def flush(self) -> None:
        pass

    def take(self) -> Iterator[bytes]:
        yield from self.waiting
        self.waiting = []


def write(
    header: Sequence[str], rows: Iterable[Sequence[str | None]], *, numbers: Sequence[bool]
) -> Iterator[bytes]:
    """The workbook's bytes. `numbers` says which columns hold numbers."""
    sink, rows = _Sink(), iter(rows)
    letters = [column_letters(n) for n in range(len(header))]
    first = _line(1, letters, [guard(name) for name in header], [False] * len(header))
    with zipfile.ZipFile(sink, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        n_sheets, row = 0, next(rows, None)
        while row is not None or not n_sheets:
            n_sheets += 1
            with _entry(archive, f"xl/worksheets/sheet{n_sheets}.xml") as sheet:
                sheet.write(f'{DECLARED}<worksheet xmlns="{MAIN}"><sheetData>{first}'.encode())
                n = 1
                while row is not None and n < MAX_LINES:
                    n += 1
                    sheet.write(_line(n, letters, row, numbers).encode())
                    yield from sink.take()
                    row = next(rows, None)
                sheet.write(b"</sheetData></worksheet>")
        for name, text in _rest(n_sheets):
            with _entry(archive, name) as part:
                part.write((DECLARED + text).encode())
    yield from sink.take()


def _entry(archive: zipfile.ZipFile, name: str) -> zipfile.ZipExtFile:
    made = zipfile.ZipInfo(name, localtime().timetuple()[:6])
    made.compress_type = zipfile.ZIP_DEFLATED
    return archive.open(made, "w", force_zip64=name.startswith("xl/worksheets/"))


def _line(
    n: int, letters: Sequence[str], cells: Sequence[str | None], numbers: Sequence[bool]
) -> str:
    parts = [f'<row r="{n}">']
    for letter, cell, is_number in zip(letters, cells, numbers, strict=True):
        if cell is None:
            continue
        if is_number:
            parts.append(f'<c r="{letter}{n}"><v>{cell}</v></c>')
        else:
            text = cell.translate(SPELLED)
            parts.append(
                f'<c r="{letter}{n}" t="inlineStr"><is><t xml:space="preserve">{text}</t></is></c>'
            )
    parts.append("</row>")
    return "".join(parts)


def column_letters(n: int) -> str:
    """0 is A, 25 is Z, 26 is AA."""
    letters = ""
    while n >= 0:
        n, at = divmod(n, 26)
        letters, n = chr(ord("A") + at) + letters, n - 1
    return letters


def _rest(n_sheets: int) -> Iterator[tuple[str, str]]:
    """The parts that say what the archive is and which sheets it has."""
    numbers = range(1, n_sheets + 1)
    sheets = "".join(
        f'<sheet name={quoteattr(SHEET_NAME if n == 1 else f"{SHEET_NAME} {n}")} sheetId="{n}" '
        f'r:id="rId{n}"/>'
        for n in numbers
    )
    yield (
        "xl/workbook.xml",
        f'<workbook xmlns="{MAIN}" xmlns:r="{LINKS}"><sheets>{sheets}</sheets></workbook>',
    )
    linked = "".join(
        f'<Relationship Id="rId{n}" Type="{LINKS}/worksheet" Target="worksheets/sheet{n}.xml"/>'
        for n in numbers
    )
    yield (
        "xl/_rels/workbook.xml.rels",
        f'<Relationships xmlns="{PACKAGE}/relationships">{linked}</Relationships>',
    )
    yield (
        "_rels/.rels",
        f'<Relationships xmlns="{PACKAGE}/relationships"><Relationship Id="rId1" '
        f'Type="{LINKS}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
    )
    kind = "application/vnd.openxmlformats-officedocument.spreadsheetml"
    parts = "".join(
        f'<Override PartName="/xl/worksheets/sheet{n}.xml" '
        f"ContentType={quoteattr(escape(kind + '.worksheet+xml'))}/>"
        for n in numbers
    )
    yield (
        "[Content_Types].xml",
        f'<Types xmlns="{PACKAGE}/content-types"><Default Extension="rels" '
        'ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        '<Override PartName="/xl/workbook.xml" '
        f'ContentType="{kind}.sheet.main+xml"/>{parts}</Types>',
    )

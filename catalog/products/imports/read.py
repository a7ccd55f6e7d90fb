"""From bytes to lines of cells: what kind of file it is, its encoding, its delimiter, its rows.

Everything here streams, so a file of 50 MiB costs no more memory than one of 50 KiB, and
everything here ends in one of three ways: lines, lines with a problem, or `Refused`.

A workbook and a feed can be looked at here too; before their rows are compared they are put into
a table of our own (`kept`), whose first column is the number a row had where it came from.
"""

import codecs
import csv
import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from itertools import islice
from pathlib import Path
from typing import Any, BinaryIO, NamedTuple, TextIO

from catalog.products.imports import feed, workbook
from catalog.products.imports.header import find_header, letters
from catalog.products.imports.problems import Problem, Refused, problem

CHUNK = 1 << 20  # bytes
PAGE = re.compile(rb"<(?:!doctype\s+html|html)\b", re.I)
HEAD = 1 << 16  # bytes looked at to tell what kind of file it is
TOP = 30  # rows among which the header is looked for
OLE = b"\xd0\xcf\x11\xe0"
MAX_CELL = 500_000  # characters; the longest real description is a tenth of that
MAX_CELLS = 1000  # a wider table is no product table
DELIMITERS = ",;\t|"
MAGIC = [
    (b"%PDF", "is_pdf"),
    (b"7z\xbc\xaf\x27\x1c", "is_archive"),
    (b"Rar!", "is_archive"),
    (b"BZh", "is_archive"),
]
BOMS = [
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
]
CONTROL = re.compile(rb"[\x00-\x08\x0b\x0e-\x1a\x1c-\x1f]")

csv.field_size_limit(MAX_CELL)


class Line(NamedTuple):
    """One row of the table; `number` is where it begins in the file, the header being 1."""

    number: int
    cells: list[str]
    problem: Problem | None = None
    spans: int = 0  # lines of the file after the first


@dataclass(frozen=True)
class Shape:
    """How a file is written. `skipped` are the lines before the header (Excel's `sep=;`)."""

    encoding: str = "utf-8"
    delimiter: str = ","
    header: list[str] = field(default_factory=list)
    skipped: int = 0
    kind: str = "csv"  # csv, xlsx, xml; kept for our own table of another kind's rows
    has_header: bool = True  # if not, the columns are named by letters
    sheet: str = ""
    sheets: tuple[str, ...] = ()


def look(path: Path, *, sheet: str = "", has_header: bool | None = None) -> Shape:
    """Tell how the file is written, or raise `Refused` with the reason in words.

    A person may name the sheet of a workbook, and say whether its first row names the columns.
    """
    with path.open("rb") as file:
        head = file.read(HEAD)
    if not head.strip():
        raise Refused("empty_file")
    if head.startswith(b"PK"):
        return _look_at_workbook(path, sheet, has_header)
    if head.startswith(OLE):
        workbook.refuse_old_kinds(path)
    _refuse_other_kinds(head)
    start = head[:400].replace(b"\0", b"").lstrip(b"\xef\xbb\xbf\xff\xfe").lstrip()
    if PAGE.match(start):
        raise Refused("is_markup")
    if start.startswith(b"<"):
        return _look_at_feed(path)
    return _look_at_text(path, head, has_header)


def _look_at_feed(path: Path) -> Shape:
    header = feed.columns(path)
    if not header:
        raise Refused("is_markup")
    return Shape(delimiter="", header=header, kind="xml")


def _look_at_workbook(path: Path, sheet: str, has_header: bool | None) -> Shape:
    """The first sheet with a header and a row below it, unless a person named one."""
    workbook.weigh(path)
    names = workbook.sheet_names(path)
    shape = Shape(delimiter="", kind="xlsx", sheets=tuple(names))
    why = Refused("empty_file")
    for name in [sheet] if sheet in names else names:
        top = [Line(n, cells) for n, cells in enumerate(_top_of(path, name), 1) if any(cells)]
        if not top:
            continue
        try:
            found = _with_header(replace(shape, sheet=name), top, has_header)
        except Refused as refused:
            why = refused
            continue
        if len(top) > 1 or not found.has_header:
            return found
        why = Refused("no_rows")
    raise why


def _top_of(path: Path, sheet: str) -> list[list[str]]:
    return workbook.first_rows(path, sheet, TOP)


def _look_at_text(path: Path, head: bytes, has_header: bool | None) -> Shape:
    with path.open("rb") as file:
        encoding = find_encoding(file, head)
    with path.open(encoding=encoding, newline="") as text:
        start = text.read(HEAD).lstrip("\ufeff").lstrip()
    if start[:1] in ("{", "["):
        raise Refused("is_json")
    shape = find_delimiter(start, encoding)
    top = list(islice(raw_lines(path, shape), TOP))
    return _with_header(shape, top, has_header)


def _with_header(shape: Shape, top: list[Line], has_header: bool | None) -> Shape:
    """Where the names of the columns stand among the first rows, and what they are."""
    if not top or top[0].problem:
        raise Refused("not_a_table", found="")
    top = [line for line in top if not line.problem]
    at = find_header([line.cells for line in top])
    if has_header is None:
        has_header = at is not None
    at = (at or 0) if has_header else 0
    first = top[at]
    # PostgreSQL keeps no NUL, and no column is called so.
    cells = [" ".join(cell.replace("\0", "").strip("\ufeff").split()) for cell in first.cells]
    while cells and not cells[-1]:
        cells.pop()
    width = len(cells) if has_header else max(len(line.cells) for line in top)
    if not cells or width > MAX_CELLS:
        raise Refused("not_a_table", found=" ".join(cells)[:80])
    skipped = first.number - 1
    if not has_header:
        return replace(shape, header=letters(width), skipped=skipped, has_header=False)
    _refuse_duplicates(cells)
    names = [name or f"#{position}" for position, name in enumerate(cells, start=1)]
    return replace(shape, header=names, skipped=skipped)


def _refuse_other_kinds(head: bytes) -> None:
    for magic, code in MAGIC:
        if head.startswith(magic):
            raise Refused(code)
    if any(head.startswith(bom) for bom, _ in BOMS[1:]) or _utf16_without_bom(head):
        return
    if len(CONTROL.findall(head)) > max(8, len(head) // 50):
        raise Refused("is_binary")


def _utf16_without_bom(head: bytes) -> str:
    """Latin text in UTF-16 has a zero in every second byte, and on one side only."""
    n = len(head) // 2
    even, odd = head[0::2].count(0), head[1::2].count(0)
    if n and odd > 0.4 * n and even < 0.05 * n:
        return "utf-16-le"
    return "utf-16-be" if n and even > 0.4 * n and odd < 0.05 * n else ""


def find_encoding(file: BinaryIO, head: bytes) -> str:
    for bom, name in BOMS:
        if head.startswith(bom):
            return _must_decode(file, name)
    if name := _utf16_without_bom(head):
        return _must_decode(file, name)
    bad = _first_bad_byte(file, "utf-8")
    if bad is None:
        return "utf-8"
    if _first_bad_byte(file, "gb18030") is None and _reads_as_chinese(file):
        return "gb18030"
    line, byte = bad
    raise Refused("bad_encoding", line=line, byte=f"0x{byte:02X}", guess=_guess_of(file))


def _must_decode(file: BinaryIO, name: str) -> str:
    bad = _first_bad_byte(file, name)
    if bad is None:
        return name
    if name.startswith("utf-16"):
        raise Refused("broken_utf16")
    raise Refused("bad_encoding", line=bad[0], byte=f"0x{bad[1]:02X}", guess="UTF-8")


def _first_bad_byte(file: BinaryIO, encoding: str) -> tuple[int, int] | None:
    """The line and value of the first byte that `encoding` does not know; None when all is well."""
    file.seek(0)
    decoder = codecs.getincrementaldecoder(encoding)()
    line = 1
    while True:
        chunk = file.read(CHUNK)
        try:
            decoder.decode(chunk, final=not chunk)
        except UnicodeDecodeError as error:
            before = error.object[: error.start]
            at = min(error.start, len(error.object) - 1)
            return line + before.count(b"\n"), error.object[at]
        if not chunk:
            return None
        line += chunk.count(b"\n")


def _reads_as_chinese(file: BinaryIO) -> bool:
    """GB18030 accepts much that is not Chinese: Western text happens to form rare characters.
    Real Chinese stays almost wholly in the rows of GB2312."""
    common = rare = 0
    for chunk in _high_bytes(file):
        for pair in re.findall(rb"[\x81-\xfe][\x40-\xfe]", chunk):
            is_common = 0xA1 <= pair[0] <= 0xF7 and pair[1] >= 0xA1
            common, rare = common + is_common, rare + (not is_common)
    return common > 0 and common >= 4 * rare


def _high_bytes(file: BinaryIO) -> Iterator[bytes]:
    file.seek(0)
    while chunk := file.read(CHUNK):
        yield chunk


def _guess_of(file: BinaryIO) -> str:
    """Name the likely encoding of text that none of ours fits: Western words are mostly ASCII."""
    file.seek(0)
    words = [w for w in re.findall(rb"[A-Za-z\x80-\xff]+", file.read(CHUNK)) if not w.isascii()]
    n_high = sum(byte >= 0x80 for word in words for byte in word)
    if 2 * n_high < sum(map(len, words)):
        return "Windows-1252"
    sample = b" ".join(words)
    if re.search("[\u3041-\u30fe]", sample.decode("shift_jis", "ignore")):
        return "Shift-JIS"
    n_lost = sample.decode("big5", "replace").count("\ufffd")
    return "Big5" if 4 * n_lost < n_high else "Windows-1251"


def find_delimiter(start: str, encoding: str) -> Shape:
    """The delimiter that cuts the header into most cells, quoted text left alone."""
    told = re.match(r"sep=(.)\r?\n", start, re.IGNORECASE)
    if told and told[1] in DELIMITERS:
        return Shape(encoding, told[1], skipped=1)
    first = _first_record(start)
    counts = {mark: first.count(mark) for mark in DELIMITERS}
    best = max(DELIMITERS, key=lambda mark: counts[mark])
    return Shape(encoding, best if counts[best] else ",")


def _first_record(start: str) -> str:
    """The text up to the first line end outside quotes, with what stands in quotes removed."""
    bare = re.sub(r'"(?:[^"]|"")*"', "", start)
    return re.split(r"[\r\n]", bare, maxsplit=1)[0]


def _refuse_duplicates(header: list[str]) -> None:
    seen: dict[str, int] = {}
    for name in filter(None, header):
        seen[name.casefold()] = seen.get(name.casefold(), 0) + 1
    again = sorted({name for name in header if seen.get(name.casefold(), 0) > 1})
    if again:
        raise Refused("duplicate_header", names=", ".join(again))


def raw_lines(path: Path, shape: Shape) -> Iterator[Line]:
    """Every record of the file, the header first where it has one, empty ones left out."""
    if shape.kind == "xlsx":
        for number, cells in enumerate(workbook.rows(path, shape.sheet), start=1):
            if number > shape.skipped and any(cells):
                yield Line(number, cells)
    elif shape.kind == "xml":
        yield Line(0, shape.header)
        for number, cells in enumerate(feed.rows(path, shape.header), start=1):
            if any(cells):
                yield Line(number, cells)
    elif shape.kind == "kept":
        yield from _kept(path)
    else:
        with path.open(encoding=shape.encoding, newline="") as text:
            for _ in range(shape.skipped):
                text.readline()
            yield from _records(text, shape)


def keep(path: Path, shape: Shape, table: Path) -> Shape:
    """Put the rows of a workbook or a feed into a table of our own, which is quick to read."""
    with table.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        for line in raw_lines(path, shape):
            # A lone half of a surrogate pair has no UTF-8; the cell is told as unreadable later.
            cells = (cell.encode("utf-8", "replace").decode() for cell in line.cells)
            writer.writerow([line.number, *cells])
    return replace(shape, kind="kept")


def _kept(path: Path) -> Iterator[Line]:
    with path.open(encoding="utf-8", newline="") as text:
        reader = csv.reader(text)
        while True:
            try:
                row = next(reader, None)
            except csv.Error:
                number = reader.line_num
                yield Line(number, [], problem("cell_too_large", line=number, limit=MAX_CELL))
                continue
            if row is None:
                return
            yield Line(int(row[0]), row[1:])


def _records(text: TextIO, shape: Shape) -> Iterator[Line]:
    reader = csv.reader(text, delimiter=shape.delimiter)
    while True:
        number = reader.line_num + 1 + shape.skipped
        try:
            cells = next(reader, None)
        except csv.Error as error:
            code = "cell_too_large" if "limit" in str(error) else "unreadable"
            yield Line(number, [], problem(code, line=number, limit=MAX_CELL))
            continue
        if cells is None:
            return
        if cells and (cells[0].strip() or any(cell.strip() for cell in cells)):
            yield Line(number, cells, None, reader.line_num + shape.skipped - number)


def lines(path: Path, shape: Shape) -> Iterator[Line]:
    """The rows below the header, each as wide as the header or with its problem."""
    width = len(shape.header)
    rows = raw_lines(path, shape)
    if shape.has_header:
        next(rows, None)
    for row in rows:
        if row.problem or (len(row.cells) == width and "\0" not in "".join(row.cells)):
            yield row
        else:
            yield _squared(row, width, shape)


def _squared(row: Line, width: int, shape: Shape) -> Line:
    cells = row.cells
    if len(cells) < width and shape.kind != "csv":
        # A row of a sheet ends with its last filled cell.
        cells = cells + [""] * (width - len(cells))
    while len(cells) > width and not cells[-1].strip():
        cells = cells[:-1]
    if len(cells) != width:
        facts: dict[str, Any] = {"found": len(cells), "wanted": width}
        code = "ragged_quote" if row.spans else "ragged"
        return Line(row.number, cells, problem(code, line=row.number, lines=row.spans, **facts))
    if "\0" in "".join(cells):
        at = next(at for at, cell in enumerate(cells) if "\0" in cell)
        name = shape.header[at]
        return Line(row.number, cells, problem("nul", line=row.number, column=name))
    return Line(row.number, cells)

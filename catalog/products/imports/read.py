"""From bytes to lines of cells: what kind of file it is, its encoding, its delimiter, its rows.

Everything here streams, so a file of 50 MiB costs no more memory than one of 50 KiB, and
everything here ends in one of three ways: lines, lines with a problem, or `Refused`.
"""

import codecs
import csv
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, BinaryIO, NamedTuple, TextIO

from catalog.products.imports.problems import Problem, Refused, problem

CHUNK = 1 << 20  # bytes
HEAD = 1 << 16  # bytes looked at to tell what kind of file it is
MAX_CELL = 500_000  # characters; the longest real description is a tenth of that
MAX_CELLS = 1000  # a wider table is no product table
DELIMITERS = ",;\t|"
MAGIC = [
    (b"%PDF", "is_pdf"),
    (b"\xd0\xcf\x11\xe0", "is_workbook"),  # the old .xls
    (b"\x1f\x8b", "is_archive"),
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

    encoding: str
    delimiter: str
    header: list[str] = field(default_factory=list)
    skipped: int = 0


def look(path: Path) -> Shape:
    """Tell how the file is written, or raise `Refused` with the reason in words."""
    with path.open("rb") as file:
        head = file.read(HEAD)
        if not head.strip():
            raise Refused("empty_file")
        _refuse_other_kinds(head)
        encoding = find_encoding(file, head)
    with path.open(encoding=encoding, newline="") as text:
        start = text.read(HEAD).lstrip("\ufeff").lstrip()
    if start[:1] in ("<", "{", "["):
        raise Refused("is_markup")
    shape = find_delimiter(start, encoding)
    header = _read_header(path, shape)
    return Shape(encoding, shape.delimiter, header, shape.skipped)


def _refuse_other_kinds(head: bytes) -> None:
    if head.startswith(b"PK"):
        is_workbook = b"[Content_Types].xml" in head or b"xl/" in head
        raise Refused("is_workbook" if is_workbook else "is_archive")
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


def _read_header(path: Path, shape: Shape) -> list[str]:
    header: list[str] = []
    for line in raw_lines(path, shape):
        if line.problem:
            raise Refused("not_a_table", found="")
        header = [cell.strip().strip("\ufeff").strip() for cell in line.cells]
        break
    while header and not header[-1]:
        header.pop()
    if not header or len(header) > MAX_CELLS:
        raise Refused("not_a_table", found=" ".join(header)[:80])
    _refuse_duplicates(header)
    return [name or f"#{position}" for position, name in enumerate(header, start=1)]


def _refuse_duplicates(header: list[str]) -> None:
    seen: dict[str, int] = {}
    for name in filter(None, header):
        seen[name.casefold()] = seen.get(name.casefold(), 0) + 1
    again = sorted({name for name in header if seen.get(name.casefold(), 0) > 1})
    if again:
        raise Refused("duplicate_header", names=", ".join(again))


def raw_lines(path: Path, shape: Shape) -> Iterator[Line]:
    """Every record of the file, the header first, empty ones left out."""
    with path.open(encoding=shape.encoding, newline="") as text:
        for _ in range(shape.skipped):
            text.readline()
        yield from _records(text, shape)


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
        if any(cell.strip() for cell in cells):
            yield Line(number, cells, spans=reader.line_num + shape.skipped - number)


def lines(path: Path, shape: Shape) -> Iterator[Line]:
    """The rows below the header, each as wide as the header or with its problem."""
    width = len(shape.header)
    rows = raw_lines(path, shape)
    next(rows, None)
    for row in rows:
        yield row if row.problem else _squared(row, width, shape.header)


def _squared(row: Line, width: int, header: list[str]) -> Line:
    cells = row.cells
    while len(cells) > width and not cells[-1].strip():
        cells = cells[:-1]
    if len(cells) != width:
        facts: dict[str, Any] = {"found": len(cells), "wanted": width}
        code = "ragged_quote" if row.spans else "ragged"
        return Line(row.number, cells, problem(code, line=row.number, lines=row.spans, **facts))
    for name, cell in zip(header, cells, strict=True):
        if "\0" in cell:
            return Line(row.number, cells, problem("nul", line=row.number, column=name))
    return Line(row.number, cells)

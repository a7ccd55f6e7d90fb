"""Finished lines, with the guard of `imports.guard` on every cell that a spreadsheet might run.

Such cells are rare, and asking for each cell costs more than making the line. So many lines are
looked at in one go, for a place where a cell might begin with one of those characters; lines are
taken apart only where there is one.
"""

import csv
import io
from collections.abc import Iterable, Iterator, Sequence

from catalog.products.imports.guard import guard

PIECE = 1 << 16  # bytes that are sent at once: sending each line alone would cost more than it
MAYBE_RUN = b"=+-@\t\r'"  # what the guard, and what it guards from, begins with
QUOTE, NEWLINE = b'"', b"\n"
BEGINS, RUNS = b"\1", b"\2"  # what stands for the two kinds of characters while they are looked for


class Guard:
    """The guard for the columns of one file: `is_text` says which hold what a person typed."""

    def __init__(self, is_text: Sequence[bool], delimiter: str) -> None:
        self.is_text, self.delimiter = is_text, delimiter
        parts = delimiter.encode() + QUOTE
        self.in_lines = _marks(parts + NEWLINE)
        self.in_line = _marks(parts)  # within a line, a new one begins no cell
        # Where tabs part the cells, one that begins with a tab stands in quotes.
        self.quoted = QUOTE + b"\t" if delimiter == "\t" else None

    def pieces(self, lines: Iterable[bytes]) -> Iterator[bytes]:
        """The lines put together, guarded."""
        for some in gathered(lines):
            piece = b"".join(some)
            if self._may_run(NEWLINE + piece, self.in_lines):
                piece = b"".join(map(self._line, some))
            yield piece

    def _may_run(self, text: bytes, marks: bytes) -> bool:
        is_marked = BEGINS + RUNS in text.translate(marks)
        return is_marked or (self.quoted is not None and self.quoted in text)

    def _line(self, line: bytes) -> bytes:
        line = bytes(line)
        if not self._may_run(QUOTE + line, self.in_line):
            return line
        (cells,) = csv.reader([line.decode()], delimiter=self.delimiter, strict=True)
        told = [guard(c) if t else c for c, t in zip(cells, self.is_text, strict=True)]
        return csv_line(told, self.delimiter)


def _marks(begins: bytes) -> bytes:
    """A table of characters: each that a cell may begin after, each that it may run by, others."""
    table = bytearray(256)
    for characters, mark in ((MAYBE_RUN, RUNS), (begins, BEGINS)):
        for character in characters:
            table[character] = mark[0]
    return bytes(table)


def gathered(lines: Iterable[bytes]) -> Iterator[list[bytes]]:
    """Lines by pieces of the file."""
    waiting: list[bytes] = []
    size = 0
    for line in lines:
        waiting.append(line)
        size += len(line)
        if size >= PIECE:
            yield waiting
            waiting, size = [], 0
    if waiting:
        yield waiting


def csv_line(cells: Iterable[str], delimiter: str) -> bytes:
    line = io.StringIO()
    # The writer puts only those ends of lines into quotes that it writes itself.
    csv.writer(line, delimiter=delimiter, lineterminator="\r\n").writerow(cells)
    return line.getvalue().removesuffix("\r\n").encode() + NEWLINE

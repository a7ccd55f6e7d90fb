"""The XML of an Excel sheet as rows of text, read as a stream.

Cells are given as the sheet shows them: numbers without a needless point, dates in ISO form,
digits filled up where the format says so. Formulas give the value they had when it was saved.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any, BinaryIO
from xml.parsers import expat

from catalog.products.imports.problems import Refused

CHUNK = 1 << 16  # bytes
MAX_ROWS = 1 << 20  # what a sheet of Excel holds
MAX_COLUMNS = 1001  # one more than a table may have, so that a wider one is noticed
LAST_DAY = 2_958_465  # 9999-12-31
EPOCHS = {False: datetime(1899, 12, 30), True: datetime(1904, 1, 1)}
DATE_FORMATS = {*range(14, 23), *range(27, 37), *range(45, 48), *range(50, 59)}  # built in
ASIDE = re.compile(r'"[^"]*"|\[[^\]]*\]|\\.|_.|\*.')  # of a format, what is no part of the value
ESCAPED = re.compile(r"_x([0-9A-Fa-f]{4})_")
IS_DATE = -1  # among the shapes of cells; a number above zero is how many digits to fill up to


def events(file: BinaryIO, handler: Any) -> Iterator[Any]:
    """What the handler collects, as soon as it has it. A document with entities is refused."""
    parser = expat.ParserCreate()
    parser.buffer_text = True
    parser.StartElementHandler, parser.EndElementHandler = handler.start, handler.end
    parser.CharacterDataHandler = handler.text
    parser.EntityDeclHandler = parser.ExternalEntityRefHandler = _refuse
    is_last = False
    while not is_last:
        chunk = file.read(CHUNK)
        is_last = not chunk
        parser.Parse(chunk, is_last)
        done, handler.done = handler.done, []
        yield from done


def _refuse(*_: Any) -> None:
    raise Refused("broken_workbook")


def local(name: str) -> str:
    """Some writers put a prefix before every name."""
    return name.rpartition(":")[2] if ":" in name else name


class _Texts:
    """Collects the text of `t` and `v` elements, without the readings of Chinese characters."""

    def __init__(self) -> None:
        self.done: list[Any] = []
        self.parts: list[str] = []
        self.is_open = self.is_reading = False

    def text(self, text: str) -> None:
        if self.is_open:
            self.parts.append(text)

    def opens(self, name: str) -> None:
        self.is_reading = self.is_reading or name == "rPh"
        self.is_open = name in ("t", "v") and not self.is_reading

    def closes(self, name: str) -> None:
        self.is_open = False
        self.is_reading = self.is_reading and name != "rPh"

    def taken(self) -> str:
        text = "".join(self.parts)
        self.parts = []
        return ESCAPED.sub(lambda m: chr(int(m[1], 16)), text) if "_x" in text else text


class _StringTable(_Texts):
    def start(self, name: str, _attributes: Mapping[str, str]) -> None:
        self.opens(local(name))

    def end(self, name: str) -> None:
        name = local(name)
        self.closes(name)
        if name == "si":
            self.done.append(self.taken())


class Strings:
    """The texts that cells point at, read as far as they are asked for."""

    def __init__(self, file: BinaryIO | None) -> None:
        self.found: list[str] = []
        self.rest = events(file, _StringTable()) if file else iter(())

    def at(self, index: int) -> str:
        while len(self.found) <= index:
            text = next(self.rest, None)
            if text is None:
                raise LookupError("a cell points at a text that is not there")
            self.found.append(text)
        return self.found[index]


class _Styles:
    """What each style of cell shows of a number."""

    def __init__(self) -> None:
        self.done: list[int] = []
        self.formats: dict[str, str] = {}
        self.is_inside = False

    def start(self, name: str, attributes: Mapping[str, str]) -> None:
        name = local(name)
        if name == "numFmt":
            self.formats[attributes.get("numFmtId", "")] = attributes.get("formatCode", "")
        elif name == "cellXfs":
            self.is_inside = True
        elif name == "xf" and self.is_inside:
            number = attributes.get("numFmtId", "0")
            self.done.append(shape_of(number, self.formats.get(number, "")))

    def end(self, name: str) -> None:
        self.is_inside = self.is_inside and local(name) != "cellXfs"

    def text(self, _text: str) -> None:
        pass


def shape_of(number: str, code: str) -> int:
    """IS_DATE, how many digits to fill up to, or 0 for a plain number."""
    if not code:
        return IS_DATE if number.isdigit() and int(number) in DATE_FORMATS else 0
    bare = ASIDE.sub("", code.partition(";")[0]).lower()
    if set(bare) & set("dmyhs") and "general" not in bare:
        return IS_DATE
    return len(code) if code.strip("0") == "" else 0


def styles(file: BinaryIO | None) -> list[int]:
    return list(events(file, _Styles())) if file else []


class _Rows(_Texts):
    def __init__(self, strings: Strings, shapes: list[int], *, from_1904: bool) -> None:
        super().__init__()
        self.strings, self.shapes, self.epoch = strings, shapes, EPOCHS[from_1904]
        self.number = self.column = 0
        self.row: list[str] = []
        self.kind = self.style = ""

    def start(self, name: str, attributes: Mapping[str, str]) -> None:
        name = local(name)
        if name == "c":
            place = attributes.get("r", "")
            self.column = column_of(place) if place else self.column + 1
            self.kind, self.style = attributes.get("t", "n"), attributes.get("s", "")
        elif name == "row":
            told = attributes.get("r", "")
            self.number = int(told) if told else self.number + 1
            self.row, self.column = [], 0
        else:
            self.opens(name)

    def end(self, name: str) -> None:
        name = local(name)
        self.closes(name)
        if name == "c":
            self._place(self._shown(self.taken()))
        elif name == "row":
            self.done.append((self.number, self.row))

    def _place(self, text: str) -> None:
        if not text or self.column > MAX_COLUMNS:
            return
        self.row.extend([""] * (self.column - 1 - len(self.row)))
        self.row[self.column - 1 : self.column] = [text]

    def _shown(self, text: str) -> str:
        if not text:
            return ""
        if self.kind == "s":
            return self.strings.at(_index(text))
        if self.kind == "b":
            return "TRUE" if text == "1" else "FALSE"
        if self.kind != "n":
            return text
        at = _index(self.style or "0")
        shape = self.shapes[at] if at < len(self.shapes) else 0
        if shape == IS_DATE:
            return moment_text(float(text), self.epoch)
        text = text if text.isdigit() and len(text) < 15 else number_text(text)
        return text.zfill(shape) if shape else text


def _index(text: str) -> int:
    if not text.isdigit():
        raise ValueError(text)
    return int(text)


def column_of(place: str) -> int:
    """`C7` stands in column 3."""
    at = 0
    for letter in place:
        if not "A" <= letter <= "Z":
            break
        at = at * 26 + ord(letter) - 64
    return at or 1


def rows(
    file: BinaryIO, strings: Strings, shapes: list[int], *, from_1904: bool
) -> Iterator[list[str]]:
    """Every row from the first, the empty ones between too."""
    n = 0
    found: Iterable[tuple[int, list[str]]] = events(
        file, _Rows(strings, shapes, from_1904=from_1904)
    )
    for number, row in found:
        if number > MAX_ROWS:
            return
        for _ in range(number - n - 1):
            yield []
        n = max(number, n + 1)
        yield row


def number_text(written: str) -> str:
    """Fifteen digits, no point where there is no fraction, no exponent."""
    value = float(written)
    if value != value or value in (float("inf"), float("-inf")):
        return written
    text = f"{Decimal(f'{value:.15g}'):f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def moment_text(days: float, epoch: datetime) -> str:
    """A day, a time, or both, in ISO form; what is no day of the calendar stays a number."""
    if not 0 <= days <= LAST_DAY:
        return number_text(str(days))
    # Excel counts a 29 February 1900; the days before it are one off.
    whole = int(days) + (epoch.year == 1899 and 0 < days < 60)
    moment = epoch + timedelta(days=whole, seconds=round((days - int(days)) * 86400))
    if not int(days):
        return moment.time().isoformat()
    if moment.time() == datetime.min.time():
        return moment.date().isoformat()
    return moment.isoformat(" ", timespec="seconds")

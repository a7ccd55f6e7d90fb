"""What every dialect turns a file into, and the small shape a dialect has.

A dialect knows column names and how lines make a product; cells, limits and problems are the
same for all and live here. `payload` is a product as the file states it: a column that the file
lacks has no key, so that nothing is written over it.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property, lru_cache, partial
from operator import itemgetter
from pathlib import Path
from typing import Any

from django.utils.text import slugify

from catalog.products.imports import values
from catalog.products.imports.guard import unguard
from catalog.products.imports.problems import Problem, problem
from catalog.products.imports.read import Line, Shape

LIMITS = {
    **{"handle": 255, "title": 255, "vendor": 120, "product_type": 120, "category": 500},
    **{"sku": 120, "barcode": 60, "image_alt": 512, "seo_title": 1000, "seo_description": 5000},
    **dict.fromkeys(("option1_name", "option2_name", "option3_name"), 60),
    **dict.fromkeys(("option1_value", "option2_value", "option3_value"), 120),
}
MAX_TAG = 80


def cleaned(cell: str) -> str:
    """A cell without the guard of spreadsheets, unseen marks and outer white space."""
    if not cell:
        return ""
    if cell[0] != "'" and cell.isascii() and cell.isprintable():
        return cell.strip()
    return values.tidy(unguard(cell))


class Clean(list[str]):
    """The cells of a line, cleaned once for all who ask for them."""


def clean_line(line: Line) -> Line:
    text = f"|{'|'.join(line.cells)}|"
    is_plain = text.isascii() and text.isprintable()
    # Neither white space at the edge of a cell, nor the guard of spreadsheets.
    if is_plain and "| " not in text and " |" not in text and "|'" not in text:
        return line._replace(cells=Clean(line.cells))
    return line._replace(cells=Clean([cell and cleaned(cell) for cell in line.cells]))


@dataclass(frozen=True)
class Layout:
    """Where the fields stand in a line, and what shop the values are for."""

    header: list[str]
    fields: Mapping[str, int]
    kept: Mapping[str, int]  # columns without a field, by name
    currency: str
    by_name: Mapping[str, int] = field(default_factory=dict)  # those only the dialect knows
    choices: Mapping[str, Any] = field(default_factory=dict)  # made beside the columns
    lookup: Callable[[list[str]], dict[str, str]] = lambda skus: {}  # SKU -> handle in the shop
    mark: bytes = b""  # all that decides, beside the cells, what a product of the file is

    @cached_property
    def of_variant(self) -> list[tuple[str, str, Callable[[str], Any], Any]]:
        """Field, key, reader and value of an empty cell, of what the file says of variants."""
        in_money = partial(money, currency=self.currency)
        known = (
            ("price", "price_cents", in_money, 0),
            ("compare_at", "compare_at_cents", in_money, None),
            ("cost", "cost_cents", in_money, None),
            ("stock", "stock", _stock, 0),
            ("stock_tracker", "is_stock_tracked", _is_tracked, False),
            ("sells_without_stock", "sells_without_stock", _continues, False),
            ("weight_grams", "weight_grams", _grams, None),
        )
        return [entry for entry in known if entry[0] in self.fields]

    def places(self, names: tuple[str, ...]) -> list[int]:
        """Where those of the fields stand that the file has."""
        known = self.__dict__.setdefault("_places", {})
        if names not in known:
            known[names] = [self.fields[name] for name in names if name in self.fields]
        return known[names]

    @cached_property
    def kept_of(self) -> Callable[[Line], tuple[str, ...]]:
        """The cells of the kept columns in a line."""
        at = list(self.kept.values())
        if len(at) == 1:
            return lambda line: (line.cells[at[0]],)
        cells_of = itemgetter(*at) if at else lambda cells: ()
        return lambda line: cells_of(line.cells)

    def has(self, *names: str) -> bool:
        return not self.fields.keys().isdisjoint(names)

    def cell(self, line: Line, name: str) -> str:
        at = self.fields.get(name)
        if at is None:
            return ""
        cells = line.cells
        return cells[at] if type(cells) is Clean else cleaned(cells[at])

    def named(self, line: Line, column: str) -> str:
        """The cell of a column that the dialect reads by its name; "" where there is none."""
        at = self.by_name.get(column)
        return cleaned(line.cells[at]) if at is not None else ""

    def column(self, name: str) -> str:
        return self.header[self.fields[name]]


@dataclass
class Parsed:
    """A product of the file, or a line that belongs to none; `lines` go to the error file."""

    line: int
    handle: str = ""
    label: str = ""
    payload: dict[str, Any] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    remarks: list[Problem] = field(default_factory=list)
    lines: list[Line] = field(default_factory=list)
    said: str = ""  # what its lines say, in short: two that say the same have the same
    skus: list[tuple[str, int]] = field(default_factory=list)  # each with its line
    steps: list["Step"] = field(default_factory=list)  # what is left of reading it

    def then(self, step: "Step") -> "Parsed":
        self.steps.append(step)
        return self

    def read(self) -> "Parsed":
        """Turn its cells into values. Until then there is no payload, and no problem is known."""
        steps, self.steps = self.steps, []
        for step in steps:
            step(self)
        return self


Step = Callable[[Parsed], None]


@dataclass(frozen=True)
class Dialect:
    name: str
    columns: Mapping[str, str]  # a header in lower case -> our field, or EXTRA
    kept: tuple[str, ...]  # patterns of known columns that have no field of their own
    variety: Callable[[list[str]], str]  # what this kind of header is called
    read: Callable[[Path, Shape, Layout], "Reading"]
    by_name: tuple[str, ...] = ()  # patterns of columns that `read` finds by their own name
    varieties: Mapping[str, Any] = field(default_factory=dict)  # what `variety` gives, in words


@dataclass
class Reading:
    """A file being read: how many lines it has, and its products one by one. Those of `rows` are
    not read yet, so that a product that is known to be the same need not be."""

    n_lines: int
    rows: Iterator[Parsed]

    @property
    def products(self) -> Iterator[Parsed]:
        return (row.read() for row in self.rows)


class Cells:
    """The cells of one product, each turned into a value or into a problem with its line."""

    def __init__(self, layout: Layout) -> None:
        self.layout = layout
        self.problems: list[Problem] = []
        self.remarks: list[Problem] = []

    def text(self, line: Line, name: str) -> str:
        found, limit = self.layout.cell(line, name), LIMITS.get(name)
        if limit and len(found) > limit:
            self.fault(line, name, "too_long", limit=limit)
            return found[:limit]
        return found

    def value(self, line: Line, name: str, convert: Callable[[str], Any], *, empty: Any) -> Any:
        cell = self.layout.cell(line, name)
        if not cell:
            return empty
        return self._converted(line, name, cell, convert, empty)

    def fault(self, line: Line, name: str, code: str, **facts: Any) -> None:
        column = self.layout.column(name) if name else ""
        self.problems.append(problem(code, line=line.number, column=column, **facts))

    def remark(self, line: Line, name: str, code: str, **facts: Any) -> None:
        column = self.layout.column(name) if name else ""
        self.remarks.append(problem(code, line=line.number, column=column, **facts))

    def variant(self, line: Line) -> dict[str, Any]:
        """The variant fields that the file has columns for."""
        found: dict[str, Any] = {"line": line.number}
        cell_of = self.layout.cell
        for name, key, convert, empty in self.layout.of_variant:
            cell = cell_of(line, name)
            found[key] = empty if not cell else self._converted(line, name, cell, convert, empty)
        for name in ("sku", "barcode"):
            if self.layout.has(name):
                found[name] = self.text(line, name)
        return found | self._on_sale(line, found) if self.layout.has("sale_price") else found

    def _converted(
        self, line: Line, name: str, cell: str, convert: Callable[[str], Any], empty: Any
    ) -> Any:
        try:
            return convert(cell)
        except values.BadValue as bad:
            self.fault(line, name, bad.code, **bad.facts)
            return empty

    def _on_sale(self, line: Line, found: dict[str, Any]) -> dict[str, Any]:
        """Where a file has the price of a sale beside the regular one, both change their places."""
        if not self.layout.has("sale_price"):
            return {}
        sale = self.value(line, "sale_price", self._money, empty=None)
        if sale is None:
            return {} if self.layout.has("compare_at") else {"compare_at_cents": None}
        return {"price_cents": sale, "compare_at_cents": found.get("price_cents")}

    def _money(self, cell: str) -> int:
        return money(cell, self.layout.currency)


# Prices, weights and stocks come back in line after line.
money = lru_cache(maxsize=8192)(values.minor_units)
_stock = lru_cache(maxsize=8192)(values.stock)
_grams = lru_cache(maxsize=8192)(values.grams)
_continues = lru_cache(maxsize=256)(values.continues)


def _is_tracked(cell: str) -> bool:
    """Shopify names who counts the stock ("shopify"); others say yes or no."""
    return cell.casefold() not in values.FALSE


def handle_of(title: str) -> str:
    return slugify(title, allow_unicode=True)[:255]

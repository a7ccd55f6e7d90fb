"""Rows of an import as a page or a file shows them: values in words, in the reader's language."""

import csv
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from catalog.products.imports.compare import first_values
from catalog.products.imports.detect import PROBLEM_COLUMN
from catalog.products.imports.fields import SHOWN
from catalog.products.imports.guard import guard, unguard
from catalog.products.imports.html import plain_text
from catalog.products.imports.models import ImportRow, ImportRun
from catalog.products.imports.problems import words
from catalog.products.models import ProductStatus
from ecomportal.web.formats import money, number

CUT = 80  # characters of a long text that a table cell shows
MONEY = ("price_cents", "compare_at_cents", "cost_cents")
MAX_ENTRIES = 6  # of one cell; the others are counted


@dataclass(frozen=True)
class Entry:
    """One field before and after; `flag` is "check", "note" or ""."""

    name: str
    before: str
    after: str
    variant: str = ""
    flag: str = ""


@dataclass
class ShownRow:
    row: ImportRow
    prices: list[Entry] = field(default_factory=list)
    stocks: list[Entry] = field(default_factory=list)
    others: list[Entry] = field(default_factory=list)
    n_more: int = 0
    remarks: list[tuple[str, str]] = field(default_factory=list)  # flag, words
    problems: list[tuple[int, str]] = field(default_factory=list)  # line, words


def shown(row: ImportRow, currency: str, *, language: str = "") -> ShownRow:
    """The row in words; with the shop's language also what a new product will be."""
    found = ShownRow(row)
    is_new = row.outcome == "created" and language
    for entry in first_values(row.payload, language=language) if is_new else row.diff:
        if not (row.outcome == "created" and entry["field"] == "title"):
            _place(found, entry, currency)
    cells = [_together(found.prices), _together(found.stocks), found.others]
    found.n_more = sum(max(0, len(cell) - MAX_ENTRIES) for cell in cells)
    found.prices, found.stocks, found.others = (cell[:MAX_ENTRIES] for cell in cells)
    if row.outcome in ("failed", "conflict"):
        found.problems = [(p.get("line") or row.line, words(p)) for p in row.problems]
    else:
        found.remarks += [("", words(p)) for p in row.problems]
    found.remarks = list(dict.fromkeys(found.remarks))
    return found


def _together(entries: list[Entry]) -> list[Entry]:
    """One entry where all variants change alike."""
    alike = {(entry.before, entry.after, entry.flag) for entry in entries}
    if len(entries) < 2 or len(alike) > 1:
        return entries
    count = ngettext("%(n)s variant", "%(n)s variants", len(entries)) % {"n": len(entries)}
    return [replace(entries[0], variant=count)]


def _place(found: ShownRow, entry: Mapping[str, Any], currency: str) -> None:
    name = entry["field"]
    places = {"price_cents": found.prices, "stock": found.stocks}
    if name == "variant":
        _place_variant(found, entry, currency)
    else:
        places.get(name, found.others).append(_entry(entry, currency))
    if note := entry.get("note"):
        found.remarks.append((entry["flag"], words({"code": note, **entry})))


def _place_variant(found: ShownRow, entry: Mapping[str, Any], currency: str) -> None:
    """A new variant shows its price and its stock where those of others stand."""
    label, new = entry.get("variant", ""), entry["after"]
    found.prices.append(Entry(_("Price"), "", money(new["price_cents"], currency), label))
    found.stocks.append(Entry(_("Stock"), "", number(new["stock"]), label))


def _entry(entry: Mapping[str, Any], currency: str) -> Entry:
    name = entry["field"]
    label = entry.get("column") or str(SHOWN.get(name, name))
    before = value_text(name, entry["before"], currency)
    after = value_text(name, entry["after"], currency)
    return Entry(label, before, after, entry.get("variant", ""), entry.get("flag", ""))


def value_text(name: str, value: Any, currency: str) -> str:
    if value in (None, "", []):
        return ""
    if name in MONEY:
        return money(value, currency)
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, list):
        return ", ".join(map(str, value))
    if name == "status":
        return str(ProductStatus(value).label)
    if name == "weight_grams":
        return f"{value} g"
    text = plain_text(str(value)).replace("\n", " ")
    return text if len(text) <= CUT else f"{text[:CUT]}…"


class _Echo:
    def write(self, text: str) -> str:
        return text


def error_lines(run: ImportRun, rows: Iterable[ImportRow]) -> Iterator[str]:
    """The lines that could not be read, as they were, each with its reason in a last column.

    Corrected, the file can be uploaded again: that column is then left out by itself.
    """
    writer = csv.writer(_Echo())
    header = [name for name in run.header if name != PROBLEM_COLUMN]
    places = [at for at, name in enumerate(run.header) if name != PROBLEM_COLUMN]
    yield "\ufeff" + writer.writerow([*map(_safe, header), PROBLEM_COLUMN])
    for row in rows:
        for line, cells in row.raw:
            own = [p for p in row.problems if p.get("line") == line] or (
                row.problems if line == row.line else []
            )
            kept = [cells[at] for at in places if at < len(cells)] + cells[len(run.header) :]
            kept += [""] * (len(header) - len(kept))
            yield writer.writerow([*map(_safe, kept), " ".join(words(p) for p in own)])


def _safe(cell: str) -> str:
    return guard(unguard(cell))

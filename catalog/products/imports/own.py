"""Our own product CSV: every field, texts by language, facts by kind, and what else was kept.

`description:en` is a text, `fact:material` a kind of fact with its values between semicolons,
`extra` the columns without a field as JSON. All other columns are named as our fields.
"""

import json
from collections.abc import Iterable
from functools import lru_cache
from pathlib import Path
from typing import Any

from django.utils.translation import gettext_lazy as _

from catalog.products.imports import read, shopify
from catalog.products.imports.fields import FIELDS
from catalog.products.imports.grouping import read_grouped
from catalog.products.imports.html import has_active_content
from catalog.products.imports.problems import problem
from catalog.products.imports.products import LIMITS, Dialect, Layout, Parsed, Reading, cleaned
from catalog.products.imports.stated_facts import split_facts
from catalog.products.models import TextField
from catalog.products.texts import clean_html

LANGUAGES = ("en", "zh")
TEXT_COLUMNS = [f"{field}:{language}" for field in TextField.values for language in LANGUAGES]
FACT = "fact:"
EXTRA_COLUMN = "extra"
MAX_FACT = 500  # characters
MAX_KEY = 60


def read_file(path: Path, shape: read.Shape, layout: Layout) -> Reading:
    return read_grouped(read.lines(path, shape), read.lines(path, shape), layout, parse)


def parse(handle: str, lines: list[read.Line], layout: Layout) -> Parsed:
    """As other templates are read, and then the columns that only ours has."""
    parsed = shopify.parse(handle, lines, layout)
    head = next((line for line in lines if layout.cell(line, "title")), lines[0])
    reader = _Reader(layout, head, parsed)
    parsed.payload["spoken"] = reader.texts()
    parsed.payload["facts"] = reader.facts()
    parsed.payload["product"].setdefault("extra", {}).update(reader.extra())
    return parsed


class _Reader:
    """The columns that are read by their own names; their problems go to the product's."""

    def __init__(self, layout: Layout, head: read.Line, parsed: Parsed) -> None:
        self.layout, self.head, self.parsed = layout, head, parsed
        self.columns = plain_columns(tuple(layout.by_name))

    def fault(self, column: str, code: str, **facts: Any) -> None:
        self.parsed.problems.append(problem(code, line=self.head.number, column=column, **facts))

    def texts(self) -> dict[str, str]:
        """By field and language, such as {"description:zh": "…"}."""
        return {name: self._text(name) for name in TEXT_COLUMNS if name in self.columns}

    def _text(self, name: str) -> str:
        column, field = self.columns[name], name.partition(":")[0]
        text = self.layout.named(self.head, column)
        if field == TextField.DESCRIPTION:
            if has_active_content(text):
                self.parsed.remarks.append(problem("html_cleaned", line=self.head.number, n=1))
            return clean_html(text)
        limit = LIMITS.get(field)
        if limit and len(text) > limit:
            self.fault(column, "too_long", limit=limit)
        return text

    def facts(self) -> dict[str, list[str]]:
        found = {}
        places, cells = self.layout.by_name, self.head.cells
        for name, column in self.columns.items():
            key = name.removeprefix(FACT)
            if not name.startswith(FACT) or not key:
                continue
            cell = cells[places[column]]
            values = split_facts(cleaned(cell)) if cell else []
            if len(key) > MAX_KEY or any(len(value) > MAX_FACT for value in values):
                self.fault(column, "too_long", limit=MAX_FACT)
            found[key] = values
        return found

    def extra(self) -> dict[str, Any]:
        column = self.columns.get(EXTRA_COLUMN, "")
        cell = self.layout.named(self.head, column)
        if not cell:
            return {}
        try:
            found = json.loads(cell)
        except ValueError:
            found = None
        if not isinstance(found, dict) or not all(map(_is_kept, found.values())):
            self.fault(column, "not_extra")
            return {}
        return found


def plain(column: str) -> str:
    """As an export writes the name, whatever an editor made of its capitals and blanks."""
    name = column.casefold()
    return name if name.startswith(FACT) else name.replace(" ", "_")


@lru_cache(maxsize=16)
def plain_columns(columns: tuple[str, ...]) -> dict[str, str]:
    return {plain(column): column for column in columns}


def _is_kept(value: Any) -> bool:
    if isinstance(value, list):
        return all(isinstance(one, str) for one in value)
    return isinstance(value, str)


def variety(header: Iterable[str]) -> str:
    return DIALECT.name


DIALECT = Dialect(
    name="own",
    columns={name.replace("_", " "): name for name in FIELDS},
    kept=(),
    variety=variety,
    read=read_file,
    by_name=(
        rf"(?:{'|'.join(field.replace('_', ' ') for field in TextField.values)}):(?:en|zh)",
        r"fact:.+",
        EXTRA_COLUMN,
    ),
    varieties={"own": _("Our own product CSV")},
)

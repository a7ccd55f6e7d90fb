"""Any table: a person says what each column feeds, and a line is a product or a variant of one.

A product is named by its handle column; without one by the shop's own product that has the SKU,
else by its title, else by its SKU. Lines of one title are variants of it only where a column
feeds an option that tells them apart.
"""

import html
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import islice
from pathlib import Path

from django.utils.translation import gettext_lazy as _

from catalog.products.imports import read
from catalog.products.imports.fields import OPTION_NAMES, OPTION_VALUES
from catalog.products.imports.products import Dialect, Layout, Reading, handle_of
from catalog.products.imports.translated import Cells, fed, read_translated

LOOKED_UP = 2000  # SKUs asked for in one statement
LISTS = re.compile(r"[\n;|]+")
ADDRESSES = re.compile(r"[\s|;]+|,(?=\s*(?:https?:)?//)")
LINE = "line"  # a browser would not send a bare line break back as it got it
LEVELS = {
    ">": _("> as in Home > Kitchen"),
    "/": _("/ as in Home/Kitchen"),
    ",": _("a comma"),
    LINE: _("a line break inside the cell"),
    "": _("nothing: the cell is one category"),
}
ROOTS = {"default category", "root catalog", "root"}  # the one node above every category


@dataclass
class _Table:
    layout: Layout
    handle_at: dict[int, str] = field(default_factory=dict)  # line -> handle

    def learn(self, lines: Iterable[read.Line]) -> None:
        """The product of each line, those the shop has asked for by the thousand."""
        taken: set[str] = set()
        readable = (line for line in lines if not line.problem)
        while batch := list(islice(readable, LOOKED_UP)):
            skus = [self.layout.cell(line, "sku") for line in batch]
            known = {} if self.layout.has("handle") else self.layout.lookup(skus)
            for line, sku in zip(batch, skus, strict=True):
                handle = known.get(sku) or self._made(line, sku, taken)
                taken.add(handle)
                self.handle_at[line.number] = handle

    def _made(self, line: read.Line, sku: str, taken: set[str]) -> str:
        if own := self.layout.has("handle") and self.layout.cell(line, "handle"):
            return handle_of(own) if any(map(str.isspace, own)) else own
        made = handle_of(self.layout.cell(line, "title"))
        if not made:
            return handle_of(sku)
        if made in taken and not self.layout.has(*OPTION_VALUES):
            return handle_of(f"{made[:200]}-{sku or line.number}")
        return made

    def handle(self, line: read.Line) -> str:
        return self.handle_at.get(line.number, "")

    def translate(self, line: read.Line) -> Iterator[Cells]:
        layout = self.layout
        cells = {name: layout.cell(line, name) for name in layout.fields}
        handle = cells["handle"] = self.handle(line)
        if title := cells.get("title"):
            cells["title"] = " ".join(title.split())
        if description := cells.get("description"):
            cells["description"] = paragraphs(description)
        if tags := cells.get("tags"):
            cells["tags"] = ", ".join(LISTS.split(tags))
        if category := cells.get("category"):
            cells["category"] = category_of(category, str(layout.choices.get("levels", ">")))
        cells |= self.option_names(cells)
        images = self.images(line, cells)
        yield cells | {"image_url": images[0] if images else ""}
        for image in images[1:] if handle else ():
            yield {"handle": handle, "image_url": image}

    def option_names(self, cells: Cells) -> Cells:
        """An option without a column for its name is called as its own column is."""
        return {
            name: self.layout.column(value)[:60]
            for name, value in zip(OPTION_NAMES, OPTION_VALUES, strict=True)
            if cells.get(value) and not cells.get(name)
        }

    def images(self, line: read.Line, cells: Cells) -> list[str]:
        stated = [cells.get("image_url", "")]
        if not self.layout.by_name and not stated[0]:
            return []
        stated += [self.layout.named(line, column) for column in self.layout.by_name]
        found = (part.strip(" ,") for cell in stated for part in ADDRESSES.split(cell))
        return list(dict.fromkeys(part for part in found if part))


def paragraphs(text: str) -> str:
    """A text without marks keeps its lines."""
    if "\n" not in text or "<" in text:
        return text
    lines = (html.escape(line.strip(), quote=False) for line in text.splitlines())
    return "".join(f"<p>{line}</p>" for line in lines if line)


@lru_cache(maxsize=4096)
def category_of(cell: str, levels: str) -> str:
    """One path out of a cell, which may list several: the deepest says most."""
    mark = {"/": r"\s*/\s*", ">": r"\s*>\s*", ",": r"\s*[,，]\s*", LINE: r"\s*\n\s*"}.get(levels)
    if mark is None:
        return " ".join(cell.split())
    paths = [_path(part, mark) for part in _listed(cell, levels)]
    return " > ".join(max(paths, key=len, default=[]))


def _listed(cell: str, levels: str) -> list[str]:
    if levels == "/" and "," in cell:
        parts = cell.split(",")
        if all("/" in part for part in parts):  # else the comma is part of a name
            return parts
    return [cell] if levels == LINE else LISTS.split(cell)


def _path(part: str, mark: str) -> list[str]:
    path = [" ".join(name.split()) for name in re.split(mark, part.strip()) if name.strip()]
    return path[1:] if len(path) > 1 and path[0].casefold() in ROOTS else path


def levels_in(values: Iterable[str]) -> str:
    """What stands between the levels of a category, as far as some values show it."""
    text = "\x00".join(values)
    if " > " in text or (">" in text and "/" not in text):
        return ">"
    if "\n" in text:
        return LINE
    return "/" if "/" in text else ">"


def read_file(path: Path, shape: read.Shape, layout: Layout) -> Reading:
    table = _Table(layout)
    table.learn(read.lines(path, shape))
    worked_out = ["handle"]
    worked_out += ["image_url"] if layout.by_name else []
    options = zip(OPTION_NAMES, OPTION_VALUES, strict=True)
    worked_out += [name for name, value in options if layout.has(value)]
    return read_translated(
        lambda: read.lines(path, shape),
        layout,
        states=fed(layout, *worked_out),
        translate=table.translate,
        handle=table.handle,
    )


def variety(header: Iterable[str]) -> str:
    return DIALECT.name


DIALECT = Dialect(
    name="table",
    columns={},
    kept=(),
    variety=variety,
    read=read_file,
    varieties={"table": _("Any table, by its columns")},
)

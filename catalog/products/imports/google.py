"""Google's product feed as a table: each item on a line, the items of a group are its variants.

Attribute names of https://support.google.com/merchants/answer/7052112, with or without `g:`.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from django.utils.translation import gettext_lazy as _

from catalog.products.imports import read
from catalog.products.imports.fields import BY_NAME, OPTION_NAMES, OPTION_VALUES
from catalog.products.imports.guard import unguard
from catalog.products.imports.products import Dialect, Layout, Reading, handle_of
from catalog.products.imports.translated import Cells, fed, read_translated
from catalog.products.imports.values import tidy

# Kept as they are, and the options of a group where its items differ in them.
DIFFER = ("color", "size", "material", "pattern", "gender", "age group")
COLUMNS = {
    "id": "sku",
    "title": "title",
    "description": "description",
    "image link": "image_url",
    "price": "price",
    "sale price": "sale_price",
    "brand": "vendor",
    "gtin": "barcode",
    "product type": "category",
    "cost of goods sold": "cost",
    "item group id": BY_NAME,
    "additional image link": BY_NAME,
}
KEPT = (
    "|".join(DIFFER),
    r"link|mobile link|availability(?: date)?|expiration date|condition|adult|multipack",
    r"mpn|identifier exists|google product category|is bundle|size (?:type|system)",
    r"sale price effective date|unit pricing (?:base )?measure|installment|loyalty points",
    r"structured (?:title|description)|product (?:highlight|detail|length|width|height|weight)",
    r"custom label [0-4]|promotion id|shipping(?: .+)?|tax(?: category)?|ads redirect",
    r"(?:min|max) handling time|ships from country|(?:in|ex)cluded destination|energy .+",
)


def plain(name: str) -> str:
    """The attribute a column is for: `g:image_link` is the image link."""
    return name.casefold().removeprefix("g:").replace("_", " ")


@dataclass
class _File:
    layout: Layout
    group_of: dict[int, str] = field(default_factory=dict)  # line -> handle
    first_of: dict[str, int] = field(default_factory=dict)  # handle -> line
    options_of: dict[str, list[str]] = field(default_factory=dict)  # handle -> columns

    def __post_init__(self) -> None:
        names = self.layout.header
        self.columns = {plain(name): name for name in names}

    def named(self, line: read.Line, name: str) -> str:
        return self.layout.named(line, self.columns.get(name, ""))

    def kept(self, line: read.Line, name: str) -> str:
        at = self.layout.kept.get(self.columns.get(name, ""))
        return tidy(unguard(line.cells[at])) if at is not None else ""

    def learn(self, lines: Iterable[read.Line]) -> None:
        """Which items belong together, and in what the items of a group differ."""
        values: dict[str, dict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
        for line in lines:
            if line.problem:
                continue
            group = self.named(line, "item group id")
            handle = handle_of(group or self.layout.cell(line, "sku"))
            self.group_of[line.number] = handle
            self.first_of.setdefault(handle, line.number)
            for name in DIFFER if group else ():
                if value := self.kept(line, name):
                    values[handle][name].add(value)
        for handle, found in values.items():
            self.options_of[handle] = [name for name in DIFFER if len(found.get(name, ())) > 1][:3]

    def translate(self, line: read.Line) -> Iterator[Cells]:
        """A group's first item speaks for the product, each for itself as a variant."""
        cells = {name: self.layout.cell(line, name) for name in self.layout.fields}
        handle = cells["handle"] = self.group_of.get(line.number, "")
        if self.first_of.get(handle) != line.number:
            cells |= {"title": "", "description": ""}
        for n, name in enumerate(self.options_of.get(handle, [])):
            label = name.capitalize()
            cells |= {OPTION_NAMES[n]: label, OPTION_VALUES[n]: self.kept(line, name)}
        yield cells
        for url in self.named(line, "additional image link").split(","):
            if handle and url.strip():
                yield {"handle": handle, "image_url": url.strip()}


def read_file(path: Path, shape: read.Shape, layout: Layout) -> Reading:
    file = _File(layout)
    file.learn(read.lines(path, shape))
    worked_out = ["handle", "image_url"]
    if any(file.options_of.values()):
        worked_out += [*OPTION_NAMES, *OPTION_VALUES]
    return read_translated(
        lambda: read.lines(path, shape),
        layout,
        states=fed(layout, *worked_out),
        translate=file.translate,
        handle=lambda line: file.group_of.get(line.number, ""),
    )


def variety(header: Iterable[str]) -> str:
    return DIALECT.name


DIALECT = Dialect(
    name="google",
    columns={**COLUMNS, **{f"g:{name}": target for name, target in COLUMNS.items()}},
    kept=tuple(f"(?:g:)?(?:{rule})" for rule in KEPT),
    variety=variety,
    read=read_file,
    varieties={"google": _("Google product feed")},
)

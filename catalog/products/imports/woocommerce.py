"""WooCommerce's product CSV: a variable product on one line, each of its variations on another.

Column names as its exporter writes them in English
(plugins/woocommerce/includes/export/class-wc-product-csv-exporter.php).
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path

from django.utils.translation import gettext_lazy as _

from catalog.products.imports import read
from catalog.products.imports.fields import BY_NAME, OPTION_NAMES, OPTION_VALUES
from catalog.products.imports.products import Dialect, Layout, Reading, handle_of
from catalog.products.imports.translated import Cells, fed, read_translated
from catalog.products.imports.values import BadValue, decimal

GRAMS = {
    "kg": Decimal(1000),
    "g": Decimal(1),
    "lbs": Decimal("453.59237"),
    "oz": Decimal("28.349523125"),
}
WEIGHT = re.compile(r"weight \((kg|g|lbs|oz)\)", re.I)
ATTRIBUTE = re.compile(r"attribute (\d+) (name|value\(s\))", re.I)
SPLIT = re.compile(r"(?<!\\),")  # a comma inside a value is written \,
COLUMNS = {
    "sku": "sku",
    "name": "title",
    "gtin, upc, ean, or isbn": "barcode",
    "description": "description",
    "regular price": "price",
    "sale price": "sale_price",
    "cost of goods": "cost",
    "stock": "stock",
    "tags": "tags",
    "brands": "vendor",
    **dict.fromkeys(("id", "type", "parent", "published", "categories", "images"), BY_NAME),
    "backorders allowed?": BY_NAME,
    "meta: handle": BY_NAME,  # as our own export writes it
}
KEPT = (
    r"is featured\?|visibility in catalog|short description|date sale price (?:starts|ends)",
    r"tax (?:status|class)|in stock\?|low stock amount|sold individually\?",
    r"(?:length|width|height) \(\w+\)|allow customer reviews\?|purchase note|shipping class",
    r"download .+|grouped products|upsells|cross-sells|external url|button text|position",
    r"attribute \d+ (?:visible|global|default)|meta: .+|swatches attributes",
    r"commodity code \(hs code\)|country of origin|customs description",
)


@dataclass
class _File:
    """What a first pass learns: the handle of each product, and who a variation's parent is."""

    layout: Layout
    columns: dict[str, str] = field(default_factory=dict)  # in lower case -> as written
    handle_at: dict[int, str] = field(default_factory=dict)  # line -> handle
    handle_of: dict[str, str] = field(default_factory=dict)  # "id:12" or SKU -> handle

    def __post_init__(self) -> None:
        self.columns = {name.casefold(): name for name in self.layout.by_name}

    def cell(self, line: read.Line, name: str) -> str:
        return self.layout.named(line, self.columns.get(name, ""))

    def learn(self, lines: Iterable[read.Line]) -> None:
        taken: set[str] = set()
        for line in lines:
            if line.problem or self.is_variation(line):
                continue
            own = self.cell(line, "id") or self.layout.cell(line, "sku") or str(line.number)
            handle = self.cell(line, "meta: handle") or handle_of(self.layout.cell(line, "title"))
            if handle in taken:  # two products of one name are two products
                handle = handle_of(f"{handle[:200]}-{own}")
            taken.add(handle)
            self.handle_at[line.number] = handle
            for key in (f"id:{self.cell(line, 'id')}", self.layout.cell(line, "sku")):
                self.handle_of.setdefault(key, handle)

    def is_variation(self, line: read.Line) -> bool:
        return "variation" in self.types(line)

    def types(self, line: read.Line) -> list[str]:
        return [part.strip() for part in self.cell(line, "type").casefold().split(",")]

    def handle(self, line: read.Line) -> str:
        if not self.is_variation(line):
            return self.handle_at.get(line.number, "")
        parent = self.cell(line, "parent")
        return self.handle_of.get(parent) or self.handle_of.get(parent.replace(" ", ""), "")

    def translate(self, line: read.Line) -> Iterator[Cells]:
        cells = self.common(line)
        if self.is_variation(line):
            cells |= self.options(line)
            cells |= {
                "handle": self.handle(line),
                "title": "",
                "description": "",
                "tags": "",
                "vendor": "",
            }
        else:
            cells |= {"handle": self.handle(line), **self.of_product(line)}
            if "variable" in self.types(line):
                # What is sold are its variations; a price or SKU here would make one more.
                cells |= {"sku": "", "price": "", "sale_price": "", "stock": ""}
        images = [part.strip() for part in split(self.cell(line, "images"))] or [""]
        yield cells | {"image_url": images[0]}
        for image in images[1:] if cells["handle"] else ():
            yield {"handle": cells["handle"], "image_url": image}

    def common(self, line: read.Line) -> Cells:
        cells = {name: self.layout.cell(line, name) for name in self.layout.fields}
        cells["stock_tracker"] = "yes" if cells.get("stock") else "no"
        backorders = self.cell(line, "backorders allowed?")
        cells["sells_without_stock"] = "continue" if backorders in ("1", "notify") else "deny"
        cells["weight_grams"] = self.grams(line)
        return cells

    def grams(self, line: read.Line) -> str:
        for name in self.columns:
            if (unit := WEIGHT.fullmatch(name)) and (cell := self.cell(line, name)):
                try:
                    return f"{decimal(cell) * GRAMS[unit[1].lower()]:f}"
                except BadValue:
                    return cell  # the check of the field says what is wrong
        return ""

    def of_product(self, line: read.Line) -> Cells:
        categories = split(self.cell(line, "categories"))
        return {
            "category": categories[0].strip() if categories else "",
            "status": "active" if self.cell(line, "published") == "1" else "draft",
        }

    def options(self, line: read.Line) -> Cells:
        """The attributes in which this variation differs from its sisters."""
        numbers = sorted({int(m[1]) for name in self.columns if (m := ATTRIBUTE.fullmatch(name))})
        named = [
            (self.cell(line, f"attribute {n} name"), self.cell(line, f"attribute {n} value(s)"))
            for n in numbers
        ]
        chosen = [(name, value.replace("\\,", ",")) for name, value in named if name and value][:3]
        names = {OPTION_NAMES[n]: name for n, (name, _value) in enumerate(chosen)}
        return names | {OPTION_VALUES[n]: value for n, (_name, value) in enumerate(chosen)}


def split(cell: str) -> list[str]:
    return [part.replace("\\,", ",") for part in SPLIT.split(cell) if part.strip()]


def read_file(path: Path, shape: read.Shape, layout: Layout) -> Reading:
    file = _File(layout)
    file.learn(read.lines(path, shape))
    worked_out = ["handle"]
    for column, names in (
        ("images", ["image_url"]),
        ("categories", ["category"]),
        ("published", ["status"]),
        ("backorders allowed?", ["sells_without_stock"]),
        ("attribute 1 name", [*OPTION_NAMES, *OPTION_VALUES]),
    ):
        worked_out += names if column in file.columns else []
    worked_out += ["weight_grams"] if any(map(WEIGHT.fullmatch, file.columns)) else []
    worked_out += ["stock_tracker"] if layout.has("stock") else []
    states = fed(layout, *worked_out)
    return read_translated(
        lambda: read.lines(path, shape),
        layout,
        states=states,
        translate=file.translate,
        handle=file.handle,
    )


def variety(header: Iterable[str]) -> str:
    return DIALECT.name


DIALECT = Dialect(
    name="woocommerce",
    columns=COLUMNS,
    kept=KEPT,
    variety=variety,
    read=read_file,
    by_name=(WEIGHT.pattern, ATTRIBUTE.pattern),
    varieties={"woocommerce": _("WooCommerce product CSV")},
)

"""Shopify's product CSV: the present header, the one before it, and files that mix the two.

The first line of a product is complete; further lines repeat the handle for variants and
pictures. https://help.shopify.com/manual/products/import-export/using-csv
"""

from collections.abc import Iterable
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from django.utils.translation import gettext_lazy as _

from catalog.products.imports import read
from catalog.products.imports.extra import extra_value
from catalog.products.imports.fields import (
    OPTION_NAMES,
    OPTION_VALUES,
    SIGNS_OF_A_VARIANT,
    VARIANT_FIELDS,
)
from catalog.products.imports.grouping import read_grouped
from catalog.products.imports.html import has_active_content
from catalog.products.imports.problems import problem
from catalog.products.imports.products import (
    MAX_TAG,
    Cells,
    Dialect,
    Layout,
    Parsed,
    Reading,
    clean_line,
)
from catalog.products.imports.values import (
    BadValue,
    category_path,
    has_marks,
    split_tags,
    whole,
    yes_no,
)
from catalog.products.texts import clean_html

PRESENT = {
    "url handle": "handle",
    "description": "description",
    "published on online store": "published",
    "sku": "sku",
    "barcode": "barcode",
    "price": "price",
    "compare-at price": "compare_at",
    "inventory tracker": "stock_tracker",
    "inventory quantity": "stock",
    "continue selling when out of stock": "sells_without_stock",
    "weight value (grams)": "weight_grams",
    "product image url": "image_url",
    "variant image url": "variant_image",
}
LEGACY = {
    "handle": "handle",
    "body (html)": "description",
    "body html": "description",
    "published": "published",
    "variant sku": "sku",
    "variant barcode": "barcode",
    "variant price": "price",
    "variant compare at price": "compare_at",
    "variant inventory tracker": "stock_tracker",
    "variant inventory qty": "stock",
    "variant inventory policy": "sells_without_stock",
    "variant grams": "weight_grams",
    "image src": "image_url",
    "variant image": "variant_image",
}
BOTH = {
    "title": "title",
    "vendor": "vendor",
    "product category": "category",
    "type": "product_type",
    "tags": "tags",
    "status": "status",
    "cost per item": "cost",
    "image position": "image_position",
    "image alt text": "image_alt",
    "seo title": "seo_title",
    "seo description": "seo_description",
    **{f"option{n} name": f"option{n}_name" for n in (1, 2, 3)},
    **{f"option{n} value": f"option{n}_value" for n in (1, 2, 3)},
}
KEPT = (
    r"option[123] linked to",
    r"charge tax|tax code|variant tax code|variant taxable",
    r"unit price (?:total|base) measure(?: unit)?",
    r"(?:variant )?weight unit(?: for display)?",
    r"(?:variant )?requires shipping",
    r"(?:variant )?fulfillment service",
    r"gift card|collection|custom product type|standardized product type",
    r"google shopping / .+",
    r"included / .+|price / .+|compare[- ]at price / .+",
    r".+ \((?:product|variant)\.metafields\..+\)",
)
STATUSES = {"active": "active", "draft": "draft", "archived": "archived", "unlisted": "draft"}
ONLY_VARIANT = "default title"
VARIETIES = {
    "shopify-present": _("Shopify, present template"),
    "shopify-legacy": _("Shopify, earlier template"),
    "shopify-mixed": _("Shopify, both templates mixed"),
}


def variety(header: Iterable[str]) -> str:
    """Told by names that only one of the two headers has; both at once is a mixture."""
    names = {name.casefold() for name in header}
    is_present, is_legacy = bool(names & PRESENT.keys()), bool(names & LEGACY.keys())
    if is_present and is_legacy:
        return "shopify-mixed"
    return "shopify-legacy" if is_legacy else "shopify-present"


def read_file(path: Path, shape: read.Shape, layout: Layout) -> Reading:
    return read_grouped(read.lines(path, shape), read.lines(path, shape), layout, parse)


def parse(handle: str, lines: list[read.Line], layout: Layout) -> Parsed:
    """One product from its lines; every problem is found, not only the first."""
    cells, raw = Cells(layout), lines
    lines = [clean_line(line) for line in raw]
    if len(handle) > 255:
        cells.fault(lines[0], "handle", "too_long", limit=255)
    head = next((line for line in lines if layout.cell(line, "title")), None)
    payload: dict[str, Any] = {"handle": handle}
    payload["product"] = _product_fields(cells, head, lines) if head else {}
    payload["texts"] = _texts(cells, head) if head else {}
    names = _option_names(cells, lines)
    if names is not None:
        payload["product"]["option_names"] = names
    payload["variants"] = _variants(cells, lines, head, names)
    payload["images"] = _images(cells, lines)
    _remarks(cells, lines, head, sum(_n_marked(line) for line in raw))
    label = layout.cell(head, "title")[:255] if head else handle[:255]
    return Parsed(lines[0].number, handle[:255], label, payload, cells.problems, cells.remarks, raw)


def _product_fields(cells: Cells, head: read.Line, lines: list[read.Line]) -> dict[str, Any]:
    layout = cells.layout
    found: dict[str, Any] = {
        name: cells.text(head, name)
        for name in ("title", "vendor", "product_type")
        if layout.has(name)
    }
    if layout.has("category"):
        found["category"] = category_path(cells.text(head, "category"))
    elif found.get("product_type"):
        found["category_default"] = category_path(found["product_type"])
    if layout.has("tags"):
        found["tags"] = split_tags(layout.cell(head, "tags"))
        if any(len(tag) > MAX_TAG for tag in found["tags"]):
            cells.fault(head, "tags", "too_long", limit=MAX_TAG)
    if status := _status(cells, head):
        found["status"] = status
    if layout.kept:
        found["extra"] = _kept(layout, head, lines)
    return found


def _status(cells: Cells, head: read.Line) -> str:
    """`Status` decides; a product that is active but not published is not on sale here."""
    status = cells.value(head, "status", _known_status, empty="")
    published = cells.value(head, "published", yes_no, empty=None)
    if status == "active" and published is False:
        return "draft"
    if status or published is None:
        return status
    return "active" if published else "draft"


def _known_status(cell: str) -> str:
    if cell.casefold() not in STATUSES:
        raise BadValue("not_status", value=cell)
    return STATUSES[cell.casefold()]


def _kept(layout: Layout, head: read.Line, lines: list[read.Line]) -> dict[str, Any]:
    """Columns without a field: the product's value, or all of its variants' where they differ."""
    variants = [line for line in lines if _is_variant(layout, line)] or [head]
    found: dict[str, Any] = {}
    columns = zip(*(layout.kept_of(line) for line in variants), strict=True)
    for name, own, values in zip(layout.kept, layout.kept_of(head), columns, strict=True):
        found[name] = extra_value(own, values) if any(values) else own
    return found


def _texts(cells: Cells, head: read.Line) -> dict[str, str]:
    layout, found = cells.layout, {}
    if layout.has("description"):
        raw = layout.cell(head, "description")
        found["description"] = clean_html(raw)
        if has_active_content(raw):
            cells.remark(head, "description", "html_cleaned", n=1)
    for name in ("seo_title", "seo_description"):
        if layout.has(name):
            found[name] = cells.text(head, name)
    return found


def _option_names(cells: Cells, lines: list[read.Line]) -> list[str] | None:
    """The product's option names; [] for a product without options, None when not stated."""
    if not cells.layout.has(*OPTION_NAMES):
        return None
    for line in lines:
        names = [cells.text(line, name) for name in OPTION_NAMES]
        while names and not names[-1]:
            names.pop()
        if names:
            first = cells.layout.cell(line, "option1_value").casefold()
            return [] if len(names) == 1 and first == ONLY_VARIANT else names
    return [] if any(cells.layout.cell(line, "title") for line in lines) else None


def _variants(
    cells: Cells, lines: list[read.Line], head: read.Line | None, names: list[str] | None
) -> list[dict[str, Any]]:
    if not cells.layout.has(*VARIANT_FIELDS, *OPTION_VALUES):
        return []
    signed = [line for line in lines if _is_variant(cells.layout, line)]
    found = [_variant(cells, line, names) for line in signed or [head or lines[0]]]
    if names == [] and len(found) > 1:
        cells.fault(signed[1], "", "options_needed", handle=cells.layout.cell(lines[0], "handle"))
    _same_options(cells, found)
    return found


def _is_variant(layout: Layout, line: read.Line) -> bool:
    cells = line.cells
    return any(cells[at] for at in layout.places(SIGNS_OF_A_VARIANT))


def _variant(cells: Cells, line: read.Line, names: list[str] | None) -> dict[str, Any]:
    found = cells.variant(line)
    if names is None and not cells.layout.has(*OPTION_VALUES):
        return found
    values = [cells.text(line, name) for name in OPTION_VALUES]
    if names is None:
        while values and not values[-1]:
            values.pop()
        found["options"] = [] if [v.casefold() for v in values] == [ONLY_VARIANT] else values
        return found
    for name, value in zip(names, values, strict=False):
        if not value:
            cells.fault(line, "", "option_empty", option=name)
    for value in values[len(names) :]:
        if value and value.casefold() != ONLY_VARIANT:
            cells.fault(line, "", "option_unnamed", value=value)
    found["options"] = values[: len(names)]
    return found


def _same_options(cells: Cells, variants: list[dict[str, Any]]) -> None:
    seen: dict[tuple[str, ...], int] = {}
    for variant in variants:
        options = tuple(variant.get("options") or ())
        if options and seen.setdefault(options, variant["line"]) != variant["line"]:
            why = {"other_line": seen[options], "value": " / ".join(options)}
            cells.problems.append(problem("same_options", line=variant["line"], **why))


def _images(cells: Cells, lines: list[read.Line]) -> list[dict[str, Any]]:
    """Pictures in the order of the file, then those that only variants name."""
    found: dict[str, dict[str, Any]] = {}
    for name in ("image_url", "variant_image"):
        for line in lines:
            url = cells.layout.cell(line, name)
            if url.startswith("//"):
                url = f"https:{url}"
            if url and not _is_web_address(url):
                cells.remark(line, name, "bad_image", value=url[:200])
            elif url and url not in found:
                stated = _image(cells, line) if name == "image_url" else {}
                found[url] = {"source_url": url, **stated}
    return list(found.values())


def _image(cells: Cells, line: read.Line) -> dict[str, Any]:
    image: dict[str, Any] = {}
    if cells.layout.has("image_alt"):
        image["alt"] = cells.text(line, "image_alt")
    position = cells.value(line, "image_position", whole, empty=0)
    return {**image, "position": position} if position else image


def _is_web_address(url: str) -> bool:
    if len(url) > 1000 or any(c.isspace() for c in url):
        return False
    try:
        parts = urlsplit(url)
        return parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        return False


def _n_marked(line: read.Line) -> int:
    """How many of the cells hold marks that are not seen."""
    return sum(map(has_marks, line.cells)) if has_marks("".join(line.cells)) else 0


def _remarks(cells: Cells, lines: list[read.Line], head: read.Line | None, n_marked: int) -> None:
    if n_marked:
        cells.remark(lines[0], "", "marks_removed", n=n_marked)
    if head is None:
        return
    if head is not lines[0] and _is_variant(cells.layout, lines[0]):
        cells.remark(lines[0], "", "variant_first")
    title = cells.layout.cell(head, "title")
    for line in lines if len(lines) > 1 else ():
        if cells.layout.cell(line, "title") not in ("", title):
            cells.remark(line, "title", "title_differs")


DIALECT = Dialect(
    name="shopify",
    columns={**BOTH, **LEGACY, **PRESENT},
    kept=KEPT,
    variety=variety,
    read=read_file,
    varieties=VARIETIES,
)

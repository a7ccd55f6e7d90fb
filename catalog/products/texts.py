"""Live texts: written in one place, so that each keeps where it came from and can go back."""

import html
import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby
from typing import Any

import nh3
from django.utils import timezone

from catalog.products.changes import ChangeRow
from catalog.products.models import Product, ProductText, touch
from catalog.products.models import TextField as Field

# What a description may contain, whoever wrote it; everything else is dropped, links keep no
# tracking and open safely.
ALLOWED_TAGS = {
    "p", "br", "b", "strong", "i", "em", "u", "ul", "ol", "li", "h2", "h3", "h4", "blockquote",
    "table", "thead", "tbody", "tr", "th", "td", "a", "span", "div", "hr", "sub", "sup",
}  # fmt: skip
ALLOWED_ATTRIBUTES = {"a": {"href", "title"}, "td": {"colspan"}, "th": {"colspan", "scope"}}
CLEANER = nh3.Cleaner(tags=ALLOWED_TAGS, attributes=ALLOWED_ATTRIBUTES)
MARKUP = re.compile(r"</?[a-z][^>]*>|&(?:[a-z]+|#\d+);", re.IGNORECASE)
POINT = re.compile(r"(?:[-*–]\s+|[•·]\s*|(\d{1,3})(?:[.)]\s+|、\s*))")
BOLD = re.compile(r"\*\*(\S(?:[^*]*\S)?)\*\*")
KEPT = ("text", "origin", "provenance", "approved_by_id")


@dataclass(frozen=True)
class Written:
    before: dict[str, Any] | None
    after: dict[str, Any]
    version: int


def clean_html(dirty: str) -> str:
    """The one allow-list for HTML that shops bring or type."""
    return CLEANER.clean(dirty).strip() if dirty else ""


def to_live(text: str, field: str) -> str:
    """A plain draft in the form the field keeps: paragraphs for a description."""
    if field != Field.DESCRIPTION:
        return text.strip()
    paragraphs = [part.strip() for part in text.split("\n") if part.strip()]
    return "".join(f"<p>{html.escape(part, quote=False)}</p>" for part in paragraphs)


def from_typed(text: str) -> str:
    """A description as somebody typed it: HTML is cleaned, plain lines become paragraphs and
    lists. An empty line ends a paragraph, "- " begins a point, "1. " a numbered one."""
    if MARKUP.search(text):
        return clean_html(text)
    blocks = [block for block in re.split(r"\n\s*\n", text) if block.strip()]
    return "".join(part for block in blocks for part in _block(block.splitlines()))


def _block(lines: list[str]) -> Iterator[str]:
    """One block of plain lines; runs of points stand as a list among its paragraphs."""
    for tag, run in groupby((line.strip() for line in lines if line.strip()), key=_list_tag):
        if tag:
            points = "".join(f"<li>{_inline(POINT.sub('', line))}</li>" for line in run)
            yield f"<{tag}>{points}</{tag}>"
        else:
            yield f"<p>{'<br>'.join(_inline(line) for line in run)}</p>"


def _list_tag(line: str) -> str:
    found = POINT.match(line)
    return ("ol" if found[1] else "ul") if found else ""


def _inline(line: str) -> str:
    return BOLD.sub(r"<strong>\1</strong>", html.escape(line, quote=False))


def put_text(product: Product, language: str, field: str, **values: Any) -> Written:
    """Write a live text over whatever stands there, inside the caller's transaction.

    `values` are text, origin, provenance and approved_by_id. The product's version is raised.
    """
    key = {"product": product, "language": language, "field": field}
    row = ProductText.objects.select_for_update().filter(**key).first()
    before = {name: getattr(row, name) for name in KEPT} if row else None
    row = row or ProductText(merchant_id=product.merchant_id, **key)
    for name in KEPT:
        setattr(row, name, values.get(name, ProductText._meta.get_field(name).get_default()))
    row.updated_at = timezone.now()
    row.save()
    row.refresh_from_db(fields=["version"])
    touch([product.pk])
    after = {name: getattr(row, name) for name in KEPT}
    return Written(before=before, after=after, version=row.version)


def change_row(change: Any, product: Product, language: str, field: str, w: Written) -> ChangeRow:
    """The row of a change that lets one text be taken back, whatever else of the product moved."""
    where = {"language": language, "field": field}
    return ChangeRow.objects.create(
        merchant_id=product.merchant_id,
        change=change,
        product_id=product.pk,
        label=f"{product.title} · {field} · {language}"[:255],
        before={"text": {**where, "row": w.before}},
        after={"text": {**where, "row": w.after}},
        version_after=w.version,
    )


def take_back(row: ChangeRow) -> bool:
    """Undo one text row; False if somebody wrote the text since, which is then kept."""
    where = row.before["text"]
    text = (
        ProductText.objects.select_for_update()
        .filter(product_id=row.product_id, language=where["language"], field=where["field"])
        .first()
    )
    # The words too: a text that was removed and written again counts its versions from 1.
    written = row.version_after, row.after["text"]["row"]["text"]
    if text is None or (text.version, text.text) != written:
        row.state = "conflict"
        row.save(update_fields=["state"])
        return False
    if where["row"] is None:
        text.delete()
    else:
        for name in KEPT:
            setattr(text, name, where["row"][name])
        text.updated_at = timezone.now()
        text.save()
    touch([row.product_id])
    row.state = "undone"
    row.save(update_fields=["state"])
    return True

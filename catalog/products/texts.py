"""Live texts: written in one place, so that each keeps where it came from and can go back."""

import html
from dataclasses import dataclass
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
KEPT = ("text", "origin", "provenance", "approved_by_id")


@dataclass(frozen=True)
class Written:
    before: dict[str, Any] | None
    after: dict[str, Any]
    version: int


def clean_html(dirty: str) -> str:
    """The one allow-list for HTML that shops bring or type."""
    return nh3.clean(dirty, tags=ALLOWED_TAGS, attributes=ALLOWED_ATTRIBUTES).strip()


def to_live(text: str, field: str) -> str:
    """A plain draft in the form the field keeps: paragraphs for a description."""
    if field != Field.DESCRIPTION:
        return text.strip()
    paragraphs = [part.strip() for part in text.split("\n") if part.strip()]
    return "".join(f"<p>{html.escape(part, quote=False)}</p>" for part in paragraphs)


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

"""The live ads, messages and answers of a shop: to read, and to take to where they are placed."""

from collections.abc import Iterator
from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import render
from django.utils.translation import get_language
from django.views.decorators.http import require_safe

from aiassist.copywriting.csv_lines import csv_lines
from aiassist.copywriting.lint.parts import parts_of
from catalog.products.models import CopyKind, ProductText
from ecomportal.tenancy import audit
from ecomportal.tenancy.access import EDITORS, merchant_required
from ecomportal.web.paging import cursor_of, keyset_page

PAGE_SIZE = 25
EXPORT_MAX = 100_000  # texts in one file
CSV = "text/csv; charset=utf-8"
COLUMNS = ("product", "handle", "kind", "language", "variant", "part", "text")


def texts(request: HttpRequest) -> tuple[QuerySet[ProductText], dict[str, str]]:
    """The texts of the kinds and languages that the address asks for, and what it asks."""
    kind, language = request.GET.get("kind", ""), request.GET.get("language", "")
    kinds = [kind] if kind in CopyKind.values else CopyKind.values
    rows = request.merchant.product_texts.filter(field__in=kinds, product__deleted_at=None)
    if language in ("en", "zh"):
        rows = rows.filter(language=language)
    return rows.exclude(text="").select_related("product"), {"kind": kind, "language": language}


@require_safe
@merchant_required()
def copy(request: HttpRequest) -> HttpResponse:
    rows, asked = texts(request)
    page = keyset_page(rows, ["-updated_at", "-pk"], cursor=cursor_of(request.GET), size=PAGE_SIZE)
    side = "zh" if (get_language() or "").startswith("zh") else "en"
    context = {
        "page": page,
        "rows": [{"text": row, "blocks": _blocks(row, side)} for row in page.rows],
        "kinds": CopyKind.choices,
        "asked": asked,
        "may_edit": request.role in EDITORS,
    }
    return render(request, "aiassist/copywriting/copy.html", context)


def _blocks(row: ProductText, side: str) -> list[list[dict[str, Any]]]:
    return [
        [{"label": getattr(part, side), "text": part.text} for part in block]
        for block in parts_of(row.text, row.field)
    ]


@require_safe
@merchant_required(*EDITORS)
def copy_export(request: HttpRequest) -> HttpResponse:
    """One line for each part of each variant, as ad tools want it."""
    rows, asked = texts(request)
    chosen = list(rows.order_by("product_id", "field", "language")[:EXPORT_MAX])
    audit.record(request, "copy.exported", request.merchant.name, n=len(chosen), **asked)
    answer = StreamingHttpResponse(csv_lines((COLUMNS, *_cells(chosen))), content_type=CSV)
    answer["Content-Disposition"] = 'attachment; filename="copy.csv"'
    return answer


def _cells(rows: list[ProductText]) -> Iterator[tuple[str, ...]]:
    for row in rows:
        for n, block in enumerate(parts_of(row.text, row.field), start=1):
            for part in block:
                yield (
                    row.product.title, row.product.handle, row.field, row.language, str(n),
                    part.key, part.text,
                )  # fmt: skip

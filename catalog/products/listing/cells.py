"""One field of one product, edited where the list shows it.

The form remembers the value it was opened with. Another's save of the same field in between is
answered with both values; one of another field disturbs nobody. Writing is few statements, because
this is the most frequent write of all: the product is locked and read, the row written (triggers
keep history, version and figures), and the change recorded in part, so that it can be taken back.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import pghistory
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from catalog.products.changes import Change, ChangeRow
from catalog.products.filters import LOW_STOCK
from catalog.products.listing.rows import STEPS, money_writer
from catalog.products.models import Product, ProductStatus, Variant
from catalog.products.money import amount, parse_money
from catalog.products.undo import CannotUndo, undo_change
from ecomportal.said import said
from ecomportal.tenancy import audit
from ecomportal.tenancy.access import EDITORS, merchant_required

MAX_STOCK = 1_000_000_000
MIN_STOCK = -1_000_000
MAX_TITLE = 255
LINK = re.compile(r"\d{1,4}")  # the id of a name's link in the list
# These fields stand in a row below the product.
OF_VARIANT = {"price": "price_cents", "stock": "stock"}
FIELDS = {
    "title": gettext_lazy("Name"),
    "status": gettext_lazy("Status"),
    "price": gettext_lazy("Price"),
    "stock": gettext_lazy("Stock"),
}


@dataclass
class Cell:
    """What is edited: a product's own field, or its only variant's, or a named variant's."""

    field: str
    product: Product
    variant: Variant | None
    currency: str
    is_of_product: bool  # the list's own cell, not one of the variants below it

    @property
    def row(self) -> Any:
        return self.variant if self.field in OF_VARIANT else self.product

    @property
    def column(self) -> str:
        return OF_VARIANT.get(self.field, self.field)

    @property
    def value(self) -> str:
        """As a person types it."""
        found = getattr(self.row, self.column)
        return amount(found, self.currency) if self.field == "price" else str(found)

    @property
    def label(self) -> str:
        name = self.variant if self.variant and not self.is_of_product else self.product.title
        return f"{FIELDS[self.field]}: {name}"


def _read(request: HttpRequest, product_id: UUID, field: str, variant_id: UUID | None) -> Cell:
    """The cell; locked where it is going to be written. 404 for what cannot be edited here."""
    if field not in FIELDS or (variant_id and field not in OF_VARIANT):
        raise Http404("No such field.")
    products = request.merchant.products.live().defer("grams", "extra", "search_extra")
    if request.method == "POST":
        products = products.select_for_update(no_key=True)
    product = get_object_or_404(products, pk=product_id)
    variant = _variant(product, variant_id) if field in OF_VARIANT else None
    return Cell(field, product, variant, request.merchant.currency, variant_id is None)


def _variant(product: Product, variant_id: UUID | None) -> Variant:
    live = Variant.objects.filter(product=product.pk, deleted_at=None)
    if variant_id:
        return get_object_or_404(live, pk=variant_id)
    found = list(live.order_by("pk")[:2])
    if len(found) != 1:
        raise Http404("Each variant has its own.")
    return found[0]


@require_http_methods(["GET", "HEAD", "POST"])
@merchant_required(*EDITORS)
def cell(
    request: HttpRequest, product_id: UUID, field: str, variant_id: UUID | None = None
) -> HttpResponse:
    found = _read(request, product_id, field, variant_id)
    if request.method != "POST":
        return _form(request, found, value=found.value)
    typed = request.POST.get("value", "").strip()
    try:
        value = READERS[field](typed, found)
    except ValidationError as error:
        return _form(request, found, value=typed, problem=" ".join(error.messages), status=422)
    if value == getattr(found.row, found.column):
        return _shown(request, found)
    if request.POST.get("was", "") != found.value:
        return _form(request, found, value=typed, theirs=found.value, status=409)
    change = _write(request, found, value)
    return _shown(request, found, change=change)


def _form(
    request: HttpRequest,
    found: Cell,
    *,
    value: str,
    problem: str = "",
    theirs: str = "",
    status: int = 200,
) -> HttpResponse:
    """The field as a form in its cell. The value it was opened with stays what it was, until a
    person has seen that there is another."""
    opened = request.POST.get("was", found.value) if problem else found.value
    context = {
        "cell": found,
        "value": value,
        "was": opened,
        "problem": problem,
        "theirs": _words(found, theirs) if theirs else "",
        "mine": _words(found, value),
        "statuses": ProductStatus.choices if found.field == "status" else (),
        "link": _link(request),
        "most": _most(request),
        "mode": {"price": "decimal", "stock": "numeric"}.get(found.field, ""),
    }
    if request.htmx:
        return render(request, "catalog/products/_cell_form.html", context, status=status)
    return render(request, "catalog/products/cell.html", context, status=status)


def _words(found: Cell, value: str) -> str:
    if found.field == "status":
        return str(dict(ProductStatus.choices).get(value, value))
    return value


def _link(request: HttpRequest) -> str:
    given = {**request.GET.dict(), **request.POST.dict()}.get("link", "")
    return given if LINK.fullmatch(given) else ""


def _most(request: HttpRequest) -> int:
    given = {**request.GET.dict(), **request.POST.dict()}.get("most", "")
    return int(given) if given.isdecimal() and len(given) < 15 else 0


def _write(request: HttpRequest, found: Cell, value: Any) -> Change:
    """Write the value, and record it in part: what was, what is, and the versions around it."""
    product, column = found.product, found.column
    before = getattr(found.row, column)
    title = said("Edited “%(title)s”", title=product.title)
    change = Change(
        merchant=request.merchant, kind="edit", title=title, created_by=request.user, n_rows=1
    )
    who = {"user": request.user.pk, "source": "list", "change": str(change.pk)}
    with transaction.atomic(), pghistory.context(**who):
        if found.field in OF_VARIANT:
            Variant.objects.filter(pk=found.variant.pk).update(**{column: value})
        else:
            Product.objects.filter(pk=product.pk).update(
                **{column: value}, updated_at=timezone.now()
            )
        change.save(force_insert=True)
        ChangeRow.objects.create(
            merchant=request.merchant,
            change=change,
            product_id=product.pk,
            label=(value if found.field == "title" else product.title)[:255],
            before=_part(found, before),
            after=_part(found, value),
            version_before=product.version,
            version_after=product.version + 1,  # the trigger's one step, under our lock
        )
        audit.record(request, "product.saved", product.title, product=str(product.pk))
    setattr(found.row, column, value)
    return change


def _part(found: Cell, value: Any) -> dict[str, Any]:
    if found.field in OF_VARIANT:
        return {"variants": {str(found.variant.pk): {found.column: value}}}
    return {"product": {found.column: value}}


def _shown(request: HttpRequest, found: Cell, *, change: Change | None = None) -> HttpResponse:
    """The cell as the list shows it, and a message with the way back."""
    if not request.htmx:
        if change:
            messages.success(request, _("Saved “%(title)s”.") % {"title": found.product.title})
        return redirect("catalog:product", request.merchant.slug, found.product.pk)
    context = {"cell_html": SHOWN[found.field](request, found), "change": change, "cell": found}
    return render(request, "catalog/products/_cell_saved.html", context)


def _show_title(request: HttpRequest, found: Cell) -> str:
    return format_html("<a id={} href={}/>{}</a>", _link(request) or "0", found.product.pk,
                       found.product.title)  # fmt: skip


def _show_status(request: HttpRequest, found: Cell) -> str:
    look = "" if found.product.status == ProductStatus.ACTIVE else "o"
    return format_html('<td class="{}">{}</td>', look, ProductStatus(found.product.status).label)


def _show_price(request: HttpRequest, found: Cell) -> str:
    shown = money_writer(request.merchant.currency)(found.variant.price_cents)
    return format_html("<td>{}</td>", shown)


def _show_stock(request: HttpRequest, found: Cell) -> str:
    stock, most = found.variant.stock, _most(request)
    step = min(STEPS, max(1, round(STEPS * stock / most))) if stock > 0 and most else 0
    look = f"p{step}" if found.is_of_product else ""
    return format_html(
        '<td class="{}">{}</td>', f"{look} w" if stock <= LOW_STOCK else look, f"{stock:,}"
    )


SHOWN: dict[str, Callable[[HttpRequest, Cell], str]] = {
    "title": _show_title,
    "status": _show_status,
    "price": _show_price,
    "stock": _show_stock,
}


def _read_title(text: str, found: Cell) -> str:
    if not text:
        raise ValidationError(_("A product needs a name."))
    if len(text) > MAX_TITLE:
        raise ValidationError(_("A name has at most %(n)s characters.") % {"n": MAX_TITLE})
    if "\0" in text:
        raise ValidationError(_("This holds a character that cannot be stored."))
    return text


def _read_status(text: str, found: Cell) -> str:
    if text not in ProductStatus.values:
        raise ValidationError(_("Choose one of the offered states."))
    return text


def _read_price(text: str, found: Cell) -> int:
    return parse_money(text, found.currency)


def _read_stock(text: str, found: Cell) -> int:
    if not re.fullmatch(r"-?[0-9]{1,10}", text) or not MIN_STOCK <= int(text) <= MAX_STOCK:
        raise ValidationError(_("Write the stock as a whole number, such as 12."))
    return int(text)


READERS: dict[str, Callable[[str, Cell], Any]] = {
    "title": _read_title,
    "status": _read_status,
    "price": _read_price,
    "stock": _read_stock,
}


@require_POST
@merchant_required(*EDITORS)
def cell_undo(request: HttpRequest, change_id: UUID) -> HttpResponse:
    """Take an edit made in the list back, and show the list as it is then."""
    change = get_object_or_404(request.merchant.changes, pk=change_id, kind="edit")
    try:
        with pghistory.context(user=request.user.pk, source="undo"):
            outcome = undo_change(change, request.user)
    except CannotUndo as error:
        messages.error(request, str(error))
    else:
        audit.record(request, "change.undone", change.title, n=outcome.n_undone)
        if outcome.n_undone:
            messages.success(request, _("Taken back: %(title)s") % {"title": change.title})
        else:
            text = _("It was changed again since, so it stays as it is now.")
            messages.warning(request, text)
    if request.htmx:
        return HttpResponse(status=204, headers={"HX-Refresh": "true"})
    return redirect("catalog:products", request.merchant.slug)

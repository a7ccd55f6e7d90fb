"""One field of one product, edited where the list shows it.

The form remembers the value it was opened with. Another's save of the same field in between is
answered with both values; one of another field disturbs nobody. Writing is one call of a function
of the database, because this is the most frequent write of all: the product is locked, its value
compared and written (triggers keep history, version and figures), and the change recorded in part,
so that it can be taken back.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import pghistory
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db import connection
from django.http import Http404, HttpRequest, HttpResponse
from django.middleware.csrf import get_token
from django.shortcuts import get_object_or_404, redirect, render
from django.template.loader import get_template
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from catalog.products.filters import LOW_STOCK
from catalog.products.listing.rows import STEPS, money_writer
from catalog.products.models import Product, ProductStatus, Variant
from catalog.products.money import amount, parse_money
from catalog.products.undo import CannotUndo, undo_change
from ecomportal.ids import uuid7
from ecomportal.said import pack, said
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


# Stands in the title of a change for the product's, which the database puts there.
TITLE = "\x1f"
EDIT = "SELECT outcome, title FROM edit_cell(%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)"


@dataclass(frozen=True)
class Place:
    """What is edited: a field of a product, or of its only variant, or of a named variant."""

    product_id: UUID
    field: str
    variant_id: UUID | None

    @property
    def is_of_product(self) -> bool:
        """The list's own cell, not one of the variants below it."""
        return self.variant_id is None


@dataclass
class Cell:
    """A place with what stands there."""

    place: Place
    product: Product
    variant: Variant | None
    currency: str

    @property
    def field(self) -> str:
        return self.place.field

    @property
    def value(self) -> str:
        """As a person types it."""
        if self.variant is None:
            return str(getattr(self.product, self.field))
        found = getattr(self.variant, OF_VARIANT[self.field])
        return amount(found, self.currency) if self.field == "price" else str(found)

    @property
    def label(self) -> str:
        is_named = self.variant and not self.place.is_of_product
        return f"{FIELDS[self.field]}: {self.variant if is_named else self.product.title}"


def _read(request: HttpRequest, place: Place) -> Cell:
    """404 for what cannot be edited here."""
    products = request.merchant.products.live().only("title", "status")
    product = get_object_or_404(products, pk=place.product_id)
    variant = _variant(product, place.variant_id) if place.field in OF_VARIANT else None
    return Cell(place, product, variant, request.merchant.currency)


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
    if field not in FIELDS or (variant_id and field not in OF_VARIANT):
        raise Http404("No such field.")
    place = Place(product_id, field, variant_id)
    if request.method == "POST":
        return _saved(request, place)
    found = _read(request, place)
    return _form(request, found, value=found.value)


def _saved(request: HttpRequest, place: Place) -> HttpResponse:
    read, currency = READERS[place.field], request.merchant.currency
    typed, was = request.POST.get("value", "").strip(), request.POST.get("was", "")
    try:
        value = read(typed, currency)
    except ValidationError as error:
        problem = " ".join(error.messages)
        return _form(request, _read(request, place), value=typed, problem=problem, status=422)
    change_id, was = uuid7(), _opened_with(place, was, currency)
    outcome, title = _write(request, place, change_id, value=value, was=was)
    if outcome == "conflict":
        found = _read(request, place)
        return _form(request, found, value=typed, theirs=found.value, status=409)
    title = value if place.field == "title" else title
    return _shown(request, place, value, title, change_id if outcome == "saved" else None)


def _opened_with(place: Place, was: str, currency: str) -> Any:
    """What the form was opened with as the database has it, which may be what nobody may type, such
    as no name; None where no price can be read."""
    if place.field != "price":
        return was
    try:
        return parse_money(was, currency)
    except ValidationError:
        return None


def _write(
    request: HttpRequest, place: Place, change_id: UUID, *, value: Any, was: Any
) -> tuple[str, str]:
    """Write the value over the one it was opened with, and record it in part. Gives what came of
    it (saved, same, conflict), and the product's title until then."""
    user = request.user
    who = user.pk, str(user)[:200], request.META.get("REMOTE_ADDR") or None
    told = pack(said("Edited “%(title)s”", title=TITLE))
    values = [None if one is None else str(one) for one in (value, was)]
    with connection.cursor() as cursor:
        cursor.execute(
            EDIT,
            [request.merchant.pk, *who, place.product_id, place.variant_id, place.field, *values]
            + [change_id, told],
        )
        row = cursor.fetchone()
    if row is None:
        raise Http404("No such cell.")
    return row


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


def _shown(
    request: HttpRequest, place: Place, value: Any, title: str, change_id: UUID | None
) -> HttpResponse:
    """The cell as the list shows it, and a message with the way back."""
    if not request.htmx:
        if change_id:
            messages.success(request, _("Saved “%(title)s”.") % {"title": title})
        return redirect("catalog:product", request.merchant.slug, place.product_id)
    html = SHOWN[place.field](request, place, value)
    if not change_id:
        return HttpResponse(html)
    context = {
        "cell_html": html,
        "change_id": change_id,
        "title": title,
        "slug": request.merchant.slug,
        "csrf_token": get_token(request),
    }
    return HttpResponse(get_template("catalog/products/_cell_saved.html").render(context))


def _show_title(request: HttpRequest, place: Place, value: str) -> str:
    return format_html("<a id={} href={}/>{}</a>", _link(request) or "0", place.product_id, value)


def _show_status(request: HttpRequest, place: Place, value: str) -> str:
    look = "" if value == ProductStatus.ACTIVE else "o"
    return format_html('<td class="{}">{}</td>', look, ProductStatus(value).label)


def _show_price(request: HttpRequest, place: Place, value: int) -> str:
    return format_html("<td>{}</td>", money_writer(request.merchant.currency)(value))


def _show_stock(request: HttpRequest, place: Place, value: int) -> str:
    most = _most(request)
    step = min(STEPS, max(1, round(STEPS * value / most))) if value > 0 and most else 0
    look = f"p{step}" if place.is_of_product else ""
    return format_html(
        '<td class="{}">{}</td>', f"{look} w" if value <= LOW_STOCK else look, f"{value:,}"
    )


SHOWN: dict[str, Callable[[HttpRequest, Place, Any], str]] = {
    "title": _show_title,
    "status": _show_status,
    "price": _show_price,
    "stock": _show_stock,
}


def _read_title(text: str, currency: str) -> str:
    if not text:
        raise ValidationError(_("A product needs a name."))
    if len(text) > MAX_TITLE:
        raise ValidationError(_("A name has at most %(n)s characters.") % {"n": MAX_TITLE})
    if "\0" in text:
        raise ValidationError(_("This holds a character that cannot be stored."))
    return text


def _read_status(text: str, currency: str) -> str:
    if text not in ProductStatus.values:
        raise ValidationError(_("Choose one of the offered states."))
    return text


def _read_price(text: str, currency: str) -> int:
    return parse_money(text, currency)


def _read_stock(text: str, currency: str) -> int:
    if not re.fullmatch(r"-?[0-9]{1,10}", text) or not MIN_STOCK <= int(text) <= MAX_STOCK:
        raise ValidationError(_("Write the stock as a whole number, such as 12."))
    return int(text)


READERS: dict[str, Callable[[str, str], Any]] = {
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

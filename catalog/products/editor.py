"""The product editor: one form, saved whole under an optimistic lock."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from uuid import UUID

import pghistory
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST

from catalog.products.attribute_book import AttributeBook
from catalog.products.changes import Change
from catalog.products.conflict import (
    added_by_them,
    base_of,
    base_state,
    differences,
    hidden_fields,
    with_whole_rows,
    without_old_places,
)
from catalog.products.editable import (
    Editable,
    State,
    completed,
    load,
    posted_state,
    rows_of,
    state_of,
)
from catalog.products.editor_page import page_context
from catalog.products.forms import NewProductForm, free_handle
from catalog.products.grid import query_in
from catalog.products.models import Fact, FactStatus, Product, Variant, touch
from catalog.products.reading import Reading, read
from catalog.products.saving import write
from catalog.products.snapshot import recorded, soft_delete, taken_names, undelete
from ecomportal.said import Said, said
from ecomportal.tenancy import audit
from ecomportal.tenancy.access import EDITORS, EVERYONE, merchant_required

DECISIONS = {"confirm": FactStatus.CONFIRMED, "reject": FactStatus.REJECTED}


class Stale(Exception):
    """Somebody saved between the opening of the form and now."""


@contextmanager
def edit(request: HttpRequest, product_id: Any, title: Said) -> Iterator[Change]:
    """Record what the block does to one product as an edit by the request's person: as a change
    that can be taken back, and in the history."""
    change = Change.objects.create(
        merchant=request.merchant, kind="edit", title=title, created_by=request.user
    )
    who = {"user": request.user.pk, "source": "editor", "change": str(change.pk)}
    with pghistory.context(**who), recorded(change, [product_id]):
        yield change
    if Change.objects.filter(pk=change.pk, n_rows=0).delete()[0]:
        change.pk = None  # nothing came of it


@require_http_methods(["GET", "HEAD", "POST"])
@merchant_required(*EVERYONE)
def product(request: HttpRequest, product_id: UUID) -> HttpResponse:
    if request.method == "POST" and request.role not in EDITORS:
        raise PermissionDenied
    editable = load(request.merchant, product_id)
    if request.method == "POST":
        return _save(request, editable)
    return show(request, editable)


def show(
    request: HttpRequest,
    editable: Editable,
    *,
    mine: State | None = None,
    errors: dict[str, str] | None = None,
    image_problems: list[str] | None = None,
) -> HttpResponse:
    """The editor, with what was typed (`mine`) over what is saved."""
    context = page_context(request, editable, mine or {}, errors=errors or {})
    context["image_problems"] = image_problems or []
    status = 422 if errors or image_problems else 200
    return render(request, "catalog/products/editor.html", context, status=status)


def _save(request: HttpRequest, editable: Editable) -> HttpResponse:
    product, mine = editable.product, posted_state(request.POST)
    if product.deleted_at:
        messages.error(request, _("This product is deleted. Restore it first, then edit it."))
        return _back(request, product)
    current = state_of(editable, request.merchant.currency)
    opened = base_state(request.POST)
    if request.POST.get("version") != str(product.version):
        return _conflict(request, editable, mine)
    if all(current.get(name, "") == value for name, value in mine.items()):
        messages.info(request, _("Nothing was changed, so nothing was saved."))
        return _back(request, product)
    book = AttributeBook(request.merchant)
    reading = read(completed(mine, current, opened), editable, book)
    if not reading.errors:
        try:
            change = _write(request, editable, reading, book)
        except Stale:
            return _conflict(request, load(request.merchant, product.pk), mine)
        except IntegrityError:
            reading.errors[""] = _("Another product took the handle or a SKU just now. Change it.")
    if reading.errors:
        return show(request, editable, mine=mine, errors=reading.errors)
    _say_saved(request, reading.product["title"], change)
    return _back(request, product)


def _back(request: HttpRequest, product: Product) -> HttpResponse:
    """To the same page of the grid as before."""
    grid = query_in(request.POST.get("grid", "")).address()
    return redirect(reverse("catalog:product", args=[request.merchant.slug, product.pk]) + grid)


def _say_saved(request: HttpRequest, title: str, change: Change) -> None:
    text = _("Saved “%(title)s”.") % {"title": title}
    if change.pk is None:
        messages.success(request, text)
        return
    undo = reverse("catalog:change", args=[request.merchant.slug, change.pk])
    link = format_html('{} <a href="{}">{}</a>', text, undo, _("See or undo it"))
    messages.success(request, link)


def _write(
    request: HttpRequest, editable: Editable, reading: Reading, book: AttributeBook
) -> Change:
    """Take the lock by moving the version on, then write; both or neither."""
    product, title = editable.product, reading.product["title"]
    same = request.merchant.products.filter(pk=product.pk, version=product.version)
    with (
        transaction.atomic(),
        edit(request, product.pk, said("Edited “%(title)s”", title=title)) as change,
    ):
        if not same.update(updated_at=timezone.now()):
            raise Stale
        write(editable, reading, book, user=request.user)
        audit.record(request, "product.saved", title, product=str(product.pk))
    return change


def _conflict(request: HttpRequest, editable: Editable, mine: State) -> HttpResponse:
    """Show both versions; what was typed travels along until it is saved or left."""
    theirs = state_of(editable, request.merchant.currency)
    opened = base_state(request.POST)
    mine = with_whole_rows(without_old_places(mine, opened), theirs, opened)
    paths = {str(c.pk): c.label() for c in request.merchant.categories.all()}
    shown = differences(mine, theirs, opened, categories=paths)
    context = {
        "product": editable.product,
        "differences": shown,
        "added": added_by_them(mine, theirs, opened),
        "cells": json.dumps(hidden_fields(mine, shown), ensure_ascii=False),
        "base": base_of(theirs, rows_of(mine, "v").keys()),
        "grid": request.POST.get("grid", ""),
    }
    return render(request, "catalog/products/conflict.html", context, status=409)


@require_http_methods(["GET", "HEAD", "POST"])
@merchant_required(*EDITORS)
def product_new(request: HttpRequest) -> HttpResponse:
    form = NewProductForm(request.POST or None, merchant=request.merchant)
    if request.method != "POST" or not form.is_valid():
        status = 422 if request.method == "POST" else 200
        return render(request, "catalog/products/new.html", {"form": form}, status=status)
    product = _create(request, form.cleaned_data)
    messages.success(request, _("Added “%(title)s” as a draft.") % {"title": product.title})
    return redirect("catalog:product", request.merchant.slug, product.pk)


def _create(request: HttpRequest, values: dict[str, Any]) -> Product:
    product = Product(
        merchant=request.merchant,
        title=values["title"],
        handle=free_handle(request.merchant, values["title"]),
        product_type=values["product_type"],
        category=values["category"],
        search_extra=values["sku"],
    )
    title = said("Added “%(title)s”", title=product.title)
    with edit(request, product.pk, title):
        product.save(force_insert=True)
        Variant.objects.create(
            merchant=request.merchant,
            product=product,
            sku=values["sku"],
            price_cents=values["price"],
        )
    audit.record(request, "product.created", product.title, product=str(product.pk))
    return product


@require_POST
@merchant_required(*EDITORS)
def product_delete(request: HttpRequest, product_id: UUID) -> HttpResponse:
    product = get_object_or_404(request.merchant.products.live(), pk=product_id)
    title = said("Deleted “%(title)s”", title=product.title)
    with edit(request, product.pk, title):
        soft_delete([product.pk])
    audit.record(request, "product.deleted", product.title, product=str(product.pk))
    text = _("Deleted “%(title)s”. It can be restored for 30 days.") % {"title": product.title}
    messages.success(request, text)
    return redirect("catalog:products", request.merchant.slug)


@require_POST
@merchant_required(*EDITORS)
def product_restore(request: HttpRequest, product_id: UUID) -> HttpResponse:
    gone = request.merchant.products.exclude(deleted_at=None)
    product = get_object_or_404(gone, pk=product_id)
    back = redirect("catalog:product", request.merchant.slug, product.pk)
    if taken := taken_names([product.pk]):
        text = _("“%(name)s” is used by another product now; change it there first.")
        messages.error(request, text % {"name": taken[product.pk]})
        return back
    title = said("Restored “%(title)s”", title=product.title)
    with edit(request, product.pk, title):
        undelete([product.pk])
    audit.record(request, "product.restored", product.title, product=str(product.pk))
    messages.success(request, title)
    return back


@require_POST
@merchant_required(*EDITORS)
def fact_confirm(request: HttpRequest, product_id: UUID, fact_id: UUID) -> HttpResponse:
    """Decide on one proposed fact with one click; `decision` is confirm or reject."""
    product = get_object_or_404(request.merchant.products.live(), pk=product_id)
    facts = Fact.objects.filter(product=product)
    fact = get_object_or_404(facts.select_related("attribute"), pk=fact_id)
    status = DECISIONS.get(request.POST.get("decision", "confirm"))
    if status is None:
        return HttpResponse(_("Confirm the fact or reject it."), status=422)
    _decide(request, product, facts.filter(pk=fact.pk), status)
    if not request.htmx:
        return redirect("catalog:product", request.merchant.slug, product.pk)
    # Only a form that was up to date may go on as such; a stale one must meet its conflict.
    if request.POST.get("version") == str(product.version):
        product.refresh_from_db(fields=["version"])
        version = str(product.version)
    else:
        version = request.POST.get("version", "")
    fact.status = status
    context = {"fact": fact, "product": product, "version": version}
    return render(request, "catalog/products/_fact_decided.html", context)


@require_POST
@merchant_required(*EDITORS)
def facts_confirm(request: HttpRequest, product_id: UUID) -> HttpResponse:
    """Confirm every proposed fact of the product."""
    product = get_object_or_404(request.merchant.products.live(), pk=product_id)
    facts = Fact.objects.filter(product=product, status=FactStatus.PROPOSED)
    n = _decide(request, product, facts, FactStatus.CONFIRMED)
    text = ngettext("Confirmed %(n)s fact.", "Confirmed %(n)s facts.", n) % {"n": n}
    messages.success(request, text)
    return redirect("catalog:product", request.merchant.slug, product.pk)


def _decide(request: HttpRequest, product: Product, facts: Any, status: str) -> int:
    title = said("Decided on facts of “%(title)s”", title=product.title)
    with edit(request, product.pk, title):
        n = facts.exclude(status=status).update(status=status)
        touch([product.pk] if n else [])
    audit.record(request, "facts.decided", product.title, status=FactStatus(status).label, n=n)
    return n

"""The category tree and the kinds of fact a shop keeps."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import (
    Count,
    Exists,
    Func,
    OuterRef,
    Q,
    Subquery,
    Value,
)
from django.db.models.functions import Coalesce, Concat, Substr
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST

from catalog.products.attribute_book import AttributeBook
from catalog.products.forms import AttributeForm, CategoryForm
from catalog.products.models import NOT_REJECTED, Attribute, Category
from catalog.products.vocabulary import FAMILIES
from ecomportal.tenancy import audit
from ecomportal.tenancy.access import EDITORS, EVERYONE, merchant_required
from ecomportal.web.counting import n_up_to

COUNTED = 1000  # facts of a kind; above, "1,000+"


def _check_editor(request: HttpRequest) -> None:
    if request.method == "POST" and request.role not in EDITORS:
        raise PermissionDenied


@require_http_methods(["GET", "HEAD", "POST"])
@merchant_required(*EVERYONE)
def categories(request: HttpRequest) -> HttpResponse:
    """The tree, and a form to add to it."""
    _check_editor(request)
    form = CategoryForm(request.POST or None, merchant=request.merchant)
    if request.method == "POST" and form.is_valid():
        values = form.cleaned_data
        Category.objects.create(merchant=request.merchant, path=form.path, **values)
        audit.record(request, "category.added", form.path)
        messages.success(request, _("Added “%(name)s”.") % {"name": values["name"]})
        return redirect("catalog:categories", request.merchant.slug)
    context = {"form": form, "rows": _tree(request.merchant), "can_edit": request.role in EDITORS}
    status = 422 if request.method == "POST" else 200
    return render(request, "catalog/products/categories.html", context, status=status)


def _tree(merchant: Any) -> list[dict[str, Any]]:
    """Categories in tree order with depth and counts.

    One that a deleted product would come back to is not empty.
    """
    below = Category.objects.filter(parent=OuterRef("pk"))
    inside = merchant.products.filter(category=OuterRef("pk")).order_by()
    live = inside.live().values("category").annotate(n=Count("*")).values("n")
    found = merchant.categories.annotate(
        n_live=Coalesce(Subquery(live), 0), is_used=Exists(inside), is_parent=Exists(below)
    )
    rows = sorted(found, key=lambda category: category.path.split(" > "))
    return [
        {
            "category": category,
            "depth": min(category.path.count(" > "), 3),
            "family": FAMILIES.get(category.family),
            "can_delete": not (category.is_used or category.is_parent),
        }
        for category in rows
    ]


@require_http_methods(["GET", "HEAD", "POST"])
@merchant_required(*EDITORS)
def category(request: HttpRequest, category_id: UUID) -> HttpResponse:
    """Rename a category, move it, or say which family its products are of."""
    category = get_object_or_404(request.merchant.categories, pk=category_id)
    names = ("name", "name_zh", "family", "parent")
    form = CategoryForm(
        request.POST or None,
        merchant=request.merchant,
        category=category,
        initial={name: getattr(category, name) for name in names},
    )
    if request.method != "POST" or not form.is_valid():
        status = 422 if request.method == "POST" else 200
        context = {"form": form, "category": category}
        return render(request, "catalog/products/category.html", context, status=status)
    _move(category, form.path)
    Category.objects.filter(pk=category.pk).update(**form.cleaned_data)
    audit.record(request, "category.changed", form.path, before=category.path)
    messages.success(request, _("Saved “%(name)s”.") % {"name": form.cleaned_data["name"]})
    return redirect("catalog:categories", request.merchant.slug)


def _move(category: Category, path: str) -> None:
    """Give the category its new path, and all below it the paths that follow, in one statement."""
    if path == category.path:
        return
    below = Q(path__startswith=f"{category.path} > ")
    rest = Substr("path", len(category.path) + 1)
    Category.objects.filter(Q(pk=category.pk) | below, merchant=category.merchant_id).update(
        path=Concat(Value(path), rest)
    )


@require_POST
@merchant_required(*EDITORS)
def category_delete(request: HttpRequest, category_id: UUID) -> HttpResponse:
    """Only an empty category goes, so that no product loses its place by a slip."""
    category = get_object_or_404(request.merchant.categories, pk=category_id)
    n_products, n_children = category.products.count(), category.children.count()
    if n_products:
        text = ngettext(
            "“%(name)s” holds %(n)s product. Move it first.",
            "“%(name)s” holds %(n)s products. Move them first.",
            n_products,
        )
        messages.error(request, text % {"name": category.name, "n": n_products})
    elif n_children:
        text = _("“%(name)s” has categories inside. Move or delete them first.")
        messages.error(request, text % {"name": category.name})
    else:
        category.delete()
        audit.record(request, "category.deleted", category.path)
        messages.success(request, _("Deleted “%(name)s”.") % {"name": category.name})
    return redirect("catalog:categories", request.merchant.slug)


@require_http_methods(["GET", "HEAD", "POST"])
@merchant_required(*EVERYONE)
def attributes(request: HttpRequest) -> HttpResponse:
    """The kinds of fact, and a form to add one."""
    _check_editor(request)
    form = AttributeForm(request.POST or None)
    if request.method == "POST" and form.is_valid() and _is_new(request, form):
        attribute = AttributeBook(request.merchant).get(form.cleaned_data["label_en"])
        Attribute.objects.filter(pk=attribute.pk).update(**form.cleaned_data)
        audit.record(request, "attribute.added", attribute.name())
        messages.success(request, _("Added “%(name)s”.") % {"name": attribute.label_en})
        return redirect("catalog:attributes", request.merchant.slug)
    rows = request.merchant.attributes.annotate(
        n_facts=_n_capped(request.merchant, NOT_REJECTED),
        n_proposed=_n_capped(request.merchant, Q(status="proposed")),
    ).order_by("position", "label_en")
    context = {"form": form, "rows": rows, "can_edit": request.role in EDITORS}
    status = 422 if request.method == "POST" else 200
    return render(request, "catalog/products/attributes.html", context, status=status)


def _n_capped(merchant: Any, condition: Q) -> Func:
    """How many such facts of each kind, read off an index that holds just these, up to a cap."""
    facts = merchant.facts.filter(condition, attribute=OuterRef("pk"))
    return n_up_to(facts, COUNTED)


def _is_new(request: HttpRequest, form: AttributeForm) -> bool:
    found = AttributeBook(request.merchant).find(form.cleaned_data["label_en"])
    if isinstance(found, Attribute):
        form.add_error("label_en", _("There is such a kind of fact already."))
        return False
    return True


@require_http_methods(["GET", "HEAD", "POST"])
@merchant_required(*EDITORS)
def attribute(request: HttpRequest, attribute_id: UUID) -> HttpResponse:
    """Change labels, type and unit; the key stays, because texts and filters name it."""
    attribute = get_object_or_404(request.merchant.attributes, pk=attribute_id)
    form = AttributeForm(request.POST or None, instance=attribute)
    if request.method != "POST" or not form.is_valid():
        status = 422 if request.method == "POST" else 200
        context = {"form": form, "attribute": attribute}
        return render(request, "catalog/products/attribute.html", context, status=status)
    form.save()
    audit.record(request, "attribute.changed", attribute.name())
    messages.success(request, _("Saved “%(name)s”.") % {"name": attribute.label_en})
    return redirect("catalog:attributes", request.merchant.slug)

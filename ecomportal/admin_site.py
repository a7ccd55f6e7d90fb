"""Django's own admin in the portal's clothes, with one rule more: no shop's rows without choosing
the shop and saying why. The choice is written to that shop's audit log and ends with the session.
"""

from collections.abc import Callable
from typing import Any

import pghistory
from django import forms
from django.contrib import admin, messages
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.db import models
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils.translation import gettext_lazy as _

from ecomportal.admin_labels import label_columns
from ecomportal.tenancy import audit
from ecomportal.tenancy.context import current_merchant_id, tenant
from ecomportal.tenancy.models import Merchant

CHOSEN = "admin_merchant_id"


class ChooseShopForm(forms.Form):
    merchant = forms.ModelChoiceField(Merchant.objects.order_by("name"), label=_("Shop"))
    reason = forms.CharField(
        label=_("Why do you look into this shop?"),
        min_length=8,
        max_length=300,
        help_text=_("The shop's owner reads this in the audit log."),
    )


class PortalAdminSite(admin.AdminSite):
    site_header = _("ecomportal administration")
    site_title = _("Administration")
    index_title = _("Platform")
    enable_nav_sidebar = False

    def has_permission(self, request: HttpRequest) -> bool:
        return super().has_permission(request) and request.user.is_superuser

    def login(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        """The portal's own sign-in page, with its throttle; others learn nothing of this site."""
        if self.has_permission(request):
            return redirect("admin:index")
        if request.user.is_authenticated:
            raise PermissionDenied
        return redirect_to_login(request.GET.get("next") or reverse("admin:index"))

    def admin_view(self, view: Callable[..., Any], cacheable: bool = False) -> Callable[..., Any]:
        """Run each page inside the chosen shop, drawn before the transaction ends."""
        return super().admin_view(self._inside_shop(view), cacheable)

    def _inside_shop(self, view: Callable[..., Any]) -> Callable[..., Any]:
        def inner(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            merchant_id = request.session.get(CHOSEN)
            request.merchant = Merchant.objects.filter(pk=merchant_id).first()
            if request.merchant is None:
                return view(request, *args, **kwargs)
            with (
                tenant(request.merchant),
                pghistory.context(user=request.user.pk, source="admin"),
            ):
                response = view(request, *args, **kwargs)
                return response.render() if hasattr(response, "render") else response

        inner.__name__ = getattr(view, "__name__", "view")
        if getattr(view, "csrf_exempt", False):
            inner.csrf_exempt = True
        return inner

    def get_urls(self) -> list[Any]:
        own = [
            path("shop/", self.admin_view(self.choose_shop), name="choose-shop"),
            path("shop/leave/", self.admin_view(self.leave_shop), name="leave-shop"),
        ]
        return own + super().get_urls()

    def each_context(self, request: HttpRequest) -> dict[str, Any]:
        return {**super().each_context(request), "chosen_shop": getattr(request, "merchant", None)}

    def choose_shop(self, request: HttpRequest) -> HttpResponse:
        form = ChooseShopForm(request.POST or None)
        if request.method == "POST" and form.is_valid():
            self._choose(request, form.cleaned_data["merchant"], form.cleaned_data["reason"])
            return redirect("admin:index")
        context = {**self.each_context(request), "form": form, "title": _("Choose a shop")}
        status = 422 if form.errors else 200
        return TemplateResponse(request, "admin/choose_shop.html", context, status=status)

    def _choose(self, request: HttpRequest, merchant: Merchant, reason: str) -> None:
        request.merchant = merchant
        with tenant(merchant):
            audit.record(request, "admin.entered", merchant.name, reason=reason)
        request.session[CHOSEN] = merchant.pk
        messages.success(request, _("You see the rows of %(shop)s now.") % {"shop": merchant})

    def leave_shop(self, request: HttpRequest) -> HttpResponse:
        if request.method != "POST":
            return redirect("admin:index")
        if request.merchant is not None:
            audit.record(request, "admin.left", request.merchant.name)
        request.session.pop(CHOSEN, None)
        return redirect("admin:index")


class TenantAdmin(admin.ModelAdmin):
    """Rows of the chosen shop; without one the page asks for it."""

    list_per_page = 50
    show_full_result_count = False
    exclude = ("merchant",)
    show_facets = admin.ShowFacets.NEVER

    def __init__(self, model: type[models.Model], site: admin.AdminSite) -> None:
        super().__init__(model, site)
        # A list of ten thousand products in a select box helps nobody.
        links = [f.name for f in model._meta.fields if f.is_relation and f.name != "merchant"]
        self.raw_id_fields, self.list_select_related = links, links or False

    def get_queryset(self, request: HttpRequest) -> models.QuerySet:
        if current_merchant_id() is None:
            raise Http404
        ordering = self.get_ordering(request) or ()
        return self.model.objects.filter(merchant=request.merchant).order_by(*ordering)

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        if request.merchant is None:
            messages.info(request, _("Choose a shop first, and say why."))
            return redirect("admin:choose-shop")
        return super().changelist_view(request, extra_context)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return request.merchant is not None and super().has_add_permission(request)

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        """What the database works out is not for typing."""
        generated = [f.name for f in self.model._meta.fields if getattr(f, "generated", False)]
        return [*super().get_readonly_fields(request, obj), *generated]

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        obj.merchant = request.merchant
        super().save_model(request, obj, form, change)
        action = "admin.changed" if change else "admin.added"
        audit.record(request, action, f"{obj._meta.label} {obj}", fields=form.changed_data)

    def delete_model(self, request: HttpRequest, obj: Any) -> None:
        audit.record(request, "admin.deleted", f"{obj._meta.label} {obj}")
        super().delete_model(request, obj)

    def delete_queryset(self, request: HttpRequest, queryset: models.QuerySet) -> None:
        names = [str(obj) for obj in queryset[:50]]
        label = queryset.model._meta.label
        audit.record(request, "admin.deleted", label, rows=names, n=queryset.count())
        super().delete_queryset(request, queryset)


class ReadOnlyAdmin(TenantAdmin):
    """What happened is looked at, never edited."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


def register(
    model: type[models.Model], base: type[TenantAdmin] = TenantAdmin, **options: Any
) -> None:
    """Register a tenant table with its columns, search and filters."""
    label_columns(model)
    admin.site.register(model, type(f"{model.__name__}Admin", (base,), options))

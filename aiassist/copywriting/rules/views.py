"""The rules' pages: what each would draft now, on and off, change, run, remove."""

from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _g
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST

from aiassist.copywriting.models import KINDS
from aiassist.copywriting.rules.models import DraftRule
from aiassist.copywriting.rules.run import left_today, matching, run_rule
from ecomportal.tenancy import audit
from ecomportal.tenancy.access import EDITORS, merchant_required
from ecomportal.web.counting import n_up_to

COUNTED = 10_000  # products; above, the page says "more than"
RULES_MAX = 20


class RuleForm(forms.ModelForm):
    # Made by hand: a field of the model would read the categories before a shop is known.
    category = forms.ModelChoiceField(None, label=_("Category"), required=False)
    languages = forms.MultipleChoiceField(
        label=_("Languages"),
        choices=[("en", "English"), ("zh", "简体中文")],
        widget=forms.CheckboxSelectMultiple,
    )
    fields = forms.MultipleChoiceField(
        label=_("Texts"), choices=KINDS, widget=forms.CheckboxSelectMultiple
    )

    class Meta:
        model = DraftRule
        fields = [
            *("name", "product_type", "min_facts", "daily_limit"),
            *("languages", "fields", "tone"),
        ]

    field_order = ["name", "category"]

    def __init__(self, merchant: Any, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["category"].queryset = merchant.categories.order_by("path")
        self.fields["category"].empty_label = _g("Every category")
        self.initial.setdefault("category", self.instance.category_id)
        self.fields["product_type"].help_text = _g("Empty: every type.")

    def clean(self) -> dict[str, Any]:
        sent = super().clean()
        self.instance.category = sent.get("category")
        return sent


NEW = {"languages": ["en", "zh"], "fields": ["description"], "min_facts": 4, "daily_limit": 200}


@require_http_methods(["GET", "HEAD", "POST"])
@merchant_required()
def rules(request: HttpRequest) -> HttpResponse:
    """The list; POST makes a rule."""
    if request.method != "POST":
        return _page(request, RuleForm(request.merchant, initial=NEW))
    if request.role not in EDITORS:
        raise PermissionDenied
    form = RuleForm(request.merchant, request.POST)
    if form.is_valid() and request.merchant.draft_rules.count() >= RULES_MAX:
        form.add_error(None, _g("A shop has at most %(n)s rules.") % {"n": RULES_MAX})
    if not form.is_valid():
        return _page(request, form, status=422)
    form.instance.merchant, form.instance.created_by = request.merchant, request.user
    rule = form.save()
    audit.record(request, "rule.added", rule.name, rule=str(rule.pk), **_told(rule))
    messages.success(request, _g("The rule is on. It looks for products every five minutes."))
    return redirect("aiassist:rules", request.merchant.slug)


@require_http_methods(["GET", "HEAD", "POST"])
@merchant_required()
def rule(request: HttpRequest, rule_id: UUID) -> HttpResponse:
    row = get_object_or_404(request.merchant.draft_rules, pk=rule_id)
    if request.method != "POST":
        return _page(request, RuleForm(request.merchant, instance=row), editing=row)
    if request.role not in EDITORS:
        raise PermissionDenied
    form = RuleForm(request.merchant, request.POST, instance=row)
    if not form.is_valid():
        return _page(request, form, editing=row, status=422)
    form.save()
    audit.record(request, "rule.changed", row.name, rule=str(row.pk), **_told(row))
    messages.success(request, _g("Saved."))
    return redirect("aiassist:rules", request.merchant.slug)


def _told(row: DraftRule) -> dict[str, Any]:
    return {
        "facts": row.min_facts, "limit": row.daily_limit, "languages": row.languages,
        "fields": [str(dict(KINDS)[field]) for field in row.fields],
    }  # fmt: skip


@require_POST
@merchant_required(*EDITORS)
def rule_switch(request: HttpRequest, rule_id: UUID) -> HttpResponse:
    row = get_object_or_404(request.merchant.draft_rules, pk=rule_id)
    row.is_on = not row.is_on
    row.save(update_fields=["is_on"])
    audit.record(request, "rule.on" if row.is_on else "rule.off", row.name, rule=str(row.pk))
    return redirect("aiassist:rules", request.merchant.slug)


@require_POST
@merchant_required(*EDITORS)
def rules_off(request: HttpRequest) -> HttpResponse:
    """One switch for all: nothing is drafted by itself any more."""
    n = request.merchant.draft_rules.filter(is_on=True).update(is_on=False)
    audit.record(request, "rule.all_off", request.merchant.name, n=n)
    words = ngettext("%(n)s rule switched off.", "%(n)s rules switched off.", n) % {"n": n}
    messages.success(request, words)
    return redirect("aiassist:rules", request.merchant.slug)


@require_POST
@merchant_required(*EDITORS)
def rule_remove(request: HttpRequest, rule_id: UUID) -> HttpResponse:
    row = get_object_or_404(request.merchant.draft_rules, pk=rule_id)
    audit.record(request, "rule.removed", row.name, rule=str(row.pk), **_told(row))
    row.delete()
    messages.success(request, _g("Removed. What it drafted stays."))
    return redirect("aiassist:rules", request.merchant.slug)


@require_POST
@merchant_required(*EDITORS)
def rule_run(request: HttpRequest, rule_id: UUID) -> HttpResponse:
    """Draft now what the rule finds, within its day's limit."""
    rows = request.merchant.draft_rules.select_for_update(of=("self",))
    row = get_object_or_404(rows.select_related("category"), pk=rule_id)
    n = run_rule(request.merchant, row, request.user)
    if n:
        audit.record(request, "rule.ran", row.name, rule=str(row.pk), n=n)
        words = ngettext(
            "%(n)s product is being drafted.", "%(n)s products are being drafted.", n
        ) % {"n": n}
        messages.success(request, words)
    else:
        messages.info(request, _g("It finds no product now, or its day is used up."))
    return redirect("aiassist:rules", request.merchant.slug)


@require_POST
@merchant_required(*EDITORS)
def rule_count(request: HttpRequest) -> HttpResponse:
    """How many products a rule would draft, before it is saved; nothing is written."""
    sent = request.POST.copy()
    sent["name"] = sent.get("name", "").strip() or "-"  # what it is called changes no count
    form = RuleForm(request.merchant, sent)
    if not form.is_valid():
        return render(request, "aiassist/copywriting/_rule_count.html", {"form": form}, status=422)
    context = _count(request.merchant, form.save(commit=False))
    return render(request, "aiassist/copywriting/_rule_count.html", context)


def _count(merchant: Any, row: DraftRule) -> dict[str, Any]:
    found = type(merchant).objects.filter(pk=merchant.pk).order_by()
    n = found.values(n=n_up_to(matching(merchant, row), COUNTED)).get()["n"]
    return {
        "n": min(n, COUNTED),
        "has_more": n > COUNTED,
        "n_today": min(n, left_today(row)),
    }


def _page(
    request: HttpRequest, form: RuleForm, *, editing: DraftRule | None = None, status: int = 200
) -> HttpResponse:
    rows = request.merchant.draft_rules.select_related("category").order_by("created_at")
    context = {
        "rows": [{"rule": row, **_count(request.merchant, row), **_shown(row)} for row in rows],
        "form": form,
        "editing": editing,
        "may_edit": request.role in EDITORS,
        "n_on": sum(row.is_on for row in rows),
    }
    return render(request, "aiassist/copywriting/rules.html", context, status=status)


def _shown(row: DraftRule) -> dict[str, Any]:
    names = dict(KINDS)
    return {
        "texts": [names[field] for field in row.fields if field in names],
        "used": row.daily_limit - left_today(row),
    }

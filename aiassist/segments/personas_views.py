"""The page of personas: who buys alike, beside how lately and how often they buy."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import get_language, gettext_lazy, ngettext
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from aiassist.profiles.models import Persona, RfmGroup
from aiassist.registry.models import ModelKind, ModelState, ModelVersion
from aiassist.segments.groups import MEANING
from ecomportal.jobs.models import LIVE
from ecomportal.tenancy import audit
from ecomportal.tenancy.access import EDITORS, merchant_required
from ecomportal.tenancy.models import Merchant

VERSIONS_SHOWN, FORMER_SHOWN = 12, 12
STEPS = 5  # shades of the grid


class NameForm(forms.Form):
    """`persona` is whose name it is; no two that are in use have the same."""

    name = forms.CharField(label=gettext_lazy("Name"), max_length=120)

    def __init__(self, *args: Any, persona: Persona, **kwargs: Any) -> None:
        super().__init__(*args, auto_id=f"name-{persona.number}-%s", **kwargs)
        self.persona = persona

    def clean_name(self) -> str:
        name = " ".join(self.cleaned_data["name"].split())
        if "'" in name:
            raise forms.ValidationError(_("A name has no ' in it: rules put it between two."))
        others = Persona.objects.filter(merchant=self.persona.merchant_id, is_current=True)
        if others.filter(name__iexact=name).exclude(pk=self.persona.pk).exists():
            raise forms.ValidationError(_("Another persona has this name."))
        return name


@require_safe
@merchant_required()
def personas(request: HttpRequest) -> HttpResponse:
    return _page(request)


@require_POST
@merchant_required(*EDITORS)
def persona_name(request: HttpRequest, number: int) -> HttpResponse:
    """Confirm the suggested name, or give another."""
    row = get_object_or_404(request.merchant.personas.filter(is_current=True), number=number)
    form = NameForm(request.POST, persona=row)
    if not form.is_valid():
        return _page(request, status=422, wrong=form)
    former, row.name, row.is_name_confirmed = row.name, form.cleaned_data["name"], True
    row.save(update_fields=["name", "is_name_confirmed"])
    audit.record(request, "persona.named", row.name, former=former)
    messages.success(request, _("The persona is called “%(name)s”.") % {"name": row.name})
    _warn_of_rules(request, former, row.name)
    return redirect("aiassist:personas", request.merchant.slug)


def _warn_of_rules(request: HttpRequest, former: str, name: str) -> None:
    """Rules that say the old name find nobody from now on."""
    if former == name:
        return
    rows = request.merchant.segments.filter(deleted_at=None, is_static=False)
    users = list(rows.filter(rule__icontains="persona", rule__contains=f"'{former}'"))
    if users:
        text = ngettext(
            "%(n)s segment asks for “%(former)s” and finds nobody under this name: %(names)s",
            "%(n)s segments ask for “%(former)s” and find nobody under this name: %(names)s",
            len(users),
        )
        names = ", ".join(one.name for one in users)
        messages.warning(request, text % {"n": len(users), "former": former, "names": names})


# --- What the page shows -----------------------------------------------------------------------


def _page(
    request: HttpRequest, *, status: int = 200, wrong: NameForm | None = None
) -> HttpResponse:
    merchant = request.merchant
    rows = list(merchant.personas.order_by("-is_current", "-n_members", "number")[:64])
    current = [row for row in rows if row.is_current]
    former = sorted((r for r in rows if not r.is_current and r.facts), key=lambda r: r.refreshed_at)
    versions = list(
        merchant.model_versions.filter(kind=ModelKind.PERSONAS)
        .exclude(state=ModelState.CANDIDATE)
        .order_by("-n")[:VERSIONS_SHOWN]
    )
    serving = next((one for one in versions if one.state == ModelState.SERVING), None)
    context = {
        "personas": [_shown(row, current, wrong) for row in current],
        "grid": _grid(serving, current),
        "serving": serving,
        "refusal": versions[0] if versions and versions[0].state == ModelState.REFUSED else None,
        "versions": [_version(one) for one in versions],
        "former": former[::-1][:FORMER_SHOWN],
        "is_first": sum(one.state != ModelState.REFUSED for one in versions) < 2,
        "job": _live_job(merchant),
        "has_customers": bool(current) or merchant.customers.exists(),
        "may_edit": request.role in EDITORS,
    }
    return render(request, "aiassist/segments/personas.html", context, status=status)


def _live_job(merchant: Merchant) -> Any:
    return merchant.jobs.filter(kind="build_segments", status__in=LIVE).first()


def _shown(row: Persona, current: Sequence[Persona], wrong: NameForm | None) -> dict[str, Any]:
    language = "zh" if (get_language() or "").startswith("zh") else "en"
    total = sum(one.n_members for one in current) or 1
    is_wrong = wrong is not None and wrong.persona.pk == row.pk
    return {
        "row": row,
        "lines": [
            {"text": line[language], "kind": line["kind"], "numbers": line["numbers"]}
            for line in row.facts
        ],
        "share": row.n_members / total,
        "form": wrong if is_wrong else NameForm(initial={"name": row.name}, persona=row),
        "is_wrong": is_wrong,
    }


def _grid(version: ModelVersion | None, current: Sequence[Persona]) -> dict[str, Any] | None:
    """RFM groups as rows, personas as columns; each cell's shade is its share of its persona."""
    if version is None or not current:
        return None
    counted = {(group, number): n for group, number, n in version.metrics.get("grid", [])}
    columns = [(one, sum(n for (_g, no), n in counted.items() if no == one.number))
               for one in current]  # fmt: skip
    rows = [
        {
            "group": group,
            "meaning": MEANING[group],
            "cells": [_cell(one, group, counted, total) for one, total in columns],
        }
        for group in RfmGroup
    ]
    return {"columns": current, "rows": [r for r in rows if any(c["n"] for c in r["cells"])]}


def _cell(
    persona: Persona, group: str, counted: dict[tuple[str, int], int], total: int
) -> dict[str, Any]:
    n = counted.get((group, persona.number), 0)
    share = n / total if total else 0.0
    step = 0 if not n else min(STEPS, 1 + int(share * 10))
    return {"persona": persona, "n": n, "share": share, "step": step}


def _version(version: ModelVersion) -> dict[str, Any]:
    is_new = version.config.get("is_new", [])
    return {
        "version": version,
        "n_new": sum(is_new),
        "n_kept": len(is_new) - sum(is_new),
        "share_kept": version.metrics.get("share_kept"),
        "ari": version.metrics.get("ari"),
        "k": version.metrics.get("k"),
    }

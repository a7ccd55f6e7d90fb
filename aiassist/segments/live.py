"""Who a rule finds while it is being written, and why a customer is in or out."""

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from aiassist.segments.builder_state import State, from_form
from aiassist.segments.language import (
    RuleError,
    RuleTooSlow,
    clause_counts,
    customers_matching,
    describe,
    explain,
    live_count,
    parse,
    some_matching,
    suggest,
    warnings,
)
from aiassist.segments.limits import RULE_MAX
from aiassist.segments.page import frame, with_others
from ecomportal.tenancy.access import EDITORS, merchant_required
from ecomportal.tenancy.models import Merchant

SAMPLE = 20


@require_POST
@merchant_required(*EDITORS)
def count(request: HttpRequest) -> HttpResponse:
    """How many the rule finds now, exactly or from a sample with its interval."""
    state = from_form(request.POST, _language())
    context = {"state": state, "is_live": True, **found(request.merchant, state)}
    return render(request, "aiassist/segments/_live.html", context)


@require_POST
@merchant_required(*EDITORS)
def sample(request: HttpRequest) -> HttpResponse:
    """How many each condition leaves, and twenty of those found."""
    state = from_form(request.POST, _language())
    context = {"state": state, **more(request.merchant, state)}
    return render(request, "aiassist/segments/_more.html", context)


@require_POST
@merchant_required(*EDITORS)
def suggestions(request: HttpRequest) -> HttpResponse:
    """What could stand where the caret is."""
    text = request.POST.get("rule", "")[:RULE_MAX]
    caret = request.POST.get("caret", "")
    place = min(int(caret), len(text)) if caret.isdecimal() and len(caret) < 9 else len(text)
    context = {"suggestions": suggest(text, place, request.merchant)}
    return render(request, "aiassist/segments/_suggestions.html", context)


def _language() -> str:
    return "zh" if (get_language() or "").startswith("zh") else "en"


def found(merchant: Merchant, state: State) -> dict[str, Any]:
    """The count and what the rule means; nothing where it says no rule yet."""
    if state.rule is None:
        return {}
    context: dict[str, Any] = {"words": describe(state.rule, currency=merchant.currency)}
    try:
        context["count"] = live_count(merchant, state.rule)
        context["warnings"] = warnings(merchant, state.rule)
    except RuleTooSlow:
        context["is_slow"] = True
    except RuleError as error:  # it names a segment that is not there
        state.error = error
    return context


def more(merchant: Merchant, state: State) -> dict[str, Any]:
    if state.rule is None or state.error:
        return {}
    try:
        counts = clause_counts(merchant, state.rule)
        people = some_matching(merchant, state.rule, most=SAMPLE)
        return {"funnel": funnel(counts), "people": people}
    except RuleTooSlow:
        return {"is_slow": True}
    except RuleError as error:
        state.error = error
        return {}


def funnel(counts: list[tuple[Any, int]]) -> list[tuple[Any, int, float]]:
    """Each condition with how many are left and their share of the first."""
    top = max((n for _text, n in counts), default=0) or 1
    return [(text, n, n / top) for text, n in counts]


@require_safe
@merchant_required()
def why(request: HttpRequest, segment_id: UUID) -> HttpResponse:
    """Each condition of a segment's rule beside what a customer has."""
    row, others = with_others(request, segment_id)
    number = request.GET.get("customer", "").replace("\0", "").strip()[:120]
    customers = request.merchant.customers.select_related("profile")
    customer = customers.filter(external_id=number).first() if number else None
    context = {**frame(request, row, others), "number": number, "customer": customer}
    if customer:
        context |= _explained(row, customer)
    status = 404 if number and customer is None else 200
    return render(request, "aiassist/segments/why.html", context, status=status)


def _explained(row: Any, customer: Any) -> dict[str, Any]:
    member = row.members.filter(customer=customer).first()
    context: dict[str, Any] = {"member": member}
    try:
        rule = parse(row.rule)
        context["clauses"] = explain(rule, customer)
        fits = customers_matching(row.merchant, rule).filter(pk=customer.pk).exists()
        context["fits"] = fits
        context["is_old"] = not row.is_static and fits != bool(member)
    except RuleError as error:
        context["problem"] = error.message
    except RuleTooSlow:
        context["problem"] = _("The rule takes too long to ask for one customer.")
    return context

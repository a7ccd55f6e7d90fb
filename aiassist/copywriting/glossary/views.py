"""The glossary's page: look, add, change, remove, import, export, take back."""

from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Q
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _g
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from aiassist.copywriting.glossary import edits
from aiassist.copywriting.glossary.edits import GlossaryError, Typed
from aiassist.copywriting.glossary.models import GlossaryTerm, TermKind
from aiassist.copywriting.glossary.table import TableError, read_table, write_table
from ecomportal.said import Said, said, said_n
from ecomportal.tenancy import audit
from ecomportal.tenancy.access import EDITORS, merchant_required

SHOWN = 300
EDITS_SHOWN = 10


class TermForm(forms.ModelForm):
    class Meta:
        model = GlossaryTerm
        fields = ["kind", "en", "zh", "note"]

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["en"].required = self.fields["zh"].required = False

    def clean(self) -> dict[str, Any]:
        sent = super().clean()
        for name in ("en", "zh"):
            sent[name] = " ".join(sent.get(name, "").split())
        if not sent["en"] and not sent["zh"]:
            raise forms.ValidationError(_("Write the term in at least one language."))
        if sent.get("kind") == TermKind.TERM and not (sent["en"] and sent["zh"]):
            raise forms.ValidationError(_("A term needs both languages."))
        return sent

    def typed(self, term_id: UUID | None = None) -> Typed:
        sent = self.cleaned_data
        return Typed(sent["kind"], sent["en"], sent["zh"], sent["note"], term_id)


@require_http_methods(["GET", "HEAD", "POST"])
@merchant_required()
def glossary(request: HttpRequest) -> HttpResponse:
    """The list; POST adds a term."""
    if request.method != "POST":
        return _page(request)
    if request.role not in EDITORS:
        raise PermissionDenied
    form = TermForm(request.POST)
    if not form.is_valid():
        return _page(request, form=form)
    typed = form.typed()
    title = said("Term %(term)s", term=typed.en or typed.zh)
    return _written(request, title, form=form, terms=[typed])


@require_POST
@merchant_required(*EDITORS)
def term_save(request: HttpRequest, term_id: UUID) -> HttpResponse:
    row = get_object_or_404(request.merchant.glossary_terms, pk=term_id)
    form = TermForm(request.POST)
    if not form.is_valid():
        return _page(request, form=form, editing=row.pk)
    title = said("Term %(term)s", term=row.en)
    return _written(request, title, form=form, editing=row.pk, terms=[form.typed(row.pk)])


@require_POST
@merchant_required(*EDITORS)
def term_remove(request: HttpRequest, term_id: UUID) -> HttpResponse:
    row = get_object_or_404(request.merchant.glossary_terms, pk=term_id)
    title = said("Term %(term)s removed", term=row.en)
    return _written(request, title, removed=[row.pk])


@require_POST
@merchant_required(*EDITORS)
def import_terms(request: HttpRequest) -> HttpResponse:
    """Terms of a file; one that is there already by its English is replaced."""
    sent = request.FILES.get("file")
    try:
        if sent is None:
            raise TableError(_g("Choose a file first."))
        terms = read_table(sent.read(1 << 21))
    except TableError as refusal:
        return _page(request, error=str(refusal))
    title = said_n("%(n)s term imported", "%(n)s terms imported", len(terms))
    return _written(request, title, terms=terms)


def _written(
    request: HttpRequest,
    title: Said,
    *,
    form: TermForm | None = None,
    editing: UUID | None = None,
    **what: Any,
) -> HttpResponse:
    try:
        with transaction.atomic():
            edit = edits.write(request.merchant, request.user, title, **what)
    except GlossaryError as refusal:
        return _page(request, form=form, editing=editing, error=str(refusal))
    audit.record(request, "glossary.changed", edit.title, edit=str(edit.pk), n=len(edit.after))
    n = len(edit.after)
    words = ngettext("Saved %(n)s term.", "Saved %(n)s terms.", n) % {"n": n}
    messages.success(request, _g("Removed.") if what.get("removed") else words)
    return redirect("aiassist:glossary", request.merchant.slug)


@require_POST
@merchant_required(*EDITORS)
def edit_undo(request: HttpRequest, edit_id: UUID) -> HttpResponse:
    row = get_object_or_404(request.merchant.glossary_edits, pk=edit_id)
    try:
        with transaction.atomic():
            edits.undo(request.merchant, row.pk)
    except GlossaryError as refusal:
        return _page(request, error=str(refusal), status=409)
    audit.record(request, "glossary.undone", row.title, edit=str(row.pk))
    messages.success(request, _g("Taken back."))
    return redirect("aiassist:glossary", request.merchant.slug)


@require_safe
@merchant_required()
def export_terms(request: HttpRequest) -> HttpResponse:
    terms = list(request.merchant.glossary_terms.order_by("en"))
    answer = StreamingHttpResponse(write_table(terms), content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = 'attachment; filename="glossary.csv"'
    return answer


def _page(
    request: HttpRequest,
    *,
    form: TermForm | None = None,
    editing: UUID | None = None,
    error: str = "",
    status: int = 0,
) -> HttpResponse:
    """`form` is what was typed and refused: the new term's, or that of the term `editing`."""
    wanted = request.GET.get("q", "").strip()[:80]
    terms = request.merchant.glossary_terms.order_by("en")
    if wanted:
        terms = terms.filter(Q(en__icontains=wanted) | Q(zh__icontains=wanted))
    rows = list(terms[: SHOWN + 1])
    may_edit = request.role in EDITORS
    is_new = form is not None and editing is None
    context = {
        "rows": [
            {
                "term": row,
                "form": form if row.pk == editing else _form_of(row),
                "is_open": row.pk == editing,
            }
            for row in rows[:SHOWN]
        ],
        "has_more": len(rows) > SHOWN,
        "q": wanted,
        "form": form if is_new else TermForm(),
        "edits": request.merchant.glossary_edits.select_related("created_by").order_by(
            "-created_at"
        )[:EDITS_SHOWN],
        "error": error,
        "may_edit": may_edit,
    }
    refused = bool(error or form)
    status = status or (422 if refused else 200)
    return render(request, "aiassist/copywriting/glossary.html", context, status=status)


def _form_of(row: GlossaryTerm) -> TermForm:
    return TermForm(instance=row, auto_id=f"id_{row.pk}_%s")

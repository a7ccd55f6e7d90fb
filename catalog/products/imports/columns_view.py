"""The second step of an import: what each column feeds, and the mappings a shop keeps."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from catalog.products.imports import report, saved, store
from catalog.products.imports.acts import start_compare
from catalog.products.imports.detect import ANY, detect, dialect_of, name_of, nearest
from catalog.products.imports.fields import EXTRA, FIELDS, LEFT_OUT
from catalog.products.imports.forms import MappingForm, NameForm, ReadingForm
from catalog.products.imports.frame import frame, run_of
from catalog.products.imports.models import ImportRun, ImportState
from catalog.products.imports.problems import Refused
from ecomportal.tenancy import audit
from ecomportal.tenancy.access import EDITORS, merchant_required

OPEN = (ImportState.UPLOADED, ImportState.READY, ImportState.FAILED)
LOOKED_AT = 20  # rows among which an example of each column is looked for


@merchant_required(*EDITORS)
def mapping(request: HttpRequest, run_id: UUID) -> HttpResponse:
    run = run_of(request, run_id)
    if run.state not in OPEN:
        return redirect("catalog:import", request.merchant.slug, run.pk)
    if request.method != "POST":
        return _mapping_page(request, run, MappingForm(run))
    form = MappingForm(run, request.POST)
    if not form.is_valid():
        return _mapping_page(request, run, form, status=422)
    run.mapping = form.mapping()
    if "levels" in form.cleaned_data:
        run.reading["levels"] = form.cleaned_data["levels"]
    _remember(request, run, form)
    run.save(update_fields=["mapping", "reading"])
    return start_compare(request, run)


def _remember(request: HttpRequest, run: ImportRun, form: MappingForm) -> None:
    """Keep the mapping for the next file, where it says more than our own reading would."""
    is_own = run.dialect != ANY.name and run.mapping == detect(run.header).mapping
    if not form.cleaned_data["remember"] or is_own:
        return
    name = form.cleaned_data["name"] or run.name[:120]
    saved.keep(run, name, request.user)
    run.reading["saved"] = name
    audit.record(request, "import.mapping_saved", name, run=str(run.pk))


def _mapping_page(
    request: HttpRequest,
    run: ImportRun,
    form: MappingForm,
    *,
    reading: ReadingForm | None = None,
    status: int = 200,
) -> HttpResponse:
    first = _first_values(run)
    columns = [
        _column(run, form[f"column_{at}"], name, first.get(name, ""))
        for at, name in enumerate(run.header)
    ]
    # What a person should decide stands first; what is recognised can be looked at below.
    unsure = [c for c in columns if c["is_unknown"] or c["is_guessed"]]
    context = {
        **frame(run),
        "step": 2,
        "form": form,
        "reading": reading or ReadingForm(run),
        "can_read_again": run.kind != "xml" and "only" not in run.reading,
        "unsure": unsure,
        "known": [c for c in columns if c not in unsure],
        "n_fields": sum(target in FIELDS for target in run.mapping.values()),
    }
    return render(request, "catalog/imports/mapping.html", context, status=status)


def _first_values(run: ImportRun) -> dict[str, str]:
    """The first value of each column in the first lines of the file, to recognise it by."""
    found: dict[str, str] = {}
    try:
        for n, line in enumerate(store.lines_of(run)):
            for name, cell in zip(run.header, line.cells, strict=False):
                if cell.strip():
                    found.setdefault(name, report.value_text("", cell.strip(), ""))
            if n == LOOKED_AT:
                break
    except Refused:
        return found  # the comparison says what is wrong with the file
    return found


def _column(run: ImportRun, field: Any, name: str, example: str) -> dict[str, Any]:
    is_unknown = name in _unknown(run)
    near = nearest(dialect_of(run.dialect), name) if is_unknown else ""
    return {
        "name": name,
        "field": field,
        "example": example,
        "is_unknown": is_unknown,
        "is_guessed": name in run.reading.get("guessed", []),
        "suggestion": FIELDS.get(near, ""),
        "target": run.mapping.get(name, LEFT_OUT),
    }


def _unknown(run: ImportRun) -> list[str]:
    if "unknown" in run.reading:
        return run.reading["unknown"]
    told = next((w["names"] for w in run.warnings if w["code"] == "unknown_columns"), "")
    return told.split(", ")


@require_POST
@merchant_required(*EDITORS)
def reading(request: HttpRequest, run_id: UUID) -> HttpResponse:
    """Read the file again, from another sheet or with another idea of its first row."""
    run = run_of(request, run_id)
    if run.state not in OPEN or "only" in run.reading:
        return redirect("catalog:import", request.merchant.slug, run.pk)
    form = ReadingForm(run, request.POST)
    if form.is_valid():
        try:
            _read_again(run, form)
        except Refused as refused:
            form.add_error(None, str(refused))
        else:
            return redirect("catalog:import-mapping", request.merchant.slug, run.pk)
    run.refresh_from_db(fields=["mapping", "reading", "header", "dialect"])
    return _mapping_page(request, run, MappingForm(run), reading=form, status=422)


def _read_again(run: ImportRun, form: ReadingForm) -> None:
    if not store.file_of(run).exists():
        raise Refused("file_gone")
    store.describe(
        run,
        sheet=form.cleaned_data.get("sheet") or run.reading.get("sheet", ""),
        has_header=form.cleaned_data["has_header"] == "yes",
    )
    run.state = ImportState.UPLOADED
    run.rows.all().delete()  # an earlier dry run was of another table
    run.save()


# --- The mappings a shop keeps ---------------------------------------------------------------


@require_safe
@merchant_required(*EDITORS)
def mappings(request: HttpRequest) -> HttpResponse:
    return _mappings_page(request)


def _mappings_page(
    request: HttpRequest, *, form: NameForm | None = None, status: int = 200
) -> HttpResponse:
    rows = list(request.merchant.saved_mappings.select_related("created_by")[:200])
    for row in rows:
        row.dialect_name = name_of(row.dialect)
        row.n_columns = len(row.header)
        targets = row.mapping.values()
        row.n_mapped = sum(target not in (EXTRA, LEFT_OUT) for target in targets)
        is_asked = form is not None and form.instance.pk == row.pk
        row.form = form if is_asked else NameForm(instance=row, auto_id=f"{row.pk}-%s")
    context = {"mappings": rows}
    return render(request, "catalog/imports/mappings.html", context, status=status)


@require_POST
@merchant_required(*EDITORS)
def mapping_rename(request: HttpRequest, mapping_id: UUID) -> HttpResponse:
    row = get_object_or_404(request.merchant.saved_mappings, pk=mapping_id)
    form = NameForm(request.POST, instance=row, auto_id=f"{row.pk}-%s")
    if not form.is_valid():
        return _mappings_page(request, form=form, status=422)
    form.save()
    audit.record(request, "import.mapping_renamed", row.name)
    messages.success(request, _("The mapping is called “%(name)s” now.") % {"name": row.name})
    return redirect("catalog:import-mappings", request.merchant.slug)


@require_POST
@merchant_required(*EDITORS)
def mapping_delete(request: HttpRequest, mapping_id: UUID) -> HttpResponse:
    row = get_object_or_404(request.merchant.saved_mappings, pk=mapping_id)
    row.delete()
    audit.record(request, "import.mapping_deleted", row.name)
    text = _("The mapping “%(name)s” is deleted. Files with these columns are read anew.")
    messages.success(request, text % {"name": row.name})
    return redirect("catalog:import-mappings", request.merchant.slug)

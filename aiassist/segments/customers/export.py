"""The customers a list shows, as CSV: PostgreSQL writes the lines, the job passes them on."""

from pathlib import Path
from typing import Any, NamedTuple

from babel.numbers import get_currency_precision
from django.db import connection
from django.db.models import F, Func, TextField, Value
from django.db.models.functions import Cast, Coalesce
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST, require_safe

from aiassist import tasks
from aiassist.segments.customers.columns import COLUMNS, names_of, ordered, sort_of
from aiassist.segments.customers.erase import LONG
from aiassist.segments.customers.everything import file_of, link_of, offer
from aiassist.segments.customers.files import new_file, path_of
from aiassist.segments.customers.filters import CustomerFilters
from aiassist.segments.customers.models import CustomerFile
from catalog.products.exports.copied import copied
from ecomportal.jobs.run import Run
from ecomportal.jobs.start import start_job
from ecomportal.said import said, said_n
from ecomportal.tenancy import audit
from ecomportal.tenancy.access import EDITORS, REVIEWERS, merchant_required
from ecomportal.tenancy.models import Merchant

BOM = "\ufeff"  # spreadsheets take a file without it for another encoding
CHECKED = 20_000  # lines after which the job looks whether it is to stop
P = "profile__"
DAYS = {"last": ("last_order_on", f"{P}last_order_at"), "created": ("since", "created_at")}
PLAIN = {"next": "next_order_on", "churn": "churn_probability", "chats": "unresolved_chats",
         "marketing": "accepts_marketing"}  # fmt: skip
MONEY = {
    "spent": {"spent": f"{P}spent_cents"},
    "average": {"average_order": f"{P}average_cents"},
    "value": {
        "value_365_days": f"{P}clv_cents",
        "value_low": f"{P}clv_low_cents",
        "value_high": f"{P}clv_high_cents",
    },
}


@require_POST
@merchant_required(*REVIEWERS)
def customers_export(request: HttpRequest) -> HttpResponse:
    """Start the job that writes exactly the list that was looked at."""
    filters = CustomerFilters(request.POST.get("query", ""), request.merchant)
    query = filters.query()
    file = CustomerFile.objects.create(
        merchant=request.merchant, kind=CustomerFile.Kind.LIST, query=query[:1000],
        created_by=request.user,
    )  # fmt: skip
    job = start_job(
        tasks.export_customers,
        request.merchant,
        request.user,
        title=said("Export customers"),
        params={
            "file": str(file.pk),
            "query": query,
            "sort": sort_of(request.POST, is_of_new=filters.is_of_new),
            "cols": names_of(request.POST, ""),
        },
    )
    request.merchant.customer_files.filter(pk=file.pk).update(job=job)
    audit.record(request, "customers.exported", "", job=str(job.pk))
    return redirect("job", request.merchant.slug, job.pk)


@require_safe
@merchant_required(*REVIEWERS)
def customer_file(request: HttpRequest, file_id: Any) -> HttpResponse:
    """The file, until it expires; all about one customer is for those who may edit."""
    file = get_object_or_404(request.merchant.customer_files, pk=file_id)
    is_open = file.kind == CustomerFile.Kind.LIST or request.role in EDITORS
    if not (is_open and file.is_offered and path_of(file).exists()):
        raise Http404("No such file.")
    path = path_of(file)
    name = f"{request.merchant.slug}-customers-{timezone.localdate():%Y-%m-%d}{path.suffix}"
    audit.record(request, "customers.file_fetched", file.get_kind_display())
    response = FileResponse(path.open("rb"), as_attachment=True, filename=name)
    response["Cache-Control"] = "no-store"
    return response


def export_customers(run: Run) -> None:
    """The job."""
    file, merchant = file_of(run), run.merchant
    run.phase(_("Writing"))
    with new_file(run, file, ".csv") as (part, path):
        with run.tenant(), timezone.override(merchant.timezone):
            n = _write(run, part, table_of(run.params, merchant))
        offer(run, file, part, path, n_rows=n)
    text = said_n("%(n)s customer written", "%(n)s customers written", n)
    run.result({"text": text, **link_of(run, file)})


def _write(run: Run, part: Path, table: "Table") -> int:
    n = 0
    with connection.cursor() as cursor:
        cursor.execute(LONG)
    with part.open("wb") as out, copied(f"COPY ({table.sql}) TO STDOUT (FORMAT csv)") as lines:
        out.write((BOM + ",".join(table.header) + "\r\n").encode())
        for n, line in enumerate(lines, start=1):
            out.write(line)
            if n % CHECKED == 0:
                run.check()
    return n


class Table(NamedTuple):
    header: list[str]
    sql: str


def table_of(params: dict[str, Any], merchant: Merchant) -> Table:
    """The list as one statement with the names of its columns in the file."""
    filters = CustomerFilters(params["query"], merchant)
    found, names = ordered(filters.apply(merchant.customers.all()), params["sort"])
    columns = names_of(QueryDict(f"cols={','.join(params['cols'])}"), "")
    cells = [("number", _guarded(F("external_id"))), ("name", _guarded(F("name")))]
    for name in columns:
        cells += _cells(name, merchant)
    shown = {f"cell_{n}": cell for n, (_title, cell) in enumerate(cells)}
    sql, values = found.order_by(*names).values(**shown).query.sql_with_params()
    with connection.cursor() as cursor:
        return Table([title for title, _cell in cells], cursor.mogrify(sql, values))


def _cells(name: str, merchant: Merchant) -> list[tuple[str, Any]]:
    """Columns of the file for one of the list: name and value."""
    if name in MONEY:
        unit = get_currency_precision(merchant.currency)
        return [(title, _amount(column, unit)) for title, column in MONEY[name].items()]
    if name in DAYS:
        return [(DAYS[name][0], _day(DAYS[name][1], merchant.timezone))]
    if name == "rfm":
        return [(f"{letter}_score", F(f"{P}{letter}_score")) for letter in "rfm"]
    if name == "persona":
        return [("persona", _guarded(F(f"{P}persona__name")))]
    if name == "tags":
        joined = Func(F("tags"), Value(", "), function="array_to_string", output_field=TextField())
        return [("tags", _guarded(joined))]
    return [(PLAIN.get(name, name), F(COLUMNS[name].fields[0]))]


def _amount(column: str, unit: int) -> Func:
    whole = f"(%(expressions)s / {10**unit}.0)::numeric(20, {unit})"
    return Func(F(column), template=whole, output_field=TextField())


def _day(column: str, zone: str) -> Func:
    return Func(
        F(column), Value(zone), arg_joiner=" AT TIME ZONE ",
        template="to_char(%(expressions)s, 'YYYY-MM-DD')", output_field=TextField(),
    )  # fmt: skip


def _guarded(text: Any) -> Func:
    """A cell that a spreadsheet would run gets a quote in front."""
    return Func(
        Cast(Coalesce(text, Value("")), TextField()),
        Value(r"^('*[=+\-@\t\r])"),
        Value(r"'\1"),
        function="regexp_replace",
        output_field=TextField(),
    )

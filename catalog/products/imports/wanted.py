"""How many rows the write of an import would take."""

from django.db.models import Count, Q

from catalog.products.imports.models import ImportRun


def wanted(run: ImportRun) -> dict[str, int]:
    """How many rows the write would take, and how many it would leave."""
    open_rows = Q(outcome__in=["created", "changed"])
    included = Q(is_included=True)
    check = Q(diff__contains=[{"flag": "check"}])
    return run.rows.aggregate(
        n_changes=Count("pk", filter=included & Q(outcome="changed")),
        n_new=Count("pk", filter=included & Q(outcome="created")),
        n_left=Count("pk", filter=open_rows & ~included),
        n_check=Count("pk", filter=open_rows & check),
        n_on_sale=Count("pk", filter=Q(outcome="created", payload__product__status="active")),
    )

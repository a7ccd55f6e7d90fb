"""The catalogue's jobs as Celery knows them: each body is one late import and one call."""

from django.utils.translation import gettext_lazy as _

from ecomportal.celery import app
from ecomportal.jobs.run import Run, job_task


@job_task(queue="fast", label=_("Compare an import"))
def compare_import(run: Run) -> None:
    from catalog.products.imports.job import compare_file

    compare_file(run)


@job_task(queue="fast", label=_("Write an import"))
def run_import(run: Run) -> None:
    from catalog.products.imports.job import write_import

    write_import(run)


@job_task(queue="fast", label=_("Bulk edit"))
def bulk_edit(run: Run) -> None:
    from catalog.products.bulk_job import run_bulk_edit

    run_bulk_edit(run)


@job_task(queue="fast", label=_("Undo"))
def undo_change(run: Run) -> None:
    from catalog.products.changes_view import run_undo

    run_undo(run)


@app.task(name="catalog.purge_deleted")
def purge_deleted() -> None:
    """For every shop at once, so no job of any one of them."""
    from catalog.orders.imports.store import forget_old_files
    from catalog.products.purge import purge_deleted

    forget_old_files()  # first: it holds contacts, and nothing that fails after it stops it
    purge_deleted()


@app.task(name="catalog.tend_events")
def tend_events() -> None:
    """For every shop at once: months of the table, and links that were missed."""
    from catalog.orders.events.tending import link_pending, make_months

    make_months()
    link_pending()


@job_task(queue="fast", label=_("Fetch pictures"))
def fetch_pictures(run: Run) -> None:
    from catalog.products.picture_job import fetch_pictures

    fetch_pictures(run)


@job_task(queue="fast", label=_("Check a feed"))
def check_feed(run: Run) -> None:
    from catalog.products.feeds.check import check_feed

    check_feed(run)


@job_task(queue="fast", label=_("Count missing facts"))
def count_missing_facts(run: Run) -> None:
    from catalog.products.missing.job import count_missing_facts

    count_missing_facts(run)


@job_task(queue="fast", label=_("Compare an import of customers"))
def compare_intake(run: Run) -> None:
    from catalog.orders.imports.compare import compare_file

    compare_file(run)


@job_task(queue="fast", label=_("Write an import of customers"))
def run_intake(run: Run) -> None:
    from catalog.orders.imports.write import write_file

    write_file(run)


@job_task(queue="fast", label=_("Take back an import of customers"))
def undo_intake(run: Run) -> None:
    from catalog.orders.imports.write import undo_file

    undo_file(run)

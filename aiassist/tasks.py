"""Thin tasks: each imports the slow part late, so that web processes never load it."""

from django.utils.translation import gettext_lazy as _

from ecomportal.celery import app
from ecomportal.jobs.models import Job
from ecomportal.jobs.run import Run, after_job, job_task


@job_task(queue="llm", label=_("Write texts"))
def write_copy(run: Run) -> None:
    from aiassist.copywriting.job import write_copy  # late: workers only

    write_copy(run)


@job_task(queue="fast", label=_("Try the text engine"))
def try_engine(run: Run) -> None:
    from aiassist.copywriting.engines.trial import try_engine

    try_engine(run)


@job_task(queue="llm", label=_("Try the text engine"))
def try_local_engine(run: Run) -> None:
    """The same where the weights are: only these workers have the memory for them."""
    from aiassist.copywriting.engines.trial import try_engine

    try_engine(run)


@job_task(queue="fast", label=_("Approve drafts"))
def approve_drafts(run: Run) -> None:
    from aiassist.copywriting.approvals import approve_drafts

    approve_drafts(run)


@job_task(queue="fast", label=_("Take an approval back"))
def undo_approvals(run: Run) -> None:
    from aiassist.copywriting.approvals import undo_approvals

    undo_approvals(run)


@job_task(queue="fast", label=_("Learn from reviews"))
def learn_from_edits(run: Run) -> None:
    from aiassist.copywriting.learning.rounds import learn_from_edits

    learn_from_edits(run)


@job_task(queue="train", label=_("Teach a model"))
def train_adapter(run: Run) -> None:
    from aiassist.copywriting.learning.training import train_adapter  # late: workers only

    train_adapter(run)


@job_task(queue="fast", label=_("Export customers"))
def export_customers(run: Run) -> None:
    from aiassist.segments.customers.export import export_customers

    export_customers(run)


@job_task(queue="fast", label=_("Export everything about a customer"))
def export_customer(run: Run) -> None:
    from aiassist.segments.customers.everything import export_customer

    export_customer(run)


@job_task(queue="fast", label=_("Erase a customer"))
def erase_customer(run: Run) -> None:
    from aiassist.segments.customers.erase import erase_customer

    erase_customer(run)


@job_task(queue="train", label=_("Reckon the cohorts"))
def reckon_cohorts(run: Run) -> None:
    from aiassist.segments.customers.cohorts import reckon_cohorts

    reckon_cohorts(run)


@after_job("build_segments")
def keep_cohorts(job: Job) -> None:
    """The cohorts of a large shop are reckoned with its profiles."""
    from aiassist.segments.customers.cohorts import keep_after_refresh

    keep_after_refresh(job)


@app.task(name="aiassist.forget_customer_files")
def forget_customer_files() -> None:
    """Delete lists of customers of all shops that expired."""
    from aiassist.segments.customers.files import forget_old_files

    forget_old_files()


@job_task(queue="train", label=_("Predict customers"))
def predict_customers(run: Run) -> None:
    from aiassist.segments.clv_job import predict_customers  # late: workers only

    predict_customers(run)


@job_task(queue="train", label=_("Build segments"))
def build_segments(run: Run) -> None:
    from aiassist.segments.job import build_segments  # late: workers only

    build_segments(run)


@job_task(queue="fast", label=_("Refresh a segment"))
def refresh_one_segment(run: Run) -> None:
    from aiassist.segments.one_job import refresh_one

    refresh_one(run)


@job_task(queue="fast", label=_("Export an audience"))
def export_audience(run: Run) -> None:
    from aiassist.segments.audiences.job import export_audience

    export_audience(run)


@after_job("run_import")
def draft_what_arrived(job: Job) -> None:
    """The shop's rules for drafts look at once at what an import brought."""
    from aiassist.copywriting.rules.run import run_rules

    run_rules(job.merchant)


@app.task(name="aiassist.draft_by_rules")
def draft_by_rules() -> None:
    """For every shop with a rule that is on, so no job of any one of them."""
    from aiassist.copywriting.rules.beat import run_all

    run_all()


@app.task(name="aiassist.fingerprint_texts")
def fingerprint_texts() -> None:
    """Bring the fingerprints of live texts up to date, shop by shop."""
    from aiassist.copywriting.rules.beat import fingerprint_all

    fingerprint_all()


@app.task(name="aiassist.build_due_segments")
def build_due_segments() -> None:
    """Start what is due in every shop: all its customers at night, changed ones in between."""
    from aiassist.segments.beat import start_due

    start_due()


@app.task(name="aiassist.learn_from_reviews")
def learn_from_reviews() -> None:
    """Bring the composer's lessons up to date in every shop that has new reviews."""
    from aiassist.copywriting.learning.rounds import learn_all

    learn_all()


@app.task(name="aiassist.forget_audience_files")
def forget_audience_files() -> None:
    """Delete exports of all shops that expired."""
    from aiassist.segments.audiences.files import forget_old_files

    forget_old_files()

"""Thin tasks: each imports the slow part late, so that web processes never load it."""

from django.utils.translation import gettext_lazy as _

from ecomportal.jobs.run import Run, job_task


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

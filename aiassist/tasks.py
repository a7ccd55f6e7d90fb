"""Thin tasks: each imports the slow part late, so that web processes never load it."""

from django.utils.translation import gettext_lazy as _

from ecomportal.jobs.run import Run, job_task


@job_task(queue="llm", label=_("Write texts"))
def write_copy(run: Run) -> None:
    from aiassist.copywriting.job import write_copy  # late: workers only

    write_copy(run)

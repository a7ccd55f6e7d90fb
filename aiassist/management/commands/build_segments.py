"""`manage.py build_segments`: profiles, predictions, personas and segments, here and now."""

import time
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from aiassist.segments.examples import add_examples
from aiassist.segments.job import start_build
from ecomportal.jobs.execute import execute
from ecomportal.jobs.models import JobStatus
from ecomportal.said import told
from ecomportal.tenancy.context import tenant
from ecomportal.tenancy.models import Merchant


class Command(BaseCommand):
    help = "Reckon the customers of one shop or of all, as the nightly job does, and wait for it."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--shop", action="append", help="the shop's address; may be repeated")
        parser.add_argument("--changed", action="store_true", help="only customers that changed")
        parser.add_argument(
            "--examples", action="store_true", help="give a shop without segments a few"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        merchants = Merchant.objects.order_by("pk")
        if wanted := options["shop"]:
            merchants = merchants.filter(slug__in=wanted)
            if missing := set(wanted) - {merchant.slug for merchant in merchants}:
                raise CommandError(f"There is no shop {', '.join(sorted(missing))}.")
        for merchant in merchants:
            if options["examples"]:
                with tenant(merchant):
                    add_examples(merchant)
            self._build(merchant, "changed" if options["changed"] else "full")

    def _build(self, merchant: Merchant, scope: str) -> None:
        """Claim the job here; a worker that was quicker has it, and then it is theirs."""
        began = time.perf_counter()
        job = start_build(merchant, None, scope=scope)
        execute(job.kind, job.pk, merchant.pk)
        with tenant(merchant):
            job.refresh_from_db()
        seconds = time.perf_counter() - began
        if job.status == JobStatus.DONE:
            self.stdout.write(f"{merchant.name}: {told(job.result['text'])} {seconds:.1f} s")
        else:
            self.stdout.write(f"{merchant.name}: {job.get_status_display()}. {job.error}")

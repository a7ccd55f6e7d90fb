"""List messages without a Chinese translation, translations nobody uses, and placeholders that
differ. Exits 1 when there is one."""

import sys
from typing import Any

from django.core.management.base import BaseCommand

from ecomportal.web.translations import check


class Command(BaseCommand):
    help = __doc__
    requires_system_checks = []

    def handle(self, **options: Any) -> None:
        report = check()
        for title, lines in (
            ("Not translated", report.missing),
            ("Used nowhere", report.stale),
            ("Other placeholders", report.mismatched),
            ("Translated twice, differently", report.doubled),
        ):
            if lines:
                self.stdout.write(f"{title}: {len(lines)}")
                for line in sorted(lines):
                    self.stdout.write(f"  {line}")
        if report.n_problems:
            sys.exit(1)
        self.stdout.write("Every message is translated.")

"""Make the Chinese catalogue from the PO files of all areas, if one of them changed."""

from typing import Any

from django.core.management.base import BaseCommand

from ecomportal.web.translations import compile_catalog


class Command(BaseCommand):
    help = __doc__
    requires_system_checks = []

    def handle(self, **options: Any) -> None:
        if compile_catalog() and options["verbosity"] > 0:
            self.stdout.write("The translations are compiled.")

"""Refuse to go on while one shop could read another's rows."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import connection

from ecomportal.tenancy.rls import problems


class Command(BaseCommand):
    help = "Check roles, row-level security policies and composite foreign keys."

    def handle(self, *args: Any, **options: Any) -> None:
        if found := problems(connection):
            raise CommandError("\n".join(found))
        self.stdout.write("The walls between shops stand.")

"""`migrate`, and then the walls: no table is ever reachable without its policy."""

from typing import Any

from django.core.management.commands.migrate import Command as Migrate
from django.db import connections

from ecomportal.tenancy.rls import secure_schema


class Command(Migrate):
    def add_arguments(self, parser: Any) -> None:
        super().add_arguments(parser)
        parser.set_defaults(database="owner")

    def handle(self, *args: Any, **options: Any) -> None:
        super().handle(*args, **options)
        if options.get("app_label") is None and not options.get("plan"):
            secure_schema(connections[options["database"]])

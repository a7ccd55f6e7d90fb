"""What Celery's beat does every hour, by hand."""

from typing import Any

from django.core.management.base import BaseCommand

from catalog.products.purge import purge_deleted


class Command(BaseCommand):
    help = "Remove products that were deleted more than 30 days ago, for good."

    def handle(self, *args: Any, **options: Any) -> None:
        n = purge_deleted()
        self.stdout.write(f"{n} product{'' if n == 1 else 's'} removed for good.")

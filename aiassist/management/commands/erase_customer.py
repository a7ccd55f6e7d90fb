"""`manage.py erase_customer SHOP NUMBER --yes`: the same as the page's button, from the shell."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from aiassist.segments.customers.erase import erase_now
from catalog.orders.erasures import erased_among
from catalog.orders.models import Customer
from ecomportal.tenancy.context import tenant
from ecomportal.tenancy.models import Merchant


class Command(BaseCommand):
    help = "Erase a customer of a shop from everything: rows, records, files. No way back."

    def add_arguments(self, parser: Any) -> None:
        parser.add_argument("shop", help="the shop's address, such as northlight")
        parser.add_argument("number", help="the customer's number in the shop")
        parser.add_argument(
            "--with-orders", action="store_true", help="delete the orders instead of keeping them "
            "without the customer",
        )  # fmt: skip
        parser.add_argument("--yes", action="store_true", help="really do it")

    def handle(self, *args: Any, **options: Any) -> None:
        merchant = Merchant.objects.filter(slug=options["shop"]).first()
        if merchant is None:
            raise CommandError(f"There is no shop {options['shop']}.")
        customer = self._customer(merchant, options["number"])
        if not options["yes"]:
            raise CommandError("This cannot be taken back. Say --yes to go on.")
        erased = erase_now(merchant, customer, with_orders=options["with_orders"])
        for table, n in sorted(erased.counts.items()):
            self.stdout.write(f"{n:>8}  {table}")
        self.stdout.write(
            f"Erased {sum(erased.counts.values())} rows and {erased.n_files} files;"
            f" {erased.n_models} model versions were given up."
        )

    def _customer(self, merchant: Merchant, number: str) -> Customer:
        with tenant(merchant):
            customer = merchant.customers.filter(external_id=number).first()
            if customer is None and (when := erased_among(merchant, [number]).get(number)):
                raise CommandError(f"The customer {number} was erased on {when:%Y-%m-%d %H:%M}.")
        if customer is None:
            raise CommandError(f"The shop has no customer {number}.")
        return customer

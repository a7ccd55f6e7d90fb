"""`manage.py generate_customers`: customers and orders of any number, drawn from a seed."""

import time
from argparse import ArgumentParser, RawDescriptionHelpFormatter
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from catalog.generator.customers_write import settle, write_customers
from catalog.management.commands.generate_catalogue import Command as GenerateCatalogue
from ecomportal.tenancy.context import tenant
from ecomportal.tenancy.models import Merchant

MAX_CUSTOMERS, MAX_ORDERS = 20_000_000, 200_000_000
TOLD_EVERY = 5  # seconds between two lines of progress
WRITTEN = """\
Fill a shop with generated customers and orders, for trials and load tests.

Customers come from several countries in both languages; some never order, many order once, a few
carry the shop. How often one orders, when one stops and for how much follow the models that
predict them (BG/NBD and Gamma-Gamma), bent by the shop's seasons. Some orders are cancelled, not
paid yet, refunded in part or whole. Where the shop has products, every order has a line, mostly
of the customer's taste. The history covers the last three years.

The same seed gives the same customers on the same day. Every batch is committed by itself.
"""


class Command(BaseCommand):
    help = WRITTEN

    def create_parser(self, *args: Any, **kwargs: Any) -> ArgumentParser:
        parser = super().create_parser(*args, **kwargs)
        parser.formatter_class = RawDescriptionHelpFormatter
        return parser

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--customers", type=int, required=True, help="how many to write")
        parser.add_argument("--orders", type=int, required=True, help="of all of them together")
        parser.add_argument("--seed", type=int, default=1)
        parser.add_argument("--shop", required=True, help="the shop's address, such as northlight")
        parser.add_argument("--without-lines", action="store_true", help="no order lines")
        parser.add_argument("--create", action="store_true", help="open the shop first")
        parser.add_argument("--owner", help="with --create: the e-mail address of its owner")
        parser.add_argument("--language", choices=["en", "zh"], default="en", help="with --create")
        parser.add_argument("--currency", help="with --create; EUR, or CNY for a Chinese shop")

    def handle(self, *args: Any, **options: Any) -> None:
        _check(options["customers"], options["orders"])
        merchant = GenerateCatalogue._shop(self, options)
        with tenant(merchant):
            if merchant.customers.filter(external_id="G1").exists():
                raise CommandError(f"{merchant.slug} has generated customers already.")
        self._write(merchant, options)

    def _write(self, merchant: Merchant, options: dict[str, Any]) -> None:
        started = told = time.perf_counter()
        done: dict[str, int] = {}
        batches = write_customers(
            merchant,
            options["customers"],
            options["orders"],
            seed=options["seed"],
            with_lines=not options["without_lines"],
        )
        for counts in batches:
            done = {name: done.get(name, 0) + counts.get(name, 0) for name in {**done, **counts}}
            if time.perf_counter() - told >= TOLD_EVERY:
                told = time.perf_counter()
                self.stdout.write(_told(done))
        self.stdout.write("Telling the planner of them ...")
        settle()
        seconds = time.perf_counter() - started
        self.stdout.write(f"{merchant.name}: {_told(done)}, written in {seconds:.1f} s.")


def _check(n_customers: int, n_orders: int) -> None:
    if not 1 <= n_customers <= MAX_CUSTOMERS:
        raise CommandError(f"--customers takes a number from 1 to {MAX_CUSTOMERS:,}.")
    if not 0 <= n_orders <= MAX_ORDERS:
        raise CommandError(f"--orders takes a number from 0 to {MAX_ORDERS:,}.")


def _told(done: dict[str, int]) -> str:
    return ", ".join(f"{n:,} {name}s" for name, n in done.items())

"""`manage.py generate_catalogue`: a shop of any size, the same one for the same seed."""

import os
import resource
import time
from argparse import ArgumentParser, RawDescriptionHelpFormatter
from typing import Any

from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.db import connection
from django.db.models import Max

from catalog.generator.write import settle, write_catalogue
from ecomportal.tenancy.context import tenant
from ecomportal.tenancy.models import Merchant

MAX_PRODUCTS = 9_999_999  # SKUs have seven digits
TOLD_EVERY = 5  # seconds between two lines of progress
WRITTEN = """\
Fill a shop with generated products, for trials and load tests: 10,000, 100,000 or 1,000,000.

Written for each product: one row with title, brand, type, category, tags and status; about 2
variants with SKU, barcode, price and stock; about 6 typed facts (some only proposed, some that
matter missing); live texts for about half of the products, in the shop's language and for a few
in the other one. One product in ten is titled in the other language. Each of these rows also gets
its history row, as if it had been typed. No pictures, no orders. Categories and kinds of fact are
added where the shop lacks them.

The same seed gives the same products whatever their number; dates are counted from today.
Every batch is committed by itself: what was written before a stop stays, and --add writes on
behind the last of it.
"""


class Command(BaseCommand):
    help = WRITTEN

    def create_parser(self, *args: Any, **kwargs: Any) -> ArgumentParser:
        parser = super().create_parser(*args, **kwargs)
        parser.formatter_class = RawDescriptionHelpFormatter
        return parser

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--products", type=int, required=True, help="how many to write")
        parser.add_argument("--seed", type=int, default=1)
        parser.add_argument("--shop", required=True, help="the shop's address, such as northlight")
        parser.add_argument(
            "--processes",
            type=int,
            default=min(2, os.cpu_count() or 1),
            help="that write at once; each keeps one processor and the database busy",
        )
        parser.add_argument("--add", action="store_true", help="although the shop has products")
        parser.add_argument("--create", action="store_true", help="open the shop first")
        parser.add_argument("--owner", help="with --create: the e-mail address of its owner")
        parser.add_argument("--language", choices=["en", "zh"], default="en", help="with --create")
        parser.add_argument("--currency", help="with --create; EUR, or CNY for a Chinese shop")

    def handle(self, *args: Any, **options: Any) -> None:
        if not 1 <= options["products"] <= MAX_PRODUCTS:
            raise CommandError(f"--products takes a number from 1 to {MAX_PRODUCTS:,}.")
        merchant = self._shop(options)
        with tenant(merchant):
            n_there = merchant.products.count()
            last = _last_number(merchant)
        if n_there and not options["add"]:
            raise CommandError(
                f"{merchant.slug} has {n_there:,} products. Give --add to write more beside them."
            )
        if last + options["products"] > MAX_PRODUCTS:
            raise CommandError(f"A shop takes at most {MAX_PRODUCTS:,} generated products.")
        numbers = range(last + 1, last + 1 + options["products"])
        self._write(merchant, numbers, options["seed"], options["processes"])

    def _shop(self, options: dict[str, Any]) -> Merchant:
        slug = options["shop"]
        merchant = Merchant.objects.filter(slug=slug).first()
        if merchant is None and not options["create"]:
            raise CommandError(f"There is no shop {slug}. Give --create to open it.")
        if merchant is None:
            call_command(
                "create_shop",
                slug.replace("-", " ").title(),
                slug=slug,
                email=options["owner"] or f"owner@{slug}.example",
                language=options["language"],
                currency=options["currency"] or ("CNY" if options["language"] == "zh" else "EUR"),
                stdout=self.stdout,
            )
            merchant = Merchant.objects.get(slug=slug)
        return merchant

    def _write(self, merchant: Merchant, numbers: range, seed: int, n_processes: int) -> None:
        started, cpu, told, size = time.perf_counter(), _cpu(), time.perf_counter(), _bytes()
        done: dict[str, int] = {}
        for counts in write_catalogue(merchant, numbers, seed=seed, n_processes=n_processes):
            done = {name: done.get(name, 0) + n for name, n in counts.items()}
            if time.perf_counter() - told >= TOLD_EVERY:
                told = time.perf_counter()
                self.stdout.write(_progress(done["product"], len(numbers), told - started))
        self.stdout.write("Telling the planner of them ...")
        settle()
        seconds = time.perf_counter() - started
        rows = ", ".join(f"{n:,} {name}s" for name, n in done.items())
        self.stdout.write(f"{merchant.name}: {rows}")
        self.stdout.write(
            f"Written in {seconds:.1f} s ({_cpu() - cpu:.1f} s of CPU here), "
            f"{sum(done.values()) / seconds:,.0f} rows a second, "
            f"{(_bytes() - size) / 2**20:,.0f} MB more on disk, "
            f"at most {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MB here."
        )


def _last_number(merchant: Merchant) -> int:
    """The highest number of a generated product so far, told by its SKUs, deleted ones included:
    where several processes wrote, those below it may have gaps."""
    generated = merchant.variants.filter(sku__regex=r"^G\d{7}($|-)")
    last = generated.aggregate(last=Max("sku"))["last"]
    return int(last[1:8]) if last else 0


def _cpu() -> float:
    """Seconds of this process and of those it started and saw end."""
    return sum(
        sum(resource.getrusage(who)[:2]) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
    )


def _bytes() -> int:
    """The whole database on disk, with its indexes."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_database_size(current_database())")
        return cursor.fetchone()[0]


def _progress(n_done: int, n_all: int, seconds: float) -> str:
    left = seconds * (n_all - n_done) / n_done
    return f"{n_done:,} of {n_all:,} products, {n_done / seconds:,.0f} a second, {left:.0f} s left"

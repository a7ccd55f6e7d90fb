"""`manage.py load_demo`: the two demo shops, the same ones every time."""

import time
from typing import Any

from django.conf import settings
from django.core.management import call_command, get_commands
from django.core.management.base import BaseCommand, CommandError

from catalog.demo.load import load_shop
from catalog.demo.people import SIGN_INS, is_demo, write_sign_ins
from catalog.demo.shops import FULL, SHOPS, SMALL
from catalog.demo.write import analyze, drop_shop
from catalog.orders.events.tending import make_months
from ecomportal.tenancy.models import Merchant


class Command(BaseCommand):
    help = "Load the demo shops Northlight Goods and 松风百货. A second run changes nothing."

    def add_arguments(self, parser: Any) -> None:
        parser.add_argument("--shop", choices=[shop.slug for shop in SHOPS], help="only this one")
        parser.add_argument("--small", action="store_true", help="a tenth of the rows, for tests")
        parser.add_argument("--even-public", action="store_true", help="although HTTPS_ONLY is on")
        parser.add_argument("--reset", action="store_true", help="drop and rebuild the demo shops")

    def handle(self, *args: Any, **options: Any) -> None:
        started, cpu = time.perf_counter(), time.process_time()
        wanted = [shop for shop in SHOPS if options["shop"] in (None, shop.slug)]
        refuse_in_public(options["even_public"])
        there = list(Merchant.objects.filter(slug__in=[shop.slug for shop in wanted]))
        for merchant in there if options["reset"] else []:
            if not is_demo(merchant):
                raise CommandError(f"{merchant.slug} is not the demo shop; it was left alone.")
            drop_shop(merchant)
        slugs = set(Merchant.objects.values_list("slug", flat=True))
        missing = [shop for shop in wanted if shop.slug not in slugs]
        for shop in missing:
            counts = load_shop(shop, SMALL if options["small"] else FULL, self.stdout.write)
            rows = ", ".join(f"{n:,} {name}" for name, n in counts.items())
            self.stdout.write(f"{shop.name}: {rows}")
        if not missing:
            self.stdout.write("The demo is there already; nothing was changed.")
            return
        make_months()
        analyze()
        # What is derived of customers stands above this app, so it is asked for by name.
        if "build_segments" in get_commands():
            slugs = [shop.slug for shop in missing]
            call_command("build_segments", shop=slugs, examples=True, stdout=self.stdout)
        path = write_sign_ins(settings.VAR)
        for sign_in in SIGN_INS:
            self.stdout.write(f"{sign_in.role:<8}  {sign_in.email:<20}  {sign_in.password}")
        self.stdout.write(
            f"Loaded in {time.perf_counter() - started:.1f} s "
            f"({time.process_time() - cpu:.1f} s of CPU here). Sign-ins are kept in {path.name}."
        )


def refuse_in_public(is_wanted: bool) -> None:
    """The passwords stand in the manual, so a site that others can reach must not have them."""
    if settings.HTTPS_ONLY and not is_wanted:
        raise CommandError(
            "The demo's passwords are known to everybody, and HTTPS_ONLY says that this site is "
            "public. Add --even-public to load the demo all the same."
        )

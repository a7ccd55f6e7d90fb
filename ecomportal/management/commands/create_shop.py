"""Open a shop for somebody: the first step on a portal without demo shops."""

import secrets
from argparse import ArgumentParser
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from django.utils.text import slugify

from ecomportal.tenancy.context import tenant
from ecomportal.tenancy.models import Membership, Merchant, Role, User


class Command(BaseCommand):
    help = "Create a shop and its owner. Prints the password if you give none."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("name", help="the shop's name, such as 'Northlight Goods'")
        parser.add_argument("--email", required=True, help="the owner's e-mail address")
        parser.add_argument("--slug", help="the shop's address; made from the name if left out")
        parser.add_argument("--language", choices=["en", "zh"], default="en")
        parser.add_argument("--currency", default="EUR")
        parser.add_argument("--timezone", default="UTC")
        parser.add_argument("--password", help="for scripts; otherwise one is made and printed")

    def handle(self, *args: Any, **options: Any) -> None:
        slug = options["slug"] or slugify(options["name"]) or f"shop-{secrets.token_hex(3)}"
        merchant = Merchant(
            slug=slug,
            name=options["name"],
            language=options["language"],
            currency=options["currency"].upper(),
            timezone=options["timezone"],
        )
        try:
            merchant.full_clean()
        except ValidationError as error:
            raise CommandError(" ".join(error.messages)) from None
        with transaction.atomic():
            merchant.save()
            user, password = self._owner(options["email"], options["password"])
            with tenant(merchant):
                Membership.objects.create(merchant=merchant, user=user, role=Role.OWNER)
        self.stdout.write(f"Shop {merchant.name} at /{merchant.slug}/, owner {user.email}")
        if password:
            self.stdout.write(f"Password: {password}")

    def _owner(self, email: str, password: str | None) -> tuple[User, str | None]:
        """The person with this e-mail, or a new one and the password to tell her."""
        if known := User.objects.filter(email__iexact=email).first():
            return known, None
        made = None if password else secrets.token_urlsafe(12)
        return User.objects.create_user(email, password or made), made

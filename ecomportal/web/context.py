"""What the frame around every page shows: sections, their counts, shops to switch to, theme."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection
from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject
from django.utils.translation import gettext_lazy as _

from ecomportal.tenancy.access import EDITORS, EVERYONE
from ecomportal.tenancy.context import current_merchant_id
from ecomportal.tenancy.models import Merchant

THEMES = ("system", "light", "dark")


@dataclass(frozen=True)
class Section:
    """An entry of the rail. One whose address does not exist is not shown."""

    name: str
    label: Any
    icon: str
    url_name: str
    key: str = ""  # the letter after `g`
    group: str = "shop"  # shop, foot
    count: str = ""  # the name of a registered count
    roles: tuple[str, ...] = EVERYONE


SECTIONS = [
    Section("home", _("Home"), "home", "shop-home", key="h"),
    Section("products", _("Products"), "box", "catalog:products", key="p"),
    Section("content", _("Content"), "pen", "aiassist:review", key="c", count="drafts"),
    Section("customers", _("Customers"), "people", "aiassist:customers", key="u"),
    Section("segments", _("Segments"), "grid", "aiassist:segments", key="s"),
    Section("jobs", _("Jobs"), "list", "jobs", key="j", group="foot"),
    Section("settings", _("Settings"), "gear", "team", key="t", group="foot", roles=EDITORS),
]

# Name -> the function of the database that counts, given a shop. An app whose rows the frame counts
# registers its own when it is ready.
_counts: dict[str, str] = {"jobs": "n_live_jobs"}


def register_count(name: str, function: str) -> None:
    _counts[name] = function


def count_columns() -> str:
    """The counts as columns of any statement that has a parameter `shop`."""
    return ", ".join(f"{function}(%(shop)s)" for function in _counts.values())


def read_counts(values: Sequence[int]) -> dict[str, int]:
    return dict(zip(_counts, values, strict=True))


def counts(merchant: Merchant) -> dict[str, int]:
    """Every registered count of a shop, in one statement."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {count_columns()}", {"shop": merchant.pk})
        return read_counts(cursor.fetchone())


def theme_of(request: HttpRequest) -> str:
    """Her choice, or what this browser chose before signing in; "system" where neither did."""
    user = getattr(request, "user", None)
    chosen = getattr(user, "theme", "") or request.COOKIES.get("theme", "")
    return chosen if chosen in THEMES else "system"


def _frame(request: HttpRequest, theme: str, shops: list[dict[str, Any]]) -> tuple[Any, ...]:
    """All that the frame around a page is made of, beside its section and its counts: the key it
    is kept by. One that is made for another person, or before a name was changed, has another."""
    user, merchant = request.user, request.merchant
    if not user.is_authenticated:
        return ()
    of_person = user.pk, user.name, user.email, user.is_staff, theme, request.role
    of_shops = tuple(tuple(shop.values()) for shop in shops)
    return (*of_person, merchant.slug, merchant.name, of_shops)


def shell(request: HttpRequest) -> dict[str, Any]:
    merchant = getattr(request, "merchant", None)
    theme = theme_of(request)
    frame = {"theme": theme, "next_theme": THEMES[(THEMES.index(theme) + 1) % len(THEMES)]}
    # An error page of a shop is drawn after its transaction ended: then there is no shop.
    if merchant is None or current_merchant_id() != merchant.pk:
        return frame
    shops = getattr(request, "shops", [])
    return frame | {
        "merchant": merchant,
        "role": request.role,
        "shops": shops,
        "frame": _frame(request, theme, shops),
        "sections": [s for s in SECTIONS if request.role in s.roles],
        # Asked only when the frame is drawn; a fragment leaves it unasked, and a page that asked
        # for them with something else left them in the request.
        "shell_counts": getattr(request, "shell_counts", None)
        or SimpleLazyObject(lambda: counts(merchant)),
    }

"""What the frame around every page shows: sections, their counts, shops to switch to, theme."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, IntegerField, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject
from django.utils.translation import gettext_lazy as _

from ecomportal.jobs.models import LIVE
from ecomportal.tenancy.access import EDITORS, EVERYONE
from ecomportal.tenancy.context import current_merchant_id
from ecomportal.tenancy.models import Merchant

THEMES = ("system", "light", "dark")
Rows = Callable[[Merchant], QuerySet]


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
    Section("jobs", _("Jobs"), "list", "jobs", key="j", group="foot"),
    Section("settings", _("Settings"), "gear", "team", key="t", group="foot", roles=EDITORS),
]

# name -> the rows to count. An app whose rows the frame counts registers them when it is ready.
_counts: dict[str, Rows] = {"jobs": lambda merchant: merchant.jobs.filter(status__in=LIVE)}


def register_count(name: str, rows: Rows) -> None:
    _counts[name] = rows


def counts(merchant: Merchant) -> dict[str, int]:
    """Every registered count of a shop, in one statement."""
    columns = {}
    for name, rows in _counts.items():
        one = rows(merchant).order_by().values("merchant").annotate(n=Count("pk")).values("n")
        columns[f"n_{name}"] = Coalesce(Subquery(one, output_field=IntegerField()), 0)
    found = Merchant.objects.filter(pk=merchant.pk).order_by().values(**columns).get()
    return {name: found[f"n_{name}"] for name in _counts}


def theme_of(request: HttpRequest) -> str:
    """Her choice, or what this browser chose before signing in; "system" where neither did."""
    user = getattr(request, "user", None)
    chosen = getattr(user, "theme", "") or request.COOKIES.get("theme", "")
    return chosen if chosen in THEMES else "system"


def shell(request: HttpRequest) -> dict[str, Any]:
    merchant = getattr(request, "merchant", None)
    theme = theme_of(request)
    frame = {"theme": theme, "next_theme": THEMES[(THEMES.index(theme) + 1) % len(THEMES)]}
    # An error page of a shop is drawn after its transaction ended: then there is no shop.
    if merchant is None or current_merchant_id() != merchant.pk:
        return frame
    return frame | {
        "merchant": merchant,
        "role": request.role,
        "shops": getattr(request, "shops", []),
        "sections": [s for s in SECTIONS if request.role in s.roles],
        # Asked only when the frame is drawn; a fragment leaves it unasked.
        "shell_counts": SimpleLazyObject(lambda: counts(merchant)),
    }

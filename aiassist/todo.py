"""What the home page asks a person to do next: at most five things, each with its link."""

from dataclasses import dataclass
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from ecomportal.tenancy.models import Merchant
from ecomportal.web import formats

SHOWN = 5
# Above this a figure reads "1,000+": nobody needs the exact one, and counting it takes longer.
COUNTED = 1000


@dataclass(frozen=True)
class Todo:
    icon: str
    title: str
    detail: str
    href: str


def todo(merchant: Merchant, found: dict[str, Any]) -> list[Todo]:
    """`found` is what `aiassist.home.numbers` counted; what holds up most comes first."""
    makers = (_blocked, _ready, _failed, _drafts, _unsure, _lacking, _textless)
    return [item for make in makers if (item := make(merchant, found))][:SHOWN]


def _shown(n: int) -> str:
    return formats.number(n) if n <= COUNTED else f"{formats.number(COUNTED)}+"


def _products(merchant: Merchant, query: str) -> str:
    return reverse("catalog:products", args=[merchant.slug]) + query


def _blocked(merchant: Merchant, found: dict[str, Any]) -> Todo | None:
    if not (n := found["n_blocked"]):
        return None
    title = ngettext(
        "Decide %(n)s draft that a finding blocks", "Decide %(n)s drafts that a finding blocks", n
    )
    detail = _("They state something that no fact of the product holds")
    return Todo(
        "warn", title % {"n": _shown(n)}, detail, reverse("aiassist:review", args=[merchant.slug])
    )


def _ready(merchant: Merchant, found: dict[str, Any]) -> Todo | None:
    if not (n := found["n_ready"]):
        return None
    title = ngettext(
        "Look over %(n)s import before it writes", "Look over %(n)s imports before they write", n
    )
    newest = found["ready"]
    detail = _("%(name)s: %(n)s rows, %(changed)s would change") % {
        "name": newest["name"],
        "n": formats.number(newest["n"]),
        "changed": formats.number(newest["changed"]),
    }
    href = reverse("catalog:import", args=[merchant.slug, newest["id"]])
    return Todo("file", title % {"n": _shown(n)}, detail, href)


def _failed(merchant: Merchant, found: dict[str, Any]) -> Todo | None:
    if not (n := found["n_failed"]):
        return None
    title = ngettext("See why %(n)s job failed", "See why %(n)s jobs failed", n)
    detail = _("In the last seven days; what they had done is kept")
    href = reverse("jobs", args=[merchant.slug]) + "?status=failed"
    return Todo("bad", title % {"n": _shown(n)}, detail, href)


def _drafts(merchant: Merchant, found: dict[str, Any]) -> Todo | None:
    if not (n := found["n_drafts"]):
        return None
    title = ngettext("Review %(n)s draft", "Review %(n)s drafts", n)
    detail = _("Nothing is on your pages before you approve it")
    return Todo(
        "pen", title % {"n": _shown(n)}, detail, reverse("aiassist:review", args=[merchant.slug])
    )


def _unsure(merchant: Merchant, found: dict[str, Any]) -> Todo | None:
    if not (n := found["n_unsure"]):
        return None
    title = ngettext(
        "Confirm what was read about %(n)s product",
        "Confirm what was read about %(n)s products",
        n,
    )
    detail = _("Facts drawn from an import count once a person has confirmed them")
    href = _products(merchant, "?facts=proposed")
    return Todo("check", title % {"n": _shown(n)}, detail, href)


def _lacking(merchant: Merchant, found: dict[str, Any]) -> Todo | None:
    if not (n := found["n_lacking"]):
        return None
    title = ngettext("Add facts to %(n)s product on sale", "Add facts to %(n)s products on sale", n)
    detail = _("A text can only say what a fact holds")
    href = reverse("catalog:missing-facts", args=[merchant.slug])
    return Todo("box", title % {"n": _shown(n)}, detail, href)


def _textless(merchant: Merchant, found: dict[str, Any]) -> Todo | None:
    if not (n := found["n_textless"]):
        return None
    title = ngettext("Have %(n)s description written", "Have %(n)s descriptions written", n)
    detail = _("On sale without a description in the shop's main language")
    href = _products(merchant, f"?no_text={merchant.language}&status=active")
    return Todo("pen", title % {"n": _shown(n)}, detail, href)

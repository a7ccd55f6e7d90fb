"""How many customers a list holds: exactly where that is cheap or asked for, else about."""

from dataclasses import dataclass

from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from aiassist.segments.customers.filters import CustomerFilters
from ecomportal.web import formats
from ecomportal.web.counting import kept_estimate
from ecomportal.web.paging import Page, about


@dataclass(frozen=True)
class HowMany:
    n: int
    kind: str  # exact, about, more (than n)

    @property
    def is_exact(self) -> bool:
        return self.kind == "exact"

    @property
    def told(self) -> str:
        shown = {"shown": formats.number(self.n)}
        if self.is_exact:
            return ngettext("%(shown)s customer", "%(shown)s customers", self.n) % shown
        return (_("about %(shown)s") if self.kind == "about" else _("more than %(shown)s")) % shown


def how_many(
    request: HttpRequest, filters: CustomerFilters, found: QuerySet, page: Page, *, size: int
) -> HowMany:
    if page.is_all:
        return HowMany(len(page.rows), "exact")
    if request.GET.get("count") == "exact":
        return HowMany(found.count(), "exact")
    if {"q", "tag", "segment"} & {chip.params[0] for chip in filters.chips()} or filters.values[
        "q"
    ]:
        return HowMany(size, "more")  # unknown to the planner
    of = f"customers {request.merchant.pk} {filters.query()} {bool(found.query.where)}"
    n = kept_estimate(lambda: found, of=of)
    return HowMany(about(n), "about") if n > size else HowMany(size, "more")

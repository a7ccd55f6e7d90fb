"""How many products a list holds: exactly where that is cheap or asked for, else about."""

from dataclasses import dataclass
from functools import lru_cache

from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from catalog.products.filters import COUNTED, ProductFilters
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
        shown = {"shown": _shown(self.n, get_language())}
        if self.is_exact:
            return ngettext("%(shown)s product", "%(shown)s products", self.n) % shown
        return (_("about %(shown)s") if self.kind == "about" else _("more than %(shown)s")) % shown

    @property
    def all_matching(self) -> str:
        words = {
            "exact": _("all %(n)s matching"),
            "about": _("all matching, about %(n)s"),
            "more": _("all matching, more than %(n)s"),
        }
        return words[self.kind] % {"n": _shown(self.n, get_language())}

    @property
    def of(self) -> str:
        """Beside the field that goes to a position."""
        words = {"exact": _("of %(n)s"), "about": _("of about %(n)s"), "more": ""}
        return words[self.kind] % {"n": _shown(self.n, get_language())} if words[self.kind] else ""


@lru_cache
def _shown(n: int, _language: str | None) -> str:
    return formats.number(n)


def how_many(request: HttpRequest, filters: ProductFilters, page: Page, *, size: int) -> HowMany:
    """The number of matches: exact when asked for, when one page holds all or when they are few;
    else about."""
    everything = request.merchant.products.all()
    if page.is_all:
        return HowMany(len(page.rows), "exact")
    if filters.n_counted is not None:
        return HowMany(filters.n_counted, "exact")
    if request.GET.get("count") == "exact" or filters.rarest:
        return HowMany(_exactly(filters, everything), "exact")
    if filters.has_search and len(filters.narrowings) == 1 and not filters.near:
        return HowMany(COUNTED, "more")
    if filters.has_search or filters.values["facts"] == "missing":  # unknown to the planner
        return HowMany(size, "more")
    of = f"list {request.merchant.pk} {filters.query()}"
    n = kept_estimate(lambda: filters.apply(everything), of=of)
    # Where the planner knows less than the page already shows, it is more.
    return HowMany(about(n), "about") if n > size else HowMany(size, "more")


def _exactly(filters: ProductFilters, everything: QuerySet) -> int:
    found = filters.walk(everything) if filters.rarest else filters.apply(everything)
    return found.count()

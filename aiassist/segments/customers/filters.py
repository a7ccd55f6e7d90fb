"""What the customer list is narrowed to, from its address and back into chips and a rule.

The whole state is the query string: it can be saved as a view, shared, given to a job, or made
into a segment, where the same filters are clauses of the rule language.
"""

import hashlib
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from functools import cached_property
from typing import Any
from uuid import UUID

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import BooleanField, Case, Exists, OuterRef, Q, QuerySet, When
from django.db.models.expressions import RawSQL
from django.http import QueryDict
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from aiassist.profiles import churn
from aiassist.profiles.models import RfmGroup, Segment
from aiassist.segments.language.writing import quoted
from catalog.orders.models import Customer
from catalog.products.filters.narrowing import COUNTED, Chip, among
from ecomportal.tenancy.models import Merchant
from ecomportal.web.counting import n_up_to

SCORES = ("1", "2", "3", "4", "5")
YES_NO = {"yes": _("yes"), "no": _("no")}
CHURN = {"low": _("low"), "middle": _("middle"), "high": _("high")}
DAYS = ("7", "30", "90", "365")
LAST = (*DAYS, "older", "never")
MAX_TEXT = 120


@dataclass(frozen=True)
class Narrowing:
    """One filter that is on: how a row is told, its words, and its clause of a segment's rule
    ("" where rules know no such thing)."""

    chip: Chip
    condition: Any
    clause: str = ""


Maker = Callable[["CustomerFilters", str], Narrowing | None]


def _plain(name: str, label: Any, attribute: str) -> Maker:
    """A column of the customer that equals the value."""

    def make(_filters: "CustomerFilters", value: str) -> Narrowing:
        chip = Chip(label, value, (name,))
        return Narrowing(chip, Q(**{name: value}), f"{attribute} = {quoted(value)}")

    return make


def _score(name: str, label: Any) -> Maker:
    def make(_filters: "CustomerFilters", value: str) -> Narrowing:
        chip, column = Chip(label, value, (name,)), f"profile__{name}_score"
        return Narrowing(chip, Q(**{column: int(value)}), f"{name}_score = {value}")

    return make


def group(_filters: "CustomerFilters", value: str) -> Narrowing:
    chip = Chip(_("Group"), RfmGroup(value).label, ("group",))
    return Narrowing(chip, Q(profile__rfm_group=value), f"rfm_group = '{value}'")


def marketing(_filters: "CustomerFilters", value: str) -> Narrowing:
    chip = Chip(_("Accepts marketing"), YES_NO[value], ("marketing",))
    is_yes = value == "yes"
    return Narrowing(
        chip, Q(accepts_marketing=is_yes), f"accepts_marketing = {str(is_yes).lower()}"
    )


def churn_band(_filters: "CustomerFilters", value: str) -> Narrowing:
    column, low, high = "profile__churn_probability", churn.LOW, churn.HIGH
    conditions = {
        "low": (Q(**{f"{column}__lt": low}), f"churn_probability < {low:.6f}"),
        "middle": (
            Q(**{f"{column}__gte": low, f"{column}__lt": high}),
            f"churn_probability >= {low:.6f} AND churn_probability < {high:.6f}",
        ),
        "high": (Q(**{f"{column}__gte": high}), f"churn_probability >= {high:.6f}"),
    }
    return Narrowing(Chip(_("Churn"), CHURN[value], ("churn",)), *conditions[value])


def value_band(_filters: "CustomerFilters", value: str) -> Narrowing:
    text = _("fifth %(n)s of 5") % {"n": value}
    return Narrowing(Chip(_("Value"), text, ("value",)), Q(profile__value_band=int(value)))


def persona(filters: "CustomerFilters", value: str) -> Narrowing | None:
    number = int(value) if value.isdecimal() and len(value) < 7 else -1
    found = filters.merchant.personas.filter(number=number).first()
    if found is None:
        filters.problems.append(_("There is no persona %(number)s.") % {"number": value})
        return None
    chip = Chip(_("Persona"), str(found), ("persona",))
    return Narrowing(chip, Q(profile__persona=found), f"cluster = {found.number}")


def unresolved(filters: "CustomerFilters", _value: str) -> Narrowing:
    """Few as a rule: then they are gathered before anything is sorted."""
    chip = Chip(_("Chats"), _("unresolved"), ("unresolved",))
    waiting = filters.merchant.customer_profiles.filter(n_unresolved__gt=0).order_by()
    me = Merchant.objects.filter(pk=filters.merchant.pk)
    is_few = me.values_list(n_up_to(waiting, COUNTED), flat=True).get() <= COUNTED
    ids = ArraySubquery(waiting.values("customer_id"))
    condition = among(ids) if is_few else Q(profile__n_unresolved__gt=0)
    return Narrowing(chip, condition, "unresolved_chats > 0")


def last_order(_filters: "CustomerFilters", value: str) -> Narrowing:
    column, label, params = "profile__last_order_at", _("Last order"), ("last",)
    if value == "never":
        return Narrowing(
            Chip(label, _("none yet"), params),
            Q(**{f"{column}__isnull": True}),
            "number_of_orders = 0",
        )
    n = 365 if value == "older" else int(value)
    since = _day_ago(n)
    if value == "older":
        chip = Chip(label, _("more than a year ago"), params)
        return Narrowing(chip, Q(**{f"{column}__lt": since}), "last_order_date < -365d")
    words = ngettext("last day", "last %(n)s days", n) % {"n": n}
    return Narrowing(
        Chip(label, words, params), Q(**{f"{column}__gte": since}), f"last_order_date >= -{n}d"
    )


def _day_ago(n: int) -> Any:
    """The first minute of the shop's day that lies so far back, as rules read it."""
    today = timezone.localtime().replace(hour=0, minute=0, second=0, microsecond=0)
    return today - timedelta(days=n)


def tag(filters: "CustomerFilters", value: str) -> Narrowing:
    chip = Chip(_("Tag"), value, ("tag",))
    found = filters.looked_up("customers_tagged", value)
    condition = found if found is not None else _walked(Q(tags__contains=[value]))
    return Narrowing(chip, condition, f"customer_tags CONTAINS {quoted(value)}")


def segment(filters: "CustomerFilters", value: str) -> Narrowing | None:
    found = _segment(filters.merchant, value)
    if found is None:
        filters.problems.append(_("There is no such segment."))
        return None
    members = filters.merchant.segment_members.filter(segment=found)
    chip = Chip(_("Segment"), found.name, ("segment",))
    if found.n_members <= COUNTED:
        condition: Any = Q(pk__in=members.values("customer_id"))
    else:
        condition = _walked(Exists(members.filter(customer=OuterRef("pk"))))
    return Narrowing(chip, condition, f"in_segment({quoted(found.name)})")


def _segment(merchant: Merchant, value: str) -> Segment | None:
    try:
        return merchant.segments.filter(pk=UUID(value), deleted_at=None).first()
    except ValueError:
        return None


def search(filters: "CustomerFilters", value: str) -> Narrowing:
    """By the beginnings of words of name and number; an e-mail address is compared as its hash."""
    chip = Chip(_("Search"), f"“{value}”", ("q",))
    if "@" in value:
        digest = hashlib.sha256(value.strip().lower().encode()).hexdigest()
        return Narrowing(chip, Q(email_sha256=digest))
    found = filters.looked_up("customers_named", value)
    if found is not None:
        return Narrowing(chip, found)
    begun = [_begun(word) for word in re.split(r"[\W_]+", value.lower()) if word]
    text = "lower(catalog_customer.name || ' ' || catalog_customer.external_id) ~ %s"
    is_alike = RawSQL(
        " AND ".join([text] * len(begun)) or "false", begun, output_field=BooleanField()
    )
    return Narrowing(chip, _walked(is_alike))


def _begun(word: str) -> str:
    """A pattern of words that begin so; Han text has no spaces and may begin with any character."""
    return word if "\u3400" <= word[0] <= "\u9fff" else f"(^|[^[:alnum:]]){word}"


def _walked(condition: Any) -> Any:
    """Looked at row by row while walking through the order: many match, so that a page is soon
    full; the planner would rather gather them all."""
    return Case(When(condition, then=True), default=False, output_field=BooleanField())


# In the order of their chips, by the name in the address; with the values it may have, if few.
MAKERS: dict[str, tuple[Maker, Any]] = {
    "q": (search, None),
    "group": (group, RfmGroup.values),
    "r": (_score("r", _("Recency")), SCORES),
    "f": (_score("f", _("Frequency")), SCORES),
    "m": (_score("m", _("Money")), SCORES),
    "value": (value_band, SCORES),
    "churn": (churn_band, CHURN),
    "last": (last_order, LAST),
    "persona": (persona, None),
    "segment": (segment, None),
    "unresolved": (unresolved, ("1",)),
    "country": (_plain("country", _("Country"), "country"), None),
    "language": (_plain("language", _("Language"), "customer_language"), None),
    "marketing": (marketing, YES_NO),
    "tag": (tag, None),
}


class CustomerFilters:
    """The filters of one request. A value that cannot be read filters nothing and says so."""

    def __init__(self, query: QueryDict | str, merchant: Merchant) -> None:
        query = QueryDict(query) if isinstance(query, str) else query
        self.merchant = merchant
        self.problems: list[Any] = []
        self.values = {name: query.get(name, "").strip()[:MAX_TEXT] for name in MAKERS}
        self.values["country"] = self.values["country"].upper()
        for name, (_maker, allowed) in MAKERS.items():
            if allowed is not None and self.values[name] and self.values[name] not in allowed:
                text = _("“%(value)s” is no value of the filter “%(name)s”; it is left out.")
                self.problems.append(text % {"value": self.values[name], "name": name})
                self.values[name] = ""

    @property
    def is_of_new(self) -> bool:
        """Only customers without an order: whatever orders make is the same for all of them."""
        return self.values["last"] == "never"

    def query(self) -> str:
        """The filters alone as a query string, in a fixed order."""
        made = QueryDict(mutable=True)
        for name, value in self.values.items():
            if value:
                made[name] = value
        return made.urlencode()

    def looked_up(self, function: str, text: str) -> Any:
        """The customers a function of the database finds by its index, if they are few: as a
        condition. None where there are many."""
        ids = RawSQL(f"ARRAY(SELECT {function}(%s, %s))", [text, COUNTED + 1])
        me = Merchant.objects.filter(pk=self.merchant.pk)
        n = RawSQL(f"(SELECT count(*) FROM {function}(%s, %s))", [text, COUNTED + 1])
        return among(ids) if me.values_list(n, flat=True).get() <= COUNTED else None

    @cached_property
    def narrowings(self) -> list[Narrowing]:
        made = (make(self, self.values[name]) for name, (make, _) in MAKERS.items()
                if self.values[name])  # fmt: skip
        return [one for one in made if one is not None]

    def apply(self, customers: QuerySet[Customer]) -> QuerySet[Customer]:
        for one in self.narrowings:
            customers = customers.filter(one.condition)
        return customers

    def chips(self) -> list[Chip]:
        return [one.chip for one in self.narrowings if one.chip.params != ("q",)]

    def rule(self) -> str:
        """The same as a segment's rule, as far as rules know such filters."""
        return " AND ".join(one.clause for one in self.narrowings if one.clause)

    def unsaid(self) -> list[Any]:
        """The filters that no rule can state."""
        return [one.chip.label for one in self.narrowings if not one.clause]

"""A rule as a condition of the ORM. Values only ever travel as parameters, never as SQL text."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from functools import cached_property
from typing import Any

from babel.numbers import get_currency_precision
from django.db.models import Q
from django.utils import timezone

from aiassist.segments.language.behaviour import Behaviour
from aiassist.segments.language.book import ATTRIBUTES, Attribute
from aiassist.segments.language.bounds import NOBODY, TAG_LONGEST, has_entry, whole
from aiassist.segments.language.days import day_of, start_of, today_of
from aiassist.segments.language.tree import (
    Call,
    Clause,
    Compare,
    Condition,
    Group,
    Tree,
    clauses_of,
)
from ecomportal.tenancy.models import Merchant

# The same comparison seen from the other side: more days ago is an earlier day.
MIRRORED = {"<": ">", "<=": ">=", ">": "<", ">=": "<="}


@dataclass(frozen=True)
class Root:
    """Which table is asked, and how the columns of the other one are reached from it."""

    of_profile: str = "profile__"
    of_customer: str = ""


CUSTOMERS = Root()
PROFILES = Root(of_profile="", of_customer="customer__")


class Compiler:
    """`is_few`: only some customers will be looked at, so each is looked up by itself."""

    def __init__(
        self,
        merchant: Merchant,
        *,
        root: Root = CUSTOMERS,
        now: Any = None,
        is_few: bool = False,
    ) -> None:
        self.merchant = merchant
        self.root = root
        self.today = today_of(merchant, now or timezone.now())
        self.behaviour = Behaviour(merchant, self.today, is_few=is_few)

    def condition(self, tree: Tree) -> Q:
        if isinstance(tree, Compare):
            return self._compare(tree)
        if isinstance(tree, Call):
            return self.behaviour.condition(tree)
        assert isinstance(tree, Group)
        # Inside a count's filter the database keeps our order: what is cheap to see stands first.
        first, *others = sorted(tree.parts, key=lambda part: any(map(_is_call, clauses_of(part))))
        joined = Q(self.condition(first))
        for part in others:
            other = self.condition(part)
            joined = joined & other if tree.is_all else joined | other
        return joined

    def _compare(self, clause: Compare) -> Q:
        attribute = ATTRIBUTES[clause.attribute]
        special = self._special.get(attribute.name)
        if special:
            return special(attribute, clause.condition)
        of_kind = {"tags": self._tags, "flag": self._flag, "text": self._text,
                   "choice": self._text, "money": self._money, "day": self._moment,
                   "whole": self._whole}  # fmt: skip
        return of_kind.get(attribute.kind, self._real)(attribute, clause.condition)

    @cached_property
    def _special(self) -> dict[str, Callable[[Attribute, Condition], Q]]:
        return {
            "days_since_last_order": self._days_since,
            "expected_date_of_next_order": self._date,
            "persona": self._persona,
            "cluster": self._cluster,
        }

    def _column(self, attribute: Attribute) -> str:
        root = self.root.of_customer if attribute.is_of_customer else self.root.of_profile
        return root + attribute.column

    # --- Kinds -------------------------------------------------------------------------------

    def _whole(self, attribute: Attribute, asked: Condition) -> Q:
        return _missing(self._column(attribute), asked) or whole(
            self._column(attribute), asked.operator, list(asked.values)
        )

    def _money(self, attribute: Attribute, asked: Condition) -> Q:
        digits = get_currency_precision(self.merchant.currency)
        cents = tuple(Decimal(value).scaleb(digits) for value in asked.values)
        return self._whole(attribute, Condition(asked.operator, cents))

    def _real(self, attribute: Attribute, asked: Condition) -> Q:
        values = tuple(float(value) for value in asked.values)
        return _plain(self._column(attribute), asked.operator, values)

    def _text(self, attribute: Attribute, asked: Condition) -> Q:
        """An empty text says that nothing is known."""
        column = self._column(attribute)
        if asked.operator == "IS NULL":
            return Q(**{column: ""})
        if asked.operator in ("IS NOT NULL", "!="):
            return ~Q(**{f"{column}__in": ["", *asked.values]})
        return Q(**{f"{column}__in": list(asked.values)})

    def _flag(self, attribute: Attribute, asked: Condition) -> Q:
        is_true = asked.values[0] is (asked.operator == "=")
        return Q(**{self._column(attribute): is_true})

    def _tags(self, attribute: Attribute, asked: Condition) -> Q:
        """A list without entries is none: it contains nothing, so NOT CONTAINS holds of it."""
        column = self._column(attribute)
        if not asked.values:
            return Q(**{column: []}) if asked.operator == "IS NULL" else ~Q(**{column: []})
        has_it = has_entry(column, str(asked.values[0]), TAG_LONGEST)
        return has_it if asked.operator == "CONTAINS" else ~has_it

    # --- Days --------------------------------------------------------------------------------

    def _date(self, attribute: Attribute, asked: Condition) -> Q:
        days = tuple(day_of(value, self.today) for value in asked.values)
        return _plain(self._column(attribute), asked.operator, days)

    def _moment(self, attribute: Attribute, asked: Condition) -> Q:
        """Whole days of the shop, of a column of moments: from a day's start to the next's."""
        days = [day_of(value, self.today) for value in asked.values]
        return self._between_days(self._column(attribute), asked.operator, days)

    def _between_days(self, column: str, operator: str, days: list[date]) -> Q:
        missing = _missing(column, Condition(operator))
        if missing:
            return missing
        if operator == "IN":
            joined = Q(self._on(column, days[0]))
            for day in days[1:]:
                joined |= self._on(column, day)
            return joined
        start, end = self._start(days[0]), self._start(days[-1] + timedelta(days=1))
        if operator == "!=":
            return Q(**{f"{column}__lt": start}) | Q(**{f"{column}__gte": end})
        ends = {"<": {"lt": start}, "<=": {"lt": end}, ">": {"gte": end}, ">=": {"gte": start}}
        wanted = ends.get(operator, {"gte": start, "lt": end})
        return Q(**{f"{column}__{name}": moment for name, moment in wanted.items()})

    def _on(self, column: str, day: date) -> Q:
        return self._between_days(column, "=", [day])

    def _start(self, day: date) -> Any:
        return start_of(day, self.merchant.timezone)

    def _days_since(self, attribute: Attribute, asked: Condition) -> Q:
        operator = MIRRORED.get(asked.operator, asked.operator)
        days = [self.today - timedelta(days=int(value)) for value in asked.values]
        # The most days ago is the earliest day.
        ordered = sorted(days) if operator == "BETWEEN" else days
        return self._between_days(self._column(attribute), operator, ordered)

    # --- Personas ----------------------------------------------------------------------------

    def _persona(self, attribute: Attribute, asked: Condition) -> Q:
        named = self.merchant.personas.exclude(name="")
        if asked.operator in ("=", "IN"):
            return self._of_personas(attribute, named.filter(name__in=asked.values))
        if asked.operator == "!=":
            return self._of_personas(attribute, named.exclude(name=asked.values[0]))
        has_one = self._of_personas(attribute, named)
        return ~has_one if asked.operator == "IS NULL" else has_one

    def _cluster(self, attribute: Attribute, asked: Condition) -> Q:
        missing = _missing(self._column(attribute), asked)
        if missing:
            return missing
        fitting = self.merchant.personas.filter(whole("number", asked.operator, list(asked.values)))
        return self._of_personas(attribute, fitting)

    def _of_personas(self, attribute: Attribute, personas: Any) -> Q:
        # There are a handful: their ids as parameters give the planner true numbers.
        ids = list(personas.values_list("pk", flat=True))
        column = self._column(attribute)
        there = Q(**{f"{column}__isnull": False})
        return there & Q(**{f"{column}__in": ids}) if ids else NOBODY


def _is_call(clause: Clause) -> bool:
    return isinstance(clause, Call)


def _missing(column: str, asked: Condition) -> Q | None:
    if asked.operator not in ("IS NULL", "IS NOT NULL"):
        return None
    return Q(**{f"{column}__isnull": asked.operator == "IS NULL"})


def _plain(column: str, operator: str, values: tuple[Any, ...]) -> Q:
    missing = _missing(column, Condition(operator))
    if missing:
        return missing
    if operator == "!=":
        return Q(**{f"{column}__lt": values[0]}) | Q(**{f"{column}__gt": values[0]})
    if operator == "BETWEEN":
        return Q(**{f"{column}__gte": values[0], f"{column}__lte": values[1]})
    lookups = {"<": "lt", "<=": "lte", ">": "gt", ">=": "gte"}
    if operator in lookups:
        return Q(**{f"{column}__{lookups[operator]}": values[0]})
    return Q(**{f"{column}__in": list(values)})

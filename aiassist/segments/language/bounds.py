"""Comparisons of columns that need care: fractions with whole numbers, entries of lists.

Money is kept in minor units and converted at a rate, so that "at least 50" may mean at least
4597.70 of another currency's cents: of whole cents, that is at least 4598.
"""

from decimal import Decimal
from fractions import Fraction
from math import ceil, floor

from django.db.models import Q

NOBODY = Q(pk__in=[])
# Beyond these no number of ours lies, and the column's type must hold the bound.
TAG_LONGEST, INTENT_LONGEST = 80, 60  # characters
LOWEST, HIGHEST = -(2**62), 2**62


def whole(column: str, operator: str, limits: list[Decimal | Fraction]) -> Q:
    """`column` is of whole numbers; NULL satisfies none of these."""
    limits = [Fraction(limit) for limit in limits]
    first = limits[0]
    low, high = _within(ceil(first)), _within(floor(first))
    if operator == ">=":
        return Q(**{f"{column}__gte": low})
    if operator == "<=":
        return Q(**{f"{column}__lte": high})
    if operator == ">":
        return Q(**{f"{column}__gt": high})
    if operator == "<":
        return Q(**{f"{column}__lt": low})
    if operator == "BETWEEN":
        return Q(**{f"{column}__gte": low, f"{column}__lte": _within(floor(limits[1]))})
    exact = [int(limit) for limit in limits if limit.denominator == 1]
    if operator == "!=":
        there = Q(**{f"{column}__isnull": False})
        return there & ~Q(**{column: exact[0]}) if exact else there
    return Q(**{f"{column}__in": exact}) if exact else NOBODY


def has_entry(column: str, value: str, longest: int) -> Q:
    """Whether a list holds a text. A longer one than the column takes would be cut by the cast
    that the database needs, and then found."""
    return Q(**{f"{column}__contains": [value]}) if len(value) <= longest else NOBODY


def _within(number: int) -> int:
    return max(LOWEST, min(HIGHEST, number))

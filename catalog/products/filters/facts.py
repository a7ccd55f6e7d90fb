"""Filters by typed facts: `f.material=linen`, `f.weight.min=1.2 kg`, `f.material.is=none`.

A quantity may be given in any unit of what it measures: facts are compared in base units.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.http import QueryDict
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from catalog.products.filters.narrowing import Chip, Narrowing, below, has_none
from catalog.products.models import NOT_REJECTED, Attribute, AttributeType, FactStatus
from catalog.products.vocabulary import find_unit, parse_quantity

PARAM = re.compile(r"f\.(?P<key>.{1,60}?)(?:\.(?P<part>min|max|is))?")
STATES = {
    "has": _("stated"),
    "none": _("not stated"),
    "confirmed": _("confirmed"),
    "proposed": _("to confirm"),
}
MAX_KINDS, MAX_VALUES = 8, 50  # of one address: each is a look at every product
MEASURED = {AttributeType.NUMBER, AttributeType.DIMENSIONS}


@dataclass
class FactFilter:
    """What one kind of fact must be; texts as they stand in the address."""

    key: str
    values: list[str] = field(default_factory=list)
    low: str = ""
    high: str = ""
    state: str = ""

    def params(self) -> Iterator[tuple[str, str]]:
        for value in self.values:
            yield f"f.{self.key}", value
        for part, text in (("min", self.low), ("max", self.high), ("is", self.state)):
            if text:
                yield f"f.{self.key}.{part}", text


def read(query: QueryDict) -> dict[str, FactFilter]:
    """The fact filters of an address, by key."""
    found: dict[str, FactFilter] = {}
    for name in query:
        match = PARAM.fullmatch(name)
        if not match or len(found) >= MAX_KINDS and match["key"] not in found:
            continue
        texts = [text.strip()[:200] for text in query.getlist(name) if text.strip()]
        one = found.setdefault(match["key"], FactFilter(match["key"]))
        if not match["part"]:
            one.values = list(dict.fromkeys(texts))[:MAX_VALUES]
        elif match["part"] == "is":
            one.state = texts[-1] if texts and texts[-1] in STATES else ""
        elif texts:
            setattr(one, "low" if match["part"] == "min" else "high", texts[-1])
    return {key: one for key, one in found.items() if any(one.params())}


class UnreadAmount(ValueError):
    """An amount that cannot be compared; the text says why."""


def base_amount(text: str, attribute: Attribute) -> float:
    """A quantity as `base_amount` of the database keeps it; a bare number is in the kind's unit."""
    found = parse_quantity(text)
    if found is None:
        raise UnreadAmount(
            _("“%(text)s” is no quantity. Write a number with its unit, such as 1.2 kg.")
            % {"text": text}
        )
    number, code = found
    own, given = find_unit(attribute.unit), find_unit(code or attribute.unit)
    if code and own and given and own.quantity != given.quantity:
        raise UnreadAmount(
            _("%(label)s is kept in %(own)s, which “%(text)s” cannot be turned into.")
            % {"label": attribute.label(get_language() or ""), "own": own.code, "text": text}
        )
    return float(number * (given.factor if given else Decimal(1)))


def narrowings(
    one: FactFilter, attribute: Attribute, merchant: Any, problems: list[str]
) -> Iterator[Narrowing]:
    """What one kind's filters ask; what cannot be read filters nothing and is said."""
    facts = merchant.facts.filter(NOT_REJECTED, attribute=attribute.pk).order_by()
    label = attribute.label(get_language() or "")
    name = f"f.{one.key}"
    if one.values:
        chip = Chip(label, ", ".join(one.values[:3]) + ("…" if one.values[3:] else ""), (name,))
        yield below(chip, facts.filter(value__in=one.values))
    if (one.low or one.high) and attribute.type in MEASURED:
        try:
            yield _range(one, attribute, facts, label)
        except UnreadAmount as error:
            problems.append(str(error))
    if one.state:
        yield _state(one.state, facts, Chip(label, STATES[one.state], (f"{name}.is",)))


def _range(one: FactFilter, attribute: Attribute, facts: QuerySet, label: str) -> Narrowing:
    limits = Q(amount__isnull=False)
    if one.low:
        limits &= Q(amount__gte=base_amount(one.low, attribute))
    if one.high:
        limits &= Q(amount__lte=base_amount(one.high, attribute))
    chip = Chip(label, between(one.low, one.high), (f"f.{one.key}.min", f"f.{one.key}.max"))
    return below(chip, facts.filter(limits))


def between(low: Any, high: Any) -> Any:
    if low and high:
        return _("%(low)s to %(high)s") % {"low": low, "high": high}
    return _("from %s") % low if low else _("up to %s") % high


def _state(state: str, facts: QuerySet, chip: Chip) -> Narrowing:
    if state == "none":
        mine = facts.filter(product=OuterRef("pk"))
        return Narrowing(chip, ~Exists(mine), while_walking=has_none(mine))
    if state == "has":
        return below(chip, facts)
    status = FactStatus.PROPOSED if state == "proposed" else FactStatus.CONFIRMED
    return below(chip, facts.filter(status=status))

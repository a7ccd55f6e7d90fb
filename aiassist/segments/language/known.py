"""Values that a shop has: to propose while somebody types, and to warn of what nobody has."""

from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass

from django.db.models import Func, Q, QuerySet, TextField

from aiassist.segments.language.counting import FEW, RuleTooSlow, at_most, n_customers
from aiassist.segments.language.errors import nearest
from aiassist.segments.language.rules import Rule
from aiassist.segments.language.tree import Call, Clause
from ecomportal.said import Said, said
from ecomportal.tenancy.models import Merchant

WARNING_SECONDS = 1  # of one statement
LOOKED_AT = 2000  # values among which the nearest is sought
# Of a million customers the tags of these say which there are.
LOTS_LOOKED_AT = 20


@dataclass(frozen=True)
class Warned:
    """A value of the rule that the shop does not have; the rule is right all the same."""

    message: Said
    position: int
    length: int
    suggestions: list[str]


def values_near(merchant: Merchant, kind: str, typed: str, *, most: int) -> list[str]:
    """Values of that kind ("customer_tags", "viewed.sku") that begin with what is typed, or
    hold it."""
    source = _SOURCES.get(kind) or _SOURCES.get(kind.partition(".")[2])
    if source is None:
        return []
    typed = typed.replace("\0", "")
    values = dict.fromkeys(source(merchant, typed))
    starts = [v for v in values if v.casefold().startswith(typed.casefold())]
    inside = [v for v in values if typed.casefold() in v.casefold()]
    return list(dict.fromkeys([*starts, *inside]))[:most]


def warnings(merchant: Merchant, rule: Rule) -> list[Warned]:
    """Values nobody and nothing in the shop has, each with the nearest that there are. They are
    a courtesy: what cannot be looked up in time is left out."""
    found: list[Warned] = []
    with suppress(RuleTooSlow), at_most(WARNING_SECONDS):
        for clause in rule.clauses():
            found.extend(_warned(merchant, clause))
    return found


def _warned(merchant: Merchant, clause: Clause) -> Iterator[Warned]:
    for kind, value in _named(clause):
        known = _KNOWN.get(kind) or _KNOWN.get(kind.partition(".")[2])
        if known is not None and not known[0](merchant, value):
            near = nearest(value, values_near(merchant, kind, "", most=LOOKED_AT))
            yield Warned(known[1](value, near), clause.position, clause.length, near)


def _named(clause: Clause) -> list[tuple[str, str]]:
    if isinstance(clause, Call):
        texts = [(name, value) for name, value in clause.arguments if isinstance(value, str)]
        return [(f"{clause.name}.{name}", value) for name, value in texts]
    return [(clause.attribute, v) for v in clause.condition.values if isinstance(v, str)]


# --- Where values come from ------------------------------------------------------------------


def _customers(merchant: Merchant) -> QuerySet:
    return merchant.customers.filter(lot__lt=LOTS_LOOKED_AT) if _is_large(merchant) else (
        merchant.customers.all()
    )  # fmt: skip


def _is_large(merchant: Merchant) -> bool:
    return n_customers(merchant) > FEW


def _unnested(rows: QuerySet, column: str) -> list[str]:
    each = Func(column, function="unnest", output_field=TextField())
    found = rows.annotate(one=each).order_by("one").values_list("one", flat=True).distinct()
    return list(found[:LOOKED_AT])


def _customer_tags(merchant: Merchant, _typed: str) -> list[str]:
    return _unnested(_customers(merchant).exclude(tags=[]), "tags")


def _column(column: str) -> Callable[[Merchant, str], list[str]]:
    def values(merchant: Merchant, _typed: str) -> list[str]:
        rows = _customers(merchant).exclude(**{column: ""}).order_by(column)
        return list(rows.values_list(column, flat=True).distinct()[:LOOKED_AT])

    return values


def _skus(merchant: Merchant, typed: str) -> list[str]:
    rows = merchant.variants.filter(deleted_at=None, sku__istartswith=typed).order_by("sku")
    return list(rows.values_list("sku", flat=True)[:LOOKED_AT])


def _categories(merchant: Merchant, _typed: str) -> list[str]:
    rows = merchant.categories.order_by("path").values_list("path", "name", "name_zh")
    return [label for row in rows[:LOOKED_AT] for label in row if label]


def _product_tags(merchant: Merchant, _typed: str) -> list[str]:
    return _unnested(merchant.products.filter(deleted_at=None).exclude(tags=[]), "tags")


def _intents(merchant: Merchant, _typed: str) -> list[str]:
    return _unnested(merchant.conversation_readings.all(), "intents")


def _personas(merchant: Merchant, _typed: str) -> list[str]:
    rows = merchant.personas.filter(is_current=True).exclude(name="").order_by("name")
    return list(rows.values_list("name", flat=True))


def _segment_names(merchant: Merchant, _typed: str) -> list[str]:
    rows = merchant.segments.filter(deleted_at=None).order_by("name")
    return list(rows.values_list("name", flat=True))


_SOURCES: dict[str, Callable[[Merchant, str], list[str]]] = {
    "customer_tags": _customer_tags,
    "country": _column("country"),
    "customer_language": _column("language"),
    "persona": _personas,
    "sku": _skus,
    "category": _categories,
    "tag": _product_tags,
    "intent": _intents,
    "in_segment.name": _segment_names,
}


# --- What is there ---------------------------------------------------------------------------


def _has_sku(merchant: Merchant, value: str) -> bool:
    return (
        merchant.variants.filter(sku=value).exists()
        or merchant.order_lines.filter(sku=value).exists()
    )


def _has_category(merchant: Merchant, value: str) -> bool:
    named = Q(name__iexact=value) | Q(name_zh__iexact=value)
    return merchant.categories.filter(named | Q(path__iexact=value) | Q(path_zh=value)).exists()


def _no_sku(value: str, near: list[str]) -> Said:
    return _with(said("No product has the SKU “%(value)s”.", value=value), near)


def _no_category(value: str, near: list[str]) -> Said:
    return _with(said("There is no category “%(value)s”.", value=value), near)


def _no_tag(value: str, near: list[str]) -> Said:
    return _with(said("No product has the tag “%(value)s”.", value=value), near)


def _no_customer_tag(value: str, near: list[str]) -> Said:
    return _with(said("No customer has the tag “%(value)s”.", value=value), near)


def _no_intent(value: str, near: list[str]) -> Said:
    return _with(said("No conversation has the intent “%(value)s” yet.", value=value), near)


def _no_persona(value: str, near: list[str]) -> Said:
    return _with(said("There is no persona “%(value)s”.", value=value), near)


def _with(message: Said, near: list[str]) -> Said:
    if not near:
        return message
    return said("%(message)s Did you mean %(near)s?", message=message, near=near)


_KNOWN: dict[str, tuple[Callable[[Merchant, str], bool], Callable[[str, list[str]], Said]]] = {
    "sku": (_has_sku, _no_sku),
    "category": (_has_category, _no_category),
    "tag": (
        lambda shop, value: shop.products.filter(tags__contains=[value]).exists(),
        _no_tag,
    ),
    "customer_tags": (
        lambda shop, value: shop.customers.filter(tags__contains=[value]).exists(),
        _no_customer_tag,
    ),
    "intent": (
        lambda shop, value: shop.conversation_readings.filter(intents__contains=[value]).exists(),
        _no_intent,
    ),
    "persona": (lambda shop, value: shop.personas.filter(name=value).exists(), _no_persona),
}

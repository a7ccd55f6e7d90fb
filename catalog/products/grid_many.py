"""One change for many variants at once, and variants made of the combinations of options."""

from collections.abc import Iterable
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from itertools import product as combinations_of
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from catalog.products.editable import MAX_VARIANTS, STOPS, Editable, State
from catalog.products.money import amount, parse_money

MONEY = {"price": "price_cents", "compare_at": "compare_at_cents", "cost": "cost_cents"}
SET, ADD, PERCENT = "set", "add", "percent"
WAYS = [
    (SET, gettext_lazy("Set to")),
    (ADD, gettext_lazy("Raise by (with − lower)")),
    (PERCENT, gettext_lazy("Raise by percent (with − lower)")),
]
MAX_PERCENT = 1000


def change_all(
    variants: Iterable[dict[str, Any]], name: str, how: str, value: str, currency: str
) -> State:
    """The cells that set or raise one field of all these variants; raises ValidationError.

    What comes out below nothing is kept in the cell, where the preview refuses it.
    """
    value = value.strip().replace("\u2212", "-")
    if how == SET:
        return {f"v-{variant['pk']}-{name}": value for variant in variants}
    if name not in MONEY and (name != "stock" or how == PERCENT):
        raise ValidationError(_("This field can only be set."))
    raised = _raise(name, how, value, currency)
    cells = {}
    for variant in variants:
        before = variant[MONEY.get(name, name)]
        if before is not None:  # there is nothing to raise
            cells[f"v-{variant['pk']}-{name}"] = raised(before)
    return cells


def _raise(name: str, how: str, value: str, currency: str) -> Any:
    sign, digits = (-1, value[1:]) if value.startswith("-") else (1, value.removeprefix("+"))
    if how == PERCENT:
        factor = 1 + sign * _percent(digits.removesuffix("%").strip()) / 100
        return lambda cents: _signed(_rounded(cents * factor), currency)
    if name in MONEY:
        step = sign * parse_money(digits, currency)
        return lambda cents: _signed(cents + step, currency)
    if not (digits.isascii() and digits.isdigit() and len(digits) < 9):
        raise ValidationError(_("A whole number, such as 12."))
    return lambda stock: str(stock + sign * int(digits))


def _percent(digits: str) -> Decimal:
    try:
        percent = Decimal(digits) if digits.isascii() else Decimal("NaN")
    except InvalidOperation:
        percent = Decimal("NaN")
    if not percent.is_finite() or not 0 <= percent <= MAX_PERCENT:
        text = _("A percentage such as 10 or -12.5, at most %(n)s.")
        raise ValidationError(text % {"n": MAX_PERCENT})
    return percent


def _rounded(cents: Decimal) -> int:
    return int(cents.quantize(Decimal(1), ROUND_HALF_UP))


def _signed(cents: int, currency: str) -> str:
    return f"-{amount(-cents, currency)}" if cents < 0 else amount(cents, currency)


def values_of(text: str) -> list[str]:
    """The values of an option as typed: each once, between commas or on lines of their own."""
    for sign in "，、;；\n":
        text = text.replace(sign, ",")
    return list(dict.fromkeys(value.strip() for value in text.split(",") if value.strip()))


def combine(
    editable: Editable, names: list[str], values: list[list[str]], *, preset: State, sku: str
) -> State:
    """Cells of a new variant for each combination that the product lacks; raises ValidationError.

    `preset` is what each of them starts with, `sku` what each SKU begins with ("" for none).
    """
    if any(bool(name) != bool(group) for name, group in zip(names, values, strict=True)):
        raise ValidationError(_("Give each option a name and at least one value."))
    groups = [group for group in values if group]
    if not groups:
        raise ValidationError(_("Give each option a name and at least one value."))
    if any(not name and later for name, later in zip(names, names[1:], strict=False)):
        raise ValidationError(_("Fill the options from the first on, without a gap."))
    n_all = 1
    for group in groups:
        n_all *= len(group)
    if n_all + len(editable.variants) > MAX_VARIANTS:
        text = _("These are %(n)s combinations; a product has at most %(most)s variants.")
        raise ValidationError(text % {"n": n_all, "most": MAX_VARIANTS})
    there = {tuple(option.casefold() for option in v["options"]) for v in editable.variants}
    missing = [
        options
        for options in combinations_of(*groups)
        if tuple(option.casefold() for option in options) not in there
    ]
    if not missing:
        raise ValidationError(_("Every combination is there already."))
    cells: State = {f"option{n}": name for n, name in enumerate(names, start=1) if name}
    for number, options in enumerate(missing, start=1):
        cells |= _new_row(f"v-new{number}-", options, preset, sku)
    return cells


def _new_row(prefix: str, options: tuple[str, ...], preset: State, sku: str) -> State:
    row = {"policy": STOPS, **preset, **{f"o{n}": o for n, o in enumerate(options, start=1)}}
    if sku:
        ends = [slugify(option, allow_unicode=True).upper() for option in options]
        row["sku"] = "-".join([sku, *filter(None, ends)])
    return {f"{prefix}{name}": value for name, value in row.items()}

"""Filters of the segments' pages."""

from django import template

from ecomportal.web.formats import number

register = template.Library()


@register.filter
def signed(value: int | None) -> str:
    """A change with its sign: +31, −16, ±0; nothing where none is known."""
    if value is None:
        return ""
    if value == 0:
        return "±0"
    return f"{'+' if value > 0 else '−'}{number(abs(value))}"


@register.filter
def percent(share: float | None) -> str:
    return "" if share is None else f"{number(round(share * 100, 1))} %"


@register.filter
def width(share: float | None) -> str:
    """A share as the width of a bar."""
    return f"{min(max(share or 0, 0), 1) * 100:.2f}%"


@register.filter
def points(difference: float) -> str:
    """A difference of shares in percentage points, with its sign."""
    value = round(difference * 100, 1)
    sign = "+" if value > 0 else "−" if value < 0 else "±"
    return f"{sign}{number(abs(value))} pp"


@register.filter
def cut_at(text: str, mark: str = ",") -> list[str]:
    return text.split(mark)

"""Columns without a field: how a product keeps them, and how they stand in its lines."""

from collections.abc import Mapping, Sequence
from typing import Any

from catalog.products.imports.values import tidy


def extra_value(own: str, values: Sequence[str]) -> str | list[str]:
    """The product's own cell, or those of all its variants where they say more than it."""
    return list(values) if set(values) - {own, ""} else own


def extra_cells(value: Any, n: int) -> list[str]:
    """What was kept, as `n` cells: one for each line that holds a variant."""
    cells = [str(cell) for cell in value] if isinstance(value, list) else [str(value)]
    return (cells + [""] * n)[:n]


def same_extra(own: Any, stated: Any, n: int) -> bool:
    """Whether a file that states this says no more than what the product with `n` variants has."""
    cells = [tidy(cell) for cell in extra_cells(own, max(n, 1))]
    return own == stated or extra_value(cells[0], cells) == stated


def own_name(extra: Mapping[str, Any], name: str) -> str:
    """The spelling under which the product has the column, which may differ in capitals."""
    return next((own for own in extra if own.casefold() == name.casefold()), name)

"""Charts that hold two things against each other: dots with a diagonal, and bars in pairs."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from django.template.loader import render_to_string
from django.utils.safestring import SafeString

from ecomportal.web.charts import Label, nice_ticks
from ecomportal.web.formats import number

Scale = Callable[[float], float]
TICK_SHARE = 0.25  # of the width, between two labelled ticks


@dataclass(frozen=True)
class Axes:
    """What lies across and what stands up; both run from 0 to `top`, at equal scale.

    `scale` maps a value over `top` (0 to 1) to its place; the square root spreads small ones.
    """

    across: str
    up: str
    top: float
    label: Label = number
    scale: Scale = float


def dots(
    points: Sequence[tuple[float, float]], axes: Axes, title: str, *, is_joined: bool = False
) -> SafeString:
    """A dot for each (across, up), and the diagonal on which both are equal."""
    ticks = _apart([tick for tick in nice_ticks(0, axes.top) if tick <= axes.top * 1.001], axes)
    placed = [(*_place(one, axes), _words(one, axes)) for one in points]
    path = "M" + " L".join(f"{x} {y}" for x, y, _ in placed) if is_joined and placed else ""
    context = {
        "title": title,
        "axes": axes,
        "dots": placed,
        "path": path,
        "ticks": [(_across(tick, axes), _up(tick, axes), axes.label(tick)) for tick in ticks],
        "columns": [axes.across, axes.up],
        "rows": [(n, [axes.label(value) for value in one]) for n, one in enumerate(points, 1)],
    }
    return render_to_string("charts/dots.html", context)


def _apart(ticks: Sequence[float], axes: Axes) -> list[float]:
    """Those far enough from the one before that their words do not meet on a telephone."""
    kept: list[float] = []
    for tick in ticks:
        if not kept or _share(tick, axes) - _share(kept[-1], axes) >= TICK_SHARE:
            kept.append(tick)
    return kept


def _share(value: float, axes: Axes) -> float:
    return axes.scale(min(max(value / (axes.top or 1), 0), 1))


def _across(value: float, axes: Axes) -> str:
    return f"{100 * _share(value, axes):.2f}"


def _up(value: float, axes: Axes) -> str:
    return f"{100 - 100 * _share(value, axes):.2f}"


def _place(point: tuple[float, float], axes: Axes) -> tuple[str, str]:
    return _across(point[0], axes), _up(point[1], axes)


def _words(point: tuple[float, float], axes: Axes) -> str:
    return f"{axes.across}: {axes.label(point[0])} · {axes.up}: {axes.label(point[1])}"


def pairs(
    rows: Sequence[tuple[str, float, float]],
    names: tuple[str, str],
    title: str,
    *,
    label: Label = number,
) -> SafeString:
    """Two standing bars for each (name, first, second)."""
    top, n = max((max(row[1:]) for row in rows), default=0) or 1, max(len(rows), 1)
    bars = []
    for i, (name, *values) in enumerate(rows):
        for k, value in enumerate(values):
            bars.append(
                {
                    "x": f"{100 * (i + 0.1 + 0.4 * k) / n:.2f}%",
                    "width": f"{38 / n:.2f}%",
                    "y": f"{100 - 100 * value / top:.2f}%",
                    "height": f"{100 * value / top:.2f}%",
                    "kind": ("prev", "now")[k],
                    "words": f"{name}, {names[k]}: {label(value)}",
                }
            )
    context = {
        "title": title,
        "bars": bars,
        "top": label(top),
        "first": rows[0][0] if rows else "",
        "last": rows[-1][0] if rows else "",
        "legend": list(zip(("prev", "now"), names, strict=True)),
        "columns": names,
        "rows": [(name, [label(value) for value in values]) for name, *values in rows],
    }
    return render_to_string("charts/pairs.html", context)

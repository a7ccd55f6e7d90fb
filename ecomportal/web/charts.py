"""Charts drawn on the server as SVG: crisp, printable, allowed by a strict CSP.

The outer <svg> has no viewBox and places everything in percent, so text and dots keep their size;
only the path lies in an inner box of 100 by 100 that is stretched. Looks come from classes. Each
chart has a <title> that says what it shows, values to hover or focus, and (but for the sparkline,
which stands inside a link) the numbers as a table.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import floor, log10

from django.template.loader import render_to_string
from django.utils.safestring import SafeString

from ecomportal.web.formats import number

Label = Callable[[float], str]
# Above and below the curve, so that a dot at the edge is whole.
TOP, BOTTOM = 10.0, 90.0
HEAT_STEPS = 5


@dataclass(frozen=True)
class Series:
    """A line: `kind` is now (solid), prev (dashed) or base (dotted). None leaves a gap."""

    name: str
    values: Sequence[float | None]
    kind: str = "now"


@dataclass(frozen=True)
class Bar:
    """A bar with, where they are known, the ends of its interval."""

    name: str
    value: float
    low: float | None = None
    high: float | None = None
    kind: str = "base"


def sparkline(values: Sequence[float], title: str, *, is_cell: bool = False) -> SafeString:
    """The course of a figure, without axes: highest value at the top, lowest at the bottom."""
    if len(values) < 2:
        return SafeString("")
    low, high = min(values), max(values)
    points = [
        (_percent(i, 0, len(values) - 1), _height(value, low, high))
        for i, value in enumerate(values)
    ]
    context = {"title": title, "line": _path([points]), "is_cell": is_cell, "last": points[-1]}
    context["area"] = "" if is_cell else f"{context['line']} L100 100 L0 100Z"
    return render_to_string("charts/sparkline.html", context)


def line_chart(
    series: Sequence[Series], labels: Sequence[str], title: str, *, label: Label = number
) -> SafeString:
    """Lines over the same steps; `labels` name the steps, `label` writes a value."""
    known = [v for line in series for v in line.values if v is not None]
    ticks = nice_ticks(min([0, *known]), max([0, *known]))
    low, high = ticks[0], ticks[-1]
    n = max(len(labels) - 1, 1)

    def place(i: int, value: float) -> tuple[str, str]:
        return _percent(i, 0, n), _percent(high - value, 0, high - low)

    lines = []
    for line in series:
        runs = _runs(line.values)
        dots = [
            (*place(i, v), f"{line.name}, {labels[i]}: {label(v)}") for run in runs for i, v in run
        ]
        path = _path([[place(i, v) for i, v in run] for run in runs])
        lines.append({"name": line.name, "kind": line.kind, "path": path, "dots": dots})
    rows = [
        (name, [_cell(line.values[i], label) for line in series]) for i, name in enumerate(labels)
    ]
    context = {
        "title": title,
        "lines": lines,
        "ticks": [(_percent(high - tick, 0, high - low), label(tick)) for tick in ticks],
        "first": labels[0] if labels else "",
        "last": labels[-1] if len(labels) > 1 else "",
        "columns": [line.name for line in series],
        "rows": rows,
    }
    return render_to_string("charts/line.html", context)


def bars(rows: Sequence[Bar], title: str, *, label: Label = number) -> SafeString:
    """Bars that lie, from zero, with whiskers where an interval is known."""
    top = max([bar.high if bar.high is not None else bar.value for bar in rows], default=0) or 1
    drawn = []
    for bar in rows:
        low, high = ("" if v is None else _percent(v, 0, top) for v in (bar.low, bar.high))
        interval = "" if not low or not high else f"{label(bar.low)} – {label(bar.high)}"
        drawn.append(
            {
                "name": bar.name,
                "kind": bar.kind,
                "width": _percent(bar.value, 0, top),
                "value": label(bar.value),
                "low": low,
                "high": high,
                "interval": interval,
            }
        )
    return render_to_string("charts/bars.html", {"title": title, "bars": drawn})


def histogram(
    counts: Sequence[int], labels: Sequence[str], title: str, *, mark: int | None = None
) -> SafeString:
    """Standing bars, one a bin; `mark` draws a line at the left edge of that bin."""
    top, n = max(counts, default=0) or 1, max(len(counts), 1)
    bins = [
        {
            "x": f"{100 * (i + 0.06) / n:.2f}%",
            "width": f"{88 / n:.2f}%",
            "y": f"{100 - 100 * count / top:.2f}%",
            "height": f"{100 * count / top:.2f}%",
            "name": name,
            "count": number(count),
        }
        for i, (count, name) in enumerate(zip(counts, labels, strict=True))
    ]
    edge = None if mark is None else f"{100 * mark / n:.2f}%"
    return render_to_string(
        "charts/histogram.html",
        {"title": title, "bins": bins, "mark": edge, "top": number(top)},
    )


def heat_grid(
    values: Sequence[Sequence[float]],
    row_names: Sequence[str],
    column_names: Sequence[str],
    title: str,
    *,
    label: Label = number,
) -> SafeString:
    """A table whose cells are tinted by their share of the largest value: it is its own table."""
    top = max((value for row in values for value in row), default=0)
    rows = [
        (name, [(label(value), _heat(value, top)) for value in row])
        for name, row in zip(row_names, values, strict=True)
    ]
    return render_to_string(
        "charts/heat.html", {"title": title, "columns": column_names, "rows": rows}
    )


def nice_ticks(low: float, high: float, *, n_steps: int = 4) -> list[float]:
    """Round values from at or below `low` to at or above `high`, about `n_steps` steps."""
    if high <= low:
        high = low + 1
    rough = (high - low) / n_steps
    size = 10 ** floor(log10(rough))
    step = next(size * m for m in (1, 2, 2.5, 5, 10) if size * m >= rough * 0.999)
    first = floor(low / step)
    ticks = [first * step]
    while ticks[-1] < high - step * 1e-9:
        ticks.append((first + len(ticks)) * step)
    return ticks


def _percent(value: float, low: float, high: float) -> str:
    return f"{100 * (value - low) / (high - low or 1):.2f}"


def _height(value: float, low: float, high: float) -> str:
    if high == low:
        return "50.00"
    return f"{BOTTOM - (BOTTOM - TOP) * (value - low) / (high - low):.2f}"


def _runs(values: Sequence[float | None]) -> list[list[tuple[int, float]]]:
    """The stretches without a gap, as (place, value)."""
    runs: list[list[tuple[int, float]]] = [[]]
    for i, value in enumerate(values):
        if value is None:
            runs.append([])
        else:
            runs[-1].append((i, value))
    return [run for run in runs if run]


def _path(runs: Sequence[Sequence[tuple[str, str]]]) -> str:
    return " ".join("M" + " L".join(f"{x} {y}" for x, y in run) for run in runs)


def _cell(value: float | None, label: Label) -> str:
    return "" if value is None else label(value)


def _heat(value: float, top: float) -> int:
    """0 for nothing, else 1 to 5 by the share of the largest."""
    if value <= 0 or top <= 0:
        return 0
    return min(HEAT_STEPS, 1 + floor(HEAT_STEPS * value / top))

"""A version's figures as the page shows them: charts, tables, and sentences."""

from collections.abc import Callable
from math import sqrt
from typing import Any

from django.utils.translation import gettext as _

from aiassist.registry.models import ModelVersion
from aiassist.segments.clv_gate import MOST_CORRELATION
from ecomportal.web import charts, formats
from ecomportal.web.charts_marks import Axes, dots, pairs

PERCENT = 100
# An interval whose ends lie this many times apart says nothing.
VAGUE = 1000
# What the letters stand for, in the order of the page.
MEANINGS: dict[str, Callable[[], str]] = {
    "r": lambda: _("how alike customers' rates of ordering are"),
    "alpha": lambda: _("days that the average rate is spread over"),
    "a": lambda: _("with b: the chance to leave after an order is a / (a + b) on average"),
    "b": lambda: _("the larger a and b, the more alike customers are in this"),
    "p": lambda: _("how alike the orders of one customer are in value"),
    "q": lambda: _("how alike customers are in value"),
    "gamma": lambda: _("the scale of values"),
}


def charts_of(version: ModelVersion, currency: str) -> dict[str, Any]:
    metrics = version.metrics

    def money(cents: float) -> str:
        return formats.money(round(cents), currency, whole=True)

    return {
        "tiles": _tiles(metrics, money),
        "table": _table(metrics, money),
        "reliability": _reliability(metrics),
        "deciles": _deciles(metrics, money),
        "scatter": _scatter(metrics, money),
        "now": _now(metrics.get("now"), money),
        "season": _number(version.config.get("season", 1.0)),
        "is_seasonal": abs(version.config.get("season", 1.0) - 1) >= 0.005,
        "coverage": _percent(metrics.get("coverage", {}).get("inside")),
        "parameters": _parameters(version.config),
        "correlation": metrics.get("correlation"),
        "is_correlated": abs(metrics.get("correlation") or 0) > MOST_CORRELATION,
        "most_correlation": MOST_CORRELATION,
        "has_dropout": metrics.get("has_dropout"),
        "log_likelihood": _number(metrics.get("log_likelihood"), 2),
    }


def _number(value: float | None, digits: int = 2) -> str:
    return "–" if value is None else f"{value:,.{digits}f}"


def _percent(share: float | None) -> str:
    return "–" if share is None else f"{PERCENT * share:.1f} %"


def _tiles(metrics: dict[str, Any], money: Callable[[float], str]) -> list[dict[str, str]]:
    value, chance = metrics["value"], metrics.get("no_order_90", {})
    model, naive = value["model"], value["naive"]
    return [
        {
            "name": _("Off by, a customer"),
            "figure": money(model["mae"]),
            "note": _("own rate: %(naive)s, all alike: %(mean)s")
            % {"naive": money(naive["mae"]), "mean": money(value["mean"]["mae"])},
        },
        {
            "name": _("The best tenth spent"),
            "figure": _("%(lift)s times") % {"lift": _number(model["top_decile_lift"])},
            "note": _("as much as the average customer; by own rate %(naive)s times")
            % {"naive": _number(naive["top_decile_lift"])},
        },
        {
            "name": _("Foretold in all"),
            "figure": _percent(model["level"]),
            "note": _("of what came; keep this in mind beside every sum of money"),
        },
        {
            "name": _("Told apart who will not order"),
            "figure": _number(chance.get("auc"), 3),
            "note": _("1 is always right, 0.5 is a coin; by the last order alone %(recency)s")
            % {"recency": _number(chance.get("auc_of_recency"), 3)},
        },
    ]


def _table(metrics: dict[str, Any], money: Callable[[float], str]) -> list[dict[str, Any]]:
    """Both amounts, each foretold in three ways."""
    amounts = [
        (_("Orders"), metrics["orders"], lambda mae: _number(mae, 3)),
        (_("Money"), metrics["value"], money),
    ]
    ways = [
        ("model", _("this model")),
        ("naive", _("own rate goes on")),
        ("mean", _("all alike")),
    ]
    return [
        {
            "amount": amount,
            "way": way,
            "is_model": key == "model",
            "mae": told(rows[key]["mae"]),
            "spearman": _number(rows[key]["spearman"], 3),
            "lift": _number(rows[key]["top_decile_lift"]),
            "level": _percent(rows[key]["level"]),
        }
        for amount, rows, told in amounts
        for key, way in ways
    ]


def _reliability(metrics: dict[str, Any]) -> str:
    rows = metrics.get("reliability")
    if not rows:
        return ""
    points = [(PERCENT * row["said"], PERCENT * row["came"]) for row in rows]
    axes = Axes(_("said"), _("came"), 100.0, label=lambda value: f"{value:.0f} %")
    title = _("Chance of no order in 90 days: what was said and what came, in tenths of customers")
    return dots(points, axes, title, is_joined=True)


def _deciles(metrics: dict[str, Any], money: Callable[[float], str]) -> str:
    rows = [
        (_("tenth %(n)s") % {"n": n}, row["predicted"], row["actual"])
        for n, row in enumerate(metrics["deciles"], 1)
    ]
    title = _("Money of each tenth of customers, the most promising first: foretold and spent")
    return pairs(rows, (_("foretold"), _("spent")), title, label=money)


def _scatter(metrics: dict[str, Any], money: Callable[[float], str]) -> str:
    points = [tuple(point) for point in metrics.get("points", [])]
    if not points:
        return ""
    top = max(max(point) for point in points) or 1
    axes = Axes(_("foretold"), _("spent"), top, label=money, scale=sqrt)
    title = _("%(n)s customers by chance: what was foretold and what they spent") % {
        "n": len(points)
    }
    return dots(points, axes, title)


def _now(now: dict[str, Any] | None, money: Callable[[float], str]) -> dict[str, Any] | None:
    """The predictions that stand in the profiles: how many customers have which value."""
    if not now or not now["n"]:
        return None
    edges = now["edges"]
    names = [_("under %(top)s") % {"top": money(edges[0])}]
    names += [f"{money(low)} – {money(high)}" for low, high in zip(edges, edges[1:], strict=False)]
    names.append(_("%(low)s and more") % {"low": money(edges[-1])})
    title = _("Customers by the value foretold for 365 days")
    bands = [
        charts.Bar(_("fifth %(n)s") % {"n": 6 - row["band"]}, row["mean"], row["low"], row["high"])
        for row in now["bands"]
    ]
    return {
        **now,
        "total": money(now["sum"]),
        "mean": money(now["sum"] / now["n"]),
        "histogram": charts.histogram(now["counts"], names, title),
        "bands": charts.bars(
            bands, _("Mean value of each fifth, with the mean ends of the intervals"), label=money
        ),
    }


def _parameters(config: dict[str, Any]) -> list[dict[str, Any]]:
    rows = {**config.get("purchases", {}), **config.get("spend", {})}
    told = []
    for name, meaning in MEANINGS.items():
        if name in rows:
            value, low, high = (f"{one:,.4g}" for one in rows[name])
            is_vague = rows[name][2] > VAGUE * rows[name][1]
            told.append({"name": name, "value": value, "low": low, "high": high})
            told[-1] |= {"meaning": meaning(), "is_vague": is_vague}
    return told

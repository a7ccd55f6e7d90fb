"""The names of the figures of customers and segments, what each must reach, and who missed."""

from typing import Any

from tests.bench.catalogue_targets import Target

LARGE = 1_000_000
TARGETS = {
    "refresh_vs_pull_and_polars": Target(0.7),
    "incremental_refresh_share": Target(0.1),
    "fit_speedup_vs_lifetimes": Target(4, at_least=True),
    "fit_speedup_vs_lifetimes_1m": Target(5, at_least=True),
    "cdnow_spend_mae_vs_naive": Target(-0.23),
    "persona_ari": Target(0.8, at_least=True),
    "fuzz_crashes": Target(0),
    "agreement": Target(1, at_least=True),
    "events_per_second_http": Target(8000, at_least=True),
    "live_count_p95_s": Target(1),
}
# Shown without a limit, each beside what it is to be read with.
SHOWN = (
    "refresh_vs_copy_and_polars",
    "full_refresh_1m_s",
    "bare_sql_1m_s",
    "job_1m_s",
    "job_worker_peak_mb",
    "job_database_peak_mb",
    "top_decile_lift",
    "auc_no_purchase_90d",
    "events_vs_copy_floor",
    "live_count_flatness",
)
# What a name says of the size it was measured at.
OF_LARGE = {
    "refresh_vs_pull_and_polars",
    "incremental_refresh_share",
    "full_refresh_1m_s",
    "bare_sql_1m_s",
    "job_1m_s",
    "live_count_p95_s",
}


def summary(found: dict[str, Any], failed: list[str], *, largest: int) -> dict[str, Any]:
    """Every name with its value or null, then what else was found. A figure whose name speaks of
    a million customers is judged only where there were as many."""
    named = {name: found.get(name) for name in (*TARGETS, *SHOWN)}
    judged = {
        name: target
        for name, target in TARGETS.items()
        if named[name] is not None and (largest >= LARGE or name not in OF_LARGE)
    }
    missed = [
        f"{name}: {named[name]:.4g}, {target}"
        for name, target in judged.items()
        if not target.is_met(named[name])
    ]
    beside = {name: value for name, value in found.items() if name not in named}
    return {
        **named,
        **beside,
        "largest_shop": largest,
        "not_measured": [name for name, value in named.items() if value is None],
        "missed": missed,
        "failed": failed,
        "ok": not (missed or failed),
    }


def table(told: dict[str, Any]) -> str:
    lines = []
    for name in (*TARGETS, *SHOWN):
        value, target = told[name], TARGETS.get(name)
        is_judged = told["largest_shop"] >= LARGE or name not in OF_LARGE
        says = "" if value is None or target is None else _verdict(target, value, is_judged)
        shown = "-" if value is None else f"{value:,.4g}"
        lines.append(f"{name:32} {shown:>10}  {target or ''!s:16} {says}")
    return "\n".join(lines)


def _verdict(target: Target, value: float, is_judged: bool) -> str:
    if not is_judged:
        return "smaller shop: not judged"
    return "met" if target.is_met(value) else "MISSED"

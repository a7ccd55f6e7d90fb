"""The names of the figures, what each must reach, and who missed."""

from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Target:
    limit: float
    at_least: bool = False

    def is_met(self, value: float) -> bool:
        return value >= self.limit if self.at_least else value <= self.limit

    def __str__(self) -> str:
        return f"{'at least' if self.at_least else 'at most'} {self.limit:.4g}"


TARGETS = {
    "list_1m_vs_oscar_100k_p50": Target(1 / 20),
    "list_1m_vs_oscar_100k_cpu": Target(1 / 25),
    "list_cpu_per_row_vs_admin": Target(1 / 4),
    "list_flatness_1m_over_10k": Target(1.2),
    "last_page_vs_admin_1m": Target(1 / 300),
    "sql_per_page_max": Target(8),
    "html_bytes_per_row": Target(300),
    "import_vs_import_export": Target(50, at_least=True),
    "import_vs_insert_select": Target(0.6, at_least=True),
    "import_rows_per_cpu_second": Target(10_000, at_least=True),
    "reimport_speedup": Target(5, at_least=True),
    "export_vs_import_export": Target(40, at_least=True),
    "export_vs_copy": Target(0.7, at_least=True),
    "export_rss_growth_mb": Target(20),
    "inline_edit_vs_admin_save": Target(1 / 3),
    "bulk_edit_100k_vs_update": Target(3),
    "list_p95_during_import_over_idle": Target(2),
}
# What a name says of the sizes it was measured at.
SIZES = {
    "list_1m_vs_oscar_100k_p50": (1_000_000, 100_000),
    "list_1m_vs_oscar_100k_cpu": (1_000_000, 100_000),
    "list_flatness_1m_over_10k": (1_000_000, 10_000),
    "last_page_vs_admin_1m": (1_000_000,),
    "bulk_edit_100k_vs_update": (100_000,),
}


@dataclass
class Figures:
    """What was measured, by name; what was not, with the reason. Every name is in one of them."""

    values: dict[str, float]
    reasons: dict[str, str]
    failed: list[str] = field(default_factory=list)  # parts that ended with an error

    def put(self, name: str, value: float, *sizes: int) -> None:
        """A figure; one that was measured at other sizes than its name says is given beside it."""
        wanted = SIZES.get(name)
        if wanted and tuple(sizes) != wanted:
            told = " and ".join(f"{size:,}" for size in sizes)
            beside = f"{name}_at_{'_'.join(map(str, sizes))}"
            self.values[beside] = value
            self.reasons[name] = f"measured at {told} products: see {beside}"
        else:
            self.values[name] = value

    def lacks(self, names: list[str] | tuple[str, ...], reason: str) -> None:
        for name in names:
            self.reasons[name] = reason

    def summary(self) -> dict[str, Any]:
        """Every name of TARGETS with its value or null, then what else there is to say."""
        named = {name: _short(self.values.get(name)) for name in TARGETS}
        beside = {n: _short(value) for n, value in self.values.items() if n not in TARGETS}
        missing = {
            name: self.reasons.get(name, "not measured")
            for name, value in named.items()
            if value is None
        }
        missed = [
            f"{name}: {_short(value)}, {TARGETS[name]}"
            for name, value in named.items()
            if value is not None and not TARGETS[name].is_met(self.values[name])
        ]
        return {
            **named,
            **beside,
            "not_measured": missing,
            "missed": missed,
            "failed": self.failed,
            "ok": not (missed or self.failed),
        }


def table(found: dict[str, Any]) -> str:
    """The figures as a person reads them: what was found, what is asked for, and whether it is."""
    lines = []
    for name, target in TARGETS.items():
        value = found[name]
        says = found["not_measured"].get(name) if value is None else _verdict(target, value)
        shown = "-" if value is None else f"{value:,.4g}"
        lines.append(f"{name:34} {shown:>10}  {target!s:18} {says}")
    return "\n".join(lines)


def _verdict(target: Target, value: float) -> str:
    return "met" if target.is_met(value) else "MISSED"


def _short(value: float | None) -> float | None:
    """Four significant digits: what a measurement can stand for."""
    return None if value is None else float(f"{value:.4g}")

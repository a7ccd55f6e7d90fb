"""The shop's customers on a grid of 5 by 5: how lately they ordered by how often.

A refresh of the profiles counts the cells once and keeps them with its figures; until then they
are counted where they lie.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from math import ceil
from typing import Any

from django.db.models import Count

from aiassist.profiles.models import RfmGroup
from aiassist.segments.rfm_groups import group_of
from ecomportal.tenancy.models import Merchant
from ecomportal.web.charts import HEAT_STEPS

SCORES = (5, 4, 3, 2, 1)
Counts = dict[tuple[int, int], dict[str, int]]  # (R, F) -> group -> customers


@dataclass(frozen=True)
class Cell:
    r: int
    f: int
    n: int
    share: float  # of all scored customers
    step: int  # 0 for nobody, else 1 to 5
    group: RfmGroup
    is_chosen: bool

    @property
    def percent(self) -> float:
        return round(100 * self.share, 1)


@dataclass(frozen=True)
class Row:
    r: int
    cells: list[Cell]


@dataclass(frozen=True)
class Grid:
    rows: list[Row]
    n: int

    @property
    def is_empty(self) -> bool:
        return self.n == 0

    @property
    def chosen(self) -> Cell | None:
        return next((c for row in self.rows for c in row.cells if c.is_chosen), None)

    @property
    def columns(self) -> tuple[int, ...]:
        return SCORES


def grid(merchant: Merchant, query: Mapping[str, str] | None = None) -> Grid:
    """`query` names the chosen cell, as the customer list's address does: r=3&f=3."""
    counts = _counts(merchant)
    total = sum(sum(groups.values()) for groups in counts.values())
    top = max((sum(groups.values()) for groups in counts.values()), default=0)
    chosen = tuple((query or {}).get(name, "") for name in ("r", "f"))

    def cell(r: int, f: int) -> Cell:
        groups = counts.get((r, f), {})
        n = sum(groups.values())
        commonest = max(groups, key=groups.__getitem__, default="")
        return Cell(
            r, f, n,
            share=n / total if total else 0,
            step=ceil(HEAT_STEPS * n / top) if n else 0,
            group=RfmGroup(commonest or group_of(r, f, f)),
            is_chosen=chosen == (str(r), str(f)),
        )  # fmt: skip

    return Grid([Row(r, [cell(r, f) for f in SCORES]) for r in SCORES], total)


def _counts(merchant: Merchant) -> Counts:
    """Kept with the last refresh, else counted; the database looks at the profiles only then."""
    last = merchant.profile_refreshes.exclude(finished_at=None).order_by("-started_at")
    kept = last.values_list("data__cells", flat=True)[:1]
    found = next(iter(kept), None)
    if isinstance(found, dict):
        return {(int(key[0]), int(key[1])): _groups(key, n) for key, n in found.items()}
    return counted_cells(merchant)


def _groups(key: str, n: Any) -> dict[str, int]:
    if isinstance(n, dict):
        return {name: count for name, count in n.items() if name in RfmGroup.values}
    r, f = int(key[0]), int(key[1])
    return {str(group_of(r, f, f)): n}


def counted_cells(merchant: Merchant) -> Counts:
    scored = merchant.customer_profiles.filter(r_score__gt=0).order_by()
    rows = scored.values_list("r_score", "f_score", "rfm_group").annotate(n=Count("*"))
    counts: Counts = {}
    for r, f, group, n in rows:
        counts.setdefault((r, f), {})[group] = n
    return counts

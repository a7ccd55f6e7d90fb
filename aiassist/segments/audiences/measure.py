"""What a campaign changed: how many of the file bought since, beside those held out."""

from dataclasses import dataclass
from datetime import timedelta
from math import sqrt

from django.db.models import Count, Exists, OuterRef, Q

from aiassist.segments.audiences.models import AudienceExport
from aiassist.segments.rfm_orders import counted_orders

WINDOW = timedelta(days=30)
Z = 1.645  # of an interval of 90 %
FEWEST = 30  # people in an arm; below, chance alone says anything


@dataclass(frozen=True)
class Arm:
    n: int
    n_bought: int

    @property
    def share(self) -> float:
        return self.n_bought / self.n if self.n else 0.0

    def interval(self) -> tuple[float, float]:
        """Wilson's interval of the share."""
        if not self.n:
            return 0.0, 1.0
        share, n = self.share, self.n
        centre = share + Z * Z / (2 * n)
        half = Z * sqrt(share * (1 - share) / n + Z * Z / (4 * n * n))
        low, high = (centre - half) / (1 + Z * Z / n), (centre + half) / (1 + Z * Z / n)
        return max(0.0, low), min(1.0, high)


@dataclass(frozen=True)
class Uplift:
    """Shares of buyers with and without the campaign; the difference with its interval."""

    written: Arm
    held_out: Arm

    @property
    def difference(self) -> float:
        return self.written.share - self.held_out.share

    @property
    def is_enough(self) -> bool:
        return min(self.written.n, self.held_out.n) >= FEWEST

    def interval(self) -> tuple[float, float]:
        """Newcombe's interval of a difference of two shares (Statistics in Medicine 1998,
        method 10): from the two Wilson intervals."""
        a, b = self.written, self.held_out
        (a_low, a_high), (b_low, b_high) = a.interval(), b.interval()
        low = self.difference - sqrt((a.share - a_low) ** 2 + (b_high - b.share) ** 2)
        high = self.difference + sqrt((a_high - a.share) ** 2 + (b.share - b_low) ** 2)
        return low, high


def uplift_of(export: AudienceExport) -> Uplift | None:
    """None without a hold-out: then nothing can be compared. One statement."""
    if not export.finished_at or not export.n_held_out:
        return None
    bought = counted_orders(export.merchant).filter(
        customer=OuterRef("customer"),
        ordered_at__gte=export.finished_at,
        ordered_at__lt=export.finished_at + WINDOW,
    )
    rows = export.audience.order_by().values("is_held_out")
    found = rows.annotate(n=Count("*"), n_bought=Count("pk", filter=Q(Exists(bought))))
    arms = {row["is_held_out"]: Arm(row["n"], row["n_bought"]) for row in found}
    return Uplift(arms.get(False, Arm(0, 0)), arms.get(True, Arm(0, 0)))

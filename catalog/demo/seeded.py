"""Chance that repeats: one generator per purpose, ids that look like the product's own.

All moments are told as of REFERENCE and moved as one when they are written (write.py), so the
same rows and the same distances in days come out whatever day the demo is loaded. The seasons
therefore follow the reference calendar: the holiday peak begins in the last demo days.
"""

import random
import uuid
from datetime import UTC, datetime, timedelta

REFERENCE = datetime(2026, 11, 25, tzinfo=UTC)  # midnight: nothing happens at or after it
DAYS = 548  # 18 months
SEED = 20261125


def chance(*purpose: object) -> random.Random:
    """A generator of its own for each purpose: a draw added in one place moves no other."""
    return random.Random(":".join(map(str, (SEED, *purpose))))


def make_id(rng: random.Random, at: datetime) -> uuid.UUID:
    """A version 7 UUID whose random bits come from the seed."""
    value = int(at.timestamp() * 1000) << 80 | rng.getrandbits(80)
    value = value & ~(0xF << 76) | 0x7 << 76
    return uuid.UUID(int=value & ~(0x3 << 62) | 0x2 << 62)


def days_ago(days: float) -> datetime:
    return REFERENCE - timedelta(days=days)

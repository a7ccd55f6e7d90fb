"""What a shop may spend on texts: promised before a request leaves, counted when it is back.

Promises are made under a lock on the shop's settings row, so that two jobs and a trial at once
cannot promise the same money twice. What a killed worker had promised is freed when its job goes
on. A batch may cost a little more than was promised; the next one then gets less.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import F, Sum
from django.utils import timezone

from aiassist.copywriting.engine import Usage
from aiassist.copywriting.engines.models import EngineChoice, TextSpend
from ecomportal.said import Said, said
from ecomportal.tenancy.context import tenant
from ecomportal.tenancy.models import Merchant

LIMITS = ("job_tokens", "day_tokens", "job_micros", "day_micros")
NO_LIMIT = 2**62


@dataclass(frozen=True)
class Room:
    """What is left of the budgets, and which of them has the least left."""

    tokens: int = NO_LIMIT
    micros: int = NO_LIMIT
    tokens_of: str = ""
    micros_of: str = ""


@dataclass(frozen=True)
class Promise:
    """A row of spending with something held on it for a batch."""

    spend_id: Any = None
    tokens: int = 0
    micros: int = 0


class Purse:
    """The budget of one job, or of trials where `job_id` is None."""

    def __init__(self, merchant: Merchant, job_id: Any = None) -> None:
        self.merchant, self.job_id = merchant, job_id
        self.empty = ""  # the budget that was used up, once one was

    def free(self) -> None:
        """Take back what an earlier run of this job promised and never spent."""
        with tenant(self.merchant):
            held = TextSpend.objects.filter(merchant=self.merchant, job=self.job_id)
            held.update(held_tokens=0, held_micros=0)

    def promise(self, expected: Sequence[Usage]) -> tuple[int, Promise]:
        """How many of these, from the first on, the budget allows, and the promise for them."""
        with tenant(self.merchant):
            room = self._room()
            n, tokens, micros = 0, 0, 0
            for usage in expected:
                tokens += usage.tokens_in + usage.tokens_out
                micros += usage.cost_micros
                if tokens > room.tokens or micros > room.micros:
                    self.empty = room.tokens_of if tokens > room.tokens else room.micros_of
                    break
                n += 1
            return n, self._hold(expected[:n]) if n else Promise()

    def _hold(self, expected: Sequence[Usage]) -> Promise:
        tokens = sum(usage.tokens_in + usage.tokens_out for usage in expected)
        micros = sum(usage.cost_micros for usage in expected)
        row, _is_new = TextSpend.objects.get_or_create(
            merchant=self.merchant, day=today(self.merchant), job_id=self.job_id
        )
        TextSpend.objects.filter(pk=row.pk).update(
            held_tokens=F("held_tokens") + tokens, held_micros=F("held_micros") + micros
        )
        return Promise(row.pk, tokens, micros)

    def settle(self, promise: Promise, spent: Usage) -> None:
        """Count what a batch really took; call it in the transaction that writes the texts."""
        if promise.spend_id is None:
            return
        TextSpend.objects.filter(pk=promise.spend_id).update(
            held_tokens=F("held_tokens") - promise.tokens,
            held_micros=F("held_micros") - promise.micros,
            n_calls=F("n_calls") + spent.n_calls,
            tokens_in=F("tokens_in") + spent.tokens_in,
            tokens_out=F("tokens_out") + spent.tokens_out,
            cost_micros=F("cost_micros") + spent.cost_micros,
        )

    def _room(self) -> Room:
        rows = EngineChoice.objects.select_for_update().filter(merchant=self.merchant)
        choice = rows.first()
        return room_in(choice, self.merchant, self.job_id) if choice else Room()

    @property
    def reason(self) -> Said:
        """Why the rest has to wait, for whoever can raise the budget."""
        if self.empty.startswith("job"):
            return said(
                "The budget of this job is used up. What is written can be reviewed; raise the"
                " budget in the settings and try again: it goes on where it stopped."
            )
        return said(
            "Today's budget for texts is used up. What is written can be reviewed; try again"
            " tomorrow, or raise the budget in the settings: it goes on where it stopped."
        )


def today(merchant: Merchant) -> Any:
    """The shop's day: its budget begins anew at its own midnight."""
    with timezone.override(merchant.timezone):
        return timezone.localdate()


def room_in(choice: EngineChoice, merchant: Merchant, job_id: Any = None) -> Room:
    """What is left of a shop's budgets; call it inside the shop's tenant."""
    spend = TextSpend.objects.filter(merchant=merchant)
    used = {"day": _used(spend.filter(day=today(merchant)))}
    if job_id:
        used["job"] = _used(spend.filter(job=job_id))
    left = {"tokens": (NO_LIMIT, ""), "micros": (NO_LIMIT, "")}
    for name in LIMITS:
        whose, what = name.split("_")
        limit = getattr(choice, name)
        if limit is not None and whose in used:
            left[what] = min(left[what], (limit - used[whose][what], name))
    return Room(left["tokens"][0], left["micros"][0], left["tokens"][1], left["micros"][1])


def _used(rows: Any) -> dict[str, int]:
    return rows.aggregate(
        tokens=Sum(F("tokens_in") + F("tokens_out") + F("held_tokens"), default=0),
        micros=Sum(F("cost_micros") + F("held_micros"), default=0),
    )

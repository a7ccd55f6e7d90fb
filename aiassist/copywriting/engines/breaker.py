"""A circuit breaker: a server in trouble is left alone for a while, then asked once."""

from collections.abc import Callable
from threading import Lock
from time import monotonic

FAILURES = 5  # in a row
FIRST_REST, LONGEST_REST = 10.0, 120.0  # seconds


class Breaker:
    """Closed: all may ask. Open: nobody. After the rest one may ask, and its luck decides."""

    def __init__(self, clock: Callable[[], float] = monotonic) -> None:
        self.clock, self.lock = clock, Lock()
        self.n_failures, self.rest, self.open_until = 0, FIRST_REST, 0.0
        self.is_probing = False

    def may_ask(self) -> bool:
        with self.lock:
            if self.n_failures < FAILURES:
                return True
            if self.is_probing or self.clock() < self.open_until:
                return False
            self.is_probing = True
            return True

    def seconds_left(self) -> float:
        """How long it still rests; 0 where asking is allowed."""
        with self.lock:
            if self.n_failures < FAILURES:
                return 0.0
            return max(0.0, self.open_until - self.clock())

    def succeeded(self) -> None:
        with self.lock:
            self.n_failures, self.rest, self.is_probing = 0, FIRST_REST, False

    def failed(self) -> None:
        with self.lock:
            self.n_failures += 1
            if self.is_probing:
                self.rest = min(self.rest * 2, LONGEST_REST)
            if self.n_failures >= FAILURES:
                self.open_until = self.clock() + self.rest
            self.is_probing = False


_breakers: dict[tuple[object, ...], Breaker] = {}
_lock = Lock()


def breaker_of(*place: object) -> Breaker:
    """The breaker of a shop's server and model in this process."""
    with _lock:
        return _breakers.setdefault(place, Breaker())

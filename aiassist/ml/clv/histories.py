"""Orders as arrays, and what a purchase model needs of them on a given day."""

from dataclasses import dataclass

import numpy as np

Array = np.ndarray


@dataclass(frozen=True)
class Histories:
    """(x, tx, T) of one customer each, or of `weight` customers who share them. Times in days."""

    repeats: Array
    last: Array
    age: Array
    weight: Array

    @classmethod
    def of(
        cls, repeats: Array, last: Array, age: Array, weight: Array | None = None
    ) -> "Histories":
        columns = [np.asarray(one, dtype=np.float64) for one in (repeats, last, age)]
        if weight is None:
            weight = np.ones(len(columns[0]))
        return cls(*columns, np.asarray(weight, dtype=np.float64))

    def __len__(self) -> int:
        return len(self.repeats)

    @property
    def n_customers(self) -> float:
        return float(self.weight.sum())

    def take(self, places: Array) -> "Histories":
        return Histories(*(one[places] for one in self._columns()))

    def _columns(self) -> tuple[Array, Array, Array, Array]:
        return self.repeats, self.last, self.age, self.weight

    def distinct(self) -> tuple["Histories", Array]:
        """The different histories with the sum of their weights, and each row's place among them.

        The models see nothing else of a customer, so this loses nothing: of a million customers
        about half, of a small shop two thirds remain to be looked at in each step of a fit.
        """
        codes, sizes = zip(*(_coded(one) for one in self._columns()[:3]), strict=True)
        key = (codes[0] * sizes[1] + codes[1]) * sizes[2] + codes[2]
        _, first, place = np.unique(key, return_index=True, return_inverse=True)
        weight = np.bincount(place, weights=self.weight)
        found = Histories(self.repeats[first], self.last[first], self.age[first], weight)
        return found, place


def _coded(values: Array) -> tuple[Array, int]:
    """The values as whole numbers from zero, and how many of these there are."""
    whole = values.astype(np.int64)
    if len(values) and (whole == values).all() and whole.min() >= 0 and whole.max() < 2**20:
        return whole, int(whole.max()) + 1
    kept, codes = np.unique(values, return_inverse=True)
    return codes.astype(np.int64), max(len(kept), 1)


@dataclass(frozen=True)
class Orders:
    """Orders of many customers, those of one day put together: sorted by customer, then day.

    `customer` numbers them 0 to n_customers - 1; `day` counts from any fixed day; `value` is money.
    """

    customer: Array
    day: Array
    value: Array
    n_customers: int

    @classmethod
    def of(cls, customer: Array, day: Array, value: Array) -> "Orders":
        customer, day = np.asarray(customer, np.int64), np.asarray(day, np.int64)
        low = int(day.min()) if len(day) else 0
        span = int(day.max()) - low + 1 if len(day) else 1
        key, place = np.unique(customer * span + day - low, return_inverse=True)
        summed = np.bincount(place, weights=np.asarray(value, np.float64), minlength=len(key))
        n = int(customer.max()) + 1 if len(customer) else 0
        return cls(key // span, key % span + low, summed, n)

    @property
    def first_day(self) -> int:
        return int(self.day.min())

    @property
    def last_day(self) -> int:
        return int(self.day.max())

    def as_of(self, day: int) -> "State":
        """What was known at the end of a day, of the customers who had ordered by then."""
        known = self.day <= day
        who, when, value = self.customer[known], self.day[known], self.value[known]
        n = np.bincount(who, minlength=self.n_customers)
        ids = np.flatnonzero(n)
        ends = np.cumsum(n[ids])
        starts = ends - n[ids]
        total = np.bincount(who, weights=value, minlength=self.n_customers)[ids]
        first, last = when[starts], when[ends - 1]
        histories = Histories.of(n[ids] - 1, last - first, day - first)
        return State(ids, histories, total, value[starts], day)

    def between(self, after: int, until: int) -> tuple[Array, Array]:
        """(order days, money) of every customer in the days after `after` up to `until`."""
        inside = (self.day > after) & (self.day <= until)
        who = self.customer[inside]
        n = np.bincount(who, minlength=self.n_customers)
        return n, np.bincount(who, weights=self.value[inside], minlength=self.n_customers)


@dataclass(frozen=True)
class State:
    """Customers as known on a day: their places among all, histories, money in all and at first."""

    ids: Array
    histories: Histories
    total: Array
    first_value: Array
    day: int

    @property
    def repeat_mean(self) -> Array:
        """Mean value of an order day after the first; 0 for those with one alone."""
        x = self.histories.repeats
        return np.where(x > 0, (self.total - self.first_value) / np.maximum(x, 1), 0.0)

    @property
    def recency(self) -> Array:
        return self.histories.age - self.histories.last

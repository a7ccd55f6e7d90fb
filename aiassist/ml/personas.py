"""Groups of like interests: what each customer's basket is made of, clustered so that it holds.

Interests are shares of a basket by category. A basket of two things says little, so each is first
mixed with a little of the average one; shares are taken as square roots (Hellinger distance, which
no single large share dominates), popular categories are weighted down as words are in search, and
what is left is put on the unit sphere and turned onto its few strongest directions: those stronger
than any among customers with as large baskets who all buy alike (parallel analysis; Horn 1965), as
noise has directions too. On that: k-means. How many groups there are is decided by what a second
look at a part of the customers finds again (adjusted Rand index of refits on 80 % of them; Hubert
and Arabie 1985), not by a fit that always wants more. Where groups really stand apart, more than
there are would hold too, so their sharpness (the silhouette by centres; Rousseeuw 1987) must not
fall; among customers without gaps, who are the rule, it hardly depends on the number. And each
must lead in some category, or it could not be told from the others. Every step is the same for
the same seed.
"""

from collections.abc import Callable
from dataclasses import dataclass, field, replace

import numpy as np
from scipy.optimize import linear_sum_assignment

K_RANGE = range(3, 9)
STABLE = 0.8  # adjusted Rand index of refits, from which groups are believed
BLURRED = 0.05  # of sharpness lost from which groups that are there are being cut into pieces
CLEARLY_STABLE = 0.85  # what a larger number of groups must reach to replace one that holds
SMALLEST_SHARE = 0.03
N_REFITS, REFIT_SHARE = 6, 0.8
N_STARTS = 8
N_ROUNDS, MOVED = 60, 1e-4  # of k-means; it ends when no centre moves farther
MAX_DIRECTIONS = 6  # more of them follow chance: refits agree less (Online Retail: .95 to .85)
PRIOR = 4.0  # average things that are mixed into each basket
FIT_ROWS, CHOICE_ROWS = 50_000, 12_000
CHUNK = 100_000
SAME = 0.4  # member overlap (Jaccard) from which a group is the one that it was

Progress = Callable[[float], None]


@dataclass(frozen=True)
class Baskets:
    """Things bought by customer and category; row i's are those from start[i] to start[i + 1].

    counts: (n,) things; categories: (n,) index of the category; start: (rows + 1,).
    """

    start: np.ndarray
    categories: np.ndarray
    counts: np.ndarray
    n_categories: int

    def __len__(self) -> int:
        return len(self.start) - 1

    @classmethod
    def of(
        cls, rows: np.ndarray, categories: np.ndarray, counts: np.ndarray, *,
        n_rows: int, n_categories: int,
    ) -> "Baskets":  # fmt: skip
        """From (row, category, count) triples in any order."""
        order = np.lexsort((categories, rows))
        start = np.searchsorted(rows[order], np.arange(n_rows + 1))
        return cls(start, categories[order], counts[order].astype(np.float64), n_categories)

    def dense(self) -> np.ndarray:
        """(rows, n_categories) things."""
        table = np.zeros((len(self), self.n_categories))
        rows = np.repeat(np.arange(len(self)), np.diff(self.start))
        np.add.at(table, (rows, self.categories), self.counts)
        return table

    def part(self, rows: np.ndarray) -> "Baskets":
        lengths = np.diff(self.start)[rows]
        start = np.concatenate([[0], np.cumsum(lengths)])
        shift = np.repeat(self.start[rows] - start[:-1], lengths)
        taken = np.arange(start[-1]) + shift
        return Baskets(start, self.categories[taken], self.counts[taken], self.n_categories)


@dataclass(frozen=True)
class Space:
    """How a basket becomes a point: made from a sample, then the same for everybody."""

    average: np.ndarray  # (categories,) the average basket, sums to 1
    weight: np.ndarray  # (categories,) small for what nearly everybody buys
    middle: np.ndarray  # (categories,) of the weighted points, taken off before turning
    directions: np.ndarray  # (categories, d); d is 0 where all buy alike

    @classmethod
    def of(cls, counts: np.ndarray, *, rng: np.random.Generator) -> "Space":
        """counts: (rows, categories) things, each row with at least one."""
        average = (counts / counts.sum(1, keepdims=True)).mean(0)
        buyers = (counts > 0).mean(0)
        weight = np.log1p(1 / np.maximum(buyers, 1 / len(counts)))
        points = _on_sphere(_mixed(counts, average), weight)
        values, vectors = _directions(points)
        sample = counts[rng.permutation(len(counts))[:CHOICE_ROWS]]
        alike = rng.multinomial(np.rint(sample.sum(1)).astype(np.int64), average)
        noise, _vectors = _directions(_on_sphere(_mixed(alike, average), weight))
        n = min(int((values > noise[0]).sum()), MAX_DIRECTIONS)
        return cls(average, weight, points.mean(0), vectors[:, :n].copy())

    def points(self, counts: np.ndarray, extra: np.ndarray | None = None) -> np.ndarray:
        """(rows, d) points of baskets; `extra`, (rows, e), is a further view of the same customers
        (such as a recommender's vector) that weighs as much as the basket does."""
        turned = self.turned(_mixed(counts, self.average))
        if extra is None:
            return turned
        length = np.linalg.norm(extra, axis=1, keepdims=True)
        spread = np.sqrt(turned.var(0).sum()) or 1.0
        return np.hstack([turned, spread * extra / np.maximum(length, 1e-12)])

    def turned(self, shares: np.ndarray) -> np.ndarray:
        return (_on_sphere(shares, self.weight) - self.middle) @ self.directions


def _directions(points: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """(variances, directions as columns), the strongest first."""
    values, vectors = np.linalg.eigh(np.cov(points.T, bias=True))
    return values[::-1], vectors[:, ::-1]


def _mixed(counts: np.ndarray, average: np.ndarray) -> np.ndarray:
    return (counts + PRIOR * average) / (counts.sum(1, keepdims=True) + PRIOR)


def _on_sphere(shares: np.ndarray, weight: np.ndarray) -> np.ndarray:
    points = np.sqrt(shares) * weight
    return points / np.maximum(np.linalg.norm(points, axis=1, keepdims=True), 1e-12)


# --- k-means ---------------------------------------------------------------------------------


def nearest(points: np.ndarray, centres: np.ndarray) -> np.ndarray:
    """(rows,) index of the nearest centre."""
    labels = np.empty(len(points), np.int64)
    norms = (centres**2).sum(1)
    for begin in range(0, len(points), CHUNK):
        part = points[begin : begin + CHUNK]
        labels[begin : begin + CHUNK] = (norms - 2 * part @ centres.T).argmin(1)
    return labels


def k_means(
    points: np.ndarray, k: int, *, rng: np.random.Generator, warm: np.ndarray | None = None
) -> np.ndarray:
    """(k, d) centres; the best of several starts, or the one that begins at `warm`."""
    starts = [warm] if warm is not None else [_spread(points, k, rng) for _ in range(N_STARTS)]
    found = [_settled(points, start) for start in starts]
    return min(found, key=lambda pair: pair[1])[0]


def _spread(points: np.ndarray, k: int, rng: np.random.Generator) -> np.ndarray:
    """First centres far from each other (k-means++; Arthur and Vassilvitskii 2007)."""
    centres = [points[rng.integers(len(points))]]
    far = ((points - centres[0]) ** 2).sum(1)
    for _ in range(k - 1):
        total = far.sum()
        chosen = rng.choice(len(points), p=far / total) if total > 0 else 0
        centres.append(points[chosen])
        far = np.minimum(far, ((points - centres[-1]) ** 2).sum(1))
    return np.array(centres)


def _settled(points: np.ndarray, centres: np.ndarray) -> tuple[np.ndarray, float]:
    """Centres at rest, and the squares left over."""
    for _ in range(N_ROUNDS):
        labels = nearest(points, centres)
        moved = _means(points, labels, centres)
        step = np.abs(moved - centres).max()
        centres = moved
        if step < MOVED:
            break
    labels = nearest(points, centres)
    return centres, float(((points - centres[labels]) ** 2).sum())


def _means(points: np.ndarray, labels: np.ndarray, centres: np.ndarray) -> np.ndarray:
    """Each group's mean; an empty group stays where it was."""
    k = len(centres)
    sums = np.stack([np.bincount(labels, column, k) for column in points.T], 1)
    counts = np.bincount(labels, minlength=k)[:, None]
    return np.where(counts > 0, sums / np.maximum(counts, 1), centres)


def rand_index(one: np.ndarray, other: np.ndarray) -> float:
    """Adjusted Rand index of two groupings: 1 the same, 0 as by chance."""
    table = np.zeros((one.max() + 1, other.max() + 1))
    np.add.at(table, (one, other), 1)
    pairs = (table * (table - 1) / 2).sum()
    rows, columns = table.sum(1), table.sum(0)
    of_rows, of_columns = (rows * (rows - 1) / 2).sum(), (columns * (columns - 1) / 2).sum()
    n = len(one)
    expected = of_rows * of_columns / (n * (n - 1) / 2)
    most = (of_rows + of_columns) / 2
    return float((pairs - expected) / (most - expected)) if most > expected else 1.0


# --- How many groups -------------------------------------------------------------------------


@dataclass(frozen=True)
class Choice:
    """What each number of groups came to; `k` is 0 where none held."""

    k: int
    stability: dict[int, float] = field(default_factory=dict)
    smallest: dict[int, float] = field(default_factory=dict)
    n_told: dict[int, int] = field(default_factory=dict)  # groups that lead in a category
    sharpness: dict[int, float] = field(default_factory=dict)

    @property
    def ari(self) -> float:
        return self.stability[self.k] if self.k else max(self.stability.values(), default=0.0)

    def holding(self) -> list[int]:
        """The numbers that may be chosen."""
        stable = [
            k
            for k, ari in self.stability.items()
            if ari >= STABLE and self.smallest[k] >= SMALLEST_SHARE and self.n_told[k] == k
        ]
        best = max((self.sharpness[k] for k in stable), default=0.0)
        return [k for k in stable if self.sharpness[k] >= best - BLURRED]


def choose_k(
    points: np.ndarray,
    counts: np.ndarray,
    *,
    seed: int,
    former_k: int = 0,
    on_progress: Progress | None = None,
) -> Choice:
    """The largest number of groups that refits find again, none tiny and each with a lead.

    A number that held before is kept while it holds, unless a larger one does clearly better:
    else names would come and go with chance.
    """
    rng = np.random.default_rng(seed)
    rows = rng.permutation(len(points))[:CHOICE_ROWS]
    choice = Choice(0)
    for n, k in enumerate(K_RANGE, start=1):
        choice.stability[k], labels, centres = stability_of(points[rows], k, rng=rng)
        choice.sharpness[k] = sharpness_of(points[rows], centres)
        choice.smallest[k] = float(np.bincount(labels, minlength=k).min() / len(rows))
        choice.n_told[k] = n_leading(grouped(counts[rows], labels, k))
        if on_progress:
            on_progress(n / len(K_RANGE))
    holds = choice.holding()
    if former_k in holds:
        better = [k for k in holds if k > former_k and choice.stability[k] >= CLEARLY_STABLE]
        return replace(choice, k=max(better, default=former_k))
    return replace(choice, k=max(holds, default=0))


def stability_of(
    points: np.ndarray, k: int, *, rng: np.random.Generator, n_refits: int = 0
) -> tuple[float, np.ndarray, np.ndarray]:
    """(mean adjusted Rand index of refits on 80 %, labels of the fit on all, its centres)."""
    centres = k_means(points, k, rng=rng)
    whole = nearest(points, centres)
    found = []
    for _ in range(n_refits or N_REFITS):
        rows = rng.permutation(len(points))[: int(REFIT_SHARE * len(points))]
        found.append(rand_index(whole, nearest(points, k_means(points[rows], k, rng=rng))))
    return float(np.mean(found)), whole, centres


def sharpness_of(points: np.ndarray, centres: np.ndarray) -> float:
    """How much nearer the own centre is than the next one, from 0 to 1, on average."""
    squares = (points**2).sum(1)[:, None] - 2 * points @ centres.T + (centres**2).sum(1)
    distances = np.sqrt(np.maximum(np.sort(squares, axis=1)[:, :2], 0))
    return float((1 - distances[:, 0] / np.maximum(distances[:, 1], 1e-12)).mean())


def grouped(counts: np.ndarray, labels: np.ndarray, k: int) -> np.ndarray:
    """(k, categories) things that each group bought."""
    return np.stack([counts[labels == group].sum(0) for group in range(k)])


def n_leading(counts: np.ndarray) -> int:
    """How many groups buy a larger share of some category than every other group, and clearly
    more of it than the shop. counts: (groups, categories)."""
    shares = counts / np.maximum(counts.sum(1, keepdims=True), 1)
    leader = shares.argmax(0)
    found = leanings(counts, n=counts.shape[1])
    return sum(any(leader[one.category] == g for one in of) for g, of in enumerate(found))


# --- Fitting and naming ----------------------------------------------------------------------


@dataclass(frozen=True)
class Personas:
    """A fit. `labels` are of the rows it was given, in their order."""

    space: Space
    centres: np.ndarray  # (k, d)
    choice: Choice
    labels: np.ndarray = field(repr=False)

    @property
    def k(self) -> int:
        return len(self.centres)


def fit_personas(
    baskets: Baskets,
    *,
    seed: int,
    former: np.ndarray | None = None,
    extra: np.ndarray | None = None,
    on_progress: Progress | None = None,
) -> Personas | Choice:
    """Groups of the customers in `baskets` (each with at least one thing), or the choice that
    found none that hold.

    former: (k, categories) average baskets of the groups before, where the fit begins, so that
    groups stay what they were unless the customers changed.
    """
    counts = baskets.dense()
    rng = np.random.default_rng(seed)
    space = Space.of(counts, rng=rng)
    points = space.points(counts, extra)
    former_k = 0 if former is None else len(former)
    if not points.shape[1]:
        return Choice(0)
    choice = choose_k(points, counts, seed=seed, former_k=former_k, on_progress=on_progress)
    if not choice.k:
        return choice
    warm = None
    if former is not None and choice.k == former_k and extra is None:
        warm = space.turned(former)
    centres = k_means(points, choice.k, rng=rng, warm=warm)
    labels = nearest(points, centres)
    order = np.argsort(-np.bincount(labels, minlength=choice.k), kind="stable")
    rank = np.argsort(order)
    return Personas(space, centres[order], choice, rank[labels])


def matched(contingency: np.ndarray) -> list[tuple[int | None, float]]:
    """For each new group: (the old group that it goes on from, their members' Jaccard overlap).

    contingency: (old, new) customers in both; its margins must count customers known to both
    times only. None where the best match shares less than SAME.
    """
    rows, columns = contingency.sum(1, keepdims=True), contingency.sum(0, keepdims=True)
    either = rows + columns - contingency
    overlap = np.divide(contingency, either, out=np.zeros(contingency.shape), where=either > 0)
    pairs = dict(zip(*reversed(linear_sum_assignment(-overlap)), strict=True))
    found: list[tuple[int | None, float]] = []
    for new in range(contingency.shape[1]):
        old = pairs.get(new)
        share = float(overlap[old, new]) if old is not None else 0.0
        found.append((int(old) if old is not None and share >= SAME else None, share))
    return found


@dataclass(frozen=True)
class Leaning:
    """A category that a group buys more of than the shop's customers do."""

    category: int
    share: float  # of the group's things
    shop_share: float
    z: float

    @property
    def lift(self) -> float:
        return self.share / self.shop_share


def leanings(counts: np.ndarray, *, n: int = 3) -> list[list[Leaning]]:
    """Each group's strongest categories: bought clearly more (z > 3), and not by accident of size.

    counts: (groups, categories) things bought. Log-odds of the share against all others', with
    the standard error of two proportions.
    """
    total, of_group, of_category = counts.sum(), counts.sum(1), counts.sum(0)
    found: list[list[Leaning]] = []
    for row, things in zip(counts, of_group, strict=True):
        share, shop = row / max(things, 1), of_category / max(total, 1)
        others = (of_category - row) / max(total - things, 1)
        pooled = (1 / np.maximum(row, 0.5)) + 1 / np.maximum(of_category - row, 0.5)
        z = (np.log(np.maximum(share, 1e-12)) - np.log(np.maximum(others, 1e-12))) / np.sqrt(pooled)
        strong = [
            Leaning(int(c), float(share[c]), float(shop[c]), float(z[c]))
            for c in np.flatnonzero((z > 3) & (share > 1.2 * shop) & (share >= 0.03))
        ]
        strong.sort(key=lambda one: -one.share * np.log(one.lift))
        found.append(strong[:n])
    return found


def save_arrays(personas: Personas, **more: np.ndarray) -> dict[str, np.ndarray]:
    """What an artefact keeps of a fit."""
    space = personas.space
    return {
        "average": space.average, "weight": space.weight, "middle": space.middle,
        "directions": space.directions, "centres": personas.centres, **more,
    }  # fmt: skip


def load_arrays(arrays: dict[str, np.ndarray]) -> tuple[Space, np.ndarray]:
    names = ("average", "weight", "middle", "directions")
    return Space(*(arrays[name] for name in names)), arrays["centres"]


def mean_baskets(counts: np.ndarray, labels: np.ndarray, k: int) -> np.ndarray:
    """(k, categories) the average shares of each group's members."""
    shares = counts / np.maximum(counts.sum(1, keepdims=True), 1)
    sums = np.stack([shares[labels == group].sum(0) for group in range(k)])
    sizes = np.bincount(labels, minlength=k)[:, None]
    return sums / np.maximum(sizes, 1)

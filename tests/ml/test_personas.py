"""Groups of interests, in worlds whose groups are known beforehand."""

from typing import Any

import numpy as np
import pytest

from aiassist.ml import personas
from aiassist.ml.personas import (
    Baskets,
    Choice,
    choose_k,
    fit_personas,
    leanings,
    load_arrays,
    matched,
    mean_baskets,
    n_leading,
    nearest,
    rand_index,
    save_arrays,
)

N_CATEGORIES = 12


@pytest.fixture(autouse=True)
def _fewer_looks(monkeypatch: pytest.MonkeyPatch) -> None:
    """Worlds whose groups are plain need no more."""
    monkeypatch.setattr(personas, "N_STARTS", 4)
    monkeypatch.setattr(personas, "N_REFITS", 4)


def world(
    n: int = 1200, *, k: int = 4, seed: int = 0, own: float = 0.8
) -> tuple[Baskets, np.ndarray]:
    """Customers of k tastes, each with three categories of its own; (baskets, true groups)."""
    rng = np.random.default_rng(seed)
    taste = rng.integers(0, k, n)
    counts = np.zeros((n, N_CATEGORIES))
    for row in range(n):
        things = 4 + rng.poisson(8)
        is_own = rng.random(things) < own
        mine = taste[row] * 3 + rng.integers(0, 3, things)
        bought = np.where(is_own, mine, rng.integers(0, N_CATEGORIES, things))
        np.add.at(counts[row], bought, 1)
    rows, categories = np.nonzero(counts)
    baskets = Baskets.of(
        rows, categories, counts[rows, categories], n_rows=n, n_categories=N_CATEGORIES
    )
    return baskets, taste


def test_baskets_come_back_as_they_were() -> None:
    baskets, _taste = world(50)
    dense = baskets.dense()
    assert dense.sum() == baskets.counts.sum()
    assert (baskets.part(np.array([3, 0, 7])).dense() == dense[[3, 0, 7]]).all()


def test_tastes_that_are_there_are_found() -> None:
    baskets, taste = world()
    found = fit_personas(baskets, seed=1)
    assert found.k == 4
    assert rand_index(found.labels, taste) > 0.95
    assert found.choice.ari > 0.95


@pytest.mark.parametrize("n", [300, 1500])
@pytest.mark.parametrize(("k", "own"), [(3, 0.85), (3, 0.6), (4, 0.8)])
def test_groups_that_are_there_are_not_cut_into_pieces(n: int, k: int, own: float) -> None:
    """Halves of a group are found again too, the more surely the more customers there are."""
    baskets, taste = world(n, k=k, own=own)
    found = fit_personas(baskets, seed=1)
    assert found.k == k
    assert rand_index(found.labels, taste) > 0.85


def test_groups_are_numbered_from_the_largest() -> None:
    baskets, _taste = world()
    sizes = np.bincount(fit_personas(baskets, seed=1).labels)
    assert list(sizes) == sorted(sizes, reverse=True)


def test_the_same_seed_gives_the_same_groups() -> None:
    baskets, _taste = world(600)
    one, other = (fit_personas(baskets, seed=7) for _ in range(2))
    assert (one.labels == other.labels).all()
    assert (one.centres == other.centres).all()


def test_where_all_buy_alike_no_groups_are_made_up() -> None:
    """Twelve categories at random: refits cannot agree on what is not there."""
    found = fit_personas(world(1000, own=0.0)[0], seed=1)
    assert isinstance(found, Choice)
    assert found.k == 0
    assert found.ari < personas.STABLE


def test_a_tiny_group_makes_no_persona() -> None:
    """Two tastes, and three customers who buy something nobody else does."""
    baskets, _taste = world(600, k=3)
    rows = np.flatnonzero(np.arange(600) < 3)
    dense = baskets.dense()
    dense[rows] = 0
    dense[rows, N_CATEGORIES - 1] = 30
    at, what = np.nonzero(dense)
    odd = Baskets.of(at, what, dense[at, what], n_rows=600, n_categories=N_CATEGORIES)
    found = fit_personas(odd, seed=1)
    assert found.choice.smallest[found.k] >= personas.SMALLEST_SHARE


def test_a_refit_of_the_same_customers_keeps_every_group() -> None:
    baskets, _taste = world()
    first = fit_personas(baskets, seed=1)
    former = mean_baskets(baskets.dense(), first.labels, first.k)
    second = fit_personas(baskets, seed=99, former=former)
    table = np.zeros((first.k, second.k))
    np.add.at(table, (first.labels, second.labels), 1)
    assert all(old == new and share > 0.9 for new, (old, share) in enumerate(matched(table)))


def held(**stability: float) -> Any:
    """The choice among numbers of groups whose refits agree as given."""

    def of(points: Any, k: int, **_: Any) -> tuple[float, Any, Any]:
        return stability.get(f"k{k}", 0.0), np.arange(len(points)) % k, points[:k]

    return of


@pytest.mark.parametrize(
    ("stability", "former_k", "k"),
    [
        ({"k3": 0.9, "k4": 0.82, "k5": 0.79}, 0, 4),
        ({"k3": 0.9, "k4": 0.82}, 3, 3),  # four hold, but not clearly: names are kept
        ({"k3": 0.9, "k4": 0.86}, 3, 4),
        ({"k3": 0.79, "k4": 0.82}, 3, 4),
        ({"k3": 0.9, "k6": 0.7}, 6, 3),
        ({"k3": 0.79}, 0, 0),
    ],
)
def test_the_largest_number_that_holds_is_chosen_but_names_are_not_lost_lightly(
    stability: dict[str, float], former_k: int, k: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(personas, "stability_of", held(**stability))
    monkeypatch.setattr(personas, "n_leading", len)
    nothing = np.zeros((40, 2))
    assert choose_k(nothing, nothing, seed=1, former_k=former_k).k == k


def test_a_group_that_leads_in_nothing_does_not_count() -> None:
    """The second is the first one's paler half."""
    apart = np.array([[90, 10, 10], [60, 25, 25], [10, 90, 90]])
    assert n_leading(apart) == 2
    assert n_leading(apart[[0, 2]]) == 2


def test_a_name_goes_on_only_with_enough_of_its_members() -> None:
    table = np.array([[90, 10, 0], [5, 30, 60], [0, 30, 25]])
    (first, second, third) = matched(table)
    assert first == (0, pytest.approx(90 / 105))
    assert third[0] == 1
    assert third[1] == pytest.approx(60 / 120)
    assert second == (None, pytest.approx(30 / 95)), "a third of its members are not enough"


def test_more_groups_than_before_leave_one_without_a_past() -> None:
    found = matched(np.array([[50, 0, 0], [0, 50, 0]]))
    assert [old for old, _share in found] == [0, 1, None]


@pytest.mark.parametrize(
    ("one", "other", "index"),
    [
        ([0, 0, 1, 1], [1, 1, 0, 0], 1.0),
        ([0, 0, 1, 1], [0, 1, 0, 1], -0.5),
        # by hand: table [[2,1],[0,3]]; pairs 1+3=4, rows 3+3=6, columns 1+6=7, expected 6*7/15
        ([0, 0, 0, 1, 1, 1], [0, 0, 1, 1, 1, 1], (4 - 2.8) / (6.5 - 2.8)),
    ],
)
def test_the_rand_index_is_the_published_one(
    one: list[int], other: list[int], index: float
) -> None:
    assert rand_index(np.array(one), np.array(other)) == pytest.approx(index)


def test_leanings_are_what_a_group_buys_more_of() -> None:
    counts = np.array([[80, 10, 10], [10, 80, 110]])
    first, second = leanings(counts)
    assert [one.category for one in first] == [0]
    assert first[0].share == pytest.approx(0.8)
    assert first[0].lift == pytest.approx(0.8 / 0.3)
    assert [one.category for one in second] == [2, 1]


def test_a_few_purchases_prove_no_leaning() -> None:
    assert leanings(np.array([[2, 1], [30, 30]])) == [[], []]


def test_what_an_artefact_keeps_places_customers_the_same() -> None:
    baskets, _taste = world(500)
    found = fit_personas(baskets, seed=1)
    space, centres = load_arrays(save_arrays(found))
    assert (nearest(space.points(baskets.dense()), centres) == found.labels).all()


def test_a_further_view_takes_part() -> None:
    """Baskets that show a taste faintly, and a vector that knows it."""
    baskets, taste = world(800, own=0.25)
    alone = fit_personas(baskets, seed=1)
    extra = np.eye(4)[taste] + np.random.default_rng(1).normal(0, 0.05, (800, 4))
    both = fit_personas(baskets, seed=1, extra=extra)
    assert both.k == 4
    assert rand_index(both.labels, taste) > 0.95
    assert isinstance(alone, Choice) or rand_index(alone.labels, taste) < 0.95

"""A short form of each fault, with real Celery workers and the real broker.

The long form is `python -m tests.chaos`.
"""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.chaos import faults
from tests.chaos.world import World, wipe_broker

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def world(tmp_path: Path, settings: Any) -> Iterator[Callable[..., World]]:
    """Makes a shop with workers whose leases last a second."""
    settings.JOB_LEASE_SECONDS = 1
    made: list[World] = []

    def make(**env: str) -> World:
        made.append(World(tmp_path, JOB_LEASE_SECONDS="1", **env))
        return made[-1]

    wipe_broker()
    yield make
    for one in made:
        one.end()


def assert_nothing_lost(world: World, **options: Any) -> None:
    found = world.outcome(**options)
    assert (found["lost"], found["duplicated"]) == (0, 0), world.worker_log.read_text()[-4000:]


def test_kill_9_loses_and_doubles_nothing(world):
    here = world(seed=3)
    assert faults.f1_kill(here, kills=2)["kills"] == 2
    assert_nothing_lost(here)


def pause_until_overtaken(world: World) -> None:
    """A worker that is stopped inside a commit keeps the row's lock, and nobody can take its job
    over: then it is paused again."""
    for _ in range(5):
        if faults.f2_pause(world, kills=1)["overtaken"]:
            return
    pytest.fail("In five pauses no other worker took the job over.")


def test_a_worker_that_slept_past_its_lease_writes_nothing(world):
    here = world()
    pause_until_overtaken(here)
    assert_nothing_lost(here)
    assert here.outcome()["refused"] == 1


def test_without_the_fence_the_same_sleep_does_things_twice(world):
    here = world(ECOMPORTAL_CHAOS="1", ECOMPORTAL_CHAOS_NO_FENCE="1")
    pause_until_overtaken(here)
    assert here.outcome()["duplicated"] > 0


def test_a_deploy_is_no_stall_and_repeats_nothing(world):
    here = world()
    assert faults.f3_deploy(here, kills=1)["stalls"] == 0
    assert_nothing_lost(here)
    assert here.outcome()["repeated_share"] == 0


def test_a_wiped_broker_loses_no_job(world):
    here = world()
    assert faults.f5_broker(here, kills=6)["kills"] == 6
    assert_nothing_lost(here)


def test_cancel_stops_and_frees_the_place(world):
    here = world()
    found = faults.f14_cancel(here, kills=2)
    assert (found["late"], found["stuck"], found["ended_first"]) == (0, 0, 0)
    assert (found["lost"], found["duplicated"]) == (0, 0)


def test_an_item_that_kills_its_worker_costs_that_item_alone(world):
    here = world()
    job = here.start(12, batch=6, killers=[8])
    here.drain(n_workers=1)
    ended = here.look(job)
    assert (ended.status, ended.n_done, ended.n_failed) == ("done", 11, 1)
    assert_nothing_lost(here, skip_failed=True)


def test_an_immediate_restart_of_the_database_loses_nothing(world, own_cluster):
    if own_cluster is None:
        pytest.skip("The server is lent, so it is not ours to restart.")
    here = world()
    found = faults.f4_database(here, kills=1, cluster=own_cluster)
    assert_nothing_lost(here)
    assert found["recovery_seconds"] < 15

"""The faults, by their number in the fault matrix. Each does its harm and lets the rest end."""

import os
import signal
import time
from collections.abc import Callable
from contextlib import suppress
from typing import Any

from django.conf import settings

from ecomportal.embedded.postgres import Cluster
from ecomportal.jobs.models import Job, JobItem, JobStatus
from ecomportal.jobs.start import cancel_job
from tests.chaos.workers import wait_until
from tests.chaos.world import World, wipe_broker

N_WORKERS = 2


def f1_kill(world: World, *, kills: int, **_: Any) -> dict[str, Any]:
    """kill -9 at random moments: a pool process, a worker without its pool, or the whole group."""
    n_kills, next_at = 0, time.monotonic() + 2
    while n_kills < kills:
        if time.monotonic() > next_at + 60:
            raise TimeoutError("No worker took up a job for a minute.")
        while len(world.live()) < 5:
            world.start(world.rng.randint(200, 500))
        world.keep_workers(N_WORKERS)
        world.sweep()
        time.sleep(0.03)
        if time.monotonic() < next_at or not (held := world.held()):
            continue
        if _strike(world, world.rng.choice(held)[1]):
            n_kills += 1
            next_at = time.monotonic() + world.rng.uniform(0.05, 1.5)
    world.drain()
    return {"kills": n_kills}


def _strike(world: World, pid: int) -> bool:
    """Kill the process that holds a job, alone or with others; False if it is gone already."""
    owner = next((w for w in world.workers if pid in w.children()), None)
    if owner is None:
        return False
    how = world.rng.choice(["pool", "pool", "pool", "main", "group"])
    if how == "group":
        owner.kill()
    else:
        with suppress(ProcessLookupError):
            os.kill(pid if how == "pool" else owner.pid, signal.SIGKILL)
    return True


def f2_pause(world: World, *, kills: int, **_: Any) -> dict[str, Any]:
    """Stop the holder for longer than its lease, let another go on, then wake it."""
    n_pauses = n_overtaken = 0
    while n_pauses < kills:
        world.keep_workers(N_WORKERS)
        if not world.live():
            # A batch takes 0.4 s, so that the pause falls into the work and not between.
            world.start(200, batch=40, seconds_per_item=0.01)
        world.sweep()
        time.sleep(world.rng.uniform(0.05, 0.4))
        if held := world.held():
            n_overtaken += _pause(world, *world.rng.choice(held))
            n_pauses += 1
    world.drain()
    return {"kills": n_pauses, "overtaken": n_overtaken}


def _pause(world: World, job: Job, pid: int) -> bool:
    """Returns whether another worker took the job over meanwhile."""
    with suppress(ProcessLookupError):
        os.kill(pid, signal.SIGSTOP)
        deadline = time.monotonic() + settings.JOB_LEASE_SECONDS + 10
        while world.look(job).n_claims == job.n_claims and time.monotonic() < deadline:
            if world.look(job).is_finished:
                break  # it ended between our look and the stop
            world.sweep()
            time.sleep(0.05)
        # Overtaken: leave the other time for the batch that the sleeper has in its hands.
        time.sleep(0.6)
        os.kill(pid, signal.SIGCONT)
        time.sleep(0.6)
    return world.look(job).n_claims > job.n_claims


def f3_deploy(world: World, *, kills: int, **_: Any) -> dict[str, Any]:
    """SIGTERM, as on a deploy: no stall, no item computed twice."""
    job = world.start(250 * kills)
    for _n in range(kills):
        world.keep_workers(1)
        n_before = world.look(job).n_done
        wait_until(lambda n=n_before: world.look(job).n_done > n, seconds=30, what="progress")
        world.workers[0].stop()
        world.workers[0].process.wait(timeout=30)
    n_stalls = world.look(job).n_stalls
    world.drain(n_workers=1)
    return {"kills": kills, "stalls": n_stalls}


def f4_database(world: World, *, kills: int, cluster: Cluster, **_: Any) -> dict[str, Any]:
    """PostgreSQL drops everything at once and comes back."""
    recoveries = []
    for _n in range(kills):
        while len(world.live()) < 3:
            world.start(600)
        world.keep_workers(N_WORKERS)
        wait_until(world.held, seconds=30, what="a running job")
        time.sleep(world.rng.uniform(0.1, 1.0))
        os.kill(int((cluster.data / "postmaster.pid").read_text().split()[0]), signal.SIGQUIT)
        wait_until(lambda: not cluster.is_ready(), seconds=20, what="the end of PostgreSQL")
        time.sleep(0.3)
        cluster.ensure()
        back_at = time.monotonic()
        n_before = _n_done(world)
        _until_more(world, n_before)
        recoveries.append(round(time.monotonic() - back_at, 2))
    world.drain()
    return {"kills": kills, "recovery_seconds": max(recoveries)}


def _n_done(world: World) -> int:
    return sum(world.look(job).n_done for job in world.jobs)


def _until_more(world: World, n_before: int) -> None:
    deadline = time.monotonic() + 60
    while _n_done(world) <= n_before and time.monotonic() < deadline:
        world.keep_workers(N_WORKERS)
        world.sweep()
        time.sleep(0.05)


def f5_broker(world: World, *, kills: int, **_: Any) -> dict[str, Any]:
    """The broker loses every message while `kills` jobs wait."""
    for _n in range(kills):
        world.start(20)
    n_wiped = wipe_broker()
    began = time.monotonic()
    world.drain(seconds=90)
    return {"kills": n_wiped, "recovery_seconds": round(time.monotonic() - began, 1)}


def f14_cancel(world: World, *, kills: int, **_: Any) -> dict[str, Any]:
    """Cancel at random moments: it stops within a batch, and the slot is free again."""
    n_late = n_stuck = n_unfinished = 0
    for n in range(kills):
        world.keep_workers(N_WORKERS)
        job = world.start(600, dedupe_key="one")
        if n % 3:
            wait_until(lambda job=job: world.look(job).n_done, seconds=30, what="a first batch")
        time.sleep(world.rng.uniform(0, 0.5))
        n_before = world.look(job).n_done
        world.ask(lambda job=job: cancel_job(job))
        wait_until(lambda job=job: world.look(job).is_finished, seconds=30, what="the stop")
        ended = world.look(job)
        n_unfinished += ended.status != JobStatus.CANCELLED
        # Between our look and our wish another batch may have ended.
        n_late += ended.n_done - n_before > 2 * job.params["batch"] + _in_one_beat()
        again = world.start(1, dedupe_key="one")
        n_stuck += not again.is_new
        world.drain()
    found = _cancelled_outcome(world)
    return {"kills": kills, "late": n_late, "stuck": n_stuck, "ended_first": n_unfinished, **found}


def _in_one_beat() -> int:
    """Items a job does until its heartbeat reads the wish, at 4 ms each."""
    return int(settings.JOB_LEASE_SECONDS / 3 / 0.004)


def _cancelled_outcome(world: World) -> dict[str, int]:
    """What a cancelled job kept must be exactly the items it calls done."""
    done = world.ask(
        lambda: JobItem.objects.filter(job__in=world.jobs, status=JobItem.Status.DONE).count()
    )
    _n, n_effects, n_distinct, _wrong = world.ask(lambda: world._count(skip_failed=False))
    n_counted = _n_done(world)
    return {"lost": abs(done - n_distinct) + abs(n_counted - done), "duplicated": n_effects - done}


FAULTS: dict[str, Callable[..., dict[str, Any]]] = {
    "F1": f1_kill,
    "F2": f2_pause,
    "F3": f3_deploy,
    "F4": f4_database,
    "F5": f5_broker,
    "F14": f14_cancel,
}

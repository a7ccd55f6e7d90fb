"""Personas: who buys alike, found anew once a night, under the names the merchant gave.

Two passes over the buyers. The first looks at some of them and fits the groups; what it found is
kept as a version (a candidate of this job), so that a job that was killed goes on with the same
groups. The second places everybody, slice by slice, and counts what the cards say. Only then, in
one transaction, are the new groups the shop's personas.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import numpy as np
from django.db import connection
from django.db.models import Count
from django.utils import timezone
from safetensors.numpy import load_file, save_file

from aiassist.ml.personas import (
    N_REFITS,
    Baskets,
    Choice,
    Personas,
    Space,
    fit_personas,
    load_arrays,
    matched,
    mean_baskets,
    nearest,
    save_arrays,
)
from aiassist.profiles.models import CustomerProfile, Persona
from aiassist.registry.artefacts import BrokenArtefact, fingerprint, new_folder, verified
from aiassist.registry.models import ModelKind, ModelState, ModelVersion
from aiassist.registry.promotion import promote
from aiassist.segments.personas_cards import write_cards
from aiassist.segments.personas_rows import (
    SLICE,
    Columns,
    baskets_of,
    bought,
    columns_of,
    sampled_customers,
    slices,
)
from ecomportal.jobs.run import Run
from ecomportal.said import Said, said

FEWEST_BUYERS, FEWEST_CATEGORIES = 200, 3
SEED = 20_261
FILE, BASE = "personas.safetensors", "personas-1"
PLACE = """
UPDATE aiassist_customerprofile p SET persona_id = n.persona
FROM unnest(%s::uuid[], %s::uuid[]) n (customer, persona)
WHERE p.customer_id = n.customer AND p.merchant_id = %s AND p.persona_id IS DISTINCT FROM n.persona
"""


@dataclass
class Plan:
    """A fit that is being carried out: how to place a customer, and which persona a group is."""

    version: ModelVersion
    columns: Columns
    space: Space
    centres: np.ndarray
    personas: list[UUID]

    @property
    def k(self) -> int:
        return len(self.centres)


@dataclass
class Tally:
    """What the second pass counted."""

    things: np.ndarray  # (k, categories)
    sizes: np.ndarray  # (k,)
    n_unknown: int = 0
    # (old persona, group) of customers that were placed before
    moves: dict[tuple[UUID, int], int] = field(default_factory=dict)


def refresh_personas(run: Run) -> None:
    """Find, match, place, describe. Safe to call again after a stop at any point."""
    plan = _plan_of(run) or _made_plan(run)
    if plan is None:
        return
    tally = _place_all(run, plan)
    with run.commit():
        write_cards(run.merchant, plan, tally)
        _close(run, plan, tally)


# --- First pass ------------------------------------------------------------------------------


def _made_plan(run: Run) -> Plan | None:
    """Fit anew; None where that says there are no groups, which is then told."""
    ids, rows = sampled_customers(run, seed=SEED), []
    for begin in range(0, len(ids), SLICE):
        run.check()
        with run.tenant():
            rows += bought(run.merchant, ids[begin : begin + SLICE])
    with run.tenant():
        columns = columns_of(run.merchant, rows)
        former = _former(run, columns)
        placed = _placed(run, ids)
    customers, baskets = baskets_of(rows, columns)
    if shortfall := _shortfall(len(customers), len(columns)):
        _refuse(run, shortfall, data={"n_buyers": len(customers), "n_categories": len(columns)})
        return None
    found = fit_personas(baskets, seed=SEED, former=former, on_progress=lambda _share: run.check())
    data = {"n_buyers": len(customers), "n_categories": len(columns), "seed": SEED}
    if isinstance(found, Choice):
        _refuse(run, _no_groups(found), data=data, metrics=_metrics(found))
        return None
    return _keep(run, found, columns, customers, baskets, placed, data)


def _shortfall(n_buyers: int, n_categories: int) -> Said | None:
    if n_buyers < FEWEST_BUYERS:
        return said(
            "%(n)s of %(wanted)s customers who bought something in a category.",
            n=n_buyers, wanted=FEWEST_BUYERS,
        )  # fmt: skip
    if n_categories < FEWEST_CATEGORIES:
        return said(
            "Purchases in %(n)s of at least %(wanted)s categories.",
            n=n_categories, wanted=FEWEST_CATEGORIES,
        )  # fmt: skip
    return None


def _no_groups(choice: Choice) -> Said:
    if not choice.stability:
        return said("Your customers buy alike: what differs is no more than chance would make.")
    return said(
        "No grouping held: a second look at a part of the customers found others (agreement"
        " %(ari)s at best, %(wanted)s is needed).",
        ari=f"{choice.ari:.2f}", wanted="0.80",
    )  # fmt: skip


def _former(run: Run, columns: Columns) -> np.ndarray | None:
    """The average baskets of the personas in use, in today's categories; the fit begins there."""
    rows = list(run.merchant.personas.filter(is_current=True).order_by("number"))
    if len(rows) < 2:
        return None
    baskets = np.zeros((len(rows), len(columns)))
    for row, persona in zip(baskets, rows, strict=True):
        for category, share in persona.centre.get("shares", {}).items():
            if category in columns.of:
                row[columns.of[category]] += share
    return baskets / np.maximum(baskets.sum(1, keepdims=True), 1e-9)


def _placed(run: Run, ids: Sequence[UUID]) -> dict[UUID, UUID]:
    """Who of the sample is in which persona now."""
    found = CustomerProfile.objects.filter(customer__in=ids, persona__is_current=True)
    return dict(found.values_list("customer_id", "persona_id"))


def _keep(
    run: Run, found: Personas, columns: Columns, customers: list[UUID], baskets: Baskets,
    placed: dict[UUID, UUID], data: dict[str, Any],
) -> Plan:  # fmt: skip
    """The fit as a candidate with its file, and a row for every group, none in use yet."""
    heirs = _heirs(found, customers, placed)
    centres = mean_baskets(baskets.dense(), found.labels, found.k)
    with run.commit():
        version = _new_version(run, data=data, metrics=_metrics(found.choice))
        personas = [
            old if old else _new_persona(run, columns, shares).pk
            for (old, _overlap), shares in zip(heirs, centres, strict=True)
        ]
        version.config = {
            "k": found.k,
            "categories": list(columns.ids),
            "of": columns.of,
            "personas": [str(pk) for pk in personas],
            "is_new": [old is None for old, _overlap in heirs],
            "overlaps": [overlap for _old, overlap in heirs],
            "n_known": len(placed),
        }
        folder = new_folder(version)
        save_file(save_arrays(found, shares=centres), folder / FILE)
        version.sha256 = fingerprint(folder)
        version.save()
    return Plan(version, columns, found.space, found.centres, personas)


def _heirs(
    found: Personas, customers: list[UUID], placed: dict[UUID, UUID]
) -> list[tuple[UUID | None, float | None]]:
    """For each group the persona that it goes on from, if enough of its members stayed."""
    known = [(placed[one], label) for one, label in zip(customers, found.labels, strict=True)
             if one in placed]  # fmt: skip
    if not known:
        return [(None, None)] * found.k
    old = sorted({persona for persona, _label in known})
    table = np.zeros((len(old), found.k))
    for persona, label in known:
        table[old.index(persona), label] += 1
    return [(None if n is None else old[n], round(share, 4)) for n, share in matched(table)]


def _new_persona(run: Run, columns: Columns, shares: np.ndarray) -> Persona:
    newest = run.merchant.personas.order_by("-number").first()
    return Persona.objects.create(
        merchant=run.merchant,
        number=newest.number + 1 if newest else 1,
        is_current=False,
        centre={"shares": shares_by_id(columns, shares)},
    )


def shares_by_id(columns: Columns, shares: np.ndarray) -> dict[str, float]:
    rows = zip(columns.ids, shares, strict=True)
    return {category: round(float(share), 5) for category, share in rows if share >= 0.0005}


# --- Versions --------------------------------------------------------------------------------


def _plan_of(run: Run) -> Plan | None:
    """What this job found before it was stopped."""
    with run.tenant():
        mine = run.merchant.model_versions.filter(job=run.job, kind=ModelKind.PERSONAS)
        version = mine.filter(state=ModelState.CANDIDATE).first()
    if version is None:
        return None
    try:
        space, centres = load_arrays(load_file(verified(version) / FILE))
    except BrokenArtefact:
        return None  # nothing is in use of it yet, so it is made anew
    config = version.config
    columns = Columns(tuple(config["categories"]), config["of"])
    return Plan(version, columns, space, centres, [UUID(one) for one in config["personas"]])


def _new_version(run: Run, **fields: Any) -> ModelVersion:
    rows = run.merchant.model_versions.filter(kind=ModelKind.PERSONAS).order_by("-n")
    newest = rows.first()
    return ModelVersion(
        merchant=run.merchant, kind=ModelKind.PERSONAS, n=newest.n + 1 if newest else 1,
        base=BASE, job=run.job, created_by_id=run.user_id, **fields,
    )  # fmt: skip


def _metrics(choice: Choice) -> dict[str, Any]:
    return {
        "ari": round(choice.ari, 4),
        "k": choice.k,
        "n_refits": N_REFITS,
        "stability": {str(k): round(one, 4) for k, one in choice.stability.items()},
        "smallest": {str(k): round(one, 4) for k, one in choice.smallest.items()},
    }


def _refuse(
    run: Run, reason: Said, *, data: dict[str, Any], metrics: dict[str, Any] | None = None
) -> None:
    """Personas of before stay in use; why there are no new ones is told on the page. A repeat of
    the same refusal is no news, so it only moves the date."""
    with run.commit():
        rows = run.merchant.model_versions.filter(kind=ModelKind.PERSONAS).order_by("-n")
        newest = rows.first()
        if newest is None or newest.state != ModelState.REFUSED:
            newest = _new_version(run)
        newest.state, newest.reason = ModelState.REFUSED, reason
        newest.data, newest.metrics, newest.job = data, metrics or {}, run.job
        newest.created_at = timezone.now()
        newest.save()


def _close(run: Run, plan: Plan, tally: Tally) -> None:
    version = plan.version
    version.reason = said(
        "%(k)s groups; a second look at a part of the customers found the same (agreement"
        " %(ari)s, %(wanted)s is needed).",
        k=plan.k, ari=f"{version.metrics['ari']:.2f}", wanted="0.80",
    )  # fmt: skip
    version.metrics |= {"sizes": tally.sizes.tolist(), "n_unknown": tally.n_unknown}
    version.metrics["share_kept"] = _share_kept(plan, tally)
    version.metrics["grid"] = _grid(run)
    version.save(update_fields=["reason", "metrics"])
    promote(run.merchant, version.pk)


def _grid(run: Run) -> list[list[Any]]:
    """[RFM group, persona, customers]: the page shows it without reading a million profiles."""
    rows = CustomerProfile.objects.filter(merchant=run.merchant, persona__isnull=False)
    counted = rows.order_by().values_list("rfm_group", "persona__number").annotate(n=Count("pk"))
    return [list(row) for row in counted]


def _share_kept(plan: Plan, tally: Tally) -> float | None:
    """Of those in a persona before: how many are in it still."""
    total = sum(tally.moves.values())
    stayed = sum(n for (old, group), n in tally.moves.items() if plan.personas[group] == old)
    return round(stayed / total, 4) if total else None


# --- Second pass -----------------------------------------------------------------------------


def _place_all(run: Run, plan: Plan) -> Tally:
    shape = (plan.k, len(plan.columns))
    tally = Tally(np.zeros(shape, np.int64), np.zeros(plan.k, np.int64))
    for ids in slices(run):
        with run.tenant():
            rows = bought(run.merchant, ids)
            before = _placed(run, ids)
        customers, baskets = baskets_of(rows, plan.columns)
        counts = baskets.dense()
        labels = nearest(plan.space.points(counts), plan.centres)
        _count(tally, customers, counts, labels, before)
        tally.n_unknown += len(ids) - len(customers)
        known = dict(zip(customers, labels, strict=True))
        personas = [plan.personas[known[one]] if one in known else None for one in ids]
        with run.commit(), connection.cursor() as cursor:
            cursor.execute(PLACE, [ids, personas, run.merchant.pk])
    return tally


def _count(
    tally: Tally, customers: list[UUID], counts: np.ndarray, labels: np.ndarray,
    before: dict[UUID, UUID],
) -> None:  # fmt: skip
    np.add.at(tally.things, labels, counts.astype(np.int64))
    np.add.at(tally.sizes, labels, 1)
    for customer, label in zip(customers, labels, strict=True):
        if old := before.get(customer):
            key = old, int(label)
            tally.moves[key] = tally.moves.get(key, 0) + 1

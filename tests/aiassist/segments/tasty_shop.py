"""A shop whose customers have tastes that are known, and a run that looks for them."""

from datetime import timedelta
from typing import Any

import numpy as np
from django.utils import timezone

from aiassist import tasks
from aiassist.segments.personas_job import refresh_personas
from aiassist.segments.rfm import refresh_all
from catalog.orders.models import Customer, Order, OrderLine
from ecomportal.jobs.lease import Heartbeat, claim
from ecomportal.jobs.models import Job
from ecomportal.jobs.run import Run
from ecomportal.jobs.start import start_job
from ecomportal.tenancy.context import tenant
from tests.factories import make_category, make_product

CATEGORIES = [
    ("Teapots", "茶壶"), ("Cups", "杯子"), ("Trays", "茶盘"),
    ("Knives", "刀具"), ("Boards", "砧板"), ("Aprons", "围裙"),
    ("Lamps", "灯具"), ("Cushions", "靠垫"), ("Frames", "相框"),
]  # fmt: skip
N_TASTES = 3


def make_goods(shop: Any) -> list[Any]:
    """A product in each category; three categories make a taste."""
    found = []
    for en, zh in CATEGORIES:
        category = make_category(shop, en, name_zh=zh)
        found.append(make_product(shop, f"{en} no. 1", category=category))
    return found


def fill(
    shop: Any, goods: list[Any], *, n: int = 210, seed: int = 1, own: float = 0.85, first: int = 0
) -> list[Customer]:
    """Customers whose taste is their number modulo three; each orders twice, forty days apart."""
    rng, now = np.random.default_rng(seed), timezone.now()
    with tenant(shop):
        people = Customer.objects.bulk_create(
            Customer(merchant=shop, external_id=f"c{i}", language="zh" if i % 3 == 0 else "en")
            for i in range(first, first + n)
        )
        orders = Order.objects.bulk_create(
            Order(
                merchant=shop, customer=one, number=f"{one.external_id}-{k}", status="paid",
                currency=shop.currency, total_cents=9000 if int(one.external_id[1:]) % 3 else 3000,
                ordered_at=now - timedelta(days=10 + 40 * k),
            )
            for one in people for k in range(2)
        )  # fmt: skip
        lines = []
        for order in orders:
            taste = int(order.number.split("-")[0][1:]) % N_TASTES
            for k in range(4):
                mine = taste * 3 + rng.integers(3)
                product = goods[mine if rng.random() < own else rng.integers(len(goods))]
                lines.append(
                    OrderLine(
                        merchant=shop, order=order, line_number=str(k), product=product,
                        sku="x", quantity=1, unit_price_cents=1000,
                    )
                )  # fmt: skip
        OrderLine.objects.bulk_create(lines)
    refresh_all(shop)
    return people


def a_job(shop: Any) -> Job:
    return start_job(tasks.build_segments, shop, None, title="Reckon", params={"scope": "full"})


def find_personas(shop: Any, job: Job | None = None) -> Job:
    """What the nightly job does about them."""
    job = job or a_job(shop)
    with tenant(shop):
        Job.objects.filter(pk=job.pk).update(status="queued", lease_token=None)
        claimed = claim(job.pk, params_version=1)
    with Heartbeat(claimed) as heart:
        refresh_personas(Run(claimed, heart))
    return job

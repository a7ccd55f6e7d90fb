"""The segment language: fuzz, agreement of the query with the plain reading, time of live counts.

`python -m tests.bench segments_rules [--sizes 10000,100000] [--fuzz N] [--rules N]` makes a
database of its own; the frame `segments` calls `measure` inside its own, with its own shops.
"""

import argparse
import json
import time
from collections.abc import Iterable, Sequence
from random import Random
from typing import Any

from tests.bench.scratch import scratch

SIZES = (10_000, 100_000, 1_000_000)
N_FUZZ, N_RULES = 100_000, 10_000
CUSTOMERS_A_SHOP = 40  # of the random shops that rules are held against
ROUNDS = 3  # of all rules in each shop
ORDERS_A_CUSTOMER, VIEWS_A_CUSTOMER, CHATS_A_CUSTOMER = 10, 3, 0.05
ZONES = ("UTC", "Asia/Shanghai", "America/New_York", "Pacific/Kiritimati", "Africa/Casablanca")

# What merchants ask: attributes alone, of both tables, segments, and behaviour, rare and common;
# with a SKU, the largest category and a tag of the shop.
RULES = (
    "number_of_orders >= 3",
    "amount_spent BETWEEN 100 AND 500 AND last_order_date >= 90_days_ago",
    "rfm_group IN ('champions', 'loyal')",
    "churn_probability > 0.6 AND predicted_clv >= 50",
    "days_since_last_order > 180 OR number_of_orders = 0",
    "r_score >= 4 AND f_score <= 2 AND m_score >= 3",
    "expected_date_of_next_order BETWEEN today AND +30d",
    "country IN ('DE', 'FR') AND accepts_marketing = true",
    "amount_spent >= 200 AND country != 'DE' AND customer_language = 'en'",
    "(r_score = 5 OR rfm_group = 'new') AND accepts_marketing = true AND amount_spent > 20",
    "in_segment('everybody third')",
    "NOT in_segment('everybody third') AND number_of_orders >= 2",
    "products_purchased(sku: '{sku}')",
    "products_purchased(category: '{category}', within: -3m)",
    "NOT products_purchased(tag: '{tag}', within: -1y) AND number_of_orders >= 1",
    "orders_placed(total: >= 50, count: >= 2, within: -90d)",
    "orders_placed(count: BETWEEN 1 AND 3, within: -1y) AND accepts_marketing = true",
    "NOT orders_placed(within: -1y) AND amount_spent >= 100",
    "viewed(sku: '{sku}', within: -2w)",
    "viewed(category: '{category}', within: -30d) AND NOT products_purchased(tag: '{tag}')",
    "chat_intent('refund', within: -1m)",
    "amount_spent >= 500 AND chat_intent('refund', within: -30d) AND unresolved_chats > 0",
)


def measure(
    sizes: Sequence[int] = SIZES,
    *,
    shops: dict[int, Any] | None = None,
    is_small: bool = False,
) -> dict[str, Any]:
    """All figures. `shops` are filled ones by their number of customers, whose profiles are
    reckoned; a size without one gets a shop made here."""
    share = 50 if is_small else 1
    figures = {**fuzz(N_FUZZ // share), **agreement(N_RULES // share)}
    return {**figures, **live(sizes, shops or {})}


# --- Any text --------------------------------------------------------------------------------


def fuzz(n: int, *, seed: int = 1) -> dict[str, Any]:
    """Read texts of pieces, spoilt rules and noise; anything but a rule or a RuleError counts."""
    rng, crashes, n_rules = Random(seed), [], 0
    began = time.process_time()
    for _ in range(n):
        text = _odd_text(rng)
        try:
            n_rules += _is_rule(text)
        except Exception as error:  # what this looks for
            crashes.append(f"{type(error).__name__}: {text[:200]!r}")
    return {
        "fuzz_texts": n,
        "fuzz_crashes": len(crashes),
        "fuzz_examples": crashes[:5],
        "fuzz_rules": n_rules,
        "fuzz_cpu_s": round(time.process_time() - began, 1),
    }


def _is_rule(text: str) -> bool:
    """Whether it is one; a rule must come back the same from how we write it, and an error must
    lie inside the text."""
    from aiassist.segments.language import RuleError, parse

    try:
        rule = parse(text)
    except RuleError as error:
        if not 0 <= error.position <= error.position + error.length <= len(text):
            raise AssertionError("an error outside the text") from error
        return False
    if parse(rule.text) != rule:
        raise AssertionError("not read back")
    return True


def _odd_text(rng: Random) -> str:
    from tests.aiassist.segments.random_rules import random_rule
    from tests.aiassist.segments.test_language_text import PIECES

    kind = rng.random()
    if kind < 0.4:
        return rng.choice(["", " "]).join(rng.choices(PIECES, k=rng.randint(0, 30)))
    if kind < 0.5:
        return "".join(chr(rng.choice([rng.randrange(128), rng.randrange(0x11000)]))
                       for _ in range(rng.randint(0, 80)))  # fmt: skip
    text = random_rule(rng).text
    if kind < 0.6:
        return text
    for _ in range(rng.randint(1, 3)):
        place = rng.randint(0, len(text))
        piece = rng.choice([*PIECES, "", text[place : place + 9]])
        text = text[:place] + piece + text[place + rng.randint(0, 3) :]
    return text


# --- The query and the plain reading ---------------------------------------------------------


def agreement(n_rules: int, *, seed: int = 1) -> dict[str, Any]:
    """Random rules over random customers: the database's answer against the oracle's."""
    differing, n_pairs, n_met = [], 0, 0
    for k, zone in enumerate(ZONES):
        shop = _random_shop(zone, Random(f"{seed} {zone}"))
        rules = range(k, n_rules, len(ZONES))
        for rule, found, expected, n in _answers(shop, [f"{seed}-{n}" for n in rules]):
            n_pairs += n
            n_met += len(expected)
            if found != expected:
                differing.append(rule.text)
    return {
        "agreement_rules": n_rules,
        "agreement_pairs": n_pairs,
        "agreement_met": n_met,
        "agreement": round(1 - len(differing) / max(n_rules, 1), 6),
        "agreement_examples": differing[:5],
    }


def _random_shop(zone: str, rng: Random) -> Any:
    from ecomportal.tenancy.context import tenant
    from tests.aiassist.segments.random_shops import fill
    from tests.factories import make_shop

    shop = make_shop(timezone=zone, currency="EUR")
    with tenant(shop):
        fill(shop, rng, CUSTOMERS_A_SHOP)
    return shop


def _answers(shop: Any, seeds: Iterable[str]) -> Iterable[tuple[Any, set, set, int]]:
    from aiassist.segments.language import customers_matching, matches
    from aiassist.segments.language.facts import facts_of_all
    from ecomportal.tenancy.context import tenant
    from tests.aiassist.segments.random_rules import random_rule
    from tests.aiassist.segments.random_shops import now_of

    now = now_of(shop)
    with tenant(shop):
        customers = list(shop.customers.all())
        facts = facts_of_all(shop, customers, now=now)
        for seed in seeds:
            rule = random_rule(Random(seed))
            expected = {c.pk for c, f in zip(customers, facts, strict=True) if matches(rule, f)}
            found = set(customers_matching(shop, rule, now=now).values_list("pk", flat=True))
            yield rule, found, expected, len(customers)


# --- Live counts -----------------------------------------------------------------------------


def live(sizes: Sequence[int], shops: dict[int, Any]) -> dict[str, Any]:
    """Each rule counted as the builder does, some rounds in every shop, sizes in turn."""
    shops = {n: shops.get(n) or filled_shop(n) for n in sizes}
    for shop in shops.values():
        equip(shop)
        _counted(shop)  # plans, statistics and pages are there when somebody types
    seconds: dict[int, list[float]] = {n: [] for n in sizes}
    for _ in range(ROUNDS):
        for n, shop in shops.items():
            seconds[n] += [took for _rule, _count, took in _counted(shop)]
    largest, smallest = max(sizes), min(sizes)
    p95 = {n: _p95(times) for n, times in seconds.items()}
    return {
        "live_count_p95_s": round(p95[largest], 4),
        "live_count_flatness": round(p95[largest] / p95[smallest], 2),
        "live_count_p95_by_size": {str(n): round(p95[n], 4) for n in sizes},
        "live_count_median_by_size": {
            str(n): round(sorted(times)[len(times) // 2], 4) for n, times in seconds.items()
        },
        **_truth(shops[largest]),
    }


def _counted(shop: Any) -> list[tuple[str, Any, float]]:
    from aiassist.segments.language import live_count, parse
    from ecomportal.tenancy.context import tenant

    found = []
    for text in rules_of(shop):
        with tenant(shop):
            began = time.perf_counter()
            count = live_count(shop, parse(text))
            found.append((text, count, time.perf_counter() - began))
    return found


def rules_of(shop: Any) -> list[str]:
    from django.db.models import Count

    from ecomportal.tenancy.context import tenant

    with tenant(shop):
        largest = shop.categories.annotate(n=Count("products")).order_by("-n", "pk").first()
        tagged = shop.products.exclude(tags=[]).order_by("pk").first()
        sku = shop.variants.filter(product=tagged or largest.products.first(), position=1).first()
    words = {"sku": sku.sku, "category": largest.path, "tag": tagged.tags[0] if tagged else "gift"}
    quoted = {name: text.replace("\\", "\\\\").replace("'", "''") for name, text in words.items()}
    return [rule.format(**quoted) for rule in RULES]


def _truth(shop: Any) -> dict[str, Any]:
    """Where a sample answered: whether its interval holds the exact number."""
    from aiassist.segments.language import customers_matching, parse
    from ecomportal.tenancy.context import tenant

    rows, held = [], 0
    for text, count, took in _counted(shop):
        row = {"rule": text, "n": count.n, "is_exact": count.is_exact, "s": round(took, 3)}
        if not count.is_exact:
            with tenant(shop):
                exact = customers_matching(shop, parse(text)).count()
            held += count.low <= exact <= count.high
            row |= {"low": count.low, "high": count.high, "exact": exact}
        rows.append(row)
    n_sampled = sum(not row["is_exact"] for row in rows)
    return {"sampled_rules": n_sampled, "sampled_interval_holds": held, "rules": rows}


def _p95(times: list[float]) -> float:
    return sorted(times)[int(len(times) * 0.95)]


# --- Shops of any size -----------------------------------------------------------------------


def filled_shop(n: int) -> Any:
    """A shop with goods, customers, orders, and profiles reckoned from them; predictions drawn."""
    from django.db import connection

    from aiassist.segments.rfm import refresh_all
    from catalog.generator.customers_write import settle, write_customers
    from ecomportal.tenancy.context import tenant
    from tests.factories import make_category, make_product, make_shop

    shop = make_shop(f"rules-{n}", currency="EUR")
    categories = [make_category(shop, name) for name in ("Kitchen", "Garden", "Bath", "Desk")]
    for k in range(400):
        tags = ["gift"] if k % 25 == 0 else []
        make_product(shop, sku=f"R-{k}", category=categories[k % 4], tags=tags)
    for _batch in write_customers(shop, n, n * ORDERS_A_CUSTOMER, seed=5):
        pass
    settle()
    refresh_all(shop)
    with tenant(shop), connection.cursor() as cursor:
        cursor.execute(PREDICTED, {"merchant": shop.pk})
    settle()
    return shop


MONTHS = """
SELECT make_event_months(ARRAY(
    SELECT (current_date - n * interval '1 month')::date FROM generate_series(0, 2) AS n))
"""
# Each customer's views of random goods; the constant lists are unpacked once.
VIEWS = """
WITH drawn AS MATERIALIZED (
    SELECT id, 1 + floor(random() * %(n_goods)s)::int AS k
    FROM catalog_customer CROSS JOIN generate_series(1, %(each)s) WHERE merchant_id = %(merchant)s
)
INSERT INTO catalog_interaction (merchant_id, event_id, kind, customer_id, session_id, product_id,
    sku, quantity, at{more})
SELECT %(merchant)s, gen_random_uuid(), 'view', id, '', (%(products)s::uuid[])[k],
    (%(skus)s::text[])[k], 1, now() - random() * interval '60 days'{values}
FROM drawn
"""
CHATS = """
WITH chats AS (
    INSERT INTO catalog_conversation (id, merchant_id, external_id, channel, language, customer_id,
        status, started_at, changed_at)
    SELECT gen_random_uuid(), %(merchant)s, 'bench-' || id, 'web', 'en', id, 'closed',
        now() - random() * interval '60 days', now()
    FROM catalog_customer WHERE merchant_id = %(merchant)s AND lot < %(lots)s
    RETURNING id
)
INSERT INTO aiassist_conversationreading (conversation_id, merchant_id, intents, sentiment, source,
    at)
SELECT id, %(merchant)s, CASE WHEN random() < 0.3 THEN '{refund}' ELSE '{shipping}' END::varchar[],
    'negative', 'bench', now() FROM chats
"""
MEMBERS = """
INSERT INTO aiassist_segmentmember (merchant_id, segment_id, customer_id, since)
SELECT %(merchant)s, %(segment)s, id, now() FROM catalog_customer
WHERE merchant_id = %(merchant)s AND lot %% 3 = 0
"""
PREDICTED = """
UPDATE aiassist_customerprofile SET clv_cents = random() * 20000, churn_probability = random(),
    next_order_on = current_date + (random() * 200)::int, n_unresolved = (random() < 0.02)::int
WHERE merchant_id = %(merchant)s AND n_orders > 0 AND clv_cents IS NULL
"""


def equip(shop: Any) -> None:
    """Views, chats and a segment, where the shop has none of ours; once for each shop."""
    from django.db import connection

    from aiassist.profiles.models import Segment
    from catalog.generator.customers_write import settle
    from ecomportal.tenancy.context import tenant

    with tenant(shop), connection.cursor() as cursor:
        cursor.execute("SET LOCAL statement_timeout = 0")  # filling a million is no request
        cursor.execute(MONTHS)
        if shop.segments.filter(name="everybody third").exists():
            return
        segment = Segment.objects.create(merchant=shop, name="everybody third")
        goods = list(shop.variants.filter(position=1).values_list("product_id", "sku")[:2000])
        words = {
            **{"merchant": shop.pk, "segment": segment.pk, "each": VIEWS_A_CUSTOMER},
            **{"lots": int(1000 * CHATS_A_CUSTOMER), "n_goods": len(goods)},
            **{"products": [pk for pk, _sku in goods], "skus": [sku for _pk, sku in goods]},
        }
        for statement in (VIEWS.format(**_more_columns(cursor)), CHATS, MEMBERS):
            cursor.execute(statement, words)
    settle()


def _more_columns(cursor: Any) -> dict[str, str]:
    """Columns of views that have no default, each with an empty value of its type."""
    cursor.execute(
        "SELECT column_name, data_type FROM information_schema.columns WHERE table_name = "
        "'catalog_interaction' AND is_nullable = 'NO' AND column_default IS NULL AND "
        "is_identity = 'NO' AND column_name NOT IN ('merchant_id', 'event_id', 'kind', "
        "'session_id', 'sku', 'quantity', 'at')"
    )
    empty = {"smallint": "0", "integer": "0", "bigint": "0", "timestamp with time zone": "now()"}
    columns = {name: empty.get(kind, "''") for name, kind in cursor.fetchall()}
    return {
        "more": "".join(f", {name}" for name in columns),
        "values": "".join(f", {value}" for value in columns.values()),
    }


def main(argv: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.bench segments_rules")
    parser.add_argument("--sizes", default=",".join(map(str, SIZES)))
    parser.add_argument("--fuzz", type=int, default=N_FUZZ)
    parser.add_argument("--rules", type=int, default=N_RULES)
    options = parser.parse_args(argv)
    sizes = [int(n) for n in options.sizes.split(",") if n]
    with scratch():
        import django

        django.setup()
        from django.core.management import call_command

        call_command("migrate", verbosity=0)
        figures = {**fuzz(options.fuzz), **agreement(options.rules)}
        figures |= live(sizes, {}) if sizes else {}
    print(json.dumps(figures, ensure_ascii=False))
    is_right = not figures["fuzz_crashes"] and figures["agreement"] == 1
    return 0 if is_right else 1

"""Rules in a shop: who they find, how many, why, and what the editor says meanwhile."""

import re
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone
from django.utils.translation import override

from aiassist.profiles.models import ConversationReading, Segment, SegmentMember
from aiassist.segments.language import (
    ItemError,
    RuleError,
    RuleTooSlow,
    check_references,
    clause_counts,
    counting,
    customers_matching,
    describe,
    explain,
    from_builder,
    live_count,
    parse,
    referring_to,
    some_matching,
    suggest,
    to_builder,
    vocabulary,
    warnings,
)
from catalog.conversations.models import Conversation
from catalog.orders.models import CurrencyRate, Order, OrderLine
from ecomportal.tenancy.context import tenant
from tests.aiassist.segments.people import people, person, segment_of
from tests.aiassist.segments.random_rules import random_rule
from tests.factories import make_category, make_product, make_shop


def found(shop: Any, text: str, **options: Any) -> set[str]:
    with tenant(shop):
        rows = customers_matching(shop, parse(text), **options)
        return set(rows.values_list("external_id", flat=True))


def order(customer: Any, cents: int, when: datetime, **fields: Any) -> Order:
    shop = customer.merchant
    given = {"status": "paid", "currency": shop.currency, **fields}
    return Order.objects.create(
        merchant=shop,
        customer=customer,
        number=f"O-{Order.objects.count()}",
        total_cents=cents,
        ordered_at=when,
        **given,
    )


# --- Who -------------------------------------------------------------------------------------


def test_what_is_not_known_satisfies_no_comparison(shop: Any) -> None:
    person(shop, "new")
    person(shop, "one", profile={"n_orders": 1, "spent_cents": 500, "average_cents": 500})
    assert found(shop, "number_of_orders = 0 AND amount_spent = 0") == {"new"}
    assert found(shop, "average_order_value IS NULL") == {"new"}
    assert found(shop, "last_order_date IS NULL AND first_order_date IS NULL") == {"new", "one"}
    assert found(shop, "average_order_value != 1 OR average_order_value <= 5") == {"one"}
    assert found(shop, "country != 'DE' OR rfm_group != 'lost' OR persona != 'x'") == set()


def test_tags_that_are_not_there_are_not_contained(shop: Any) -> None:
    person(shop, "none")
    person(shop, "vip", tags=["vip"])
    assert found(shop, "customer_tags NOT CONTAINS 'vip'") == {"none"}
    assert found(shop, "customer_tags IS NULL") == {"none"}
    assert found(shop, "customer_tags IS NOT NULL AND customer_tags CONTAINS 'vip'") == {"vip"}


def test_days_are_those_of_the_shop(db: None) -> None:
    shop = make_shop(timezone="Asia/Shanghai", currency="CNY")
    # 23:30 on 9 March in Greenwich is 07:30 on the 10th in Shanghai.
    last = datetime(2026, 3, 9, 23, 30, tzinfo=UTC)
    person(shop, "a", profile={"n_orders": 1, "last_order_at": last})
    now = datetime(2026, 3, 11, 16, 30, tzinfo=UTC)  # the 12th there
    assert found(shop, "last_order_date = 2026-03-10") == {"a"}
    assert found(shop, "last_order_date BETWEEN 2026-03-10 AND 2026-03-10") == {"a"}
    assert found(shop, "last_order_date < 2026-03-10 OR last_order_date > 2026-03-10") == set()
    assert found(shop, "days_since_last_order = 2", now=now) == {"a"}
    assert found(shop, "last_order_date >= -2d", now=now) == {"a"}
    assert found(shop, "last_order_date >= -1d", now=now) == set()


def test_a_day_of_the_clock_change_has_all_its_hours(db: None) -> None:
    shop = make_shop(timezone="America/Sao_Paulo")
    # On 4 November 2018 clocks went from midnight straight to one o'clock.
    for name, hour, minute in [("before", 2, 59), ("first", 3, 0), ("last", 1, 59)]:
        day = 5 if name == "last" else 4
        at = datetime(2018, 11, day, hour, minute, tzinfo=UTC)
        person(shop, name, profile={"n_orders": 1, "last_order_at": at})
    assert found(shop, "last_order_date = 2018-11-04") == {"first", "last"}


def test_months_end_on_their_last_day(shop: Any) -> None:
    now = datetime(2026, 3, 31, 12, tzinfo=UTC)
    at = datetime(2026, 2, 28, 0, 0, tzinfo=UTC)
    person(shop, "a", profile={"n_orders": 1, "last_order_at": at})
    assert found(shop, "last_order_date = -1m", now=now) == {"a"}


def test_orders_count_when_they_are_paid_and_in_a_known_currency(shop: Any) -> None:
    now = timezone.now()
    with tenant(shop):
        CurrencyRate.objects.create(merchant=shop, currency="USD", rate="0.5")
    cases: dict[str, dict[str, Any]] = {
        "paid": {}, "usd": {"currency": "USD"}, "no rate": {"currency": "XAF"},
        "cancelled": {"status": "cancelled"}, "pending": {"status": "pending"},
        "taken back": {"status": "refunded", "refunded_cents": 10_000},
        "partly back": {"refunded_cents": 9_000},
    }  # fmt: skip
    for name, fields in cases.items():
        customer = person(shop, name)
        with tenant(shop):
            order(customer, 10_000, now, **fields)
    assert found(shop, "orders_placed()") == {"paid", "usd", "partly back"}
    # 100.00 dollars are 50.00 of the shop's.
    assert found(shop, "orders_placed(total: >= 50.01)") == {"paid", "partly back"}
    assert found(shop, "orders_placed(total: 50)") == {"usd"}
    assert found(shop, "NOT orders_placed(total: > 50, within: -1d)") == {
        "usd", "no rate", "cancelled", "pending", "taken back",
    }  # fmt: skip


def test_how_many_orders_of_a_kind(shop: Any) -> None:
    now = timezone.now()
    for n in range(4):
        customer = person(shop, f"{n}")
        with tenant(shop):
            for k in range(n):
                order(customer, 5_000, now - timedelta(days=40 * k))
    assert found(shop, "orders_placed(count: >= 2)") == {"2", "3"}
    assert found(shop, "orders_placed(count: >= 2, within: -50d)") == {"2", "3"}
    assert found(shop, "orders_placed(count: >= 2, within: -30d)") == set()
    assert found(shop, "orders_placed(count: 0)") == {"0"}
    assert found(shop, "orders_placed(count: < 2)") == {"0", "1"}
    assert found(shop, "NOT orders_placed(count: < 2)") == {"2", "3"}


def test_a_category_includes_what_is_below_it_in_either_language(shop: Any) -> None:
    tea = make_category(shop, "Tea", name_zh="茶")
    green = make_category(shop, "Green", name_zh="绿茶", path="Tea > Green", parent=tea)
    product = make_product(shop, category=green, tags=["gift"])
    customer = person(shop, "a")
    with tenant(shop):
        bought = order(customer, 100, timezone.now())
        OrderLine.objects.create(merchant=shop, order=bought, line_number="1", product=product,
                                 sku="G-1", unit_price_cents=100)  # fmt: skip
    for category in ("tea", "茶", "TEA > GREEN", "绿茶"):
        assert found(shop, f"products_purchased(category: '{category}')") == {"a"}
    assert found(shop, "products_purchased(sku: 'G-1', category: 'Tea', tag: 'gift')") == {"a"}
    assert found(shop, "products_purchased(sku: 'G-2', category: 'Tea')") == set()
    assert found(shop, "NOT products_purchased(category: 'No such')") == {"a"}


def test_spent_much_and_an_open_refund_question(shop: Any) -> None:
    """What no other system can ask: money and what was said in a chat."""
    customer = person(shop, "a", profile={"spent_cents": 60_000, "n_unresolved": 1})
    person(shop, "b", profile={"spent_cents": 60_000})
    with tenant(shop):
        chat = Conversation.objects.create(
            merchant=shop, customer=customer, external_id="x", started_at=timezone.now()
        )
        ConversationReading.objects.create(merchant=shop, conversation=chat, intents=["refund"])
    rule = "amount_spent >= 500 AND chat_intent('refund', within: -30d) AND unresolved_chats > 0"
    assert found(shop, rule) == {"a"}


def test_a_rule_never_leaves_its_shop(shop: Any, other_shop: Any) -> None:
    person(shop, "mine")
    stranger = person(other_shop, "theirs")
    with tenant(other_shop):
        order(stranger, 100, timezone.now())
    assert found(shop, "number_of_orders >= 0 OR NOT orders_placed()") == {"mine"}


@pytest.mark.parametrize(
    "text",
    ["Robert'); DROP TABLE x;--", "%s", "%(a)s", "{0}", "a\\", "'' OR 1=1", "🙂", "x" * 200],
)
def test_values_reach_the_database_as_parameters_only(shop: Any, text: str) -> None:
    quoted = text.replace("\\", "\\\\").replace("'", "''")
    person(shop, "a", tags=[text[:80]])
    with tenant(shop):
        rule = parse(f"customer_tags CONTAINS '{quoted}' OR viewed(sku: '{quoted}')")
        sql, parameters = customers_matching(shop, rule).query.sql_with_params()
        assert text not in sql.replace("%s", "") or len(text) < 3
        assert text in str(parameters) or [text] in parameters or text in parameters
    assert found(shop, rule.text) == ({"a"} if len(text) <= 80 else set())


def test_the_sql_holds_no_literal_of_any_rule(shop: Any) -> None:
    with tenant(shop):
        for name in ("big spenders", "老客户", "empty one"):
            Segment.objects.create(merchant=shop, name=name)
        rng = Random(5)
        for _ in range(60):
            rule = random_rule(rng)
            try:
                sql, _parameters = customers_matching(shop, rule).query.sql_with_params()
            except Exception as error:  # a rule that nobody can fit has no SQL
                assert type(error).__name__ == "EmptyResultSet"  # noqa: PT017
                continue
            # Django itself writes LIMIT 1 for EXISTS, GROUP BY 1, and casts lists to their type.
            bare = re.sub(r'LIMIT 1\b|GROUP BY 1\b|"[^"]*"|varchar\(\d+\)', "", sql)
            assert not re.search(r"'|\d", re.sub(r"\b[UV]\d+\b", "", bare)), sql


# --- References ------------------------------------------------------------------------------


@pytest.fixture
def named(shop: Any) -> dict[str, Segment]:
    """b uses a, c uses b; "list" is a fixed one whose old rule used c."""
    rules = {"a": "r_score = 1", "b": "in_segment('a')", "c": "NOT in_segment('b')"}
    rows = {name: segment_of(shop, name=name, rule=rule) for name, rule in rules.items()}
    rows["list"] = segment_of(shop, name="list", rule="in_segment('c')", is_static=True)
    return rows


def refusal(shop: Any, segment: Any, text: str) -> RuleError:
    with tenant(shop), pytest.raises(RuleError) as caught:
        check_references(shop, segment and segment.pk, parse(text))
    return caught.value


def test_segments_that_are_there_may_be_used(shop: Any, named: dict[str, Segment]) -> None:
    with tenant(shop):
        check_references(shop, None, parse("in_segment('c') AND in_segment('list')"))
        check_references(shop, named["c"].pk, parse("in_segment('a') OR in_segment('b')"))
        check_references(shop, named["a"].pk, parse("in_segment('list')"))  # a list is fixed


def test_a_segment_that_is_not_there_is_named_with_the_nearest(shop: Any) -> None:
    segment_of(shop, name="Big spenders")
    text = "r_score = 1 AND NOT in_segment('big spender')"
    error = refusal(shop, None, text)
    assert text[error.position : error.position + error.length] == "NOT in_segment('big spender')"
    assert error.suggestions == ["NOT in_segment('Big spenders')"]
    with tenant(shop), pytest.raises(RuleError):
        customers_matching(shop, parse(text))


def test_a_segment_cannot_use_itself(shop: Any, named: dict[str, Segment]) -> None:
    assert "itself" in str(refusal(shop, named["a"], "r_score = 2 OR in_segment('a')"))


def test_a_circle_is_refused_and_its_way_told(shop: Any, named: dict[str, Segment]) -> None:
    error = refusal(shop, named["a"], "r_score = 2 OR in_segment('c')")
    assert "a → c → b → a" in str(error)
    assert error.position == 15


def test_segments_of_another_shop_are_not_there(shop: Any, other_shop: Any) -> None:
    segment_of(other_shop, name="theirs")
    assert refusal(shop, None, "in_segment('theirs')").suggestions == []


def test_who_refers_to_a_segment(shop: Any, named: dict[str, Segment]) -> None:
    with tenant(shop):
        assert [row.name for row in referring_to(shop, "b")] == ["c"]
        assert referring_to(shop, "c") == []


def test_members_of_a_segment(shop: Any) -> None:
    inside, _outside = person(shop, "in"), person(shop, "out")
    segment_of(shop, [inside], name="it's")
    assert found(shop, "in_segment('it''s')") == {"in"}
    assert found(shop, "NOT in_segment('it''s')") == {"out"}


# --- How many --------------------------------------------------------------------------------


def test_a_count_says_what_it_is_of(shop: Any) -> None:
    people(shop, 3, profile={"n_orders": 2})
    people(shop, 2)
    with tenant(shop):
        count = live_count(shop, parse("number_of_orders >= 1"))
    assert (count.n, count.low, count.high, count.is_exact, count.n_of) == (3, 3, 3, True, 5)


def test_each_part_narrows_what_the_parts_before_it_left(shop: Any) -> None:
    people(shop, 2, profile={"n_orders": 2, "r_score": 5}, country="DE")
    people(shop, 3, profile={"n_orders": 2, "r_score": 1})
    people(shop, 1)
    with tenant(shop):
        steps = clause_counts(shop, parse("number_of_orders >= 1 AND r_score = 5"))
        assert [(str(words), n) for words, n in steps] == [
            ("number of orders is at least 1", 5),
            ("recency score is 5", 2),
        ]
        others = clause_counts(shop, parse("r_score = 1 OR country = 'DE' OR NOT orders_placed()"))
        assert [n for _words, n in others] == [3, 2, 6]


def test_a_dear_rule_is_counted_from_a_sample(shop: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    rows = people(shop, 400)
    with tenant(shop):
        for n, customer in enumerate(rows):  # the same lots in every run
            shop.customers.filter(pk=customer.pk).update(lot=n * 7919 % 1000)
        for customer in rows[::4]:
            order(customer, 100, timezone.now())
        monkeypatch.setattr(counting, "FEW", 10)
        monkeypatch.setattr(counting, "DEAR", 0)
        monkeypatch.setattr(counting, "SAMPLE", 200)
        monkeypatch.setattr(counting, "_all", {})
        rule = parse("orders_placed(count: >= 1) AND number_of_orders >= 0")
        count = live_count(shop, rule)
        steps = clause_counts(shop, parse("number_of_orders = 0 AND orders_placed()"))
        exact = live_count(shop, rule, is_exact=True)
        nobody = live_count(shop, parse("viewed(category: 'No such')"))
    assert (nobody.n, nobody.is_exact) == (0, True)
    assert not count.is_exact
    assert 0 < count.n_sampled < 400
    assert count.low <= 100 <= count.high
    assert count.low < count.n < count.high
    assert (exact.n, exact.is_exact) == (100, True)
    assert steps[0][1] == 400
    assert steps[1][1] == pytest.approx(100, abs=60)


def test_the_interval_holds_the_truth_19_times_in_20() -> None:
    rng, n_of, n_in = Random(3), 100_000, 3_000
    everybody = [k < n_in for k in range(n_of)]
    held = 0
    for _ in range(400):
        hits = sum(rng.sample(everybody, 5_000))
        _n, low, high = counting._projected(hits, 5_000, n_of)
        held += low <= n_in <= high
    assert 365 <= held <= 396  # 380 are expected; four standard deviations


def test_nobody_in_the_sample_is_not_nobody() -> None:
    n, low, high = counting._projected(0, 10_000, 1_000_000)
    assert (n, low) == (0, 0)
    assert 300 < high < 500
    assert counting._projected(0, 0, 5) == (0, 0, 5)
    assert counting._projected(7, 7, 7) == (7, 7, 7)


def test_a_count_that_takes_too_long_is_given_up_and_the_page_lives_on(
    shop: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    people(shop, 3)

    def slow(*_args: Any) -> int:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_sleep(2)")
        return 0

    with tenant(shop):
        monkeypatch.setattr(counting, "PREVIEW_SECONDS", 0.05)
        monkeypatch.setattr(counting, "n_customers", slow)
        before = _timeout()
        with pytest.raises(RuleTooSlow):
            live_count(shop, parse("r_score = 1"))
        assert shop.customers.count() == 3
        assert _timeout() == before


def test_some_of_those_found_are_shown(shop: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    people(shop, 30, profile={"r_score": 5})
    people(shop, 30)
    with tenant(shop):
        shown = some_matching(shop, parse("r_score = 5 AND NOT orders_placed()"), most=20)
        assert len({c.pk for c in shown}) == 20
        assert {c.profile.r_score for c in shown} == {5}
        assert len(some_matching(shop, parse("r_score = 5"))) == 20
        assert some_matching(shop, parse("r_score = 4")) == []
        # A large shop, of which one lot alone is looked at first: the others are found too.
        monkeypatch.setattr(counting, "FEW", 10)
        monkeypatch.setattr(counting, "SAMPLE", 0)
        monkeypatch.setattr(counting, "_all", {})
        assert len(some_matching(shop, parse("r_score = 5"))) == 20


def test_a_count_leaves_the_time_limit_as_it_was(shop: Any) -> None:
    with tenant(shop):
        before = _timeout()
        live_count(shop, parse("r_score = 1"))
        assert _timeout() == before


def _timeout() -> str:
    with connection.cursor() as cursor:
        cursor.execute("SHOW statement_timeout")
        return cursor.fetchone()[0]


# --- Why -------------------------------------------------------------------------------------


def test_each_clause_is_explained_with_what_was_found(shop: Any) -> None:
    now = datetime(2026, 3, 31, 12, tzinfo=UTC)
    customer = person(
        shop, "a", country="DE", tags=["vip", "b2b"],
        profile={"n_orders": 2, "spent_cents": 61_250, "churn_probability": 0.25,
                 "last_order_at": datetime(2026, 3, 20, 9, tzinfo=UTC)},
    )  # fmt: skip
    rule = parse(
        "amount_spent >= 500 AND last_order_date >= -7d AND country = 'DE' AND "
        "churn_probability < 0.3 AND customer_tags CONTAINS 'vip' AND accepts_marketing = true "
        "AND orders_placed(within: -30d) AND predicted_clv > 1"
    )
    with tenant(shop):
        order(customer, 5_000, datetime(2026, 3, 20, 9, tzinfo=UTC))
        results = explain(rule, customer, now=now)
    assert [(r.is_met, str(r.value_words)) for r in results] == [
        (True, "€612.50"),
        (False, "Mar 20, 2026 (11 days ago)"),
        (True, "Germany (DE)"),
        (True, "25%"),
        (True, "vip, b2b"),
        (False, "no"),
        (True, "1 order, the last on Mar 20, 2026"),
        (False, "not known"),
    ]
    assert results[0].text == "amount_spent >= 500"
    assert str(results[0].words) == "amount spent is at least €500"


def test_explanations_agree_with_the_query(shop: Any) -> None:
    rows = [person(shop, f"{n}", profile={"n_orders": n}) for n in range(3)]
    rule = parse("number_of_orders = 1")
    with tenant(shop):
        met = {c.external_id for c in rows if explain(rule, c)[0].is_met}
    assert met == found(shop, rule.text) == {"1"}


def test_a_rule_is_read_aloud_in_both_languages() -> None:
    rule = parse(
        "(rfm_group = 'champions' OR NOT viewed(sku: 'X', within: -2w)) AND amount_spent >= 500 "
        "AND last_order_date >= 90_days_ago"
    )
    with override("en"):
        assert str(describe(rule, currency="EUR")) == (
            "(RFM group is Champions or did not view a product of the SKU “X” in the last "
            "2 weeks), amount spent is at least €500 and last order no earlier than 90 days ago"
        )
    with override("zh-hans"):
        assert str(describe(rule, currency="CNY")) == (
            "（RFM 分组为 冠军客户，或近 2 周没有浏览SKU“X”的商品）、消费金额不低于 ¥500，"
            "并且最近下单不早于 90 天前"
        )


# --- Rows of the builder ---------------------------------------------------------------------


def test_a_rule_is_shown_in_rows_and_read_back() -> None:
    text = (
        "amount_spent >= 500 AND (country IN ('DE', 'FR') OR NOT orders_placed(total: > 5, "
        "within: -9d)) AND chat_intent('it''s') AND csat IS NULL"
    )
    rows = to_builder(parse(text))
    assert rows == {
        "join": "and",
        "items": [
            {"attribute": "amount_spent", "operator": ">=", "values": ["500"]},
            {
                "join": "or",
                "items": [
                    {"attribute": "country", "operator": "IN", "values": ["DE", "FR"]},
                    {
                        "function": "orders_placed",
                        "not": True,
                        "arguments": {
                            "total": {"operator": ">", "values": ["5"]},
                            "within": "-9d",
                        },
                    },
                ],
            },
            {"function": "chat_intent", "not": False, "arguments": {"intent": "it's"}},
            {"attribute": "csat", "operator": "IS NULL", "values": []},
        ],
    }
    assert from_builder(rows) == text


def test_what_is_too_deep_for_rows_has_none() -> None:
    assert to_builder(parse("r_score = 1 AND (r_score = 2 OR f_score = 1)")) is not None
    deep = "r_score = 1 AND (r_score = 2 OR (f_score = 1 AND m_score = 2))"
    assert to_builder(parse(deep)) is None


@pytest.mark.parametrize(
    ("item", "path"),
    [
        ({"attribute": "amount_spent", "operator": ">=", "values": [""]}, [1]),
        ({"attribute": "amount_spent", "operator": ">=", "values": []}, [1]),
        ({"attribute": "amount_spent", "operator": ">=", "values": ["5 OR r_score = 1"]}, [1]),
        ({"attribute": "amount_spent", "operator": "; DROP", "values": ["5"]}, [1]),
        ({"attribute": "id", "operator": "=", "values": ["5"]}, [1]),
        ({"function": "nope", "arguments": {}}, [1]),
        ({"function": "chat_intent", "arguments": {"intent": ""}}, [1]),
        ({"join": "or", "items": []}, [1]),
        ({"join": "or", "items": [{"attribute": "r_score", "operator": "=", "values": ["9"]}]},
         [1, 0]),
    ],
)  # fmt: skip
def test_a_row_that_says_nothing_is_pointed_at(item: dict[str, Any], path: list[int]) -> None:
    first = {"attribute": "r_score", "operator": "=", "values": ["1"]}
    with pytest.raises(ItemError) as caught:
        from_builder({"join": "and", "items": [first, item]})
    assert caught.value.item == path


def test_rows_and_text_say_the_same() -> None:
    rng, n_shown = Random(11), 0
    for _ in range(500):
        rule = random_rule(rng, depth=2)
        rows = to_builder(rule)
        if rows is not None:
            n_shown += 1
            assert parse(from_builder(rows)) == rule
    assert n_shown > 300


# --- While one types -------------------------------------------------------------------------


def test_the_vocabulary_names_everything_in_both_languages() -> None:
    english, chinese = vocabulary("en"), vocabulary("zh")
    assert [entry["name"] for entry in english] == [entry["name"] for entry in chinese]
    assert len(english) == 27
    for one, other in zip(english, chinese, strict=True):
        assert one["label"] != other["label"]
        labels = [*other["operators"], *other["parameters"], *other["days"]]
        assert not [o for o in labels if o["label"].isascii() and o["label"] != "SKU"]


def suggested(shop: Any, text: str) -> list[str]:
    """The whole texts that would be there; the caret is at |."""
    caret = text.index("|")
    text = text.replace("|", "")
    with tenant(shop):
        found = suggest(text, caret, shop)
    return [text[: s.start] + s.text + text[s.start + s.length :] for s in found]


@pytest.mark.parametrize(
    ("text", "offered"),
    [
        ("amou|", "amount_spent"),
        ("|", "number_of_orders"),
        ("amount_spent |", "amount_spent >="),
        ("r_score = 1 |", "r_score = 1 AND"),
        ("r_score = 1 AND num|", "r_score = 1 AND number_of_orders"),
        ("r_score = 1 AND NOT |", "r_score = 1 AND NOT in_segment("),
        ("last_order_date >= 30|", "last_order_date >= 30_days_ago"),
        ("rfm_group = |", "rfm_group = 'champions'"),
        ("rfm_group = 'cham|", "rfm_group = 'champions'"),
        ("accepts_marketing = |", "accepts_marketing = true"),
        ("viewed(|", "viewed(sku: "),
        ("viewed(sku: 'X', |", "viewed(sku: 'X', within: "),
        ("viewed(sku: 'X', within: |", "viewed(sku: 'X', within: -30d"),
        ("viewed(sku: 'SK|", "viewed(sku: 'SKU-green'"),
        ("in_segment('|", "in_segment('it''s')"[:-1]),
        ("customer_tags CONTAINS 'v|", "customer_tags CONTAINS 'vip'"),
        ("country IN ('DE', '|", "country IN ('DE', 'FR'"),
    ],
)
def test_what_could_come_next(shop: Any, text: str, offered: str) -> None:
    make_product(shop, sku="SKU-green")
    person(shop, tags=["vip"], country="FR")
    segment_of(shop, name="it's")
    assert offered in suggested(shop, text)


def test_suggestions_never_fail_wherever_the_caret_is(shop: Any) -> None:
    rng = Random(2)
    with tenant(shop):
        for _ in range(25):
            text = random_rule(rng).text
            suggest(text[: rng.randint(0, len(text))] + rng.choice("'(,: \0"), 10_000, shop)
            suggest(text, rng.randint(0, len(text)), shop)


def test_values_nobody_has_are_told_but_not_refused(shop: Any) -> None:
    make_product(shop, sku="TEA-100", tags=["gift"])
    person(shop, tags=["VIP"])
    rule = parse(
        "customer_tags CONTAINS 'VIPs' OR viewed(sku: 'TEA-10') OR products_purchased(tag: 'gift')"
        " OR persona = 'Tea lovers' OR chat_intent('refund')"
    )
    with tenant(shop):
        told = warnings(shop, rule)
    assert [str(one.message) for one in told] == [
        "No customer has the tag “VIPs”. Did you mean VIP?",
        "No product has the SKU “TEA-10”. Did you mean TEA-100?",
        "There is no persona “Tea lovers”.",
        "No conversation has the intent “refund” yet.",
    ]
    assert rule.text[told[1].position :].startswith("viewed(")


def test_membership_is_not_counted_of_deleted_segments(shop: Any) -> None:
    customer = person(shop, "a")
    gone = segment_of(shop, [customer], name="gone")
    with tenant(shop):
        Segment.objects.filter(pk=gone.pk).update(deleted_at=timezone.now())
        assert SegmentMember.objects.filter(segment=gone).exists()
        with pytest.raises(RuleError):
            live_count(shop, parse("in_segment('gone')"))

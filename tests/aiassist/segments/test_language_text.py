"""What rules say, and what is said of those that cannot be read."""

from random import Random

import pytest
from django.utils.translation import override
from hypothesis import example, given
from hypothesis import strategies as st

from aiassist.segments.language import Rule, RuleError, parse, rename_in, tokens
from aiassist.segments.language.tokens import MAX_TEXT
from tests.aiassist.segments.random_rules import random_rule

# As typed, and as we write it.
SAME = [
    ("amount_spent >= 500", "amount_spent >= 500"),
    ("amount_spent>=500.50", "amount_spent >= 500.5"),
    ("AMOUNT_SPENT > 0500", "amount_spent > 500"),
    ("number_of_orders between 1 and 5", "number_of_orders BETWEEN 1 AND 5"),
    ("number_of_orders != 0", "number_of_orders != 0"),
    ("average_order_value is not null", "average_order_value IS NOT NULL"),
    ("first_order_date = 2026-03-31", "first_order_date = 2026-03-31"),
    ("last_order_date >= 90_DAYS_AGO", "last_order_date >= 90_days_ago"),
    ("last_order_date<-8M", "last_order_date < -8m"),
    ("expected_date_of_next_order <= +30d", "expected_date_of_next_order <= +30d"),
    ("days_since_last_order > 90", "days_since_last_order > 90"),
    ("rfm_group = 'Cannot lose them'", "rfm_group = 'cannot_lose'"),
    ("rfm_group IN ('冠军客户', 'loyal', 'LOYAL')", "rfm_group IN ('champions', 'loyal')"),
    ("r_score = 5 and f_score <= 2", "r_score = 5 AND f_score <= 2"),
    ("m_score > 3 or churn_probability > 0.50", "m_score > 3 OR churn_probability > 0.5"),
    ("chat_sentiment = 'Negative'", "chat_sentiment = 'negative'"),
    ("csat <= 2.5", "csat <= 2.5"),
    ("country in ('de','Fr')", "country IN ('DE', 'FR')"),
    ("customer_language = 'zh-CN'", "customer_language = 'zh-CN'"),
    ("customer_tags not contains 'it''s'", "customer_tags NOT CONTAINS 'it''s'"),
    (r"customer_tags CONTAINS 'it\'s'", "customer_tags CONTAINS 'it''s'"),
    (r"customer_tags CONTAINS 'a\b'", r"customer_tags CONTAINS 'a\\b'"),
    ("customer_tags CONTAINS 'L’Oréal 🙂'", "customer_tags CONTAINS 'L’Oréal 🙂'"),
    ("accepts_marketing = TRUE", "accepts_marketing = true"),
    ("cluster = 3 or persona = '爱茶的人'", "cluster = 3 OR persona = '爱茶的人'"),
    ("in_segment( 'big spenders' )", "in_segment('big spenders')"),
    ("in_segment(name: 'big spenders')", "in_segment('big spenders')"),
    ("not in_segment('x')", "NOT in_segment('x')"),
    ("chat_intent('refund', within: -1m)", "chat_intent('refund', within: -1m)"),
    ("products_purchased(within: -1y, SKU: 'X')", "products_purchased(sku: 'X', within: -1y)"),
    ("products_purchased(category: 'tea', within: -3m)",) * 2,
    ("viewed(sku:'X',within:-2w)", "viewed(sku: 'X', within: -2w)"),
    ("orders_placed(total: >= 50, count: >= 2, within: -90d)",) * 2,
    ("orders_placed(count: 2)", "orders_placed(count: = 2)"),
    ("orders_placed(total: between 10 and 20)", "orders_placed(total: BETWEEN 10 AND 20)"),
    ("orders_placed()", "orders_placed()"),
    ("unresolved_chats>0\n\n  AND\tpredicted_clv>1", "unresolved_chats > 0 AND predicted_clv > 1"),
    # A Chinese keyboard.
    ("（amount_spent≥５００）　ＡＮＤ　country＝‘DE’", "amount_spent >= 500 AND country = 'DE'"),
    ("country IN（‘DE’，‘FR’、'CN'）", "country IN ('DE', 'FR', 'CN')"),
    ("viewed（sku：‘X’，within：－2w）", "viewed(sku: 'X', within: -2w)"),
    ("amount_spent＞＝1 and amount_spent ≤ 9 and r_score ≠ 3",
     "amount_spent >= 1 AND amount_spent <= 9 AND r_score != 3"),
    # AND binds tighter; parentheses stay only where they are needed.
    ("r_score=1 or r_score=2 and f_score=3", "r_score = 1 OR r_score = 2 AND f_score = 3"),
    ("(r_score=1 or r_score=2) and f_score=3", "(r_score = 1 OR r_score = 2) AND f_score = 3"),
    ("r_score=1 and (r_score=2 and (f_score=3))", "r_score = 1 AND r_score = 2 AND f_score = 3"),
    ("((((r_score = 1))))", "r_score = 1"),
]  # fmt: skip

# Each rule with the mistake, and what the text is after the first suggestion ("" where none is).
WRONG = [
    ("", "", ""),
    ("   ", "", ""),
    ("amount_spnt > 5", "amount_spnt", "amount_spent > 5"),
    ("spent > 5", "spent", "amount_spent > 5"),
    ("消费金额 > 5", "消费金额", "amount_spent > 5"),
    ("email_subscription_status = true", "email_subscription_status", "accepts_marketing = true"),
    ("amount_spent >", ">", ""),
    ("amount_spent", "amount_spent", "amount_spent ="),
    ("amount_spent 500", "500", "amount_spent = 500"),
    ("amount_spent betwen 1 AND 2", "betwen", "amount_spent BETWEEN 1 AND 2"),
    ("amount_spent >= '500'", "'500'", "amount_spent >= 500"),
    ("amount_spent >= 1,500", "1,500", "amount_spent >= 1500"),
    ("orders_placed(total: >= 1,500.50)", "1,500.50", "orders_placed(total: >= 1500.50)"),
    ("amount_spent >= €500", "€500", "amount_spent >= 500"),
    ("amount_spent >= 500 ¥", "500 ¥", "amount_spent >= 500"),
    ("churn_probability > 60%", "60%", "churn_probability > 0.6"),
    ("churn_probability > 60", "60", "churn_probability > 0.6"),
    ("r_score = 0", "0", "r_score = 1"),
    ("csat > 5.5", "5.5", "csat > 5"),
    ("number_of_orders = 2.5", "2.5", "number_of_orders = 2"),
    ("number_of_orders >= -1", "-1", "number_of_orders >= 0"),
    ("number_of_orders >= 1234567890123456", "1234567890123456", ""),
    ("amount_spent > " + "9" * 5000, "9" * 5000, ""),
    ("number_of_orders BETWEEN 5 AND 1", "5 AND 1", "number_of_orders BETWEEN 1 AND 5"),
    ("last_order_date BETWEEN -1d AND -9d", "-1d AND -9d", "last_order_date BETWEEN -9d AND -1d"),
    ("number_of_orders BETWEEN 5", "", ""),
    ("last_order_date >= 2026-02-30", "2026-02-30", "last_order_date >= 2026-02-28"),
    ("last_order_date >= 2026-13-01", "2026-13-01", ""),
    ("last_order_date >= 2026-3-1", "2026-3-1", "last_order_date >= 2026-03-01"),
    ("last_order_date >= 31.03.2026", "31.03.2026", "last_order_date >= 2026-03-31"),
    ("last_order_date >= 2026/03/31", "2026/03/31", "last_order_date >= 2026-03-31"),
    ("last_order_date >= '2026-03-31'", "'2026-03-31'", "last_order_date >= 2026-03-31"),
    ("last_order_date >= 60_days_ago", "60_days_ago", "last_order_date >= -60d"),
    ("last_order_date >= yesteday", "yesteday", "last_order_date >= yesterday"),
    ("last_order_date >= 90d", "90d", "last_order_date >= -90d"),
    ("last_order_date >= 90", "90", "last_order_date >= -90d"),
    ("last_order_date >= -101y", "-101y", "last_order_date >= -100y"),
    ("country = DE", "DE", "country = 'DE'"),
    ('country = "DE"', '"DE"', "country = 'DE'"),
    ("country = “DE”", "“DE”", "country = 'DE'"),
    ("country = 'Germany'", "'Germany'", "country = 'DE'"),
    ("country = '德国'", "'德国'", "country = 'DE'"),
    ("country = ''", "''", ""),
    ("country = 'D\0'", "'D\0'", ""),
    ("customer_tags CONTAINS '\ud800'", "'\ud800'", ""),
    ("country = 'DE", "'DE", ""),
    ("country IN 'DE'", "'DE'", "country IN ('DE')"),
    ("country IN ('DE'", "(", ""),
    ("country IN ('DE' 'FR')", "'FR'", ""),
    ("country NOT IN ('DE')", "NOT IN", ""),
    ("country NOT 'DE'", "NOT", ""),
    ("country CONTAINS 'D'", "CONTAINS", "country = 'D'"),
    ("country IS 'DE'", "IS", ""),
    ("country == 'DE'", "==", "country = 'DE'"),
    ("country <> 'DE'", "<>", "country != 'DE'"),
    ("amount_spent => 5", "=>", "amount_spent >= 5"),
    ("customer_tags = 'x'", "=", "customer_tags CONTAINS 'x'"),
    ("accepts_marketing = yes", "yes", "accepts_marketing = true"),
    ("accepts_marketing = 'false'", "'false'", "accepts_marketing = false"),
    ("accepts_marketing IS NULL", "IS NULL", ""),
    ("rfm_group = 'champion'", "'champion'", "rfm_group = 'champions'"),
    ("rfm_group = champions", "champions", "rfm_group = 'champions'"),
    ("NOT country = 'DE'", "NOT country", ""),
    ("NOT (r_score = 1)", "NOT", ""),
    ("NOT NOT in_segment('x')", "NOT", ""),
    ("products_purchased('X')", "'X'", "products_purchased(sku: 'X')"),
    ("products_purchased", "products_purchased", "products_purchased()"),
    ("products_purchased(sku: 'X' within: -1d)", "within",
     "products_purchased(sku: 'X' , within: -1d)"),
    ("products_purchased(sku 'X')", "sku", ""),
    ("products_purchased(sku: 'X', sku: 'Y')", "sku", ""),
    ("products_purchased(sku: 5)", "5", "products_purchased(sku: '5')"),
    ("products_purchased(sku: 'X', within: 30_days_ago)", "30_days_ago",
     "products_purchased(sku: 'X', within: -30d)"),
    ("products_purchased(sku: 'X', within: +30d)", "+30d",
     "products_purchased(sku: 'X', within: -30d)"),
    ("viewed(skuu: 'X')", "skuu", ""),
    ("viewed(sku: 'X'", "(", ""),
    ("viewed(sku: 'X',", "", ""),
    ("chat_intent()", "chat_intent()", ""),
    ("chat_intent(within: -1m, 'refund')", "'refund'", ""),
    ("in_segment('x', within: -1d)", "within", ""),
    ("orders_placed(count: >= -2)", "-2", "orders_placed(count: >= 0)"),
    ("orders_placed(count: IS NULL)", "IS NULL", ""),
    ("(country = 'DE'", "(", ""),
    ("country = 'DE')", ")", ""),
    ("()", ")", ""),
    ("country = 'DE' country = 'FR'", "country", "country = 'DE' AND country = 'FR'"),
    ("country = 'DE' ADN r_score = 1", "ADN", "country = 'DE' AND r_score = 1"),
    ("r_score = 1 AND", "AND", ""),
    ("AND r_score = 1", "AND", ""),
    ("r_score = 1; DROP TABLE catalog_customer", ";", ""),
    ("r_score = 1 -- x", "-", ""),
    ("r_score = 1 OR 1=1", "1", ""),
    ("id__in = 3", "id__in", ""),
    ("merchant_id = 3", "merchant_id", ""),
    ("profile__n_orders > 1", "profile__n_orders", ""),
    ("amount_spent(5) > 3", "amount_spent", ""),
    ("r_score = ٣", "٣", "r_score = 3"),
    ("ıN_segment('x')", "ıN_segment", ""),
    ("r_score = 1 \x00", "\x00", ""),
]  # fmt: skip


@pytest.mark.parametrize(("typed", "written"), SAME)
def test_a_rule_is_written_in_one_way(typed: str, written: str) -> None:
    assert parse(typed).text == written
    assert parse(written) == parse(typed)


@pytest.mark.parametrize(("text", "mistake", "mended"), WRONG)
def test_a_mistake_is_told_with_its_place_and_a_way_out(
    text: str, mistake: str, mended: str
) -> None:
    with pytest.raises(RuleError) as caught:
        parse(text)
    error = caught.value
    assert text[error.position : error.position + error.length] == mistake
    assert len(str(error)) > 15
    if mended:
        end = error.position + error.length
        assert text[: error.position] + error.suggestions[0] + text[end:] == mended


@pytest.mark.parametrize("text", [text for text, _mistake, mended in WRONG if mended])
def test_every_message_exists_in_chinese(text: str) -> None:
    with pytest.raises(RuleError) as caught:
        parse(text)
    with override("zh-hans"):
        chinese = str(caught.value)
    assert chinese != str(caught.value)
    assert any("\u4e00" <= sign <= "\u9fff" for sign in chinese)


def test_a_date_that_can_be_read_two_ways_is_asked_about() -> None:
    with pytest.raises(RuleError) as caught:
        parse("last_order_date > 3/4/2026")
    assert caught.value.suggestions == ["2026-04-03", "2026-03-04"]


def test_parentheses_go_twenty_deep_and_no_deeper() -> None:
    assert parse("(" * 20 + "r_score = 1" + ")" * 20).text == "r_score = 1"
    with pytest.raises(RuleError) as caught:
        parse("(" * 60 + "r_score = 1" + ")" * 60)
    assert caught.value.position == 20


def test_a_rule_has_a_longest_length_and_a_most_of_clauses() -> None:
    clause = "country = 'DE'"
    assert len(parse(" OR ".join([clause] * 100)).clauses()) == 100
    with pytest.raises(RuleError):
        parse(" OR ".join([clause] * 101))
    padded = clause + " " * (MAX_TEXT - len(clause))
    assert parse(padded).text == clause
    with pytest.raises(RuleError) as caught:
        parse(padded + " ")
    assert (caught.value.position, caught.value.length) == (MAX_TEXT, 1)


def test_a_list_has_a_most_of_values() -> None:
    tags = ", ".join(f"'v{n}'" for n in range(101))
    with pytest.raises(RuleError):
        parse(f"persona IN ({tags})")


def test_names_and_segments_of_a_rule() -> None:
    rule = parse("r_score = 1 AND (in_segment('a') OR NOT in_segment('b') OR in_segment('a'))")
    assert rule.names() == {"r_score", "in_segment"}
    assert rule.segments() == ["a", "b"]


def test_a_renamed_segment_is_renamed_in_the_rules_that_use_it() -> None:
    rule = parse("in_segment('a') OR (NOT in_segment('a') AND persona = 'a')")
    renamed = rename_in(rule, "a", "it's")
    assert renamed.text == "in_segment('it''s') OR NOT in_segment('it''s') AND persona = 'a'"
    assert parse(renamed.text) == renamed


@pytest.mark.parametrize(
    ("text", "depends"),
    [
        ("last_order_date > 2026-01-01", False),
        ("last_order_date > -30d", True),
        ("last_order_date > today", True),
        ("days_since_last_order > 3", True),
        ("viewed(sku: 'X')", False),
        ("NOT viewed(sku: 'X', within: -1d)", True),
    ],
)
def test_which_rules_change_with_the_day(text: str, depends: bool) -> None:
    assert parse(text).depends_on_day() is depends


def test_text_is_cut_into_coloured_pieces() -> None:
    text = "amount_spent >= 5 AND NOT viewed(sku: 'X') ;x"
    pieces = [(text[start : start + length], kind) for start, length, kind in tokens(text)]
    assert pieces == [
        ("amount_spent", "attribute"), (">=", "operator"), ("5", "value"), ("AND", "join"),
        ("NOT", "join"), ("viewed", "function"), ("(", "join"), ("sku", "argument"),
        (":", "join"), ("'X'", "value"), (")", "join"), (";x", "error"),
    ]  # fmt: skip


# --- Whatever is typed -----------------------------------------------------------------------

PIECES = [
    *"()=<>!,:';\"’‘（），：。、-+.%$¥ \n\t\0\\", "amount_spent", "country", "AND",
    "or", "number_of_orders",
    "NOT", "IN", "BETWEEN", "CONTAINS", "IS", "NULL", "true", "'DE'", "'", "500", "0.5", "-90d",
    "+1y", "2026-02-30", "2026-03-31", "1/2/2026", "90_days_ago", "orders_placed", "viewed",
    "in_segment", "within", "total:", "count:", "sku:", ">=", "!=", "≥", "🙂", "茶",
    "customer_tags",
    "rfm_group", "1,500", "€5", "--", "%s", "{x}", "99999999999999999999", "٣", "ſ", "İ", "\ud800",
]  # fmt: skip


def read(text: str) -> tuple[Rule | None, RuleError | None]:
    try:
        return parse(text), None
    except RuleError as error:
        return None, error


def check(text: str) -> None:
    """It is read, and again the same, or refused in words at a place inside the text."""
    rule, error = read(text)
    if error is None:
        assert parse(rule.text) == rule
    else:
        assert 0 <= error.position <= error.position + error.length <= len(text)
        assert all([str(error), *error.suggestions])
    for start, length, _kind in tokens(text):
        assert 0 < length <= len(text) - start


@given(st.lists(st.sampled_from(PIECES), max_size=25), st.sampled_from(["", " "]))
@example(["orders_placed", "(", "total:", ">="], "")
def test_no_row_of_pieces_is_too_odd(pieces: list[str], between: str) -> None:
    check(between.join(pieces))


@given(st.text(max_size=60))
def test_no_text_is_too_odd(text: str) -> None:
    check(text)


@given(st.integers(0, 10**6), st.integers(0, 200), st.sampled_from(PIECES))
def test_no_spoilt_rule_is_too_odd(seed: int, place: int, piece: str) -> None:
    text = random_rule(Random(seed)).text
    check(text)
    check(text[: place % len(text)])
    check(text[: place % len(text)] + piece + text[place % len(text) :])


@given(st.integers(0, 10**6))
def test_every_rule_is_read_back_from_its_text(seed: int) -> None:
    rule = random_rule(Random(seed))
    assert isinstance(rule, Rule)
    assert parse(rule.text) == rule

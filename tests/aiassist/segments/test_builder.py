"""The builder: conditions and text are one rule, counted and explained before it is saved."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from aiassist.profiles.models import Segment, SegmentRevision
from aiassist.segments.builder_state import from_text
from aiassist.segments.colours import coloured
from aiassist.segments.language import RuleError, parse
from aiassist.segments.limits import RULE_MAX, SEGMENTS_MAX
from aiassist.segments.ready import READY
from ecomportal.jobs.models import Job
from ecomportal.tenancy.context import tenant
from tests.aiassist.segments.people import people, person, segment_of

pytestmark = pytest.mark.django_db
REGULAR = {"n_orders": 4, "spent_cents": 42_000, "rfm_group": "loyal"}
RULE = "number_of_orders >= 3 AND amount_spent > 100"
FIELDS = {"name": "Regulars", "description": "", "schedule": "daily"}


def url(name: str, shop: Any, *args: Any) -> str:
    return reverse(f"aiassist:{name}", args=[shop.slug, *args])


@pytest.fixture
def alice_client(alice: Any, client_of: Any) -> Client:
    return client_of(alice)


def step(client: Client, shop: Any, do: str, **fields: Any) -> Any:
    return client.post(url("segment-new", shop), {**FIELDS, "do": do, **fields})


def rows(*conditions: dict[str, Any], **more: Any) -> dict[str, Any]:
    """The fields of the visual view, one condition after the other."""
    sent: dict[str, Any] = {"mode": "builder", "rows": [str(n) for n in range(len(conditions))]}
    for n, condition in enumerate(conditions):
        sent |= {f"{n}-{name}": value for name, value in condition.items()}
    return {**sent, **more}


ORDERS = {"what": "number_of_orders", "op": ">=", "v": "3", "group": ""}
SPENT = {"what": "amount_spent", "op": ">", "v": "100", "group": ""}


# --- Two views of one rule -----------------------------------------------------------------------


def test_conditions_become_text(shop: Any, alice_client: Client) -> None:
    answer = step(alice_client, shop, "to:text", **rows(ORDERS, SPENT))
    assert answer.context["state"].text == RULE
    assert f">{RULE.replace('>', '&gt;')}</textarea>" in answer.content.decode()


def test_text_becomes_conditions(shop: Any, alice_client: Client) -> None:
    answer = step(alice_client, shop, "to:builder", mode="text", rule=RULE)
    part = answer.context["state"].part
    assert [row.what for row in part.rows] == ["number_of_orders", "amount_spent"]
    assert 'name="1-v" value="100"' in answer.content.decode()


@pytest.mark.parametrize("ready", READY, ids=lambda ready: ready.key)
def test_a_ready_rule_reads_and_goes_through_both_views(
    shop: Any, alice_client: Client, ready: Any
) -> None:
    page = alice_client.get(url("segment-new", shop), {"template": ready.key})
    state = page.context["state"]
    assert state.rule.text == parse(ready.rule).text
    assert state.part is not None
    assert page.context["count"].n == 0


@pytest.mark.parametrize(
    "rule",
    [
        "r_score = 5 OR (f_score = 5 AND m_score >= 4)",
        "rfm_group IN ('champions', 'loyal') AND country != 'DE'",
        "last_order_date BETWEEN -60d AND -30d",
        "NOT products_purchased(sku: 'X-1', within: -1y)",
        "orders_placed(total: >= 50, count: >= 2, within: -90d)",
        "customer_tags CONTAINS 'vip' AND csat IS NULL",
        "customer_tags CONTAINS 'it''s, odd'",
    ],
)
def test_a_rule_comes_back_from_the_form_as_it_went(
    shop: Any, alice_client: Client, rule: str
) -> None:
    page = step(alice_client, shop, "to:builder", mode="text", rule=rule)
    sent = fields_of(page.context["state"].part)
    answer = step(alice_client, shop, "to:text", mode="builder", **sent)
    assert answer.context["state"].text == parse(rule).text


def fields_of(part: Any) -> dict[str, Any]:
    """What a browser would send of the rows as they are drawn."""
    sent: dict[str, Any] = {f"join-{part.name}": part.join, "rows": []}
    for row in part.rows:
        if hasattr(row, "rows"):
            inner = fields_of(row)
            sent["rows"] += inner.pop("rows")
            sent |= inner
            continue
        n = str(row.n)
        sent["rows"].append(n)
        sent |= {f"{n}-what": row.what, f"{n}-group": row.group}
        if row.parameters:
            sent[f"{n}-not"] = "1" if row.item["not"] else ""
            for one in row.parameters:
                sent |= {f"{n}-p-{one['name']}": one["value"]}
                sent |= {f"{n}-o-{one['name']}": one["operator"]}
        else:
            values = [row.listed] if row.is_list else row.values
            sent |= {f"{n}-op": row.item["operator"], f"{n}-v": values}
    return sent


def test_a_deep_rule_is_shown_as_text(shop: Any, alice_client: Client) -> None:
    deep = "r_score = 1 OR (f_score = 1 AND (m_score = 1 OR csat = 5))"
    page = alice_client.get(url("segment-new", shop), {"rule": deep})
    assert page.context["state"].mode == "text"
    assert "disabled" in page.content.decode()


# --- Steps ---------------------------------------------------------------------------------------


def test_conditions_are_added_grouped_and_removed(shop: Any, alice_client: Client) -> None:
    added = step(alice_client, shop, "add:", **rows(ORDERS)).context["state"]
    assert len(added.part.rows) == 2
    grouped = step(alice_client, shop, "group", **rows(ORDERS)).context["state"]
    assert [hasattr(row, "rows") for row in grouped.part.rows] == [False, True]
    left = step(alice_client, shop, "remove:0", **rows(ORDERS, SPENT)).context["state"]
    assert left.text == "amount_spent > 100"


def test_another_attribute_brings_its_own_operators(shop: Any, alice_client: Client) -> None:
    changed = {**ORDERS, "what": "customer_tags"}
    state = step(alice_client, shop, "show", **rows(changed)).context["state"]
    assert state.part.rows[0].item["operator"] == "CONTAINS"


@pytest.mark.parametrize(
    ("what", "values"),
    [("country", [""]), ("last_order_date", ["-30d"]), ("rfm_group", ["champions"]),
     ("r_score", ["5"]), ("accepts_marketing", ["true"]), ("amount_spent", ["100"])],
)  # fmt: skip
def test_another_attribute_begins_with_a_value_of_its_own(
    shop: Any, alice_client: Client, what: str, values: list[str]
) -> None:
    changed = {**ORDERS, "what": what, "was": "number_of_orders"}
    state = step(alice_client, shop, "show", **rows(changed)).context["state"]
    assert state.part.rows[0].item["values"] == values


def test_an_empty_value_is_marked_at_its_condition(shop: Any, alice_client: Client) -> None:
    answer = step(alice_client, shop, "show", **rows(ORDERS, {**SPENT, "v": ""}))
    assert answer.context["state"].error
    assert [row.is_bad for row in answer.context["state"].part.rows] == [False, True]
    assert "cond--bad" in answer.content.decode()


def test_a_step_of_htmx_answers_with_the_form_alone(shop: Any, alice_client: Client) -> None:
    body = {**FIELDS, "do": "add:", **rows(ORDERS)}
    answer = alice_client.post(url("segment-new", shop), body, headers={"HX-Request": "true"})
    assert answer.content.decode().lstrip().startswith('<form class="card" id="builder"')


# --- What is wrong -------------------------------------------------------------------------------


def test_a_mistake_is_marked_with_its_place_and_a_way_out(shop: Any, alice_client: Client) -> None:
    answer = step(alice_client, shop, "show", mode="text", rule="amount_spend > 100")
    page = answer.content.decode()
    assert '<span class="e">amount_spend</span>' in page
    assert "(character 1)" in page
    assert 'value="fix:amount_spent &gt; 100"' in page


def test_a_proposal_is_taken_by_one_click(shop: Any, alice_client: Client) -> None:
    answer = step(
        alice_client, shop, "fix:amount_spent > 100", mode="text", rule="amount_spend > 1"
    )
    assert answer.context["state"].text == "amount_spent > 100"
    assert answer.context["state"].error is None


@pytest.mark.parametrize(
    "rule",
    [
        "", "amount_spent >", "amount_spent > 'x'", "nonsense = 1", "r_score = 9",
        "in_segment('gone')", "x" * (RULE_MAX + 1), "(" * 300 + "r_score = 1" + ")" * 300,
    ],
)  # fmt: skip
def test_a_rule_that_is_none_is_not_saved(shop: Any, alice_client: Client, rule: str) -> None:
    answer = step(alice_client, shop, "save", mode="text", rule=rule)
    assert answer.status_code == 422
    with tenant(shop):
        assert not Segment.objects.exists()


def test_the_mark_covers_the_mistake_alone() -> None:
    text = "r_score = 5 AND amount_spend > 1"
    error = RuleError("wrong", 16, 12)  # type: ignore[arg-type]
    runs = coloured(text, error)
    assert "".join(run for _kind, run in runs) == text
    assert [run for kind, run in runs if kind == "e"] == ["amount_spend"]


def test_what_is_missing_is_marked_at_its_place() -> None:
    with pytest.raises(RuleError) as error:
        parse("r_score =")
    runs = coloured("r_score =", error.value)
    assert runs[-1][0] == "e"


def test_markup_in_a_rule_is_text(shop: Any, alice_client: Client) -> None:
    rule = "customer_tags CONTAINS '<script>alert(1)</script>'"
    page = step(alice_client, shop, "show", mode="text", rule=rule).content.decode()
    assert "<script>alert" not in page


# --- Counting ------------------------------------------------------------------------------------


def test_the_count_says_how_many_and_how_long_it_took(shop: Any, alice_client: Client) -> None:
    people(shop, 3, profile=REGULAR)
    person(shop)
    page = alice_client.post(url("segment-count", shop), {"mode": "text", "rule": RULE})
    assert page.context["count"].n == 3
    assert page.context["count"].is_exact
    assert "of 4 customers" in page.content.decode()
    assert 'id="rule-check"' in page.content.decode()


def test_the_funnel_narrows_and_some_are_shown(shop: Any, alice_client: Client) -> None:
    people(shop, 2, profile=REGULAR, name="Ada Lind")
    person(shop, profile={"n_orders": 9, "spent_cents": 500}, name="Bo Falk")
    page = alice_client.post(url("segment-sample", shop), {"mode": "text", "rule": RULE})
    assert [n for _text, n, _share in page.context["funnel"]] == [3, 2]
    assert "Ada Lind" in page.content.decode()
    assert "Bo Falk" not in page.content.decode()


@pytest.mark.parametrize("name", ["segment-count", "segment-sample"])
@pytest.mark.parametrize("rule", ["", "nonsense", "in_segment('gone')", "amount_spent > "])
def test_what_is_no_rule_is_not_counted(
    shop: Any, alice_client: Client, name: str, rule: str
) -> None:
    answer = alice_client.post(url(name, shop), {"mode": "text", "rule": rule})
    assert answer.status_code == 200
    assert "count" not in answer.context


def test_proposals_for_a_half_typed_name(shop: Any, alice_client: Client) -> None:
    body = {"rule": "amount_s", "caret": "8"}
    page = alice_client.post(url("segment-suggest", shop), body).content.decode()
    assert 'data-text="amount_spent' in page
    assert 'role="option"' in page


@pytest.mark.parametrize("caret", ["", "-1", "x", "99999999999999999999", "3"])
def test_any_caret_is_taken(shop: Any, alice_client: Client, caret: str) -> None:
    answer = alice_client.post(url("segment-suggest", shop), {"rule": "r_s", "caret": caret})
    assert answer.status_code == 200


# --- Saving --------------------------------------------------------------------------------------


def test_saving_keeps_the_rule_and_starts_the_listing(shop: Any, alice_client: Client) -> None:
    answer = step(alice_client, shop, "save", **rows(ORDERS, SPENT))
    assert answer.status_code == 302
    with tenant(shop):
        row = Segment.objects.get()
        assert (row.name, row.rule, row.schedule) == ("Regulars", RULE, "daily")
        assert Job.objects.filter(kind="refresh_one_segment").count() == 1


@pytest.mark.parametrize(
    ("fields", "problem"),
    [
        ({"name": ""}, "This field is required."),
        ({"name": "x" * 121}, "at most 120 characters"),
        ({"schedule": "yearly"}, "not one of the available choices"),
        ({"name": "TAKEN"}, "exists already"),
    ],
)
def test_bad_fields_are_told_and_the_rule_is_kept(
    shop: Any, alice_client: Client, fields: dict[str, str], problem: str
) -> None:
    segment_of(shop, name="Taken")
    answer = step(alice_client, shop, "save", mode="text", rule=RULE, **fields)
    assert answer.status_code == 422
    assert problem in answer.content.decode()
    assert answer.context["state"].text == RULE


def test_a_shop_has_a_limit(shop: Any, alice_client: Client) -> None:
    with tenant(shop):
        Segment.objects.bulk_create(
            Segment(merchant=shop, name=f"S{n}", rule=RULE) for n in range(SEGMENTS_MAX)
        )
    answer = step(alice_client, shop, "save", mode="text", rule=RULE)
    assert answer.status_code == 422
    assert "at most 250 segments" in answer.content.decode()


def edit(client: Client, shop: Any, row: Segment, **fields: Any) -> Any:
    sent = {"mode": "text", "do": "save", "version": row.version, "rule": row.rule}
    sent |= {"name": row.name, "schedule": row.schedule, "description": row.description, **fields}
    return client.post(url("segment-edit", shop, row.pk), sent)


def test_an_edit_keeps_what_was_and_can_go_back(shop: Any, alice_client: Client) -> None:
    row = segment_of(shop, rule="r_score = 1")
    assert edit(alice_client, shop, row, rule="r_score = 2").status_code == 302
    page = alice_client.get(url("segment-revisions", shop, row.pk)).content.decode()
    assert "<del>1</del>" in page
    assert "<ins>2</ins>" in page
    alice_client.post(url("segment-revision-restore", shop, row.pk, 1))
    with tenant(shop):
        row.refresh_from_db()
    assert (row.rule, row.version) == ("r_score = 1", 3)
    with tenant(shop):
        assert SegmentRevision.objects.filter(segment=row).count() == 2


def test_an_edit_that_changes_nothing_is_none(shop: Any, alice_client: Client) -> None:
    row = segment_of(shop, rule="r_score = 1")
    edit(alice_client, shop, row)
    with tenant(shop):
        row.refresh_from_db()
    assert row.version == 1


def test_two_editors_do_not_overwrite_each_other(shop: Any, alice_client: Client) -> None:
    row = segment_of(shop, rule="r_score = 1")
    edit(alice_client, shop, row, rule="r_score = 2")
    answer = edit(alice_client, shop, row, rule="r_score = 3")
    assert answer.status_code == 409
    assert answer.context["state"].text == "r_score = 3"
    with tenant(shop):
        row.refresh_from_db()
    assert row.rule == "r_score = 2"


def test_a_new_name_reaches_the_rules_that_use_the_old(shop: Any, alice_client: Client) -> None:
    row = segment_of(shop, name="Base", rule="r_score = 1")
    user = segment_of(shop, name="On top", rule="in_segment('Base') AND m_score = 5")
    edit(alice_client, shop, row, name="It's new")
    with tenant(shop):
        user.refresh_from_db()
    assert parse(user.rule).segments() == ["It's new"]
    assert user.version == 2


@pytest.mark.parametrize("rule", ["in_segment('Base')", "in_segment('On top')"])
def test_a_segment_never_rests_on_itself(shop: Any, alice_client: Client, rule: str) -> None:
    row = segment_of(shop, name="Base", rule="r_score = 1")
    segment_of(shop, name="On top", rule="in_segment('Base')")
    answer = edit(alice_client, shop, row, rule=rule)
    assert answer.status_code == 422
    assert answer.context["state"].error


def test_a_fixed_list_is_not_edited(shop: Any, alice_client: Client) -> None:
    row = segment_of(shop, is_static=True)
    assert alice_client.get(url("segment-edit", shop, row.pk)).status_code == 302


# --- Why -----------------------------------------------------------------------------------------


def test_every_condition_is_explained(shop: Any, alice_client: Client) -> None:
    person(shop, "C-7", name="Ada Lind", profile={"n_orders": 4, "spent_cents": 900})
    row = segment_of(shop, rule=RULE)
    page = alice_client.get(url("segment-why", shop, row.pk), {"customer": "C-7"})
    assert [clause.is_met for clause in page.context["clauses"]] == [True, False]
    assert "is not in it" in page.content.decode()


def test_a_member_who_no_longer_fits_is_told_of(shop: Any, alice_client: Client) -> None:
    row = segment_of(shop, [person(shop, "C-7")], rule=RULE)
    page = alice_client.get(url("segment-why", shop, row.pk), {"customer": "C-7"})
    assert "will leave at the next refresh" in page.content.decode()


def test_an_unknown_number_is_not_found(shop: Any, alice_client: Client) -> None:
    row = segment_of(shop)
    answer = alice_client.get(url("segment-why", shop, row.pk), {"customer": "nobody"})
    assert answer.status_code == 404
    assert "No customer has this number" in answer.content.decode()


# --- Who may -------------------------------------------------------------------------------------

POSTS = ["segment-count", "segment-sample", "segment-suggest"]


@pytest.mark.parametrize("name", POSTS)
def test_asking_takes_a_post(shop: Any, alice_client: Client, name: str) -> None:
    assert alice_client.get(url(name, shop)).status_code == 405


@pytest.mark.parametrize("name", [*POSTS, "segment-new"])
def test_a_viewer_builds_nothing(shop: Any, vera: Any, client_of: Any, name: str) -> None:
    assert client_of(vera).post(url(name, shop), {"rule": RULE}).status_code == 403


@pytest.mark.parametrize("name", [*POSTS, "segment-new"])
def test_a_stranger_finds_no_builder(shop: Any, mallory: Any, client_of: Any, name: str) -> None:
    assert client_of(mallory).post(url(name, shop), {"rule": RULE}).status_code == 404


def test_another_shops_customer_is_not_explained(
    shop: Any, other_shop: Any, alice_client: Client
) -> None:
    person(other_shop, "THEIRS")
    row = segment_of(shop)
    answer = alice_client.get(url("segment-why", shop, row.pk), {"customer": "THEIRS"})
    assert answer.status_code == 404


def test_a_rule_that_is_too_long_says_where(shop: Any) -> None:
    state = from_text("x" * (RULE_MAX + 3), "text", "en")
    assert (state.error.position, state.error.length) == (RULE_MAX, 3)

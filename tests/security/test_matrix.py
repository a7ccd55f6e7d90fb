"""The authorisation matrix: every URL x person x shop x verb against the declared policy.

`policy.yaml` says for each URL name who may do what. A URL without a policy fails. What is
expected follows from the policy alone: a stranger gets 404, a member without the role 403,
nobody signed in the sign-in page, a key of another shop 404. After every refused attempt the
shop's rows are as they were. `python -m tests.mutate_scope` proves that this net holds.
"""

import os
from collections.abc import Callable, Iterator
from fnmatch import fnmatch
from pathlib import Path
from typing import Any

import pytest
import yaml
from django.db import connection, transaction
from django.test import Client, override_settings
from django.urls import reverse

from ecomportal.jobs.models import Job
from ecomportal.tenancy.context import tenant
from ecomportal.tenancy.models import Invitation, Membership
from tests.factories import make_product
from tests.security.urls import Url, all_urls
from tests.security.world import CANARY, World

POLICY: dict[str, dict[str, Any]] = yaml.safe_load(
    (Path(__file__).parent / "policy.yaml").read_text()
)
READERS = ("owner", "manager", "agent", "viewer")
WRITERS = {
    "everyone": READERS,
    "editors": READERS[:2],
    "reviewers": READERS[:3],
    "owners": ("owner",),
}
VERBS = ("GET", "HEAD", "OPTIONS", "POST", "PUT", "PATCH", "DELETE")
SAFE = {"GET", "HEAD", "OPTIONS"}
FINE = range(200, 400)
TAKEN_BADLY = {400, 409, 412, 415, 422}  # allowed in, but the body was not to its liking

# `python -m tests.mutate_scope` looks at the views of one module at a time.
ONLY = os.environ.get("MATRIX_MODULE", "")
URLS = [url for url in all_urls() if ONLY in ("", url.module)]


def policy_of(name: str) -> dict[str, Any] | None:
    if name in POLICY:
        return POLICY[name]
    return next((POLICY[glob] for glob in POLICY if "*" in glob and fnmatch(name, glob)), None)


MEMBER_URLS = [u for u in URLS if (policy_of(u.name) or {}).get("audience") == "member"]
KEY_URLS = [u for u in URLS if (policy_of(u.name) or {}).get("audience") == "key"]
STAFF_URLS = [u for u in URLS if (policy_of(u.name) or {}).get("audience") == "staff"]


@pytest.fixture(scope="module")
def world(django_db_setup: None, django_db_blocker: Any) -> Iterator[World]:
    """Made once; every attempt undoes what it did."""
    quick = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    with (
        django_db_blocker.unblock(),
        override_settings(PASSWORD_HASHERS=quick),
        transaction.atomic(),
    ):
        yield World.make()
        transaction.set_rollback(True)


def test_every_url_has_a_policy() -> None:
    missing = [url.name for url in URLS if policy_of(url.name) is None]
    assert not missing, f"Declare them in policy.yaml: {missing}"


def test_every_policy_has_a_url() -> None:
    names = {url.name for url in all_urls()}
    stale = [n for n in POLICY if n not in names and not any(fnmatch(u, n) for u in names)]
    assert not stale


def send(
    world: World, client: Client, verb: str, address: str, body: dict[str, Any], **options: Any
) -> Any:
    """One request whose effects are undone, what it would tell on the next page included.

    `answer.has_written` says whether our shop's rows differed before that, `answer.has_entered`
    whether the view came so far as to ask who may enter the shop.
    """
    client.cookies.pop("messages", None)
    statements: list[str] = []
    with transaction.atomic(), connection.execute_wrapper(listener(statements)):
        if verb in SAFE:
            data = body if verb == "GET" else None
            answer = (
                client.generic(verb, address, **options)
                if data is None
                else client.get(address, data, **options)
            )
        elif verb == "POST" and "content_type" not in options:
            answer = client.post(address, body)
        else:
            options.setdefault("content_type", "application/json")
            answer = getattr(client, verb.lower())(address, body, **options)
        if hasattr(answer, "streaming_content"):
            answer.content_read = b"".join(answer.streaming_content)
        answer.has_entered = any("enter_" in sql for sql in statements)
        answer.has_written = world.is_changed()
        transaction.set_rollback(True)
    return answer


def listener(statements: list[str]) -> Callable[..., Any]:
    def listen(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        statements.append(sql)
        return execute(sql, params, many, context)

    return listen


def body_of(answer: Any) -> str:
    raw = getattr(answer, "content_read", None)
    return (answer.content if raw is None else raw).decode("utf-8", "replace")


def shows_canary(answer: Any) -> bool:
    return CANARY.lower() in body_of(answer).lower()


def verbs_of(policy: dict[str, Any]) -> set[str]:
    verbs = set(policy.get("verbs", ["GET"]))
    return verbs | ({"HEAD"} if "GET" in verbs else set())


def cases(world: World, url: Url, policy: dict[str, Any]) -> Iterator[tuple[str, str, str, Any]]:
    """(person, shop's slug, verb, expected): every combination, with a predicate to hold."""
    allowed_verbs = verbs_of(policy)
    for verb in VERBS:
        roles = WRITERS[policy.get("read" if verb in SAFE else "write", "everyone")]
        is_allowed = verb in allowed_verbs
        for person in world.people:
            for slug in (world.own.slug, world.other.slug, "no-such-shop"):
                answers = expected(world, person, slug, roles, is_allowed)
                if policy.get("absent") or (policy.get("own") and person != "owner"):
                    answers = answers | {404}
                yield person, slug, verb, answers


def expected(world: World, person: str, slug: str, roles: Any, is_allowed: bool) -> set[int]:
    """The answers that keep the policy; 405 may come before anything else is looked at."""
    refused_verb = set() if is_allowed else {405}
    if person in ("anonymous", "disabled"):
        return {302} | refused_verb
    role = world.role_of(person, slug)
    if role is None:
        return {404} | refused_verb
    if role not in roles:
        return {403} | refused_verb
    return set(FINE) | TAKEN_BADLY if is_allowed else {405, 200}


def is_refused_unseen(world: World, url: Url, verb: str, body: dict[str, Any]) -> bool:
    """Whether the verb is refused before the shop is entered, hence whoever asks and wherever:
    then two strangers stand for all."""
    answer = send(world, world.clients["owner"], verb, address_of(world, url, world.own.slug), body)
    return answer.status_code == 405 and not answer.has_entered


def address_of(world: World, url: Url, slug: str) -> str:
    other = policy_of(url.name).get("args", {})
    args = [slug if p == "merchant_slug" else world.args[other.get(p, p)] for p in url.params]
    return reverse(url.name, args=args)


@pytest.mark.parametrize("url", MEMBER_URLS, ids=lambda url: url.name)
def test_pages_keep_their_policy(url: Url, world: World) -> None:
    policy = policy_of(url.name)
    objects = [p for p in url.params if p != "merchant_slug"]
    body = world.fill(policy.get("data", {}))
    unseen = {verb for verb in VERBS if is_refused_unseen(world, url, verb, body)}
    for person, slug, verb, answers in cases(world, url, policy):
        if verb in unseen and person not in ("mallory", "anonymous"):
            continue
        wanted = answers
        if objects and slug == world.other.slug and world.role_of(person, slug):
            # Her own shop, with the other shop's object in the address: it is not there.
            refusals = {403} if world.role_of(person, slug) != "owner" else set()
            wanted = {404, 405} | refusals
        address = address_of(world, url, slug)
        answer = send(world, world.clients[person], verb, address, body)
        where = f"{verb} {address} as {person}: {answer.status_code}, not {sorted(wanted)[:6]}"
        assert answer.status_code in wanted, where
        if slug != world.own.slug or world.role_of(person, slug) is None:
            assert not shows_canary(answer), f"{verb} {address} shows {person} foreign rows"
        if wanted.isdisjoint(FINE):
            assert not answer.has_written, f"{where} and it wrote"


@pytest.mark.skipif(ONLY != "", reason="about the net, not about one module")
def test_the_net_sees_a_write(world: World) -> None:
    """Else "and it wrote" could never be said."""
    address = reverse("catalog:product-delete", args=[world.own.slug, world.args["product_id"]])
    assert send(world, world.clients["owner"], "POST", address, {}).has_written
    assert not send(world, world.clients["viewer"], "POST", address, {}).has_written


@pytest.mark.skipif(ONLY not in ("", "ecomportal.jobs.views"), reason="about one view")
def test_the_badge_counts_no_foreign_job(world: World) -> None:
    """A number carries no mark of its shop, so it is looked at here."""
    address = reverse("jobs-badge", args=[world.other.slug])
    answer = send(world, world.clients["mallory"], "GET", address, {})
    assert answer.context["n_live_jobs"] == 0, "it counts foreign rows"


@pytest.mark.skipif(ONLY not in ("", "catalog.products.editor"), reason="about one view")
def test_the_conflict_page_names_no_foreign_category(world: World) -> None:
    address = reverse("catalog:product", args=[world.other.slug, world.theirs.pk])
    body = {"title": "x", "version": "0", "category": str(world.args["category_id"])}
    answer = send(world, world.clients["mallory"], "POST", address, body)
    assert answer.status_code == 409
    assert not shows_canary(answer), "it shows foreign rows"


@pytest.mark.skipif(ONLY not in ("", "catalog.products.bulk"), reason="about one view")
def test_the_name_of_another_shops_form_leads_to_no_job_of_theirs(world: World) -> None:
    token = "01900000-0000-7000-8000-000000000001"
    body = {"action": "status", "status": "draft", "all_matching": "1", "query": "",
            "confirmed": "1", "token": token}  # fmt: skip
    with transaction.atomic():
        ours = reverse("catalog:bulk", args=[world.own.slug])
        assert world.clients["owner"].post(ours, body).status_code == 302
        with tenant(world.own):
            job = Job.objects.get(kind="bulk_edit")
        theirs = reverse("catalog:bulk", args=[world.other.slug])
        answer = world.clients["mallory"].post(theirs, body)
        assert answer.status_code == 302
        assert str(job.pk) not in answer["Location"], "it leads to foreign rows"
        transaction.set_rollback(True)


@pytest.mark.skipif(ONLY not in ("", "catalog.products.list_view"), reason="about one view")
@pytest.mark.parametrize("sort", ["title", "price"])
def test_a_place_in_the_list_is_found_among_own_products(world: World, sort: str) -> None:
    with transaction.atomic():
        titles = _three_products(world)
        ours = reverse("catalog:products", args=[world.own.slug])
        to = world.clients["owner"].get(f"{ours}?q=Row&sort={sort}&goto=2")
        rest = world.clients["owner"].get(ours + to["Location"]).content.decode()
        assert [title in rest for title in titles] == [False, True, True]
        transaction.set_rollback(True)


@pytest.mark.skipif(
    ONLY not in ("", "catalog.products.listing.how_many"), reason="about one function"
)
def test_the_list_counts_no_foreign_products(world: World, monkeypatch: Any) -> None:
    monkeypatch.setattr("catalog.products.list_view.PAGE_SIZE", 1)
    with transaction.atomic():
        _three_products(world)
        address = reverse("catalog:products", args=[world.own.slug])
        answer = world.clients["owner"].get(f"{address}?vendor=Count+us&count=exact")
        assert answer.context["how_many"].n == 3, "it counts foreign rows"
        transaction.set_rollback(True)


def _three_products(world: World) -> list[str]:
    """Of each shop; the other's would stand first in any order."""
    titles = ["Row 1", "Row 2", "Row 3"]
    for n, title in enumerate(titles):
        make_product(world.own, title, vendor="Count us", price_cents=1000 + n)
        make_product(world.other, f"A {title}", vendor="Count us", price_cents=n)
    return titles


@pytest.mark.skipif(ONLY not in ("", "ecomportal.tenancy.views"), reason="about one view")
@pytest.mark.parametrize("name", ["team-role", "team-remove"])
def test_another_shops_owners_do_not_let_the_last_one_go(world: World, name: str) -> None:
    with tenant(world.other):
        membership = Membership.objects.get(user=world.people["mallory"])
    address = reverse(name, args=[world.other.slug, membership.pk])
    answer = send(world, world.clients["mallory"], "POST", address, {"role": "viewer"})
    assert answer.status_code == 422
    assert not answer.has_written


@pytest.mark.skipif(ONLY not in ("", "ecomportal.tenancy.views"), reason="about one view")
def test_a_member_of_another_shop_joins_this_one(world: World) -> None:
    with transaction.atomic():
        with tenant(world.own):
            _row, token = Invitation.issue(world.own, "mallory@example.com", role="viewer")
        world.clients["mallory"].post(reverse("team-join", args=[token]), {})
        with tenant(world.own):
            mine = Membership.objects.filter(merchant=world.own, user=world.people["mallory"])
            assert mine.count() == 1
            assert Invitation.objects.filter(accepted_at=None, email__startswith="canary").exists()
        transaction.set_rollback(True)


@pytest.mark.parametrize("url", MEMBER_URLS, ids=lambda url: url.name)
def test_foreign_rows_in_a_body_change_nothing(url: Url, world: World) -> None:
    """The other shop's owner posts our ids to her own shop's pages, for real."""
    policy = policy_of(url.name)
    if "POST" not in verbs_of(policy) or any(p != "merchant_slug" for p in url.params):
        return
    address = reverse(url.name, args=[world.other.slug] * len(url.params))
    body = world.fill(policy.get("data", {}))
    answer = send(world, world.clients["mallory"], "POST", address, body)
    assert not answer.has_written, f"POST {address} as mallory and it wrote"
    assert not shows_canary(answer)


@pytest.mark.parametrize("url", STAFF_URLS, ids=lambda url: f"{url.name}-{url.route[-20:]}")
def test_the_admin_is_for_staff(url: Url, world: World) -> None:
    args = [world.args.get(p, "1") for p in url.params]
    address = reverse(url.name, args=args) if not url.name.startswith("unnamed") else None
    if address is None:
        return
    open_to_all = url.name in ("admin:login", "admin:jsi18n", "admin:logout")
    for person, client in world.clients.items():
        if person == "staff" or open_to_all:
            continue
        answer = send(world, client, "GET", address, {})
        assert answer.status_code in (302, 403, 404, 405), f"{address} as {person}"
        assert not shows_canary(answer)


@pytest.mark.parametrize("url", KEY_URLS, ids=lambda url: url.name)
def test_the_api_keeps_its_policy(url: Url, world: World) -> None:
    policy = policy_of(url.name)
    address = reverse(url.name, args=[world.args[p] for p in url.params])
    body = world.fill(policy.get("data", {}))
    allowed_verbs, visitor = verbs_of(policy), Client()
    for verb in VERBS:
        for key, token in world.keys.items():
            headers = {"Authorization": f"Bearer {token}"} if token else {}
            wanted = expected_of_key(
                key,
                policy,
                bool(url.params),
                verb in allowed_verbs,
                names_rows=bool(policy.get("names_rows")) and verb == "POST",
            )
            options = {"headers": headers}
            if verb not in SAFE:
                options["content_type"] = "application/json"
            answer = send(world, visitor, verb, address, body, **options)
            where = f"{verb} {address} with {key}: {answer.status_code}, not {sorted(wanted)[:6]}"
            assert answer.status_code in wanted, where
            if key != "own_sk":
                assert not shows_canary(answer), where
                assert not answer.has_written, f"{where} and it wrote"


def expected_of_key(
    key: str, policy: dict[str, Any], has_object: bool, is_allowed: bool, *, names_rows: bool
) -> set:
    """`names_rows`: the body asks for rows of the first shop, which the other does not have."""
    refused_verb = set() if is_allowed else {405}
    if key in ("none", "garbage", "revoked", "expired"):
        return {401} | refused_verb
    if key == "own_pk" and policy.get("key", "sk") == "sk":
        return {403} | refused_verb
    if not is_allowed:
        return {405, 200, 404}
    if key == "other_sk" and has_object:
        return {404}
    if key == "other_sk" and names_rows:
        return TAKEN_BADLY
    return set(FINE) | TAKEN_BADLY | {428}

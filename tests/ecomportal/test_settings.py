"""Shop settings, API keys, the audit page, and the two choices of a person."""

import re

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse

from ecomportal.tenancy.context import tenant
from ecomportal.tenancy.models import ApiKey, AuditEntry, Merchant, hash_token
from ecomportal.web.audit_names import ACTIONS
from ecomportal.web.translations import APPS

SHOP = "/northlight/settings/shop/"
KEYS = "/northlight/settings/keys/"
AUDIT = "/northlight/settings/audit/"
KEY = {"name": "Sync", "kind": "sk", "scopes": ["products:read", "products:write"], "origins": ""}


def test_an_owner_changes_the_shop(client_of, shop, alice):
    data = {"name": "North Light", "language": "zh", "currency": "CNY", "timezone": "Asia/Shanghai"}
    assert client_of(alice).post(SHOP, data).status_code == 302
    shop.refresh_from_db()
    assert (shop.name, shop.language, shop.currency) == ("North Light", "zh", "CNY")
    assert shop.timezone == "Asia/Shanghai"


def test_a_time_zone_that_is_none_is_refused_and_the_frame_keeps_the_name(client_of, shop, alice):
    data = {"name": "Other", "language": "en", "currency": "EUR", "timezone": "Mars/Base"}
    response = client_of(alice).post(SHOP, data)
    assert response.status_code == 422
    assert '<span class="clip">Northlight Kitchen</span>' in response.content.decode()
    assert Merchant.objects.get(pk=shop.pk).name == "Northlight Kitchen"


@pytest.mark.parametrize(
    ("person", "url"),
    [("max_", SHOP), ("bob", SHOP), ("vera", SHOP), ("max_", KEYS), ("bob", KEYS), ("vera", AUDIT)],
)
def test_who_lacks_the_role_gets_403(client_of, request, person, url):
    assert client_of(request.getfixturevalue(person)).get(url).status_code == 403


@pytest.mark.parametrize("url", [SHOP, KEYS, AUDIT])
def test_a_stranger_gets_404(client_of, shop, mallory, url):
    assert client_of(mallory).get(url).status_code == 404


def test_a_key_is_shown_once_and_only_its_hash_is_kept(client_of, shop, alice):
    client = client_of(alice)
    page = client.post(f"{KEYS}new/", KEY).content.decode()
    key = re.search(r"sk_[\w-]{43}", page)[0]
    with tenant(shop):
        row = ApiKey.objects.get()
    assert row.key_hash == hash_token(key)
    assert row.scopes == KEY["scopes"]
    assert key not in client.get(KEYS).content.decode()


def test_a_publishable_key_needs_a_site_and_may_only_read(client_of, shop, alice):
    data = {**KEY, "kind": "pk"}
    response = client_of(alice).post(f"{KEYS}new/", data)
    assert response.status_code == 422
    page = response.content.decode()
    assert "may only read products" in page
    assert "Name at least one site" in page
    with tenant(shop):
        assert not ApiKey.objects.exists()


@pytest.mark.parametrize("origin", ["shop.example", "https://shop.example/path", "javascript:x"])
def test_what_is_no_origin_is_refused(client_of, alice, origin):
    data = {**KEY, "kind": "pk", "scopes": ["products:read"], "origins": origin}
    page = client_of(alice).post(f"{KEYS}new/", data)
    assert page.status_code == 422
    assert "is not an origin" in page.content.decode()


def test_a_revoked_key_is_revoked_at_once(client_of, shop, alice):
    client = client_of(alice)
    client.post(f"{KEYS}new/", KEY)
    with tenant(shop):
        row = ApiKey.objects.get()
    client.post(f"{KEYS}{row.pk}/revoke/")
    with tenant(shop):
        assert ApiKey.objects.get().revoked_at is not None


def test_another_shops_key_cannot_be_revoked(client_of, alice, other_shop):
    with tenant(other_shop):
        row, _ = ApiKey.issue(other_shop, "sk", name="Theirs")
    assert client_of(alice).post(f"{KEYS}{row.pk}/revoke/").status_code == 404


def entry(shop, action, who="Alice Berg", **fields):
    with tenant(shop):
        AuditEntry.objects.create(merchant=shop, actor_label=who, action=action, **fields)


def test_the_audit_page_filters(client_of, shop, max_):
    entry(shop, "team.invited", subject="first@example.com")
    entry(shop, "draft.approved", who="Bob Lund", subject="kettle")
    client = client_of(max_)
    everything = client.get(AUDIT).content.decode()
    assert "first@example.com" in everything
    assert "kettle" in everything
    assert "kettle" not in client.get(AUDIT, {"area": "team"}).content.decode()
    assert "first@example.com" not in client.get(AUDIT, {"who": "bob"}).content.decode()
    assert "No entry matches" in client.get(AUDIT, {"until": "2001-01-01"}).content.decode()
    assert client.get(AUDIT, {"since": "2026-13-45"}).status_code == 200


def test_every_action_that_is_written_down_has_a_name():
    call = re.compile(r"audit\.record\(\s*[\w.]+,\s*\"([a-z_.]+)\"")
    sources = [p for app in APPS for p in (settings.BASE_DIR / app).rglob("*.py")]
    actions = {action for path in sources for action in call.findall(path.read_text())}
    assert "team.invited" in actions
    assert actions - set(ACTIONS) == set()


def test_the_audit_page_pages_without_losing_an_entry(client_of, shop, max_):
    for n in range(120):
        entry(shop, "job.started", subject=f"run-{n:03}")
    client, url, seen = client_of(max_), AUDIT, []
    for _ in range(3):
        page = client.get(url).content.decode()
        seen += re.findall(r"run-\d{3}", page)
        following = re.search(r'rel="next" href="([^"]+)"', page)
        url = AUDIT + following[1].replace("&amp;", "&") if following else ""
    assert not url
    assert seen == [f"run-{n:03}" for n in reversed(range(120))]


def test_another_shops_audit_is_not_shown(client_of, shop, other_shop, max_):
    entry(other_shop, "team.invited", subject="theirs@example.com")
    assert "theirs@example.com" not in client_of(max_).get(AUDIT).content.decode()


def test_a_language_is_kept_in_the_account_and_in_a_cookie(client_of, alice):
    client = client_of(alice)
    response = client.post(
        "/preferences/language/", {"language": "zh-hans", "next": "/northlight/jobs/"}
    )
    assert response.headers["Location"] == "/northlight/jobs/"
    alice.refresh_from_db()
    assert alice.language == "zh-hans"
    assert client.cookies["django_language"].value == "zh-hans"
    assert '<html lang="zh-CN"' in client.get("/northlight/settings/team/").content.decode()


def test_signed_out_the_cookie_alone_decides(db):
    client = Client()
    assert '<html lang="en"' in client.get("/account/login/").content.decode()
    client.post("/preferences/language/", {"language": "zh-hans"})
    client.post("/preferences/theme/", {"theme": "dark"})
    page = client.get("/account/login/").content.decode()
    assert '<html lang="zh-CN" data-theme="dark">' in page


def test_a_theme_is_set_with_and_without_javascript(client_of, alice):
    client = client_of(alice)
    assert client.post("/preferences/theme/", {"theme": "dark"}).status_code == 302
    assert 'data-theme="dark"' in client.get("/northlight/settings/team/").content.decode()
    answer = client.post(
        "/preferences/theme/", {"theme": "system"}, headers={"Accept": "application/json"}
    ).json()
    assert answer["next"] == "light"
    assert "data-theme=" not in client.get("/northlight/settings/team/").content.decode()


def test_one_sets_ones_own_name_and_nothing_else(client_of, alice):
    client = client_of(alice)
    data = {"name": "Alice B.", "email": "evil@example.com", "is_staff": "on"}
    assert client.post("/preferences/", data).status_code == 302
    assert client.post("/preferences/", {"name": ""}).status_code == 422
    alice.refresh_from_db()
    assert (alice.name, alice.email, alice.is_staff) == ("Alice B.", "alice@example.com", False)
    assert "Alice B." in client.get("/northlight/settings/team/").content.decode()


def test_an_account_is_shown_to_its_owner_alone(client, db):
    assert client.get("/preferences/").headers["Location"].startswith("/account/login/")


@pytest.mark.parametrize(
    ("url", "data"),
    [
        ("/preferences/language/", {"language": "tlh"}),
        ("/preferences/theme/", {"theme": "neon"}),
    ],
)
def test_what_is_not_offered_is_refused(client, db, url, data):
    assert client.post(url, data).status_code == 400
    assert client.get(url).status_code == 405


def test_a_choice_does_not_lead_to_another_site(client, db):
    data = {"theme": "dark", "next": "https://evil.example/"}
    assert client.post("/preferences/theme/", data).headers["Location"] == "/"


def test_a_word_is_no_page_to_go_back_to(client, db):
    answer = client.post("/preferences/theme/", {"theme": "dark", "next": "nonsense"})
    assert answer.status_code == 302


def test_the_rail_shows_settings_to_those_who_may_open_them(client_of, alice, bob):
    link = 'href="/northlight/settings/team/"'
    assert link in client_of(alice).get("/northlight/jobs/").content.decode()
    assert link not in client_of(bob).get("/northlight/jobs/").content.decode()


def test_the_frame_counts_this_shops_jobs_in_one_statement(
    client_of, shop, other_shop, alice, django_assert_num_queries
):
    from ecomportal.jobs.models import Job
    from ecomportal.web.context import counts

    for merchant, n in ((shop, 2), (other_shop, 5)):
        with tenant(merchant):
            for _ in range(n):
                Job.objects.create(merchant=merchant, kind="run_import", status="running")
            Job.objects.create(merchant=merchant, kind="run_import", status="done")
    with tenant(shop), django_assert_num_queries(1):
        found = counts(shop)
    assert found["jobs"] == 2
    assert found["drafts"] == 0


def test_the_keys_of_the_shop_are_listed(client_of, shop, alice):
    with tenant(shop):
        ApiKey.issue(shop, "sk", name="Till in the harbour")
    page = client_of(alice).get(reverse("api-keys", args=[shop.slug])).content.decode()
    assert "Till in the harbour" in page

"""Coming in: by password, not too often, and only when invited."""

import pytest
from django.conf import settings
from django.core import mail

from tests.factories import PASSWORD, make_member, make_user

LOGIN = "/account/login/"


def sign_in(client, email="alice@example.com", password=PASSWORD):
    return client.post(LOGIN, {"login": email, "password": password})


def test_one_signs_in_and_lands_in_the_one_shop(client, alice):
    assert sign_in(client).headers["Location"] == "/"
    assert client.get("/").headers["Location"] == "/northlight/"


def test_with_two_shops_one_chooses(client_of, alice, other_shop):
    from ecomportal.tenancy.context import tenant
    from ecomportal.tenancy.models import Membership

    with tenant(other_shop):
        Membership.objects.create(merchant=other_shop, user=alice, role="viewer")
    page = client_of(alice).get("/").content.decode()
    assert 'href="/northlight/"' in page
    assert 'href="/harbour/"' in page


def test_without_a_shop_the_door_says_what_to_do(client_of):
    page = client_of(make_user("lone@example.com")).get("/").content.decode()
    assert "Nobody has invited lone@example.com" in page


def test_a_wrong_password_says_how_many_tries_are_left(client, alice):
    page = sign_in(client, password="wrong").content.decode()
    assert f"{settings.AXES_FAILURE_LIMIT - 1} tries are left" in page


def test_an_unknown_address_reads_like_a_wrong_password(client, alice):
    known = sign_in(client, password="wrong").content.decode()
    unknown = sign_in(client, "nobody@example.com", "wrong").content.decode()
    message = "The email address and/or password you specified are not correct"
    assert message in known
    assert message in unknown


def test_after_too_many_tries_sign_in_closes_and_says_for_how_long(client, alice):
    for _ in range(settings.AXES_FAILURE_LIMIT - 1):
        assert sign_in(client, password="wrong").status_code == 200
    locked = sign_in(client, password="wrong")
    assert locked.status_code == 429
    assert "15 minutes" in locked.content.decode()
    assert sign_in(client).status_code == 429  # the right password is too late as well
    assert client.get("/northlight/").status_code == 302


def test_one_address_locked_out_leaves_another_alone(client, shop, alice):
    make_member(shop, "max@example.com", "manager")
    for _ in range(settings.AXES_FAILURE_LIMIT):
        sign_in(client, password="wrong")
    assert sign_in(client, "max@example.com").status_code == 302


def test_nobody_signs_up(client, db):
    data = {"email": "x@example.com", "password1": PASSWORD, "password2": PASSWORD}
    page = client.post("/account/signup/", data).content.decode()
    assert "By invitation" in page
    from ecomportal.tenancy.models import User

    assert not User.objects.filter(email="x@example.com").exists()


def test_signing_out_needs_a_post(client_of, alice):
    client = client_of(alice)
    assert "Sign out?" in client.get("/account/logout/").content.decode()
    assert client.get("/northlight/jobs/").status_code == 200
    client.post("/account/logout/")
    assert client.get("/northlight/jobs/").status_code == 302


def test_a_forgotten_password_is_set_anew_by_a_link(client, alice):
    client.post("/account/password/reset/", {"email": "alice@example.com"})
    link = next(w for w in mail.outbox[0].body.split() if "/password/reset/key/" in w)
    form = client.get(link, follow=True)
    new = "seven quiet herons"
    client.post(form.request["PATH_INFO"], {"password1": new, "password2": new})
    alice.refresh_from_db()
    assert alice.check_password(new)


def test_an_unknown_address_gets_no_letter_but_the_same_answer(client, alice):
    known = client.post("/account/password/reset/", {"email": "alice@example.com"})
    unknown = client.post("/account/password/reset/", {"email": "nobody@example.com"})
    assert known.headers["Location"] == unknown.headers["Location"]


def test_a_used_link_says_so(client, db):
    page = client.get("/account/password/reset/key/1-set-password/").content.decode()
    assert "This link no longer works" in page


@pytest.mark.parametrize("path", ["/account/password/change/", "/account/email/"])
def test_pages_of_the_account_wear_the_portals_frame(client_of, alice, path):
    page = client_of(alice).get(path).content.decode()
    assert 'class="signin' in page
    assert "<style" not in page
    assert " style=" not in page


def test_signing_in_on_a_foreign_address_is_not_followed(client, alice):
    data = {"login": "alice@example.com", "password": PASSWORD, "next": "https://evil.example/"}
    assert client.post(LOGIN, data).headers["Location"] == "/"

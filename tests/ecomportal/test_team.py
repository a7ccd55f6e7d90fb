"""The team page: who is in it, invitations, and coming in by one."""

import re
from datetime import timedelta

import pytest
from django.core import mail
from django.test import Client
from django.utils.timezone import now

from ecomportal.tenancy.context import tenant
from ecomportal.tenancy.models import AuditEntry, Invitation, Membership, User
from tests.factories import PASSWORD, make_member, make_user

URL = "/northlight/settings/team/"


def membership(shop, user):
    with tenant(shop):
        return Membership.objects.filter(user=user).first()


def invite(shop, email="new@example.com", role="manager", **fields):
    with tenant(shop):
        return Invitation.issue(shop, email, role=role, **fields)


def test_an_owner_sees_the_members_and_a_form(client_of, alice, bob):
    page = client_of(alice).get(URL).content.decode()
    assert "bob@example.com" in page
    assert 'action="/northlight/settings/team/invite/"' in page


def test_a_manager_sees_the_members_but_cannot_change_them(client_of, shop, bob, max_):
    client = client_of(max_)
    page = client.get(URL).content.decode()
    assert "bob@example.com" in page
    assert "invite/" not in page
    url = f"{URL}{membership(shop, bob).pk}/role/"
    assert client.post(url, {"role": "owner"}).status_code == 403
    assert membership(shop, bob).role == "agent"


@pytest.mark.parametrize("person", ["bob", "vera"])
def test_agents_and_viewers_do_not_see_the_team(client_of, request, person):
    assert client_of(request.getfixturevalue(person)).get(URL).status_code == 403


def test_a_stranger_gets_404(client_of, shop, mallory):
    client = client_of(mallory)
    assert client.get(URL).status_code == 404
    assert client.post(f"{URL}invite/", {"email": "x@example.com"}).status_code == 404


def test_an_owner_changes_a_role_and_it_is_written_down(client_of, shop, alice, bob):
    client_of(alice).post(f"{URL}{membership(shop, bob).pk}/role/", {"role": "manager"})
    assert membership(shop, bob).role == "manager"
    with tenant(shop):
        entry = AuditEntry.objects.get(action="team.role_changed")
    assert entry.detail == {"before": "agent", "after": "manager"}


def test_an_unknown_role_is_refused(client_of, shop, alice, bob):
    response = client_of(alice).post(f"{URL}{membership(shop, bob).pk}/role/", {"role": "god"})
    assert response.status_code == 422
    assert membership(shop, bob).role == "agent"


def test_the_last_owner_cannot_be_demoted_or_removed(client_of, shop, alice):
    client, own = client_of(alice), membership(shop, alice).pk
    for url, data in ((f"{URL}{own}/role/", {"role": "viewer"}), (f"{URL}{own}/remove/", {})):
        response = client.post(url, data)
        assert response.status_code == 422
        assert "A shop needs an owner" in response.content.decode()
    assert membership(shop, alice).role == "owner"


def test_one_of_two_owners_may_leave(client_of, shop, alice):
    make_member(shop, "second@example.com", "owner")
    response = client_of(alice).post(f"{URL}{membership(shop, alice).pk}/remove/")
    assert response.headers["Location"] == "/"
    assert membership(shop, alice) is None


def test_a_removed_member_cannot_open_the_shop(client_of, shop, alice, bob):
    client = client_of(bob)
    assert client.get("/northlight/jobs/").status_code == 200
    client_of(alice).post(f"{URL}{membership(shop, bob).pk}/remove/")
    assert client.get("/northlight/jobs/").status_code == 404


def test_a_member_of_another_shop_cannot_be_removed_from_here(
    client_of, alice, other_shop, mallory
):
    url = f"{URL}{membership(other_shop, mallory).pk}/remove/"
    assert client_of(alice).post(url).status_code == 404
    assert membership(other_shop, mallory) is not None


def test_an_invitation_is_sent_and_its_link_shown_once(
    client_of, alice, django_capture_on_commit_callbacks
):
    client = client_of(alice)
    with django_capture_on_commit_callbacks(execute=True):
        page = client.post(f"{URL}invite/", {"email": "New@Example.com", "role": "agent"})
    link = re.search(r"http://testserver/join/[\w-]+/", page.content.decode())[0]
    assert link in mail.outbox[0].body
    assert mail.outbox[0].to == ["new@example.com"]
    again = client.get(URL).content.decode()
    assert "new@example.com" in again
    assert "/join/" not in again


def test_without_a_mail_server_the_page_says_so_and_nothing_is_sent(client_of, alice, settings):
    settings.EMAIL_BACKEND = "django.core.mail.backends.console.EmailBackend"
    page = client_of(alice).post(f"{URL}invite/", {"email": "n@example.com", "role": "agent"})
    assert "No mail server is set up" in page.content.decode()


def test_a_mail_server_that_fails_loses_nothing(
    client_of, shop, alice, settings, django_capture_on_commit_callbacks
):
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 9
    with django_capture_on_commit_callbacks(execute=True):
        page = client_of(alice).post(f"{URL}invite/", {"email": "n@example.com", "role": "agent"})
    assert page.status_code == 200
    with tenant(shop):
        assert Invitation.objects.filter(email="n@example.com").exists()


def test_who_is_in_or_invited_is_not_invited_again(client_of, shop, alice, bob):
    client = client_of(alice)
    inside = client.post(f"{URL}invite/", {"email": "BOB@example.com", "role": "agent"})
    assert inside.status_code == 422
    assert "in the team already" in inside.content.decode()
    invite(shop, "new@example.com")
    twice = client.post(f"{URL}invite/", {"email": "new@example.com", "role": "agent"})
    assert twice.status_code == 422


def test_an_expired_invitation_makes_room_for_a_new_one(client_of, shop, alice):
    invite(shop, "new@example.com", expires_at=now() - timedelta(hours=1))
    page = client_of(alice).post(f"{URL}invite/", {"email": "new@example.com", "role": "agent"})
    assert "/join/" in page.content.decode()


def test_a_new_person_joins_with_name_and_password(client, shop, alice):
    _, token = invite(shop)
    assert "Join Northlight Kitchen" in client.get(f"/join/{token}/").content.decode()
    response = client.post(f"/join/{token}/", {"name": "Nia Roy", "password": PASSWORD})
    assert response.headers["Location"] == "/northlight/"
    user = User.objects.get(email="new@example.com")
    assert user.check_password(PASSWORD)
    assert membership(shop, user).role == "manager"
    assert client.get("/northlight/jobs/").status_code == 200


def test_a_weak_password_is_refused(client, shop):
    _, token = invite(shop)
    response = client.post(f"/join/{token}/", {"name": "Nia", "password": "password"})
    assert response.status_code == 422
    assert not User.objects.filter(email="new@example.com").exists()


def test_an_invitation_works_once(client, shop):
    _, token = invite(shop)
    client.post(f"/join/{token}/", {"name": "Nia Roy", "password": PASSWORD})
    assert Client().get(f"/join/{token}/").status_code == 404


def test_a_revoked_an_expired_and_an_invented_invitation_open_nothing(
    client, shop, client_of, alice
):
    row, revoked = invite(shop, "a@example.com")
    client_of(alice).post(f"/northlight/settings/invitations/{row.pk}/revoke/")
    _, expired = invite(shop, "b@example.com", expires_at=now() - timedelta(seconds=1))
    for token in (revoked, expired, "x" * 43):
        for response in (client.get(f"/join/{token}/"), client.post(f"/join/{token}/")):
            assert response.status_code == 404
            assert "Northlight" not in response.content.decode()


def test_who_has_an_account_signs_in_first_and_then_joins(client, client_of, shop):
    user = make_user("new@example.com")
    _, token = invite(shop)
    page = client.get(f"/join/{token}/").content.decode()
    assert f"/account/login/?next=/join/{token}/" in page
    response = client.post(f"/join/{token}/", {"name": "Thief", "password": PASSWORD})
    assert membership(shop, user) is None
    response = client_of(user).post(f"/join/{token}/")
    assert response.headers["Location"] == "/northlight/"
    assert membership(shop, user).role == "manager"


def test_an_invitation_for_somebody_else_does_not_let_one_in(client_of, shop, mallory):
    _, token = invite(shop)
    client = client_of(mallory)
    assert "for another address" in client.get(f"/join/{token}/").content.decode()
    assert client.post(f"/join/{token}/").status_code == 403
    assert membership(shop, mallory) is None


def test_another_shops_invitation_cannot_be_revoked(client_of, alice, other_shop):
    row, _ = invite(other_shop)
    url = f"/northlight/settings/invitations/{row.pk}/revoke/"
    assert client_of(alice).post(url).status_code == 404


@pytest.mark.parametrize("url", [f"{URL}invite/", f"{URL}1/role/", f"{URL}1/remove/"])
def test_changes_refuse_get(client_of, alice, url):
    assert client_of(alice).get(url).status_code == 405

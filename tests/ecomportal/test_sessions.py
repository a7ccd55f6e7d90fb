"""A session and its person are read together, and end together."""

import pytest
from django.contrib.auth import SESSION_KEY
from django.db import connection
from django.test.utils import CaptureQueriesContext

from ecomportal.tenancy.models import User, WebSession
from tests.factories import PASSWORD, make_user

PAGE = "/northlight/products/"


def sessions_of(person: User) -> int:
    return WebSession.objects.filter(user=person).count()


def test_one_statement_reads_both(alice, shop, client_of):
    client = client_of(alice)
    with CaptureQueriesContext(connection) as captured:
        assert client.get(PAGE).status_code == 200
    asked = [q["sql"] for q in captured if "session" in q["sql"] or "ecomportal_user" in q["sql"]]
    assert len(asked) == 1


def test_signing_out_ends_the_session_wherever_its_cookie_is(alice, shop, client_of):
    client, thief = client_of(alice), client_of(alice)
    thief.cookies["sessionid"] = client.cookies["sessionid"].value
    assert thief.get(PAGE).status_code == 200
    client.post("/account/logout/")
    assert thief.get(PAGE).status_code == 302


def test_a_changed_password_ends_the_other_sessions(alice, shop, client_of):
    client = client_of(alice)
    person = User.objects.get(pk=alice.pk)
    person.set_password(f"{PASSWORD}-new")
    person.save()
    assert client.get(PAGE).status_code == 302


def test_a_person_who_was_switched_off_is_out(alice, shop, client_of):
    client = client_of(alice)
    User.objects.filter(pk=alice.pk).update(is_active=False)
    assert client.get(PAGE).status_code == 302


def test_a_removed_person_leaves_no_session(client_of, db):
    person = make_user("gone@example.com")
    client = client_of(person)
    assert client.get("/preferences/").status_code == 200
    assert sessions_of(person) == 1
    person.delete()
    assert WebSession.objects.count() == 0
    assert client.get("/preferences/").status_code == 302


def test_a_session_that_is_over_is_nobodys(alice, shop, client_of):
    client = client_of(alice)
    WebSession.objects.update(expire_date="2020-01-01T00:00Z")
    assert client.get(PAGE).status_code == 302


@pytest.mark.parametrize("other", ["max_", "mallory"])
def test_a_row_that_names_another_person_does_not_make_her_that_person(
    alice, shop, client_of, request, other
):
    client = client_of(alice)
    WebSession.objects.filter(user=alice).update(user=request.getfixturevalue(other))
    page = client.get(PAGE)
    assert page.status_code == 200
    assert page.wsgi_request.user == alice


def test_a_session_taken_over_from_before_names_its_person_when_it_is_written(
    alice, shop, client_of
):
    client = client_of(alice)
    WebSession.objects.update(user=None)
    assert client.get(PAGE).status_code == 200
    session = client.session
    assert session[SESSION_KEY] == str(alice.pk)
    session["anything"] = 1
    session.save()
    assert sessions_of(alice) == 1

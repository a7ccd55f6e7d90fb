"""Error pages: what happened, what was kept, what to do; in both languages."""

import pytest
from django.db import DatabaseError
from django.db.backends.base.base import BaseDatabaseWrapper
from django.test import Client
from django.urls import path

from ecomportal import urls


def broken(request):
    raise RuntimeError("broken on purpose")


urlpatterns = [*urls.urlpatterns, path("broken/now/please/", broken)]
handler403, handler404, handler500 = urls.handler403, urls.handler404, urls.handler500


def test_an_unknown_address_is_a_404_in_our_frame(client_of, alice):
    response = client_of(alice).get("/northlight/no/such/page/")
    assert response.status_code == 404
    assert "There is nothing here" in response.content.decode()


def test_the_404_of_a_foreign_shop_is_the_404_of_no_shop(client_of, alice, other_shop):
    client = client_of(alice)
    foreign = client.get("/harbour/jobs/")
    none = client.get("/nowhere/jobs/")
    assert foreign.status_code == none.status_code == 404

    def text(response):
        csrf = client.cookies["csrftoken"].value
        return response.content.decode().replace("harbour", "nowhere").replace(csrf, "")

    assert "Harbour Books" not in foreign.content.decode()
    assert len(text(foreign)) == len(text(none))


def test_a_403_names_the_role_and_what_to_do(client_of, vera):
    page = client_of(vera).get("/northlight/settings/team/").content.decode()
    assert "You are here as: Viewer." in page
    assert "An owner of the shop can give you another role" in page


def test_a_403_reads_chinese(client_of, vera):
    client = client_of(vera)
    client.post("/preferences/language/", {"language": "zh-hans"})
    page = client.get("/northlight/settings/team/").content.decode()
    assert "您的角色无权执行此操作" in page


def test_a_form_without_its_token_says_that_nothing_was_changed(alice):
    client = Client(enforce_csrf_checks=True)
    response = client.post("/preferences/theme/", {"theme": "dark"})
    assert response.status_code == 403
    assert "The form was too old" in response.content.decode()


@pytest.mark.parametrize(
    "address", ["products/?q=a%00b", "jobs/?kind=%00", "settings/audit/?who=%00"]
)
def test_a_character_that_cannot_be_kept_is_refused_in_an_address(client_of, alice, address):
    response = client_of(alice).get(f"/northlight/{address}")
    assert response.status_code == 400
    assert "a character that cannot be kept" in response.content.decode()


def test_a_character_that_cannot_be_kept_is_refused_in_a_form(client_of, alice):
    response = client_of(alice).post("/preferences/", {"name": "Ali\0ce"})
    assert response.status_code == 400
    alice.refresh_from_db()
    assert alice.name == "Alice Berg"


@pytest.mark.urls("tests.ecomportal.test_errors")
def test_a_500_is_drawn_without_the_database(client_of, alice, monkeypatch):
    client = client_of(alice)
    client.raise_request_exception = False

    def refuse(*args, **kwargs):
        raise DatabaseError("the database is away")

    from ecomportal.web import context

    monkeypatch.setattr(context, "shell", refuse)
    response = client.get("/broken/now/please/")
    assert response.status_code == 500
    assert "Something broke on our side" in response.content.decode()


@pytest.mark.urls("tests.ecomportal.test_errors")
def test_a_database_that_is_away_still_gives_a_page(client, db, monkeypatch):
    client.raise_request_exception = False
    client.cookies["sessionid"] = "x" * 32

    def away(*args, **kwargs):
        raise DatabaseError("the database is away")

    with monkeypatch.context() as patch:
        patch.setattr(BaseDatabaseWrapper, "cursor", away)
        response = client.get("/northlight/")
    assert response.status_code == 500
    assert "everything saved before is kept" in response.content.decode()

"""The glossary: what a shop calls things, as table and as file, each edit with its way back."""

from io import BytesIO
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from aiassist.copywriting.glossary.models import GlossaryEdit, GlossaryTerm
from aiassist.copywriting.glossary.terms import for_request
from ecomportal.tenancy.context import tenant

pytestmark = pytest.mark.django_db


@pytest.fixture
def here(shop: Any) -> str:
    return reverse("aiassist:glossary", args=[shop.slug])


@pytest.fixture
def max_client(max_: Any, client_of: Any) -> Client:
    return client_of(max_)


def add(client: Client, here: str, en: str, zh: str, kind: str = "term") -> Any:
    return client.post(here, {"kind": kind, "en": en, "zh": zh, "note": ""})


def terms(shop: Any) -> dict[str, str]:
    with tenant(shop):
        return dict(GlossaryTerm.objects.order_by("en").values_list("en", "zh"))


def last_edit(shop: Any) -> GlossaryEdit:
    with tenant(shop):
        return GlossaryEdit.objects.order_by("-created_at").first()


def undo(client: Client, shop: Any, edit: GlossaryEdit) -> Any:
    return client.post(reverse("aiassist:glossary-undo", args=[shop.slug, edit.pk]))


def upload(client: Client, shop: Any, text: str | bytes) -> Any:
    data = text.encode() if isinstance(text, str) else text
    file = BytesIO(data)
    file.name = "terms.csv"
    return client.post(reverse("aiassist:glossary-import", args=[shop.slug]), {"file": file})


def test_a_term_is_added_changed_and_removed_each_with_its_way_back(
    max_client: Client, shop: Any, here: str
) -> None:
    assert add(max_client, here, "bergamot", "佛手柑").status_code == 302
    with tenant(shop):
        row = GlossaryTerm.objects.get()
    change = reverse("aiassist:glossary-term", args=[shop.slug, row.pk])
    max_client.post(change, {"kind": "term", "en": "bergamot", "zh": "香柠檬"})
    assert terms(shop) == {"bergamot": "香柠檬"}
    assert undo(max_client, shop, last_edit(shop)).status_code == 302
    assert terms(shop) == {"bergamot": "佛手柑"}
    max_client.post(reverse("aiassist:glossary-remove", args=[shop.slug, row.pk]))
    assert terms(shop) == {}
    undo(max_client, shop, last_edit(shop))
    assert terms(shop) == {"bergamot": "佛手柑"}


def test_what_is_not_translated_needs_one_wording(max_client: Client, shop: Any, here: str) -> None:
    add(max_client, here, "Fjord", "", kind="brand")
    assert terms(shop) == {"Fjord": "Fjord"}


@pytest.mark.parametrize(("en", "zh"), [("", ""), ("bergamot", ""), ("x" * 121, "佛手柑")])
def test_half_a_term_is_refused(max_client: Client, shop: Any, here: str, en: str, zh: str) -> None:
    assert add(max_client, here, en, zh).status_code == 422
    assert terms(shop) == {}


def test_the_same_english_replaces_the_term_whatever_its_case(
    max_client: Client, shop: Any, here: str
) -> None:
    add(max_client, here, "bergamot", "佛手柑")
    add(max_client, here, "Bergamot", "香柠檬")
    assert terms(shop) == {"Bergamot": "香柠檬"}


def test_an_edit_is_not_taken_back_over_a_later_one(
    max_client: Client, shop: Any, here: str
) -> None:
    add(max_client, here, "bergamot", "佛手柑")
    first = last_edit(shop)
    add(max_client, here, "bergamot", "香柠檬")
    answer = undo(max_client, shop, first)
    assert answer.status_code == 409
    assert terms(shop) == {"bergamot": "香柠檬"}


def test_a_file_goes_out_and_comes_back_the_same(max_client: Client, shop: Any, here: str) -> None:
    add(max_client, here, "bergamot", "佛手柑")
    add(max_client, here, "=SUM(1)", "=SUM(1)", kind="keep")
    export = reverse("aiassist:glossary-export", args=[shop.slug])
    data = b"".join(max_client.get(export).streaming_content)
    assert b"'=SUM(1)" in data  # no spreadsheet runs it
    with tenant(shop):
        GlossaryTerm.objects.all().delete()
    assert upload(max_client, shop, data).status_code == 302
    assert terms(shop) == {"=SUM(1)": "=SUM(1)", "bergamot": "佛手柑"}


def test_an_import_is_one_edit_that_can_be_taken_back(
    max_client: Client, shop: Any, here: str
) -> None:
    add(max_client, here, "bergamot", "佛手柑")
    upload(max_client, shop, "en,zh,kind,note\nbergamot,香柠檬,term,\noak,橡木,term,wood\n")
    assert terms(shop) == {"bergamot": "香柠檬", "oak": "橡木"}
    undo(max_client, shop, last_edit(shop))
    assert terms(shop) == {"bergamot": "佛手柑"}


def test_chinese_column_names_and_encodings_are_read(max_client: Client, shop: Any) -> None:
    upload(max_client, shop, "英文,中文\noak,橡木\n".encode("gb18030"))
    assert terms(shop) == {"oak": "橡木"}


@pytest.mark.parametrize(
    ("data", "told"),
    [
        ("en,zh,kind\noak,,term\n", "Line 2"),
        ("en,zh,kind\noak,橡木,wood\n", "none of term, keep and brand"),
        ("name,price\nx,1\n", "no terms"),
        (b"\xff\xfe\x00\x81", "UTF-8"),
        ("en,zh\n" + "".join(f"a{n},b{n}\n" for n in range(2001)), "at most 2000"),
    ],
)
def test_a_file_that_is_none_says_why_and_changes_nothing(
    max_client: Client, shop: Any, data: Any, told: str
) -> None:
    answer = upload(max_client, shop, data)
    assert answer.status_code == 422
    assert told in answer.content.decode()
    assert terms(shop) == {}


def test_engines_get_the_wordings_of_their_language(
    max_client: Client, shop: Any, here: str
) -> None:
    add(max_client, here, "bergamot", "佛手柑")
    with tenant(shop):
        assert for_request(shop, "zh") == (("bergamot", "佛手柑"),)
        assert for_request(shop, "en") == (("佛手柑", "bergamot"),)


def test_a_viewer_looks_and_does_not_write(
    vera: Any, client_of: Any, max_client: Client, shop: Any, here: str
) -> None:
    add(max_client, here, "bergamot", "佛手柑")
    client = client_of(vera)
    shown = client.get(here).content.decode()
    assert "佛手柑" in shown
    assert 'name="en"' not in shown
    assert add(client, here, "oak", "橡木").status_code == 403
    assert undo(client, shop, last_edit(shop)).status_code == 403


def test_the_search_finds_either_language(max_client: Client, shop: Any, here: str) -> None:
    add(max_client, here, "bergamot", "佛手柑")
    add(max_client, here, "oak", "橡木")
    shown = max_client.get(here, {"q": "佛手"}).content.decode()
    assert "bergamot" in shown
    assert ">oak<" not in shown

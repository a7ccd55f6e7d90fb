"""Descriptions: typed plainly or as HTML, shown as read, and kept byte for byte when untouched."""

from typing import Any

import pytest

from catalog.products.models import Product, ProductText
from catalog.products.texts import clean_html, from_typed
from ecomportal.tenancy.context import tenant
from tests.catalog.test_product_editor import fields_of
from tests.factories import make_product

NAME = "t-en-description"


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("", ""),
        ("One line.", "<p>One line.</p>"),
        ("One\ntwo\n\nthree", "<p>One<br>two</p><p>three</p>"),
        ("Care:\n- wash\n- dry\nDone", "<p>Care:</p><ul><li>wash</li><li>dry</li></ul><p>Done</p>"),
        ("1. first\n2) second", "<ol><li>first</li><li>second</li></ol>"),
        ("1、第一\n2、第二", "<ol><li>第一</li><li>第二</li></ol>"),
        ("•轻\n· 薄", "<ul><li>轻</li><li>薄</li></ul>"),
        ("A **wide** tee", "<p>A <strong>wide</strong> tee</p>"),
        ("5 ** 3 ** 2", "<p>5 ** 3 ** 2</p>"),
        ("2.5 kg, 3 < 4 & more", "<p>2.5 kg, 3 &lt; 4 &amp; more</p>"),
        ("-5 °C", "<p>-5 °C</p>"),
        ("<p>Kept</p>", "<p>Kept</p>"),
        ("<p>A<script>alert(1)</script></p>", "<p>A</p>"),
        ('<p style="x" onclick="y()">A</p>', "<p>A</p>"),
        ("Tom &amp; Co", "Tom &amp; Co"),
        ("<img src=x onerror=alert(1)>", ""),
    ],
)
def test_what_is_typed_becomes_clean_html(typed, expected):
    assert from_typed(typed) == expected


@pytest.mark.parametrize("typed", ["a\n\n- b", "1. x", "**b** <c", "<p>x</p>", "“q” & 壶"])
def test_reading_what_was_made_changes_nothing_more(typed):
    made = from_typed(typed)
    assert from_typed(made) == made == clean_html(made)


@pytest.fixture
def tee(shop: Any) -> Product:
    return make_product(shop, "Tee")


def describe(shop: Any, tee: Product, text: str) -> None:
    with tenant(shop):
        ProductText.objects.update_or_create(
            merchant=shop, product=tee, language="en", field="description",
            defaults={"text": text, "origin": "import"},
        )  # fmt: skip


def described(shop: Any, tee: Product) -> tuple[str, str]:
    with tenant(shop):
        text = tee.texts.get(field="description")
        return text.text, text.origin


# As older imports left them: not what cleaning would make of them today.
@pytest.mark.parametrize("text", ["Plain words\n- and a point", "a & b", "<b>x</b>  ", "<P>y</P>"])
def test_a_text_that_nobody_touched_stays_byte_for_byte(alice, shop, tee, client_of, text):
    describe(shop, tee, text)
    url, client = f"/northlight/products/{tee.pk}/", client_of(alice)
    fields = fields_of(client.get(url)) | {"title": "Shirt"}
    assert client.post(url, fields).status_code == 302
    assert described(shop, tee) == (text, "import")


def test_plain_lines_are_saved_as_paragraphs_and_shown_as_read(alice, shop, tee, client_of):
    url, client = f"/northlight/products/{tee.pk}/", client_of(alice)
    client.post(url, fields_of(client.get(url)) | {NAME: "Wide.\n\n- light\n- soft"})
    made = "<p>Wide.</p><ul><li>light</li><li>soft</li></ul>"
    assert described(shop, tee) == (made, "person")
    page = client.get(url).content.decode()
    assert f">{made}</div>" in page


@pytest.mark.parametrize(
    "text", ["<script>alert(1)</script><p>x</p>", '<p onclick="a()">x</p>', "<svg onload=a()>x"]
)
def test_what_somebody_left_in_the_database_is_shown_clean(alice, shop, tee, client_of, text):
    describe(shop, tee, text)
    page = client_of(alice).get(f"/northlight/products/{tee.pk}/").content.decode()
    shown = page.split("data-view", 1)[1].split("</div>", 1)[0]
    assert "x" in shown
    assert not {"script", "onclick", "svg"} & set(shown.replace("<", " ").replace("=", " ").split())


def test_a_refused_form_shows_what_was_typed_clean_and_keeps_it_as_typed(alice, tee, client_of):
    url, client = f"/northlight/products/{tee.pk}/", client_of(alice)
    typed = '<p onclick="a()">Mine</p>'
    response = client.post(url, fields_of(client.get(url)) | {NAME: typed, "title": ""})
    assert response.status_code == 422
    assert fields_of(response)[NAME].strip() == typed
    assert ">Mine</p></div>" in response.content.decode().replace('<p onclick="a()">', "!")


def test_a_viewer_reads_without_fields(vera, shop, tee, client_of):
    describe(shop, tee, "<p>Wide</p>")
    page = client_of(vera).get(f"/northlight/products/{tee.pk}/").content.decode()
    assert "<p>Wide</p>" in page
    assert f'name="{NAME}"' not in page

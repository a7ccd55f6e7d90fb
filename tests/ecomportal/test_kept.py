"""What templates keep is drawn once for its key, and what is live in it each time."""

import pytest
from django.template import Context, TemplateSyntaxError, engines
from django.utils import translation

from ecomportal.templatetags import kept
from tests.factories import make_product

TEXT = """{% kept who %}<b>{{ who }}{{ once }}</b>
    <i>{% live %}{{ now }}{% endlive %}</i>{% endkept %}"""


def made(text: str = TEXT):
    return engines["django"].engine.from_string(text)


def drawn(template, **values: object) -> str:
    return template.render(Context(values))


def test_it_is_drawn_once_for_its_key_and_the_live_part_each_time():
    template = made()
    assert drawn(template, who="a", once=1, now="x") == "<b>a1</b>\n<i>x</i>"
    assert drawn(template, who="a", once=2, now="y") == "<b>a1</b>\n<i>y</i>"
    assert drawn(template, who="b", once=3, now="z") == "<b>b3</b>\n<i>z</i>"


def test_each_language_has_its_own():
    template = made()
    with translation.override("en"):
        drawn(template, who="a", once=1)
    with translation.override("zh-hans"):
        assert "a2" in drawn(template, who="a", once=2)


def test_without_a_key_nothing_is_kept():
    template = made()
    for n in (1, 2):
        assert f"<b>{n}</b>" in drawn(template, who="", once=n)
    with pytest.raises(TemplateSyntaxError):
        made("{% kept %}{% endkept %}")


def test_what_is_live_is_escaped_as_everywhere():
    assert "<i>&lt;b&gt;</i>" in drawn(made(), who="a", now="<b>")


def test_only_so_many_are_kept(monkeypatch):
    monkeypatch.setattr(kept, "MOST", 3)
    template = made()
    for who in "abcd":
        drawn(template, who=who, once=1)
    assert len(template.nodelist[0].kept) == 3
    assert "d1" in drawn(template, who="d", once=2)
    assert "a2" in drawn(template, who="a", once=2)


def test_a_frame_is_nobody_elses(alice, max_, mallory, shop, other_shop, client_of):
    """One after the other in one process: names, shops, roles and tokens stay with their own."""
    make_product(shop, "Kettle")
    make_product(other_shop, "Anchor")
    pages = {}
    for person, slug in ((alice, "northlight"), (max_, "northlight"), (mallory, "harbour")):
        pages[person] = client_of(person).get(f"/{slug}/products/").content.decode()
    for person, page in pages.items():
        others = {alice, max_, mallory} - {person}
        assert person.email in page
        assert not any(other.email in page for other in others)
    assert "Kettle" not in pages[mallory]
    assert "northlight" not in pages[mallory]
    assert "harbour" not in pages[alice]
    tokens = [page.split('X-CSRFToken": "')[1][:64] for page in pages.values()]
    assert len(set(tokens)) == 3
    assert all(page.count(token) > 2 for page, token in zip(pages.values(), tokens, strict=True))


def test_a_new_name_shows_at_once(alice, shop, client_of):
    client = client_of(alice)
    client.get("/northlight/products/")
    alice.name = "Alice Newname"
    alice.save()
    shop.name = "Northlight & Daughters"
    shop.save()
    page = client.get("/northlight/products/").content.decode()
    assert "Alice Newname" in page
    assert "Northlight &amp; Daughters" in page

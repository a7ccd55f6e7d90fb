"""XML feeds: items become rows, and no document can make us read what it should not."""

from pathlib import Path
from typing import Any

import pytest

from catalog.products.imports import feed, read
from ecomportal.tenancy.context import tenant
from tests.catalog.importing import compared, imported, latest, problems, upload

LAMP = """<item><g:id>L-1</g:id><title>Lamp &amp; shade</title>
<description><![CDATA[A <b>lamp</b>.]]></description><link>https://x.example/l</link>
<g:image_link>https://x.example/1.jpg</g:image_link>
<g:additional_image_link>https://x.example/2.jpg</g:additional_image_link>
<g:additional_image_link>https://x.example/3.jpg</g:additional_image_link>
<g:price>25.00 EUR</g:price><g:brand>Lumo</g:brand><g:product_type>Home &gt; Lamps</g:product_type>
<g:shipping><g:country>DE</g:country><g:price>4.95 EUR</g:price></g:shipping></item>"""


@pytest.fixture(autouse=True)
def _own_media(settings: Any, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path / "media"


@pytest.fixture
def alices(client_of: Any, alice: Any) -> Any:
    return client_of(alice)


def rss(*items: str, top: str = '<?xml version="1.0"?>') -> str:
    return (
        f'{top}<rss version="2.0" xmlns:g="http://base.google.com/ns/1.0"><channel>'
        f"<title>Shop</title><link>https://x.example</link>{''.join(items)}</channel></rss>"
    )


def test_an_rss_feed_goes_through(shop: Any, alices: Any) -> None:
    second = LAMP.replace("L-1", "L-2").replace("25.00", "2S.00")
    run = imported(alices, shop, rss(LAMP, second))
    assert (run.kind, run.dialect, run.n_created) == ("xml", "google", 1)
    assert problems(shop, run) == ["letter_in_number"]
    with tenant(shop):
        assert list(run.rows.order_by("line").values_list("line", flat=True)) == [1, 2]
        lamp = shop.products.select_related("category").get()
        assert (lamp.title, lamp.vendor, lamp.category.path) == (
            "Lamp & shade", "Lumo", "Home > Lamps",
        )  # fmt: skip
        assert lamp.variants.get().price_cents == 2500
        assert lamp.images.count() == 3
        assert lamp.extra["shipping"] == "DE:4.95 EUR"
        assert shop.product_texts.get(field="description").text == "A <b>lamp</b>."
    errors = alices.get(f"/northlight/products/import/{run.pk}/errors.csv").content.decode()
    assert errors.startswith("\ufeffid,title,description,link,")
    assert compared(alices, shop, rss(LAMP)).n_unchanged == 1


def test_an_atom_feed_goes_through(shop: Any, alices: Any) -> None:
    content = (
        '<feed xmlns="http://www.w3.org/2005/Atom" xmlns:g="http://base.google.com/ns/1.0">'
        "<title>Shop</title><entry><g:id>A</g:id><title>Pot</title><summary>A pot.</summary>"
        '<link href="https://x.example/pot"/><g:price>9 EUR</g:price>'
        "<g:availability>in_stock</g:availability></entry></feed>"
    )
    run = imported(alices, shop, content)
    assert (run.dialect, run.n_created) == ("google", 1)
    with tenant(shop):
        pot = shop.products.get()
        assert pot.extra["link"] == "https://x.example/pot"
        assert shop.product_texts.get().text == "A pot."


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "gb18030", "gbk"])
def test_a_feed_says_its_own_encoding(encoding: str, tmp_path: Path) -> None:
    path = tmp_path / "a.xml"
    top = f'<?xml version="1.0" encoding="{encoding}"?>'
    path.write_bytes(rss("<item><title>紫砂壶</title></item>", top=top).encode(encoding))
    assert [line.cells for line in read.lines(path, read.look(path))] == [["紫砂壶"]]


def test_columns_that_only_late_items_have_are_columns_too(tmp_path: Path) -> None:
    path = tmp_path / "a.xml"
    plain = "<item><id>1</id></item>"
    path.write_text(rss(*[plain] * 3000, "<item><id>2</id><size>M</size></item>"))
    shape = read.look(path)
    assert shape.header == ["id", "size"]
    assert [line.cells for line in read.lines(path, shape)][-2:] == [["1", ""], ["2", "M"]]


LAUGHS = (
    '<!DOCTYPE rss [<!ENTITY a "haha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">'
    '<!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;">]>'
)
REFUSED = {
    "a billion laughs": (rss("<item><id>&c;</id></item>", top=LAUGHS), "declares entities"),
    "an outside file": (
        rss(
            "<item><id>&x;</id></item>",
            top='<!DOCTYPE rss [<!ENTITY x SYSTEM "file:///etc/passwd">]>',
        ),
        "declares entities",
    ),
    "an outside parameter": (
        rss(
            "<item><id>1</id></item>",
            top='<!DOCTYPE rss [<!ENTITY % x SYSTEM "https://x.example/x.dtd"> %x;]>',
        ),
        "declares entities",
    ),
    "an unknown entity": (rss("<item><id>&nbsp;</id></item>"), "line 1"),
    "cut off": (rss(LAMP)[:-40], "not well-formed XML"),
    "no items": (rss(), "not a list of products"),
    "a page": ("<html><body><p>Sign in</p></body></html>", "not a list of products"),
    "xhtml": ('<?xml version="1.0"?><html><item>x</item></html>', "not a list of products"),
    "too deep": (rss("<item>" + "<a>" * 40 + "</a>" * 40 + "</item>"), "not a list of products"),
    "an endless element": (rss(f"<item><id>{'x' * 600_000}</id></item>"), "longer than 500000"),
    "a wrong encoding": (rss(LAMP, top='<?xml version="1.0" encoding="x-none"?>'), "line 1"),
}


@pytest.mark.parametrize("kind", REFUSED)
def test_a_feed_that_cannot_be_read_is_refused_with_the_reason(
    kind: str, shop: Any, alices: Any
) -> None:
    content, message = REFUSED[kind]
    answer = upload(alices, content)
    assert answer.status_code == 422
    assert message in answer.content.decode()
    with tenant(shop):
        assert not shop.import_runs.exists()


def test_an_outside_doctype_is_not_looked_up(shop: Any, alices: Any) -> None:
    top = '<!DOCTYPE rss SYSTEM "https://x.example/rss.dtd">'
    assert upload(alices, rss(LAMP, top=top)).status_code == 302
    assert latest(shop).dialect == "google"


def test_memory_does_not_grow_with_the_feed(tmp_path: Path) -> None:
    path = tmp_path / "a.xml"
    with path.open("w") as file:
        file.write("<rss><channel>")
        for n in range(20_000):
            file.write(f"<item><id>{n}</id><title>{'x' * 200}</title></item>")
        file.write("</channel></rss>")
    import tracemalloc

    tracemalloc.start()
    assert sum(1 for _ in feed.items(path)) == 20_000
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 2_000_000, "of a file of five million bytes"

"""Making a feed, what its page says of each item, and who may."""

import csv
import io
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from catalog import tasks
from catalog.products.feeds.models import Feed, FeedProblem
from catalog.products.feeds.reasons import REASONS
from catalog.products.models import Product, ProductImage, ProductText
from ecomportal.jobs.execute import execute
from ecomportal.jobs.start import start_job
from ecomportal.tenancy.context import tenant
from ecomportal.tenancy.models import AuditEntry
from tests.catalog.feeding import make_feed, table
from tests.factories import make_category, make_product

PAGE = "/northlight/products/feeds/"
SAID = {
    "name": "Google", "language": "en", "query": "", "link": "https://shop.example/p/{handle}",
    "title_source": "title", "description_source": "description", "condition": "new",
    "google_category": "",
}  # fmt: skip


def checked(shop: Any, **fields: Any) -> Feed:
    feed = make_feed(shop, **fields)
    return recheck(shop, feed)


def recheck(shop: Any, feed: Feed) -> Feed:
    job = start_job(tasks.check_feed, shop, None, title="x", params={"feed_id": str(feed.pk)})
    execute(job.kind, job.pk, shop.pk)
    with tenant(shop):
        return Feed.objects.get(pk=feed.pk)


def reasons(shop: Any, feed: Feed) -> dict[str, list[str]]:
    with tenant(shop):
        found: dict[str, list[str]] = {}
        for row in FeedProblem.objects.filter(feed=feed).order_by("id"):
            found.setdefault(row.label, []).append(row.reason)
        return found


def test_an_editor_makes_a_feed_and_its_items_are_checked(
    shop: Any, client_of: Any, max_: Any
) -> None:
    client = client_of(max_)
    assert b"No feed yet" in client.get(PAGE).content
    assert b"currency of the shop" in client.get(f"{PAGE}new/").content
    answer = client.post(f"{PAGE}new/", SAID)
    assert answer.status_code == 302, answer.content
    with tenant(shop):
        feed = Feed.objects.get()
        job = shop.jobs.get()
        assert (job.kind, job.params) == ("check_feed", {"feed_id": str(feed.pk)})
        assert AuditEntry.objects.filter(action="feed.created", subject="Google").exists()
    page = client.get(answer["Location"]).content.decode()
    assert f"http://testserver/feeds/{feed.token}.tsv" in page
    assert f"http://testserver/feeds/{feed.token}.xml" in page
    assert "were not checked yet" in page
    assert b"Google" in client.get(PAGE).content


@pytest.mark.parametrize(
    ("link", "why"),
    [
        ("https://shop.example/", "Name the product in it"),
        ("https://shop.example/{slug}", "Only these places"),
        ("https://shop.example/{handle}/{", "Only these places"),
        ("javascript:alert({id})", "Enter an address that starts"),
        ("shop.example/{handle}", "Enter an address that starts"),
        ("https:///{handle}", "Enter an address that starts"),
        ("https://shop.example/a b/{handle}", "Enter an address that starts"),
        ("", "required"),
    ],
)
def test_a_pattern_that_gives_no_pages_is_refused(
    shop: Any, client_of: Any, max_: Any, link: str, why: str
) -> None:
    answer = client_of(max_).post(f"{PAGE}new/", {**SAID, "link": link})
    assert answer.status_code == 422
    assert why in answer.content.decode()
    with tenant(shop):
        assert not Feed.objects.exists()


def test_a_name_twice_and_a_list_nobody_saved_are_refused(
    shop: Any, client_of: Any, max_: Any
) -> None:
    make_feed(shop)
    client = client_of(max_)
    answer = client.post(f"{PAGE}new/", SAID)
    assert (answer.status_code, b"Another feed has this name" in answer.content) == (422, True)
    other = {**SAID, "name": "Other", "query": "status=draft&x=1"}
    assert client.post(f"{PAGE}new/", other).status_code == 422


def test_the_list_one_comes_from_can_be_the_feed(shop: Any, client_of: Any, max_: Any) -> None:
    pots = make_category(shop, "Pots")
    client, query = client_of(max_), f"category={pots.pk}"
    page = client.get(f"{PAGE}new/", {"query": query}).content.decode()
    assert f'<option value="{query}" selected>The list you came from</option>' in page
    answer = client.post(f"{PAGE}new/", {**SAID, "query": query, "given": query})
    assert answer.status_code == 302, answer.context["form"].errors
    page = client.get(answer["Location"]).content.decode()
    assert "Category: Pots" in page


def test_each_fault_is_told_with_its_reason(shop: Any, client_of: Any, vera: Any) -> None:
    good = make_product(shop, "Good", vendor="Acme", sku="G-1")
    bare = make_product(shop, "LOUD KETTLE " + "X" * 150, price_cents=0, sku="B" * 60)
    clothes = make_category(shop, "Clothes", family="apparel")
    shirt = make_product(shop, "Shirt", category=clothes, facts={"colour": "blue"})
    make_product(shop, "Draft", status="draft")
    with tenant(shop):
        for product, text in ((good, "A kettle that boils water and keeps it warm."), (shirt, "x")):
            common = {"merchant": shop, "product": product}
            ProductText.objects.create(
                **common, language="en", field="description", text=text, origin="person"
            )
            ProductImage.objects.create(**common, source_url="https://x.example/1.jpg")
        good.variants.update(barcode="4006381333931")
        shirt.variants.update(barcode="123", compare_at_cents=10)
    feed = checked(shop)
    found = reasons(shop, feed)
    assert set(found) == {bare.title, "Shirt"}
    assert sorted(found[bare.title]) == sorted(
        ["no_description", "no_image", "no_price", "long_id", "long_title", "loud_title",
         "no_identifier"]
    )  # fmt: skip
    assert sorted(found["Shirt"]) == sorted(
        ["short_description", "bad_gtin", "no_identifier", "sale_not_lower", "apparel"]
    )
    assert (feed.n_items, feed.n_left_out, feed.n_not_on_sale) == (3, 1, 1)
    assert [item["title"] for item in table(Client(), feed)] == ["Good", "Shirt"]
    page = client_of(vera).get(f"{PAGE}{feed.pk}/").content.decode()
    assert f'/northlight/products/{shirt.pk}/#vars"' in page
    assert "(size, gender, age_group)" in page
    assert str(REASONS["no_image"].label) in page
    one = client_of(vera).get(f"{PAGE}{feed.pk}/?reason=bad_gtin").content.decode()
    assert "(123)" in one
    assert "LOUD KETTLE" not in one


def test_the_faults_can_be_taken_away_as_a_table(shop: Any, client_of: Any, vera: Any) -> None:
    make_product(shop, "=1+1", vendor="Acme", sku="K-1")
    feed = checked(shop)
    address = f"{PAGE}{feed.pk}/problems.csv"
    content = b"".join(client_of(vera).get(address).streaming_content).decode("utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(content)))
    assert {row["Reason"] for row in rows} == {"No description", "No picture"}
    assert {(row["Id"], row["Product"], row["In the feed"]) for row in rows} == {
        ("K-1", "'=1+1", "no")
    }
    one = client_of(vera).get(address, {"reason": "no_image"})
    assert b"".join(one.streaming_content).count(b"\r\n") == 2


def test_a_check_after_the_mending_finds_less(shop: Any, client_of: Any, vera: Any) -> None:
    product = make_product(shop, "Kettle", price_cents=0)
    feed = checked(shop)
    assert "no_price" in reasons(shop, feed)["Kettle"]
    with tenant(shop):
        product.variants.update(price_cents=100)
        Product.objects.filter(pk=product.pk).touch()
    page = client_of(vera).get(f"{PAGE}{feed.pk}/").content
    assert b"Something changed since this check" in page
    feed = recheck(shop, feed)
    assert "no_price" not in reasons(shop, feed)["Kettle"]
    assert feed.n_items == 1
    page = client_of(vera).get(f"{PAGE}{feed.pk}/").content
    assert b"Something changed since this check" not in page


def test_an_address_is_renewed_and_a_feed_closed_and_opened(
    shop: Any, client_of: Any, max_: Any
) -> None:
    feed, client, stranger = make_feed(shop), client_of(max_), Client()
    former = f"/feeds/{feed.token}.tsv"
    client.post(f"{PAGE}{feed.pk}/address/")
    with tenant(shop):
        feed.refresh_from_db()
    assert stranger.get(former).status_code == 404
    now = f"/feeds/{feed.token}.tsv"
    assert stranger.get(now).status_code == 200
    client.post(f"{PAGE}{feed.pk}/open/")
    assert stranger.get(now).status_code == 404
    assert b"Open the feed" in client.get(f"{PAGE}{feed.pk}/").content
    client.post(f"{PAGE}{feed.pk}/open/", {"is_open": "1"})
    assert stranger.get(now).status_code == 200
    client.post(f"{PAGE}{feed.pk}/delete/")
    assert stranger.get(now).status_code == 404
    with tenant(shop):
        assert not Feed.objects.exists()


def test_a_viewer_looks_and_does_not_write(shop: Any, client_of: Any, vera: Any) -> None:
    feed, client = make_feed(shop), client_of(vera)
    page = client.get(f"{PAGE}{feed.pk}/").content
    assert feed.token.encode() in page
    assert b"Delete the feed" not in page
    assert b"New feed" not in client.get(PAGE).content
    for what in ("edit", "check", "address", "open", "delete"):
        assert client.post(f"{PAGE}{feed.pk}/{what}/", SAID).status_code == 403
    assert client.get(f"{PAGE}new/").status_code == 403


def test_a_stranger_gets_404(shop: Any, client_of: Any, mallory: Any, other_shop: Any) -> None:
    feed, client = make_feed(shop), client_of(mallory)
    for what in ("", "edit/", "problems.csv"):
        assert client.get(f"{PAGE}{feed.pk}/{what}").status_code == 404
        assert client.get(f"/harbour/products/feeds/{feed.pk}/{what}").status_code == 404


def test_a_page_asks_little_however_many_faults_there_are(
    shop: Any, client_of: Any, vera: Any
) -> None:
    for _ in range(30):
        make_product(shop)
    feed = checked(shop)
    client = client_of(vera)
    with CaptureQueriesContext(connection) as statements:
        page = client.get(f"{PAGE}{feed.pk}/").content.decode()
    told = [q["sql"] for q in statements if "SAVEPOINT" not in q["sql"]]
    assert len(told) <= 8, told
    assert 'rel="next"' in page

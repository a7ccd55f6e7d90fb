"""Pictures that a file names by address come in after the import, each once, with its reason."""

import io
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from catalog.products import picture_job
from catalog.products.models import Product, ProductImage
from catalog.products.picture_job import start_fetch, waiting
from catalog.products.picture_words import WORDS, kept, words
from ecomportal.jobs.models import Job, JobItem
from ecomportal.said import told
from ecomportal.tenancy.context import tenant
from tests.catalog.importing import carry_out, compared, table, written
from tests.catalog.test_picture_fetch import Stranger, serving
from tests.catalog.test_product_images import png_header
from tests.factories import make_product


class Shelf(Stranger):
    """A supplier's server with pictures, and with what calls itself one."""

    def say_svg(self) -> None:
        self.give(b"<svg xmlns='http://www.w3.org/2000/svg'/>", Content_Type="image/svg+xml")

    def say_bomb(self) -> None:
        self.give(png_header(65_000, 65_000).getvalue())

    def say_large(self) -> None:
        file = io.BytesIO()
        Image.new("RGB", (3000, 10), "teal").save(file, "JPEG")
        self.give(file.getvalue(), Content_Type="image/jpeg")


@pytest.fixture
def shelf(settings: Any, tmp_path: Path) -> Iterator[Any]:
    settings.MEDIA_ROOT = tmp_path
    settings.PICTURE_FETCH = settings.PICTURE_FETCH_TO_LOOPBACK = True
    with serving(Shelf) as server:
        settings.PICTURE_FETCH_PORTS = {server.server_port}
        yield server


@pytest.fixture
def mug(shop: Any) -> Product:
    return make_product(shop, "Mug")


def name(shop: Any, product: Product, *urls: str) -> list[ProductImage]:
    with tenant(shop):
        return [
            ProductImage.objects.create(merchant=shop, product=product, source_url=url, position=n)
            for n, url in enumerate(urls, start=1)
        ]


def fetched(shop: Any, user: Any) -> Job:
    """Start a job for all that waits, carry it out, and give it as it ended."""
    with tenant(shop):
        images = waiting(shop)
        job = start_fetch(images, shop, user, title="Pictures", dedupe_key="all", back="/back/")
    carry_out(job)
    with tenant(shop):
        return Job.objects.get(pk=job.pk)


def test_pictures_come_and_each_failure_has_its_reason(shop, alice, mug, shelf):
    paths = ("/picture", "/svg", "/bomb", "/large", "/page", "/gone")
    images = name(shop, mug, *(shelf.base + path for path in paths))
    job = fetched(shop, alice)
    assert (job.status, job.n_done, job.n_failed) == ("done", 2, 4)
    assert job.result_text == "2 pictures fetched, 4 did not come"
    assert job.result["url"] == "/back/"
    with tenant(shop):
        rows = [ProductImage.objects.get(pk=image.pk) for image in images]
        errors = dict(job.items.exclude(error="").values_list("subject_id", "error"))
    assert [(row.width, row.height) for row in rows[:1] + rows[3:4]] == [(40, 20), (3000, 10)]
    reasons = [words(row.fetch_error) for row in rows]
    assert [bool(row.file) for row in rows] == [not reason for reason in reasons]
    assert "not a JPEG" in reasons[1]
    assert "too large" in reasons[2]
    assert "text/html, not a picture" in reasons[4]
    assert "status 404" in reasons[5]
    assert f"{shelf.base}/gone: " in errors[str(images[5].pk)]


def test_one_address_is_fetched_once_for_all_who_name_it(shop, alice, mug, shelf):
    name(shop, mug, *[f"{shelf.base}/picture"] * 3)
    fetched(shop, alice)
    name(shop, make_product(shop, "Cup"), f"{shelf.base}/picture")
    fetched(shop, alice)
    assert len(shelf.seen) == 1
    with tenant(shop):
        assert len({image.file for image in shop.product_images.all()}) == 1
        assert shop.product_images.count() == 4


def test_another_shop_gets_a_file_of_its_own(shop, other_shop, alice, mallory, mug, shelf):
    name(shop, mug, f"{shelf.base}/picture")
    name(other_shop, make_product(other_shop), f"{shelf.base}/picture")
    fetched(shop, alice)
    fetched(other_shop, mallory)
    with tenant(other_shop):
        assert other_shop.product_images.get().file.startswith(f"{other_shop.pk}/")


def test_a_retry_takes_the_failed_ones_alone_and_a_success_clears_the_reason(
    shop, alice, mug, shelf
):
    images = name(shop, mug, f"{shelf.base}/picture", f"{shelf.base}/gone")
    fetched(shop, alice)
    with tenant(shop):
        ProductImage.objects.filter(pk=images[1].pk).update(source_url=f"{shelf.base}/stream")
    job = fetched(shop, alice)
    assert (job.n_total, job.n_done) == (1, 1)
    with tenant(shop):
        assert set(shop.product_images.values_list("fetch_error", flat=True)) == {""}


def test_a_fetched_picture_is_no_new_version(shop, alice, mug, shelf):
    name(shop, mug, f"{shelf.base}/picture")
    with tenant(shop):
        before = Product.objects.get(pk=mug.pk).version
    fetched(shop, alice)
    with tenant(shop):
        assert Product.objects.get(pk=mug.pk).version == before


def test_what_was_removed_meanwhile_is_passed_over(shop, alice, mug, shelf):
    (image,) = name(shop, mug, f"{shelf.base}/picture")
    with tenant(shop):
        job = start_fetch(waiting(shop), shop, alice, title="x", dedupe_key="x", back="/")
        image.delete()
    carry_out(job)
    assert shelf.seen == []
    with tenant(shop):
        assert Job.objects.get(pk=job.pk).n_done == 1


def test_a_silent_host_is_left_alone_after_some_failures(shop, alice, mug, shelf, monkeypatch):
    monkeypatch.setattr(picture_job, "MAX_SILENT", 3)
    monkeypatch.setattr(picture_job, "PER_HOST", 1)
    name(shop, mug, *(f"{shelf.base}/busy?{n}" for n in range(9)))
    fetched(shop, alice)
    assert len(shelf.seen) == 3
    with tenant(shop):
        reasons = [words(e) for e in shop.product_images.values_list("fetch_error", flat=True)]
    assert sum("not asked again" in reason for reason in reasons) == 6


def test_an_inner_address_is_a_warning_and_nobody_is_asked(shop, alice, mug, shelf):
    name(shop, mug, "http://10.0.0.7/a.png", "http://[::ffff:10.0.0.7]/", "gopher://x/", "http://[")
    job = fetched(shop, alice)
    assert job.n_failed == 4


def test_an_import_goes_for_its_pictures_when_it_has_ended(client_of, shop, alice, shelf):
    header = ["Handle", "Title", "Variant SKU", "Variant Price", "Image Src"]
    jug = ["jug", "Jug", "J-1", "10", f"{shelf.base}/picture"]
    cup = ["cup", "Cup", "C-1", "9", f"{shelf.base}/gone"]
    client = client_of(alice)
    run = written(client, shop, compared(client, shop, table(jug, cup, header=header)))
    with tenant(shop):
        job = shop.jobs.get(kind="fetch_pictures")
        log = shop.jobs.get(pk=run.job_id).log
    assert any("2 pictures are being fetched" in told(line["text"]) for line in log)
    carry_out(job)
    with tenant(shop):
        assert shop.product_images.get(product__handle="jug").file
    report = f"/northlight/products/import/{run.pk}/"
    page = client.get(report).content.decode()
    assert f"{shelf.base}/gone: The host answered with status 404" in page
    with tenant(shop):
        assert Job.objects.get(pk=job.pk).result["url"] == report
    client.post(f"/northlight/changes/{run.change_id}/undo/")
    with tenant(shop):
        assert Product.objects.get(handle="jug").deleted_at


def test_it_can_be_switched_off(shop, alice, mug, shelf, settings, client_of):
    settings.PICTURE_FETCH = False
    name(shop, mug, f"{shelf.base}/picture")
    answer = client_of(alice).post(f"/northlight/products/{mug.pk}/images/fetch/", follow=True)
    assert "switched off" in answer.content.decode()
    with tenant(shop):
        assert not JobItem.objects.exists()


def test_a_product_asks_for_its_own_pictures(shop, alice, mug, shelf, client_of):
    name(shop, mug, f"{shelf.base}/picture")
    name(shop, make_product(shop), f"{shelf.base}/stream")
    client, url = client_of(alice), f"/northlight/products/{mug.pk}/"
    page = client.get(url).content.decode()
    assert "Fetch now" in page
    answer = client.post(f"{url}images/fetch/")
    with tenant(shop):
        job = shop.jobs.get()
    assert answer["Location"] == f"/northlight/jobs/{job.pk}/"
    assert job.n_total == 1
    carry_out(job)
    assert "Fetch now" not in client.get(url).content.decode()
    assert (
        "No picture of this product waits"
        in client.post(f"{url}images/fetch/", follow=True).content.decode()
    )


def test_the_reason_stands_beside_the_picture(shop, alice, mug, shelf, client_of):
    name(shop, mug, f"{shelf.base}/gone")
    fetched(shop, alice)
    page = client_of(alice).get(f"/northlight/products/{mug.pk}/").content.decode()
    assert "status 404 instead of a picture" in page


@pytest.mark.parametrize("code", list(WORDS))
def test_every_reason_reads_as_a_sentence(code):
    detail = {"host": "a.example", "type": "t", "status": 404, "port": 1, "n": 3, "mib": 20}
    said = words(kept(code, detail | {"side": 1, "mega": 1}))
    assert said.endswith(".")
    assert "%" not in said


@pytest.mark.parametrize("stored", ["", "nonsense", '["no-such", {}]', "[1]", "{}"])
def test_what_cannot_be_read_is_no_reason(stored):
    assert words(stored) == ""

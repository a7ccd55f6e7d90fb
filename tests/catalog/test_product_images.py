"""Pictures: what comes in is judged by its content and stored redrawn."""

import io
import struct
import zlib
from pathlib import Path
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from PIL import Image

from catalog.products import images_view
from catalog.products.images import store_image, thumb_path
from ecomportal.tenancy.context import tenant
from tests.factories import make_product

SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'


@pytest.fixture(autouse=True)
def _media(settings: Any, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path


def drawn(file_format: str = "PNG", size: tuple[int, int] = (40, 20), **options: Any) -> io.BytesIO:
    file = io.BytesIO()
    Image.new("RGB", size, "teal").save(file, file_format, **options)
    file.seek(0)
    return file


def png_header(width: int, height: int) -> io.BytesIO:
    """A PNG that claims a size and holds next to nothing: a decompression bomb in 70 bytes."""

    def chunk(kind: bytes, body: bytes) -> bytes:
        return (
            struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))
        )

    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    parts = chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(b"\0")) + chunk(b"IEND", b"")
    return io.BytesIO(b"\x89PNG\r\n\x1a\n" + parts)


@pytest.mark.parametrize(("kind", "suffix"), [("JPEG", ".jpg"), ("PNG", ".png"), ("WEBP", ".webp")])
def test_a_picture_is_stored_with_its_thumbnail(shop, tmp_path, kind, suffix):
    stored = store_image(drawn(kind, (600, 300)), shop)
    path = tmp_path / stored.file
    assert path.suffix == suffix
    assert stored.file.startswith(f"{shop.pk}/images/")
    assert (stored.width, stored.height) == (600, 300)
    assert Image.open(thumb_path(path)).size == (240, 120)


def test_the_format_is_told_from_the_content(shop):
    file = drawn("PNG")
    file.name = "photo.jpg"
    assert store_image(file, shop).file.endswith(".png")


def test_exif_goes_and_its_rotation_is_applied(shop, tmp_path):
    exif = Image.Exif()
    exif[0x0112], exif[0x010E] = 6, "my home"  # turned by 90 degrees; a description
    stored = store_image(drawn("JPEG", exif=exif), shop)
    assert (stored.width, stored.height) == (20, 40)
    assert b"my home" not in (tmp_path / stored.file).read_bytes()
    assert not Image.open(tmp_path / stored.file).getexif()


def test_a_file_hidden_behind_the_pixels_is_dropped(shop, tmp_path):
    stored = store_image(io.BytesIO(drawn("PNG").getvalue() + b"<script>alert(1)</script>"), shop)
    assert b"script" not in (tmp_path / stored.file).read_bytes()


@pytest.mark.parametrize(
    ("file", "words"),
    [
        (io.BytesIO(SVG), "not a JPEG, PNG or WebP"),
        (io.BytesIO(b"GIF89a" + b"\0" * 40), "not a JPEG, PNG or WebP"),
        (io.BytesIO(b""), "not a JPEG, PNG or WebP"),
        (png_header(65_000, 1), "too large"),
        (png_header(65_000, 65_000), "too large"),
        (png_header(11_000, 11_000), "too large"),
        (png_header(300, 300), "damaged"),
        (io.BytesIO(drawn("JPEG", (400, 400)).getvalue()[:500]), "damaged"),
    ],
)
def test_what_is_no_picture_is_refused_in_words(shop, tmp_path, file, words):
    file.seek(0)
    with pytest.raises(ValidationError, match=words):
        store_image(file, shop)
    assert not list(tmp_path.rglob("*.*"))


def test_too_many_bytes_are_refused(shop, settings):
    settings.IMAGE_MAX_BYTES = 100
    with pytest.raises(ValidationError, match="larger than"):
        store_image(drawn("PNG", (500, 500)), shop)


def test_transparency_survives(shop, tmp_path):
    file = io.BytesIO()
    Image.new("RGBA", (10, 10), (0, 0, 0, 0)).save(file, "PNG")
    file.seek(0)
    stored = store_image(file, shop)
    assert Image.open(tmp_path / stored.file).convert("RGBA").getpixel((0, 0))[3] == 0


# --- Many at once ------------------------------------------------------------------------------


def named(file: io.BytesIO, name: str) -> io.BytesIO:
    file.name = name
    return file


def test_the_pixels_of_one_upload_are_bounded_and_what_was_kept_is_said(
    alice, shop, client_of, monkeypatch
):
    monkeypatch.setattr(images_view, "MAX_PIXELS_AT_ONCE", 1_000_000)
    tee = make_product(shop)
    files = [named(drawn("PNG", (800, 900)), f"{n}.png") for n in "abc"]
    files.append(named(drawn("PNG", (100, 100)), "small.png"))
    response = client_of(alice).post(f"/northlight/products/{tee.pk}/images/", {"files": files})
    page = response.content.decode()
    assert response.status_code == 422
    assert "b.png: The pictures sent together are too large" in page
    assert "Kept: a.png, small.png" in page
    with tenant(shop):
        assert tee.images.count() == 2


def test_an_upload_that_takes_too_long_stops_and_names_the_rest(
    alice, shop, client_of, monkeypatch
):
    monkeypatch.setattr(images_view, "MAX_SECONDS", -1)
    tee = make_product(shop)
    files = [named(drawn(), "a.png"), named(drawn(), "b.png")]
    response = client_of(alice).post(f"/northlight/products/{tee.pk}/images/", {"files": files})
    assert "Send the rest again: a.png, b.png" in response.content.decode()

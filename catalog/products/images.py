"""The one way a picture gets into a shop.

A file is never believed: its format is told from its content, its size is read from the header
before a pixel is decoded, and what is stored is drawn anew, so nothing but pixels survives (no
EXIF with a home address, no script, no second file hidden behind the first).
"""

import hashlib
import secrets
import warnings
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import Any, BinaryIO

from django.conf import settings
from django.core.exceptions import ValidationError
from PIL import Image, ImageOps, UnidentifiedImageError

from catalog.products.picture_words import WORDS

FORMATS = {"JPEG": "jpg", "PNG": "png", "WEBP": "webp"}
CONTENT_TYPES = {".jpg": "image/jpeg", ".png": "image/png", ".webp": "image/webp"}
MAX_SIDE = 12_000  # pixels; a longer side is a mistake or an attack
THUMB_SIDE = 240  # pixels: 30 on the list, 120 in the editor, twice that for sharp screens


@dataclass(frozen=True)
class StoredImage:
    """What a ProductImage row keeps of a stored picture."""

    file: str  # path below MEDIA_ROOT
    width: int
    height: int
    sha256: str


def store_image(file: BinaryIO, merchant: Any, *, max_pixels: int | None = None) -> StoredImage:
    """Check, redraw and store a picture with its thumbnail; `max_pixels` is what is left of the
    caller's budget.

    Raises ValidationError with a sentence for the person who sent it, and its code in
    `picture_words`.
    """
    data = file.read(settings.IMAGE_MAX_BYTES + 1)
    if len(data) > settings.IMAGE_MAX_BYTES:
        raise _refused("size", mib=settings.IMAGE_MAX_BYTES // 1024**2)
    file_format, picture = _decode(data, max_pixels)
    del data
    width, height = picture.size
    name = f"{merchant.pk}/images/{secrets.token_hex(16)}.{FORMATS[file_format]}"
    path = Path(settings.MEDIA_ROOT) / name
    path.parent.mkdir(parents=True, exist_ok=True)
    _save(picture, path, file_format)
    picture.thumbnail((THUMB_SIDE, THUMB_SIDE))  # in place: a copy of a large one costs 200 MB
    _save(picture, thumb_path(path), "WEBP")
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    return StoredImage(file=name, width=width, height=height, sha256=digest)


def thumb_path(path: Path) -> Path:
    return path.with_suffix(".thumb.webp")


def _refused(code: str, **params: Any) -> ValidationError:
    return ValidationError(WORDS[code], code=code, params=params)


def _decode(data: bytes, max_pixels: int | None) -> tuple[str, Image.Image]:
    """Read the header, judge the size, and only then the pixels, turned upright."""
    try:
        with warnings.catch_warnings():
            # Pillow warns above its own limit; ours, below, has words for the merchant.
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)
            picture = Image.open(BytesIO(data), formats=list(FORMATS))
            _check_size(*picture.size, max_pixels)
            file_format = picture.format or ""
            picture.load()
            ImageOps.exif_transpose(picture, in_place=True)
    except UnidentifiedImageError:
        raise _refused("format") from None
    except Image.DecompressionBombError:
        raise _too_large() from None
    except (OSError, SyntaxError, ValueError):
        raise _refused("damaged") from None
    keeps_alpha = file_format != "JPEG" and (
        picture.mode in {"RGBA", "LA", "PA"} or "transparency" in picture.info
    )
    mode = "RGBA" if keeps_alpha else "RGB"
    drawn = picture if picture.mode == mode else picture.convert(mode)
    # What came along with the pixels is not written again.
    drawn.info = {}
    return file_format, drawn


def _check_size(width: int, height: int, max_pixels: int | None) -> None:
    if max(width, height) > MAX_SIDE or width * height > settings.IMAGE_MAX_PIXELS:
        raise _too_large()
    if max_pixels is not None and width * height > max_pixels:
        raise _refused("budget")


def _too_large() -> ValidationError:
    mega = settings.IMAGE_MAX_PIXELS // 1_000_000
    return _refused("pixels", side=MAX_SIDE, mega=mega)


def _save(picture: Image.Image, path: Path, file_format: str) -> None:
    """Write whole or not at all: a page may ask for the file while it is written."""
    draft = path.with_name(f"{path.name}.{secrets.token_hex(4)}")
    options = {"PNG": {"optimize": True}, "JPEG": {"quality": 88}, "WEBP": {"quality": 85}}
    picture.save(draft, file_format, **options[file_format])
    draft.rename(path)

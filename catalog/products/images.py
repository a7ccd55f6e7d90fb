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
from django.utils.translation import gettext as _
from PIL import Image, ImageOps, UnidentifiedImageError

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


def store_image(file: BinaryIO, merchant: Any) -> StoredImage:
    """Check, redraw and store a picture with its thumbnail.

    Raises ValidationError with a sentence for the person who sent it.
    """
    data = file.read(settings.IMAGE_MAX_BYTES + 1)
    if len(data) > settings.IMAGE_MAX_BYTES:
        mib = settings.IMAGE_MAX_BYTES // 1024**2
        raise ValidationError(_("The picture is larger than %(mib)s MiB.") % {"mib": mib})
    file_format, picture = _decode(data)
    name = f"{merchant.pk}/images/{secrets.token_hex(16)}.{FORMATS[file_format]}"
    path = Path(settings.MEDIA_ROOT) / name
    path.parent.mkdir(parents=True, exist_ok=True)
    _save(picture, path, file_format)
    thumb = picture.copy()
    thumb.thumbnail((THUMB_SIDE, THUMB_SIDE))
    _save(thumb, thumb_path(path), "WEBP")
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    return StoredImage(file=name, width=picture.width, height=picture.height, sha256=digest)


def thumb_path(path: Path) -> Path:
    return path.with_suffix(".thumb.webp")


def _decode(data: bytes) -> tuple[str, Image.Image]:
    """Read the header, judge the size, and only then the pixels, turned upright."""
    try:
        with warnings.catch_warnings():
            # Pillow warns above its own limit; ours, below, has words for the merchant.
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)
            picture = Image.open(BytesIO(data), formats=list(FORMATS))
            _check_size(*picture.size)
            file_format = picture.format or ""
            picture.load()
            upright = ImageOps.exif_transpose(picture)
    except UnidentifiedImageError:
        raise ValidationError(_("This is not a JPEG, PNG or WebP picture.")) from None
    except Image.DecompressionBombError:
        raise ValidationError(_too_large()) from None
    except (OSError, SyntaxError, ValueError):
        raise ValidationError(_("The picture is damaged: part of it cannot be read.")) from None
    keeps_alpha = file_format != "JPEG" and (
        upright.mode in {"RGBA", "LA", "PA"} or "transparency" in upright.info
    )
    return file_format, upright.convert("RGBA" if keeps_alpha else "RGB")


def _check_size(width: int, height: int) -> None:
    if max(width, height) > MAX_SIDE or width * height > settings.IMAGE_MAX_PIXELS:
        raise ValidationError(_too_large())


def _too_large() -> str:
    limits = {"side": MAX_SIDE, "mega": settings.IMAGE_MAX_PIXELS // 1_000_000}
    return _(
        "The picture is too large: at most %(side)s pixels a side, %(mega)s million in all."
    ) % (limits)


def _save(picture: Image.Image, path: Path, file_format: str) -> None:
    """Write whole or not at all: a page may ask for the file while it is written."""
    draft = path.with_name(f"{path.name}.{secrets.token_hex(4)}")
    options = {"PNG": {"optimize": True}, "JPEG": {"quality": 88}, "WEBP": {"quality": 85}}
    picture.save(draft, file_format, **options[file_format])
    draft.rename(path)

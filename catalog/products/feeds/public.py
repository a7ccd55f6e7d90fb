"""The files of feeds, for whoever has the address: Google signs in nowhere.

The token in the address is signed by us and names the feed and how often its address was renewed;
only then is the shop looked for, by a function that sees nothing but that.
"""

import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db.models import Q
from django.http import (
    FileResponse,
    Http404,
    HttpRequest,
    HttpResponse,
    HttpResponseBase,
    StreamingHttpResponse,
)
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.cache import get_conditional_response
from django.views.decorators.http import require_safe

from catalog.products.feeds import files
from catalog.products.feeds.models import Feed, read_token
from catalog.products.images import CONTENT_TYPES
from ecomportal.tenancy.context import entered
from ecomportal.tenancy.models import Merchant

FETCHED_EVERY = timedelta(minutes=5)  # the last fetch is told to this precision
NOT_HERE = "No such feed."


@contextmanager
def _entered(token: str, *, of_pictures: bool = False) -> Iterator[tuple[Feed, Merchant]]:
    """The feed and its shop, entered; 404 for a token that is not ours, or no longer good."""
    named = read_token(token, of_pictures=of_pictures)
    if named is None:
        raise Http404(NOT_HERE)
    with entered("enter_by_feed", *named) as found:
        if found["merchant"] is None:
            raise Http404(NOT_HERE)
        merchant = Merchant.from_row(found["merchant"])
        yield get_object_or_404(merchant.feeds, pk=named[0]), merchant


@require_safe
def feed_table(request: HttpRequest, token: str) -> HttpResponseBase:
    return _file(request, token, kind="tsv")


@require_safe
def feed_rss(request: HttpRequest, token: str) -> HttpResponseBase:
    return _file(request, token, kind="xml")


def _file(request: HttpRequest, token: str, *, kind: str) -> HttpResponseBase:
    """The feed; or 304 where the caller has it as it still is, without a line being made."""
    base = request.build_absolute_uri("/").rstrip("/")
    is_packed = "gzip" in request.headers.get("Accept-Encoding", "")
    with _entered(token) as (feed, merchant):
        etag = f'"{files.state(feed, merchant)[:40]}-{kind}{"-gz" if is_packed else ""}"'
        _note_fetch(feed)
    answer = get_conditional_response(request, etag=etag)
    if answer is None:
        content = files.stream(feed, merchant, kind=kind, base=base)
        answer = _answer(request, content, kind=kind, is_packed=is_packed)
    answer["ETag"] = etag
    answer["Cache-Control"] = "private, no-cache"
    answer["Vary"] = "Accept-Encoding, Host"
    answer["X-Robots-Tag"] = "noindex"
    return answer


def _answer(
    request: HttpRequest, content: Iterator[bytes], *, kind: str, is_packed: bool
) -> HttpResponseBase:
    if request.method == "HEAD":
        answer: Any = HttpResponse(content_type=files.KINDS[kind])
    else:
        packed = _packed(content) if is_packed else content
        answer = StreamingHttpResponse(packed, content_type=files.KINDS[kind])
    if is_packed:
        answer["Content-Encoding"] = "gzip"
    return answer


def _packed(content: Iterator[bytes]) -> Iterator[bytes]:
    """Packed piece by piece, so that nothing is held back."""
    packer = zlib.compressobj(level=5, wbits=zlib.MAX_WBITS | 16)  # 16 is the header of gzip
    for piece in content:
        if packed := packer.compress(piece):
            yield packed
    yield packer.flush()


def _note_fetch(feed: Feed) -> None:
    stale = Q(fetched_at=None) | Q(fetched_at__lt=timezone.now() - FETCHED_EVERY)
    Feed.objects.filter(stale, pk=feed.pk).update(fetched_at=timezone.now())


@require_safe
def feed_picture(request: HttpRequest, token: str, image_id: UUID) -> HttpResponseBase:
    """A picture that is kept here, of a product on sale: the address that a feed gives it."""
    with _entered(token, of_pictures=True) as (_feed, merchant):
        on_sale = merchant.product_images.exclude(file="").filter(
            product__status="active", product__deleted_at=None
        )
        image = get_object_or_404(on_sale, pk=image_id)
    root = Path(settings.MEDIA_ROOT).resolve()
    path = (root / image.file).resolve()
    content_type = CONTENT_TYPES.get(path.suffix)
    if content_type is None or not path.is_relative_to(root) or not path.is_file():
        raise Http404("No such picture.")
    response = FileResponse(path.open("rb"), content_type=content_type)
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response["Cache-Control"] = "public, max-age=86400"
    return response

"""Pictures of a product: added, ordered, described, removed, and served to members alone."""

from pathlib import Path
from time import monotonic
from typing import Any
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db.models import Max
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from catalog.products.editable import load
from catalog.products.editor import edit, show
from catalog.products.images import CONTENT_TYPES, StoredImage, store_image, thumb_path
from catalog.products.models import Product, ProductImage, touch
from catalog.products.picture_job import start_fetch, waiting
from ecomportal.said import said
from ecomportal.tenancy import audit
from ecomportal.tenancy.access import EDITORS, EVERYONE, merchant_required

MAX_AT_ONCE = 20  # pictures in one upload
MAX_PIXELS_AT_ONCE = 150_000_000  # decoded in one request, about 10 seconds of one core
MAX_SECONDS = 20  # after which no further picture of an upload is begun
MAX_POSITION = 10_000


def _product(request: HttpRequest, product_id: UUID) -> Product:
    return get_object_or_404(request.merchant.products.live(), pk=product_id)


def _back(request: HttpRequest, product: Product) -> HttpResponse:
    return redirect("catalog:product", request.merchant.slug, product.pk)


@require_POST
@merchant_required(*EDITORS)
def image_add(request: HttpRequest, product_id: UUID) -> HttpResponse:
    """Store what can be stored; each file that cannot is named with its reason."""
    product, files = _product(request, product_id), request.FILES.getlist("files")
    stored, problems = _store(request, files[:MAX_AT_ONCE])
    if not files:
        problems.append(_("Choose at least one picture."))
    if len(files) > MAX_AT_ONCE:
        text = _("At most %(n)s pictures at once; the rest was left out.")
        problems.append(text % {"n": MAX_AT_ONCE})
    if stored:
        _add(request, product, list(stored.values()))
    if not problems:
        return _back(request, product)
    if stored:
        problems.append(_("Kept: %(names)s") % {"names": ", ".join(stored)})
    return _problems(request, product, problems)


def _store(request: HttpRequest, files: list[Any]) -> tuple[dict[str, StoredImage], list[str]]:
    """By file name what was stored, one after the other within bounds of pixels and time, and
    what is wrong with the others."""
    stored: dict[str, StoredImage] = {}
    problems, n_left, began = [], MAX_PIXELS_AT_ONCE, monotonic()
    for n, file in enumerate(files):
        if monotonic() - began > MAX_SECONDS:
            names = ", ".join(file.name for file in files[n:])
            problems.append(
                _("This took too long. Send the rest again: %(names)s") % {"names": names}
            )
            break
        try:
            image = store_image(file, request.merchant, max_pixels=n_left)
        except ValidationError as error:
            problems.append(f"{file.name}: {error.messages[0]}")
            continue
        n_left -= image.width * image.height
        stored[f"{file.name}" if file.name not in stored else f"{file.name} ({n + 1})"] = image
    return stored, problems


def _add(request: HttpRequest, product: Product, stored: list[Any]) -> None:
    last = product.images.aggregate(last=Max("position"))["last"] or 0
    with edit(request, product.pk, said("Pictures of “%(title)s”", title=product.title)):
        ProductImage.objects.bulk_create(
            ProductImage(
                merchant=request.merchant, product=product, position=last + n, file=image.file,
                width=image.width, height=image.height, sha256=image.sha256,
            )
            for n, image in enumerate(stored, start=1)
        )  # fmt: skip
        touch([product.pk])
    audit.record(request, "images.added", product.title, n=len(stored))
    text = ngettext("Added %(n)s picture.", "Added %(n)s pictures.", len(stored))
    messages.success(request, text % {"n": len(stored)})


def _problems(request: HttpRequest, product: Product, problems: list[str]) -> HttpResponse:
    return show(request, load(request.merchant, product.pk), image_problems=problems)


@require_POST
@merchant_required(*EDITORS)
def images_save(request: HttpRequest, product_id: UUID) -> HttpResponse:
    """Order and alternative texts of all pictures at once."""
    product = _product(request, product_id)
    images, problems = list(product.images.all()), []
    for image in images:
        image.alt = request.POST.get(f"alt-{image.pk}", image.alt).strip()
        position = request.POST.get(f"position-{image.pk}", str(image.position))
        if len(image.alt) > 512:
            problems.append(_("An alternative text has at most 512 characters."))
        if position.isascii() and position.isdigit() and int(position[:6]) <= MAX_POSITION:
            image.position = int(position)
        else:
            problems.append(_("The place of a picture is a whole number, such as 1."))
    if problems:
        return _problems(request, product, problems)
    with edit(request, product.pk, said("Pictures of “%(title)s”", title=product.title)):
        ordered = sorted(images, key=lambda image: (image.position, image.pk))
        for n, image in enumerate(ordered, start=1):
            image.position = n
        ProductImage.objects.bulk_update(ordered, ["alt", "position"])
        touch([product.pk])
    messages.success(request, _("Saved the pictures."))
    return _back(request, product)


@require_POST
@merchant_required(*EDITORS)
def image_remove(request: HttpRequest, product_id: UUID, image_id: UUID) -> HttpResponse:
    """Take the picture out. Its file stays, so that the change can be taken back."""
    product = _product(request, product_id)
    image = get_object_or_404(product.images, pk=image_id)
    with edit(request, product.pk, said("Pictures of “%(title)s”", title=product.title)):
        image.delete()
        touch([product.pk])
    messages.success(request, _("Removed the picture. Changes can bring it back."))
    return _back(request, product)


@require_POST
@merchant_required(*EDITORS)
def images_fetch(request: HttpRequest, product_id: UUID) -> HttpResponse:
    """Go for the pictures of this product that are an address so far, now."""
    product = _product(request, product_id)
    job = start_fetch(
        waiting(request.merchant).filter(product=product), request.merchant, request.user,
        title=said("Pictures of “%(title)s”", title=product.title),
        dedupe_key=f"product:{product.pk}",
        back=reverse("catalog:product", args=[request.merchant.slug, product.pk]) + "#pics",
    )  # fmt: skip
    if job:
        return redirect("job", request.merchant.slug, job.pk)
    if settings.PICTURE_FETCH:
        messages.info(request, _("No picture of this product waits to be fetched."))
    else:
        messages.error(request, _("Fetching pictures is switched off here. Upload them instead."))
    return _back(request, product)


@require_safe
@merchant_required(*EVERYONE)
def image_file(request: HttpRequest, image_id: UUID) -> HttpResponse:
    """The picture, or with `size=thumb` its thumbnail, as nothing but a picture."""
    image = get_object_or_404(request.merchant.product_images.exclude(file=""), pk=image_id)
    root = Path(settings.MEDIA_ROOT).resolve()
    path = (root / image.file).resolve()
    content_type = CONTENT_TYPES.get(path.suffix)
    if request.GET.get("size") == "thumb" and thumb_path(path).exists():
        path, content_type = thumb_path(path), "image/webp"
    if content_type is None or not path.is_relative_to(root) or not path.is_file():
        raise Http404("No such picture.")
    response = FileResponse(path.open("rb"), content_type=content_type)
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response["Cross-Origin-Resource-Policy"] = "same-origin"
    # A stored file never changes, so the person's own browser may keep it for a day.
    response["Cache-Control"] = "private, max-age=86400, immutable"
    return response

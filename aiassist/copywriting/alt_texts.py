"""The alternative texts of pictures: which lack one, and the way in and back."""

from collections.abc import Iterable, Sequence
from typing import Any
from uuid import UUID

from aiassist.copywriting.composer.filler import view_of
from aiassist.copywriting.engine import DraftText, Sentence
from catalog.products.changes import Change, ChangeRow
from catalog.products.models import Product, ProductImage, touch

ALT_MAX = 512  # characters, as the column


def without_alt(product_ids: Iterable[UUID]) -> dict[UUID, list[tuple[UUID, int]]]:
    """The pictures that lack one, by product: id and place among the product's pictures. One
    statement."""
    rows = ProductImage.objects.filter(product_id__in=list(product_ids))
    found: dict[UUID, list[tuple[UUID, int]]] = {}
    seen: dict[UUID, int] = {}
    for pk, product_id, alt in rows.order_by("position", "id").values_list(
        "pk", "product_id", "alt"
    ):
        seen[product_id] = seen.get(product_id, 0) + 1
        if not alt.strip():
            found.setdefault(product_id, []).append((pk, seen[product_id]))
    return found


def for_place(answer: DraftText, place: int, lang: str) -> tuple[str, Sequence[Sentence]]:
    """The product's text for its nth picture: from the second on it says so at its end."""
    if place < 2:
        return answer.text, answer.sentences
    view = view_of(place, lang)
    text = f"{answer.text}{'，' if lang == 'zh' else ', '}{view}"
    return text, (*answer.sentences, Sentence(view, (), approved=True))


def put_alt(product: Product, picture: UUID | None, text: str, change: Change) -> bool:
    """Write it to the picture, as a row of the change; False if the picture is gone."""
    image = ProductImage.objects.select_for_update().filter(product=product, pk=picture).first()
    if image is None:
        return False
    before, version = image.alt, product.version
    image.alt = text.replace("\n", " ")[:ALT_MAX]
    image.save(update_fields=["alt"])
    ChangeRow.objects.create(
        merchant_id=product.merchant_id,
        change=change,
        product_id=product.pk,
        label=product.title[:255],
        before={"images": {str(image.pk): {"alt": before}}},
        after={"images": {str(image.pk): {"alt": image.alt}}},
        version_before=version,
        version_after=_raised(product),
    )
    return True


def _raised(product: Product) -> int:
    touch([product.pk])
    return Product.objects.values_list("version", flat=True).get(pk=product.pk)


def take_back_alt(row: ChangeRow) -> bool:
    """Undo one; False if somebody wrote another one since, which is then kept."""
    stood: dict[str, Any] = row.before["images"]
    wrote: dict[str, Any] = row.after["images"]
    images = ProductImage.objects.select_for_update().filter(
        product_id=row.product_id, pk__in=list(stood)
    )
    there = {str(image.pk): image for image in images}
    if any(key not in there or there[key].alt != wrote[key]["alt"] for key in stood):
        row.state = "conflict"
        row.save(update_fields=["state"])
        return False
    for key, image in there.items():
        image.alt = stood[key]["alt"]
        image.save(update_fields=["alt"])
    touch([row.product_id])
    row.state = "undone"
    row.save(update_fields=["state"])
    return True

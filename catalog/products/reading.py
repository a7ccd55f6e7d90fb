"""What was typed into the editor, read and judged field by field.

`read` never raises for what a person typed: it returns the values that could be read and, for
every other field, a sentence.
"""

from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from catalog.products.attribute_book import AttributeBook
from catalog.products.editable import (
    LANGUAGES,
    MAX_VARIANTS,
    NOT_COUNTED,
    SELLS_ON,
    STOPS,
    Editable,
    State,
    rows_of,
)
from catalog.products.models import TEXT_LABELS, AttributeType, FactStatus, ProductStatus
from catalog.products.models import TextField as Field
from catalog.products.money import parse_money
from catalog.products.texts import from_typed
from catalog.products.vocabulary.units import parse_number

MAX_STOCK = 10_000_000
MAX_PLACE = 10_000
MAX_WEIGHT = Decimal(100_000_000)  # grams: a hundred tonnes
MAX_TEXT = 100_000  # characters of one live text
LENGTHS = {"title": 255, "handle": 255, "vendor": 120, "product_type": 120}


@dataclass
class Reading:
    """Values ready for the rows, and what is wrong, by the name of the form's field."""

    product: dict[str, Any] = field(default_factory=dict)
    variants: dict[str, dict[str, Any] | None] = field(default_factory=dict)  # None: take it out
    places: dict[str, int] = field(default_factory=dict)  # wanted in the order of variants
    facts: dict[str, dict[str, Any] | None] = field(default_factory=dict)
    texts: dict[tuple[str, str], str] = field(default_factory=dict)
    errors: dict[str, str] = field(default_factory=dict)

    def attempt(self, name: str, read: Any, *args: Any) -> Any:
        try:
            return read(*args)
        except ValidationError as error:
            self.errors[name] = error.messages[0]
            return None


def read(state: State, editable: Editable, book: AttributeBook) -> Reading:
    reading, merchant = Reading(), book.merchant
    _read_product(reading, state, merchant)
    options = [state[name] for name in ("option1", "option2", "option3") if state.get(name)]
    reading.product["option_names"] = options
    for row_id, row in rows_of(state, "v").items():
        gone = row.get("remove") == "1"
        reading.variants[row_id] = None if gone else _variant(reading, row_id, row, merchant)
        if row.get("place") and not gone:
            reading.places[row_id] = reading.attempt(f"v-{row_id}-place", _place, row["place"])
    n_new = sum(row_id.startswith("new") for row_id in reading.variants)
    if n_new and len(editable.variants) + n_new > MAX_VARIANTS:
        reading.errors[""] = _("A product has at most %(n)s variants.") % {"n": MAX_VARIANTS}
    known = {fact["pk"]: fact for fact in editable.facts}
    for row_id, row in rows_of(state, "f").items():
        reading.facts[row_id] = _fact(reading, row_id, row, known.get(row_id), book)
    _read_texts(reading, state, editable)
    _check_taken(reading, editable, merchant)
    return reading


def _read_product(reading: Reading, state: State, merchant: Any) -> None:
    values = reading.product
    for name, length in LENGTHS.items():
        values[name] = reading.attempt(name, _short, state.get(name, ""), length)
    if not state.get("title"):
        reading.errors["title"] = _("A product needs a name.")
    if not state.get("handle"):
        reading.errors["handle"] = _("A product needs a handle: it is its address in the shop.")
    elif set(state["handle"]) & set(" /?#%&\\\t\n"):
        reading.errors["handle"] = _("A handle has no spaces and none of / ? # % &.")
    values["status"] = state.get("status", "")
    if values["status"] not in ProductStatus.values:
        reading.errors["status"] = _("Choose a status from the list.")
    values["tags"] = reading.attempt("tags", _tags, state.get("tags", ""))
    values["category_id"] = None
    if state.get("category"):
        known = {str(pk) for pk in merchant.categories.values_list("pk", flat=True)}
        values["category_id"] = state["category"]
        if state["category"] not in known:
            reading.errors["category"] = _("This category is gone. Choose another.")


def _short(text: str, length: int) -> str:
    if "\n" in text or "\0" in text:
        raise ValidationError(_("One line, please."))
    if len(text) > length:
        raise ValidationError(_("At most %(n)s characters.") % {"n": length})
    return text


def _tags(text: str) -> list[str]:
    tags = dict.fromkeys(tag.strip() for tag in text.replace("，", ",").split(","))
    return [_short(tag, 80) for tag in tags if tag]


def _variant(reading: Reading, row_id: str, row: State, merchant: Any) -> dict[str, Any]:
    def get(name: str, read: Any, *args: Any) -> Any:
        return reading.attempt(f"v-{row_id}-{name}", read, row.get(name, ""), *args)

    policy = row.get("policy") or STOPS
    if policy not in (STOPS, SELLS_ON, NOT_COUNTED):
        reading.errors[f"v-{row_id}-policy"] = _("Choose what happens when it is sold out.")
    return {
        "sku": get("sku", _short, 120),
        "barcode": get("barcode", _short, 60),
        "options": [o for n in (1, 2, 3) if (o := get(f"o{n}", _short, 120))],
        "price_cents": get("price", parse_money, merchant.currency),
        "compare_at_cents": get("compare_at", _optional_money, merchant.currency),
        "cost_cents": get("cost", _optional_money, merchant.currency),
        "stock": get("stock", _stock),
        "weight_grams": get("weight", _weight),
        "is_stock_tracked": policy != NOT_COUNTED,
        "sells_without_stock": policy == SELLS_ON,
    }


def _optional_money(text: str, currency: str) -> int | None:
    return parse_money(text, currency) if text else None


def _stock(text: str) -> int:
    """A whole number; below nothing when more was sold than there was."""
    digits = text.removeprefix("-")
    if text and not (digits.isascii() and digits.isdigit() and int(digits[:9]) <= MAX_STOCK):
        raise ValidationError(_("A whole number, such as 12."))
    if len(digits) > 8:
        raise ValidationError(_("A whole number, such as 12."))
    return int(text or 0)


def _place(text: str) -> int:
    if not (text.isascii() and text.isdigit() and 0 < int(text[:6]) <= MAX_PLACE):
        raise ValidationError(_("A place is a whole number, such as 1."))
    return int(text[:6])


def _weight(text: str) -> Decimal | None:
    if not text:
        return None
    try:
        weight = Decimal(text) if text.isascii() else Decimal("NaN")
    except InvalidOperation:
        weight = Decimal("NaN")
    if not weight.is_finite() or not 0 <= weight < MAX_WEIGHT or weight != round(weight, 3):
        raise ValidationError(_("Grams as a number, such as 920 or 0.5."))
    return weight


def _fact(
    reading: Reading,
    row_id: str,
    row: State,
    known: dict[str, Any] | None,
    book: AttributeBook,
) -> dict[str, Any] | None:
    name = f"f-{row_id}-value"
    if row.get("remove") == "1" or not row.get("value"):
        return None
    attribute = row.get("attribute", "")
    if not attribute:
        reading.errors[f"f-{row_id}-attribute"] = _("Say what kind of fact this is.")
    status = row.get("status") or FactStatus.CONFIRMED
    if status not in FactStatus.values:
        reading.errors[name] = _("Choose a status from the list.")
    values = {
        "attribute": reading.attempt(f"f-{row_id}-attribute", _short, attribute, 60),
        "value": reading.attempt(name, _short, row["value"], 500),
        "unit": reading.attempt(f"f-{row_id}-unit", _short, row.get("unit", ""), 20),
        "status": status,
    }
    if known and known["value"] == values["value"]:
        return values  # what an import brought is not this person's mistake
    kind = known["type"] if known else book.type_of(attribute)
    is_number = kind == AttributeType.NUMBER and values["value"]
    values["number"] = reading.attempt(name, _number, row["value"], known) if is_number else None
    return values


def _number(text: str, known: dict[str, Any] | None) -> Decimal:
    number = parse_number(text)
    if number is not None and abs(number) < 10**13 and number == round(number, 6):
        return number
    was = _(" It was %(value)s before.") % {"value": known["value"]} if known else ""
    raise ValidationError(_("One number, please.") + was)


def _read_texts(reading: Reading, state: State, editable: Editable) -> None:
    live = {f"t-{text['language']}-{text['field']}": text["text"] for text in editable.texts}
    for language in LANGUAGES:
        for text_field in TEXT_LABELS:
            name = f"t-{language}-{text_field}"
            if name not in state:
                continue
            text = state[name]
            if len(text) > MAX_TEXT:
                reading.errors[name] = _("At most %(n)s characters.") % {"n": MAX_TEXT}
            # What stands there already stays as it is, however it came in.
            if text == live.get(name, "").strip():
                text = live.get(name, "")
            elif text_field == Field.DESCRIPTION:
                text = from_typed(text)
            reading.texts[language, text_field] = text


def _check_taken(reading: Reading, editable: Editable, merchant: Any) -> None:
    """Handles and SKUs that this form doubles or another product has."""
    others = merchant.products.live().exclude(pk=editable.product.pk)
    handle = reading.product["handle"]
    if handle and others.filter(handle=handle).exists():
        reading.errors["handle"] = _("Another product has this handle.")
    seen: dict[str, str] = {}
    for row_id, values in reading.variants.items():
        sku = values and values["sku"]
        if sku and sku in seen:
            reading.errors[f"v-{row_id}-sku"] = _("Two variants of this form have this SKU.")
        if sku:
            seen[sku] = row_id
    ours = [row_id for row_id in reading.variants if not row_id.startswith("new")]
    holders = merchant.variants.filter(sku__in=seen, deleted_at=None).exclude(pk__in=ours)
    for sku, title in holders.values_list("sku", "product__title"):
        reading.errors[f"v-{seen[sku]}-sku"] = _("“%(title)s” has this SKU.") % {"title": title}
    facts: set[tuple[Any, ...]] = set()
    variant_of = {fact["pk"]: fact["variant"] for fact in editable.facts}
    for row_id, values in reading.facts.items():
        if values is None:
            continue
        same = (variant_of.get(row_id), values["attribute"], values["value"])
        if same in facts:
            reading.errors[f"f-{row_id}-value"] = _("This fact is here twice.")
        facts.add(same)

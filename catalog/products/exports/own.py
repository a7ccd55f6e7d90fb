"""Our own table: every field, each text in its language, each kind of fact in a column."""

from django.db.models import Exists, OuterRef, QuerySet
from django.utils.translation import gettext_lazy as _

from catalog.products.exports import lines, sql
from catalog.products.exports.formats import WORD, Column, Format
from catalog.products.imports.fields import FIELDS, OPTION_NAMES, OPTION_VALUES
from catalog.products.imports.own import EXTRA_COLUMN, FACT, MAX_KEY, TEXT_COLUMNS
from catalog.products.imports.values import CONTROLS, MARKS
from catalog.products.models import Fact, FactStatus
from ecomportal.tenancy.models import Merchant

# Fields that say again what others say, or that our texts replace by one for each language.
NOT_OURS = {"published", "sale_price", "variant_image"}
NOT_OURS |= {"description", "seo_title", "seo_description"}
COLUMNS = [name for name in FIELDS if name not in NOT_OURS]
ALWAYS = ("handle", "title")  # without them the file could not come back
UNSEEN = [chr(n) for n in range(0x7F, 0x10000) if CONTROLS.match(chr(n)) or MARKS.match(chr(n))]


def columns(products: QuerySet, merchant: Merchant) -> list[Column]:
    """Our fields, and a column for each kind of fact that one of these products has."""
    known = lines.fields(merchant)
    texts = [Column(name, f"t.{name.replace(':', '_')}") for name in TEXT_COLUMNS]
    facts = [
        Column(f"{FACT}{key}", _values(ids)) for key, ids in _kinds(products, merchant).items()
    ]
    return [*(known[name] for name in COLUMNS), *texts, *facts, _extra()]


def _kinds(products: QuerySet, merchant: Merchant) -> dict[str, list[object]]:
    """The kinds of fact that one of the products has; those that differ in capitals are one."""
    ids = products.order_by().values("pk")
    facts = Fact.objects.filter(attribute=OuterRef("pk"), product__in=ids, variant=None)
    used = merchant.attributes.filter(Exists(facts.filter(status=FactStatus.CONFIRMED)))
    spelled: dict[str, str] = {}
    found: dict[str, list[object]] = {}
    for pk, key in used.order_by("position", "key").values_list("pk", "key"):
        if len(key) <= MAX_KEY:
            found.setdefault(spelled.setdefault(key.casefold(), key), []).append(pk)
    return found


def _values(attribute_ids: list[object]) -> str:
    each = [f"f.facts ->> '{pk}'" for pk in attribute_ids]
    return each[0] if len(each) == 1 else f"concat_ws('; ', {', '.join(each)})"


def _extra() -> Column:
    """Columns without a field, as JSON. An import takes out what cannot be seen, so that is
    written as JSON writes it in ASCII."""
    escaped = "p.extra::text"
    for mark in UNSEEN:
        escaped = f"replace({escaped}, {sql.quoted(mark)}, '\\u{ord(mark):04x}')"
    has_unseen = f"p.extra::text ~ {sql.quoted('[' + ''.join(UNSEEN) + ']')}"
    json = (
        f"CASE WHEN p.extra = '{{}}' THEN NULL WHEN {has_unseen} THEN {escaped} "
        "ELSE p.extra::text END"
    )
    return Column(EXTRA_COLUMN, json, WORD)


def narrowed(columns: list[Column], left_out: set[str]) -> list[Column]:
    """The columns that were asked for, with those that a way back needs beside them: the name of
    the product, and what tells its variants or its pictures from each other."""
    asked = [c for c in columns if c.name in ALWAYS or c.name not in left_out]
    of = {column.of for column in asked}
    has_variants = lines.VARIANT in of or any(c.name in OPTION_NAMES for c in asked)
    needed = {"sku", *OPTION_NAMES, *OPTION_VALUES} if has_variants else set()
    needed |= {"image_url"} if lines.PICTURE in of else set()
    names = {column.name for column in asked} | needed
    # Where a file has types and no categories, an import makes categories of them.
    names |= {"category"} if "product_type" in names else set()
    return [column for column in columns if column.name in names]


_ALL = _("Everything: all fields, the texts of both languages and a column for each kind of fact.")
FORMAT = Format("own", _("Our own CSV"), _ALL, columns, lines.source, lines.BLANK, has_choice=True,
                has_ranges=True)  # fmt: skip
WORKBOOK = Format(
    "xlsx",
    _("Excel workbook"),
    _("The same table as our own CSV, with numbers that Excel takes for numbers."),
    columns,
    lines.source,
    lines.BLANK,
    extension="xlsx",
    has_choice=True,
    has_ranges=True,
)

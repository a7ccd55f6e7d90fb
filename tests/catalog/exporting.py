"""Products of every kind, and a short way from an export to the dry run of its import."""

import csv
import io
from typing import Any

from django.http import QueryDict
from hypothesis import strategies as st
from openpyxl import load_workbook

from catalog.products.exports.stream import stream
from catalog.products.exports.views import FORMATS
from catalog.products.imports import store
from catalog.products.imports.compare import Compared, Seen, category_paths, compare_batch
from catalog.products.models import Category, Fact, Product, ProductImage, ProductText, Variant
from ecomportal.tenancy.models import Merchant
from tests.factories import make_attribute

# Whatever a person can type into a field, with what is hard for a CSV at the front.
hard = st.sampled_from(
    [
        "=1+1",
        "'=x",
        "''-1",
        "+49 30",
        "-5 %",
        "@home",
        'say "hi"',
        "a,b;c",
        "松风 🍵",
        "\ttab",
        "x\ty",
    ]
)
plain = st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=30)
words = st.one_of(hard, plain)
titles = words.map(lambda text: text if text.strip() else "Pot").map(
    lambda text: text[:200] or "Pot"
)
many_lines = st.lists(words, max_size=3).map("\r\n".join)
money = st.integers(0, 10**9)
tags = st.lists(words.filter(lambda text: len(text) < 80), max_size=3)
one_word = st.one_of(hard, plain).map(lambda text: text.strip() or "M")
products = st.fixed_dictionaries(
    {
        "title": titles,
        "vendor": words,
        "product_type": words,
        "tags": tags,
        "status": st.sampled_from(["active", "draft", "archived"]),
        "extra": st.dictionaries(
            st.sampled_from(["Tax code", "gift card", "Variant Taxable", "Included / 中国"]),
            st.one_of(words, st.lists(words, max_size=4)),
            max_size=3,
        ),
        "n_variants": st.integers(1, 4),
        "sizes": st.lists(words, min_size=4, max_size=4),
        "prices": st.lists(money, min_size=4, max_size=4),
        "compare_at": st.one_of(st.none(), money),
        "stock": st.integers(0, 10**6),
        "counts": st.booleans(),
        "weight": st.one_of(st.none(), st.decimals(0, 10**8, places=3)),
        "texts": st.dictionaries(
            st.tuples(st.sampled_from(["en", "zh"]), st.sampled_from(TEXTS := ("description",
                "seo_title", "seo_description", "short_title", "bullets"))),
            many_lines, max_size=4,
        ),
        "facts": st.dictionaries(
            st.sampled_from(["colour", "material", "width"]),
            st.lists(one_word, min_size=1, max_size=3),
            max_size=3,
        ),
        "alts": st.lists(words, max_size=3),
        "category": st.sampled_from(["", "Pots", "Pots > 茶壶"]),
    }
)  # fmt: skip


def make(shop: Merchant, n: int, drawn: dict[str, Any]) -> Product:
    """The drawn product, with every kind of row below it."""
    own = {name: drawn[name] for name in ("title", "vendor", "product_type", "tags", "status")}
    n_variants, path = drawn["n_variants"], drawn["category"]
    category = (
        path
        and Category.objects.get_or_create(merchant=shop, path=path, defaults={"name": path})[0]
    )
    product = Product.objects.create(
        merchant=shop,
        handle=f"p-{n}",
        extra=drawn["extra"],
        option_names=["Size"] if n_variants > 1 else [],
        category=category or None,
        **own,
    )
    common = {"merchant": shop, "product": product}
    for at in range(n_variants):
        Variant.objects.create(
            **common, position=at + 1, sku=f"P{n}-{at}" if at % 2 else "",
            options=[f"{at}{drawn['sizes'][at]}"] if n_variants > 1 else [],
            price_cents=drawn["prices"][at], compare_at_cents=drawn["compare_at"],
            stock=drawn["stock"], is_stock_tracked=drawn["counts"], weight_grams=drawn["weight"],
        )  # fmt: skip
    for (language, field), text in drawn["texts"].items():
        ProductText.objects.create(
            **common, language=language, field=field, text=text, origin="person"
        )
    for key, values in drawn["facts"].items():
        for value in dict.fromkeys(values):
            Fact.objects.create(**common, attribute=make_attribute(shop, key), value=value)
    for at, alt in enumerate(drawn["alts"]):
        ProductImage.objects.create(
            **common, position=at + 1, alt=alt, source_url=f"https://shop.example/{n}/{at}.jpg"
        )
    return product


def exported(shop: Merchant, name: str, **options: Any) -> bytes:
    return b"".join(stream(shop.products.live(), FORMATS[name], shop, **options))


def as_far_as(name: str, drawn: dict[str, Any]) -> dict[str, Any]:
    """The product without what this dialect has no words for."""
    if name != "woocommerce":
        return drawn
    status = "draft" if drawn["status"] == "archived" else drawn["status"]
    # A stock that is not counted is no number there.
    return {**drawn, "status": status, "stock": drawn["stock"] if drawn["counts"] else 0}


def table_of(content: bytes) -> list[dict[str, str]]:
    text = content.decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(text, newline="")))


def sheet_of(content: bytes) -> list[tuple[Any, ...]]:
    """The rows of a workbook as an Excel reader of its own sees them."""
    book = load_workbook(io.BytesIO(content), read_only=True)
    return [row for sheet in book for row in sheet.iter_rows(values_only=True)]


def as_csv(content: bytes) -> bytes:
    """The workbook's first sheet as a spreadsheet program would save it."""
    text = io.StringIO(newline="")
    header, *rows = sheet_of(content)
    padded = ([*row, *[None] * (len(header) - len(row))] for row in rows)
    csv.writer(text).writerows([header, *padded])
    return text.getvalue().encode()


def dry_run(shop: Merchant, content: bytes, name: str = "a.csv") -> list[Compared]:
    """What an import of the file would do, by the columns as they are recognised."""
    run = store.store(shop, [content], name=name, user=None)
    run.merchant = shop
    batch = list(store.open_run(run).products)
    return compare_batch(shop, batch, seen=Seen(), paths=category_paths(shop))


def query(**values: str) -> str:
    made = QueryDict(mutable=True)
    made.update(values)
    return made.urlencode()

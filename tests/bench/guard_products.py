"""Products as a shop has them: the demo's two shops, product files, and unseen ones.

Each is a plain row that `requests.py` turns into a request and a policy, without a database.
"""

import csv
import random
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from aiassist.copywriting.engine import CopyRequest, Fact
from aiassist.copywriting.guard import Policy
from aiassist.copywriting.requests import policy_for, request_for
from catalog.demo.catalogue import Item, build
from catalog.demo.shops import SHOPS, DemoShop
from catalog.products.imports.extract import extract_facts
from catalog.products.imports.html import plain_text
from catalog.products.vocabulary import KINDS
from tests.bench.composer_products import products


@dataclass(frozen=True)
class Stated:
    """A product's row and the main language of its shop, or an unseen product's request."""

    row: Any
    language: str
    asked: CopyRequest | None = None

    @property
    def name(self) -> str:
        return self.asked.name if self.asked else self.row.title

    def request(self, lang: str, field: str, tone: str, *, seed: int = 1) -> CopyRequest:
        if self.asked:
            return replace(self.asked, lang=lang, field=field, tone=tone, seed=seed)
        wishes = {"lang": lang, "field": field, "tone": tone, "seed": seed}
        wishes |= {"max_chars": None, "keywords": (), "approved_texts": ()}
        return request_for(self.row, main_language=self.language, **wishes)

    def policy(self, lang: str) -> Policy:
        if self.asked is None:
            return policy_for(self.row, lang, ())
        asked = self.asked
        return Policy(
            lang=lang,
            name=asked.name,
            brand=asked.brand,
            product_type=asked.product_type,
            family=asked.family,
        )

    @property
    def facts(self) -> tuple[Fact, ...]:
        return self.request("en", "description", "formal").facts


def demo_products(shop: DemoShop) -> list[Stated]:
    """Every product of a demo shop with its confirmed facts."""
    made = build(shop)
    attributes = {row["id"]: row for row in made.attributes.values()}
    by_id = {row["id"]: row for row in made.categories.values()}
    found = []
    for item in made.items:
        facts = _confirmed(item, attributes)
        category = by_id[item.row["category_id"]]
        row = SimpleNamespace(**item.row, pk=item.row["id"], confirmed=facts)
        row.category = SimpleNamespace(path=category["path"], family=category["family"])
        found.append(Stated(row, shop.language))
    return found


def _confirmed(item: Item, attributes: dict[Any, dict[str, Any]]) -> list[SimpleNamespace]:
    rows = [row for row in item.facts if row["status"] == "confirmed"]
    rows.sort(key=lambda row: (attributes[row["attribute_id"]]["position"], row["id"]))
    return [
        SimpleNamespace(
            pk=row["id"],
            attribute=SimpleNamespace(**attributes[row["attribute_id"]]),
            **{name: row[name] for name in ("value", "number", "unit", "source")},
        )
        for row in rows
    ]


def file_products(path: Path) -> list[Stated]:
    """A product file of the Shopify kind; what its texts state counts as confirmed."""
    with path.open(encoding="utf-8-sig", newline="") as lines:
        rows = list(csv.DictReader(lines))
    by_handle: dict[str, list[dict[str, str]]] = {}
    for row in rows:
        by_handle.setdefault(row["Handle"], []).append(row)
    return [_from_rows(handle, group) for handle, group in by_handle.items()]


def _from_rows(handle: str, rows: list[dict[str, str]]) -> Stated:
    first = rows[0]
    options: dict[str, list[str]] = {}
    for n in (1, 2, 3):
        name = first.get(f"Option{n} Name", "")
        if name and name != "Title":
            options[name] = [v for row in rows if (v := row[f"Option{n} Value"])]
    tags = [tag.strip() for tag in first["Tags"].split(",") if tag.strip()]
    body = plain_text(first["Body (HTML)"])
    found = extract_facts(first["Title"], body, first["Type"], tags, options, "en")
    row = SimpleNamespace(
        pk=handle,
        title=first["Title"],
        vendor=first["Vendor"],
        product_type=first["Type"],
        tags=tags,
        category=None,
        confirmed=[_fact_row(n, fact) for n, fact in enumerate(found)],
    )
    return Stated(row, "en")


def _fact_row(n: int, fact: Any) -> SimpleNamespace:
    kind = KINDS[fact.key]
    attribute = SimpleNamespace(
        key=fact.key, label_en=kind.label_en, label_zh=kind.label_zh, type=kind.type
    )
    return SimpleNamespace(
        pk=n,
        attribute=attribute,
        value=fact.value,
        number=fact.number,
        unit=fact.unit,
        source=fact.source,
    )


def unseen_products(n_products: int, *, seed: int = 20_260_117) -> list[Stated]:
    return [Stated(None, "en", one.request("en")) for one in products(n_products, seed)]


def sources(files: Path | None) -> Iterator[tuple[str, list[Stated]]]:
    for shop in SHOPS:
        yield shop.slug, demo_products(shop)
    for path in sorted(files.glob("shopify_*.csv")) if files else ():
        yield path.stem, file_products(path)
    yield "unseen", unseen_products(150)


def sample(found: list[Stated], n: int, *, seed: int = 5) -> list[Stated]:
    return random.Random(seed).sample(found, min(n, len(found)))

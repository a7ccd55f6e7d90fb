"""The product list's addresses that are measured, each with the same question in plain SQL."""

from dataclasses import dataclass
from typing import Any

PAGE = 50  # rows, where nothing else is known
TEXT = "concat_ws(' ', p.title, p.handle, p.vendor, p.product_type, p.search_extra)"
VARIANTS = "FROM catalog_variant v WHERE v.product_id = p.id AND v.deleted_at IS NULL"
FACTS = "FROM catalog_fact f WHERE f.product_id = p.id"
TEXTS = "FROM catalog_producttext t WHERE t.product_id = p.id"
GRAMS = "f.number * (CASE f.unit WHEN 'kg' THEN 1000 WHEN 'g' THEN 1 END)"
COUNTED = f"(SELECT sum(v.stock) {VARIANTS} AND v.is_stock_tracked)"
# What price and stock sort by, added up once for the whole shop.
ADD_UP = """
CREATE TEMP TABLE IF NOT EXISTS added_{shop} AS
SELECT product_id, min(price_cents) AS low, sum(stock) AS stock FROM catalog_variant
WHERE merchant_id = {shop} AND deleted_at IS NULL GROUP BY product_id
"""
STAMP = """
SELECT count(*), sum(version), max(updated_at), count(deleted_at),
    (SELECT count(*) FROM catalog_variant WHERE merchant_id = %(shop)s),
    (SELECT sum(price_cents) FROM catalog_variant WHERE merchant_id = %(shop)s),
    (SELECT sum(stock) FROM catalog_variant WHERE merchant_id = %(shop)s),
    (SELECT count(*) FROM catalog_fact WHERE merchant_id = %(shop)s),
    (SELECT count(*) FROM catalog_producttext WHERE merchant_id = %(shop)s)
FROM catalog_product WHERE merchant_id = %(shop)s
"""
FIGURES = "LEFT JOIN added_{shop} f ON f.product_id = p.id"
# The key of each offered order; "-" in front turns it round, and ids decide between equals.
KEYS = {
    "updated": "p.updated_at",
    "title": "p.title",
    "price": "coalesce(f.low, 0)",
    "stock": "coalesce(f.stock, 0)",
}
SORTS = [sign + name for name in KEYS for sign in ("", "-")]
NEWEST = "-updated"


@dataclass(frozen=True)
class Case:
    """`query` is the address; `where` and `sort` say in SQL which rows it must show."""

    name: str
    query: str = ""
    where: str = "true"
    sort: str = NEWEST

    @property
    def key(self) -> str:
        return KEYS[self.sort.lstrip("-")]

    @property
    def address(self) -> str:
        sort = "" if self.sort == NEWEST else f"sort={self.sort}"
        return "&".join(part for part in (self.query, sort) if part) or "view=all"


def has(*words: str) -> str:
    return " AND ".join(f"{TEXT} ILIKE '%{word}%'" for word in words)


def stated(key: str, rest: str = "true") -> str:
    return (
        f"EXISTS (SELECT 1 {FACTS} AND f.status <> 'rejected' AND f.attribute_id = (SELECT a.id "
        f"FROM catalog_attribute a WHERE a.merchant_id = p.merchant_id AND a.key = '{key}') "
        f"AND {rest})"
    )


def no_text(language: str) -> str:
    return (
        f"NOT EXISTS (SELECT 1 {TEXTS} AND t.language = '{language}' "
        "AND t.field = 'description' AND t.text <> '')"
    )


def lacking(wanted: list[tuple[str, str, str]]) -> str:
    """Some fact that a product of this family and type must have is not confirmed; where none must
    be, every fact. `wanted` are families, types and keys."""
    rows = ", ".join(f"({', '.join(map(_quoted, row))})" for row in wanted)
    known = f"{FACTS} AND f.status = 'confirmed'"
    return (
        f"(EXISTS (SELECT 1 FROM (VALUES {rows}) m (family, type, key) WHERE m.family = c.family "
        f"AND m.type = p.product_type AND NOT EXISTS (SELECT 1 {known} AND f.attribute_id = "
        "(SELECT a.id FROM catalog_attribute a WHERE a.merchant_id = p.merchant_id "
        f"AND a.key = m.key))) OR NOT EXISTS (SELECT 1 {known}))"
    )


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def within(category: dict[str, Any]) -> str:
    return f"(c.path = '{category['path']}' OR c.path LIKE '{category['path']} > %')"


def priced(condition: str) -> str:
    return f"EXISTS (SELECT 1 {VARIANTS} AND v.price_cents {condition})"


LINEN = stated("material", "f.value = 'linen'")


def sorts() -> list[Case]:
    return [Case(f"sort_{sort}", sort=sort) for sort in SORTS]


def searches(sku: str) -> list[Case]:
    cotton = has("cotton")
    return [
        Case("search_common", "q=cotton", cotton),
        Case("search_two_words", "q=linen+shirt", has("linen", "shirt")),
        Case("search_sku", f"q={sku}", has(sku)),
        Case("search_none", "q=zeppelin", "false"),
        Case("search_zh", "q=亚麻", has("亚麻")),
        Case("search_zh_common", "q=棉", has("棉")),
    ]


def filters(category: dict[str, Any], wanted: list[tuple[str, str, str]]) -> list[Case]:
    inside = within(category)
    proposed = f"EXISTS (SELECT 1 {FACTS} AND f.status = 'proposed')"
    stock = f"coalesce((SELECT sum(v.stock) {VARIANTS}), 0)"
    picture = (
        "EXISTS (SELECT 1 FROM catalog_productimage i WHERE i.product_id = p.id AND i.file <> '')"
    )
    written = f"EXISTS (SELECT 1 {TEXTS} AND t.origin IN ('ai', 'ai_edited'))"
    return [
        Case("status", "status=draft", "p.status = 'draft'"),
        Case("category", f"category={category['id']}", inside),
        Case("vendor", "vendor=Alder+House", "p.vendor = 'Alder House'"),
        Case("type", "type=Lamp", "p.product_type = 'Lamp'"),
        Case("tag", "tag=gift", "p.tags @> '{gift}'"),
        Case("stock_low", "stock=low", f"{COUNTED} <= 5"),
        Case("stock_none", "stock=none", f"{COUNTED} <= 0"),
        Case("stock_range", "smin=100&smax=120", f"{stock} BETWEEN 100 AND 120"),
        Case("facts_missing", "facts=missing", lacking(wanted)),
        Case("facts_proposed", "facts=proposed", proposed),
        Case("no_text_en", "no_text=en", no_text("en")),
        Case("no_text_zh", "no_text=zh", no_text("zh")),
        Case("ai_none", "ai=none", f"NOT {written}"),
        Case("picture_none", "picture=none", f"NOT {picture}"),
        Case("updated_week", "updated=7", "p.updated_at >= now() - interval '7 days'"),
        Case("since", "since=2026-06-01", "p.updated_at >= '2026-06-01 00:00+00'"),
        Case("price", "min=20&max=30", priced("BETWEEN 2000 AND 3000")),
        Case("price_rare", "min=1499", priced(">= 149900")),
        Case("fact_value", "f.material=linen", LINEN),
        Case("fact_amount", "f.weight.min=1.5+kg", stated("weight", f"{GRAMS} >= 1500")),
        Case("fact_none", "f.material.is=none", f"NOT {stated('material')}"),
    ]  # fmt: skip


def combined(category: dict[str, Any]) -> list[Case]:
    """Filters and orders together: told beside the flatness of each alone, not in it."""
    cotton, active = has("cotton"), "p.status = 'active'"
    return [
        Case("search_by_title", "q=cotton", cotton, "title"),
        Case("search_by_price", "q=cotton", cotton, "price"),
        Case("search_draft", "q=cotton&status=draft", f"{cotton} AND p.status = 'draft'"),
        Case("status_by_title", "status=active", active, "title"),
        Case("category_by_price", f"category={category['id']}", within(category), "price"),
        Case("fact_and_status", "f.material=linen&status=active", f"{LINEN} AND {active}"),
    ]


class Plain:
    """One shop asked in plain SQL, as a role that no policy stops."""

    def __init__(self, cursor: Any, merchant_id: int, page: int = PAGE) -> None:
        self.cursor, self.merchant_id = cursor, merchant_id
        self.page = page  # rows of one
        self.has_added = False

    def value(self, sql: str) -> Any:
        self.cursor.execute(sql, [self.merchant_id])
        return self.cursor.fetchone()[0]

    def count(self, case: Case) -> int:
        self._add_up(case)
        return self.value(f"SELECT count(*) {self._from(case)}")

    def ids(self, case: Case) -> list[str]:
        """The ids the first page must show, in its order."""
        return [str(pk) for _key, pk in self.keys(case, 0, self.page)]

    def last_ids(self, case: Case) -> list[str]:
        return [str(pk) for _key, pk in self.keys(case, 0, self.page, is_turned=True)][::-1]

    def keys(
        self, case: Case, skip: int, n: int, *, is_turned: bool = False
    ) -> list[tuple[Any, Any]]:
        """What `n` rows after `skip` are sorted by: the key and the id; turned, from the end."""
        down = " DESC" if case.sort.startswith("-") != is_turned else ""
        self._add_up(case)
        self.cursor.execute(
            f"SELECT {case.key}, p.id {self._from(case)} "
            f"ORDER BY {case.key}{down}, p.id{down} LIMIT {n} OFFSET {skip}",
            [self.merchant_id],
        )
        return self.cursor.fetchall()

    def stamp(self) -> str:
        """What the shop holds, in a few sums: another one when a product or a variant changed."""
        self.cursor.execute(STAMP, {"shop": self.merchant_id})
        return " ".join(map(str, self.cursor.fetchone()))

    def _add_up(self, case: Case) -> None:
        if "f." in case.key and not self.has_added:
            self.cursor.execute(ADD_UP.format(shop=self.merchant_id))
            self.cursor.execute(f"ANALYZE added_{self.merchant_id}")
            self.has_added = True

    def _from(self, case: Case) -> str:
        figures = FIGURES.format(shop=self.merchant_id) if "f." in case.key else ""
        return (
            "FROM catalog_product p LEFT JOIN catalog_category c ON c.id = p.category_id "
            f"{figures} WHERE p.merchant_id = %s AND p.deleted_at IS NULL "
            f"AND {case.where.replace('%', '%%')}"
        )

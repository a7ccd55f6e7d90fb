"""The product list's addresses that are measured, each with the same question in plain SQL."""

from dataclasses import dataclass
from typing import Any

PAGE = 50
TEXT = "concat_ws(' ', p.title, p.handle, p.vendor, p.product_type, p.search_extra)"
VARIANTS = "FROM catalog_variant v WHERE v.product_id = p.id AND v.deleted_at IS NULL"
FACTS = "FROM catalog_fact f WHERE f.product_id = p.id"
NEWEST = "p.updated_at DESC, p.id DESC"
PRICE = f"coalesce((SELECT min(v.price_cents) {VARIANTS}), 0)"
STOCK = f"coalesce((SELECT sum(v.stock) {VARIANTS}), 0)"
COUNTED = f"(SELECT sum(v.stock) {VARIANTS} AND v.is_stock_tracked)"


@dataclass(frozen=True)
class Case:
    """`query` is the address; `where` and `order` say in SQL which rows it must show."""

    name: str
    query: str = ""
    where: str = "true"
    order: str = NEWEST
    skip: int = 0  # rows before the page


def has(*words: str) -> str:
    return " AND ".join(f"{TEXT} ILIKE '%{word}%'" for word in words)


def no_text(language: str) -> str:
    return (
        "NOT EXISTS (SELECT 1 FROM catalog_producttext t WHERE t.product_id = p.id "
        f"AND t.language = '{language}' AND t.field = 'description' AND t.text <> '')"
    )


def lacking(must_have: dict[str, list[str]]) -> str:
    """Some fact that the family must have is not confirmed; where none must be, every fact."""
    pairs = ", ".join(
        f"('{family}', '{key}')" for family, keys in must_have.items() for key in keys
    )
    known = f"{FACTS} AND f.status = 'confirmed'"
    return (
        f"(EXISTS (SELECT 1 FROM (VALUES {pairs}) m (family, key) WHERE m.family = c.family AND "
        f"NOT EXISTS (SELECT 1 {known} AND f.attribute_id = (SELECT a.id FROM catalog_attribute a "
        f"WHERE a.merchant_id = p.merchant_id AND a.key = m.key))) "
        f"OR NOT EXISTS (SELECT 1 {known}))"
    )


def cases(category: dict[str, Any], must_have: dict[str, list[str]], sku: str) -> list[Case]:
    inside = f"(c.path = '{category['path']}' OR c.path LIKE '{category['path']} > %')"
    return [
        Case("plain"),
        Case("search_common", "q=cotton", has("cotton")),
        Case("search_two_words", "q=linen+shirt", has("linen", "shirt")),
        Case("search_sku", f"q={sku}", has(sku)),
        Case("search_none", "q=zeppelin", "false"),
        Case("search_zh", "q=亚麻", has("亚麻")),
        Case("search_zh_common", "q=棉", has("棉")),
        Case("search_by_title", "q=cotton&sort=title", has("cotton"), "p.title, p.id"),
        Case("search_draft", "q=cotton&status=draft", has("cotton") + " AND p.status = 'draft'"),
        Case("status", "status=draft", "p.status = 'draft'"),
        Case("category", f"category={category['id']}", inside),
        Case("stock_low", "stock=low", f"{COUNTED} <= 5"),
        Case("stock_none", "stock=none", f"{COUNTED} <= 0"),
        Case("facts_missing", "facts=missing", lacking(must_have)),
        Case(
            "facts_proposed",
            "facts=proposed",
            f"EXISTS (SELECT 1 {FACTS} AND f.status = 'proposed')",
        ),
        Case("no_text_en", "no_text=en", no_text("en")),
        Case("no_text_zh", "no_text=zh", no_text("zh")),
        Case("updated_week", "updated=7", "p.updated_at >= now() - interval '7 days'"),
        Case("price", "min=20&max=30", f"EXISTS (SELECT 1 {VARIANTS} AND v.price_cents "
             "BETWEEN 2000 AND 3000)"),
        Case("price_rare", "min=1499", f"EXISTS (SELECT 1 {VARIANTS} AND v.price_cents >= 149900)"),
        Case("sort_updated", "sort=updated", order="p.updated_at, p.id"),
        Case("sort_title", "sort=title", order="p.title, p.id"),
        Case("sort_title_down", "sort=-title", order="p.title DESC, p.id DESC"),
        Case("sort_price", "sort=price", order=f"{PRICE}, p.id"),
        Case("sort_price_down", "sort=-price", order=f"{PRICE} DESC, p.id DESC"),
        Case("sort_stock", "sort=stock", order=f"{STOCK}, p.id"),
        Case("sort_stock_down", "sort=-stock", order=f"{STOCK} DESC, p.id DESC"),
        Case("status_by_title", "status=active&sort=title", "p.status = 'active'",
             "p.title, p.id"),
    ]  # fmt: skip


def expected(cursor: Any, merchant_id: int, case: Case) -> list[str]:
    """The ids this case's page must show, asked in plain SQL without any policy."""
    cursor.execute(
        "SELECT p.id::text FROM catalog_product p LEFT JOIN catalog_category c "
        f"ON c.id = p.category_id WHERE p.merchant_id = %s AND p.deleted_at IS NULL "
        f"AND {case.where.replace('%', '%%')} ORDER BY {case.order} LIMIT {PAGE} OFFSET %s",
        [merchant_id, case.skip],
    )
    return [pk for (pk,) in cursor.fetchall()]


def n_expected(cursor: Any, merchant_id: int, case: Case) -> int:
    cursor.execute(
        "SELECT count(*) FROM catalog_product p LEFT JOIN catalog_category c "
        f"ON c.id = p.category_id WHERE p.merchant_id = %s AND p.deleted_at IS NULL "
        f"AND {case.where.replace('%', '%%')}",
        [merchant_id],
    )
    return cursor.fetchone()[0]

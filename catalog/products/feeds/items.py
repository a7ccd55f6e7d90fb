"""The items of a feed as SQL: one for each variant, every attribute of Google's a column.

`l` is an item. Its `problems` are those of `reasons.REASONS`; one that has a reason to be left out
is no line of the feed.
"""

import re
from collections.abc import Sequence

from catalog.products.exports import sql
from catalog.products.feeds.models import Feed
from catalog.products.feeds.reasons import (
    DESCRIPTION_MAX,
    LEAVES_OUT,
    MORE_PICTURES,
    REASONS,
    TITLE_MAX,
)

# Attributes of Google's that our facts and options know, by the names people give them.
KNOWN_AS = {
    "color": ("color", "colour", "颜色", "色彩"),
    "size": ("size", "尺码", "尺寸", "大小"),
    "material": ("material", "材质", "面料", "材料"),
    "pattern": ("pattern", "图案", "花纹"),
    "gender": ("gender", "性别", "适用性别"),
    "age_group": ("age_group", "age group", "适用人群", "人群"),
}
# Google takes English words alone for these two.
GENDERS = {
    "male": ("male", "men", "man", "men's", "mens", "boys", "boy", "男", "男士", "男款", "男性",
             "男童"),
    "female": ("female", "women", "woman", "women's", "ladies", "girls", "girl", "女", "女士",
               "女款", "女性", "女童"),
    "unisex": ("unisex", "all", "all genders", "男女通用", "中性", "男女同款"),
}  # fmt: skip
AGE_GROUPS = {
    "adult": ("adult", "adults", "成人"),
    "kids": ("kids", "children", "child", "teens", "teenagers", "儿童", "小孩", "青少年"),
    "toddler": ("toddler", "toddlers", "幼儿"),
    "infant": ("infant", "infants", "babies", "baby", "婴儿", "宝宝"),
    "newborn": ("newborn", "newborns", "新生儿"),
}
CATEGORY_KEPT = (
    *("Google Shopping / Google product category", "Google Shopping / Google Product Category"),
    *("google product category", "google_product_category", "g:google_product_category"),
)
MPN_KEPT = (
    *("Google Shopping / Manufacturer part number (MPN)", "Google Shopping / MPN", "mpn", "g:mpn"),
)
PLACES = ("handle", "sku", "id", "language")
PLACE = re.compile(r"\{(\w*)\}")
GTIN_LENGTHS = (8, 12, 13, 14)


def source(
    feed: Feed, chosen: sql.Chosen, cells: str, *, base: str = "", only_good: bool = True
) -> str:
    """`base` is where this site can be reached, for pictures that are kept here."""
    rule = f" WHERE NOT problems && {sql.quoted(LEAVES_OUT)}::text[]" if only_good else ""
    lines = f"SELECT {cells} FROM l{rule} ORDER BY l.product_id, l.n"
    return f"{tables(feed, chosen, base=base)} {lines}"


def tables(feed: Feed, chosen: sql.Chosen, *, base: str = "") -> str:
    """What `l` is made of, for these products, to be put behind a `WITH chosen ...`."""
    problems = ", ".join(
        f"CASE WHEN {reason.when} THEN '{name}' END" for name, reason in REASONS.items()
    )
    return f"""{sql.variants(chosen)},
g AS ({_pictures(feed, chosen, base)}),
t AS ({_texts(feed, chosen)}),
f AS ({_facts(chosen)}),
a AS MATERIALIZED ({_attributes(feed, chosen)}),
b AS (
    SELECT *, CASE WHEN family = 'apparel' THEN concat_ws(', ', CASE WHEN color IS NULL THEN 'color'
        END, CASE WHEN size IS NULL THEN 'size' END, CASE WHEN gender IS NULL THEN 'gender' END,
        CASE WHEN age_group IS NULL THEN 'age_group' END) END AS lacking FROM a
),
l AS MATERIALIZED (SELECT *, array_remove(ARRAY[{problems}], NULL) AS problems FROM b)"""


def _attributes(feed: Feed, chosen: sql.Chosen) -> str:
    texts = _plain("t.description")
    description, is_ai = texts, "t.description_origin IN ('ai', 'ai_edited')"
    if feed.description_source != "description":
        chosen = feed.description_source
        description = f"coalesce({_plain(f't.{chosen}')}, {texts})"
        is_ai = f"coalesce(t.{chosen}_origin, t.description_origin) IN ('ai', 'ai_edited')"
    title, title_is_ai = "p.title", "false"
    if feed.title_source != "title":
        title = f"coalesce(t.{feed.title_source}, p.title)"
        title_is_ai = f"t.{feed.title_source}_origin IN ('ai', 'ai_edited')"
    default = f"nullif({sql.quoted(feed.google_category)}, '')"
    known = ", ".join(_known(name) for name in KNOWN_AS)
    return f"""
SELECT p.id AS product_id, v.n, v.id AS variant_id, v.n_variants, p.handle, p.vendor AS brand,
       CASE WHEN v.sku = '' THEN v.id::text ELSE v.sku END AS id,
       {_one_line(title)} AS title, coalesce({title_is_ai}, false) AS title_is_ai,
       coalesce({description}, '') AS description, coalesce({is_ai}, false) AS description_is_ai,
       {_link(feed)} AS link, g.first AS image_link, g.more AS more_pictures,
       CASE WHEN NOT v.is_stock_tracked OR v.stock > 0 THEN 'in_stock'
            WHEN v.sells_without_stock THEN 'backorder' ELSE 'out_of_stock' END AS availability,
       v.price_cents, v.compare_at_cents, v.cost_cents, v.barcode,
       CASE WHEN {_is_gtin("v.barcode")} THEN v.barcode END AS gtin,
       coalesce({_kept(MPN_KEPT)}, f.own ->> 'mpn') AS mpn,
       coalesce({_kept(CATEGORY_KEPT)}, {default}) AS google_category,
       coalesce(c.path, nullif(p.product_type, '')) AS product_type,
       coalesce(c.family, '') AS family,
       CASE WHEN v.n_variants > 1 THEN CASE WHEN length(p.handle) <= 50 THEN p.handle
            ELSE p.id::text END END AS item_group_id,
       v.weight_grams, {known}
FROM chosen s JOIN catalog_product p ON p.id = s.id JOIN v ON v.product_id = p.id
LEFT JOIN catalog_category c ON c.id = p.category_id
LEFT JOIN g ON g.product_id = p.id
LEFT JOIN t ON t.product_id = p.id
LEFT JOIN f ON f.product_id = p.id
WHERE {chosen.between("p.id")}"""


def _pictures(feed: Feed, chosen: sql.Chosen, base: str) -> str:
    """The address outside, else ours where one is given; in the order of the product's page."""
    ours = "NULL"
    if base:
        place = sql.quoted(f"{base}/feeds/pictures/{feed.picture_token}/")
        ours = f"CASE WHEN file <> '' THEN {place} || id || '/' END"
    return f"""
SELECT product_id, (array_agg(address ORDER BY position, id))[1] AS first,
       (array_agg(address ORDER BY position, id))[2:{MORE_PICTURES + 1}] AS more
FROM (
    SELECT product_id, position, id, coalesce(nullif(source_url, ''), {ours}) AS address
    FROM catalog_productimage WHERE {chosen.among()}
) i WHERE address IS NOT NULL GROUP BY product_id"""


def _texts(feed: Feed, chosen: sql.Chosen) -> str:
    fields = {"description", feed.description_source, feed.title_source} - {"title"}
    columns = "".join(
        f", any_value(text) FILTER (WHERE field = '{name}') AS {name}, "
        f"any_value(origin) FILTER (WHERE field = '{name}') AS {name}_origin"
        for name in sorted(fields)
    )
    return f"""
SELECT product_id{columns} FROM catalog_producttext
WHERE language = {sql.quoted(feed.language)} AND text <> '' AND {chosen.among()}
GROUP BY product_id"""


def _facts(chosen: sql.Chosen) -> str:
    """Confirmed facts by the attribute they speak of: the product's own, and its variants'."""
    pairs = [(key, name) for name, keys in KNOWN_AS.items() for key in keys]
    pairs += [("model_number", "mpn"), ("mpn", "mpn")]
    values = ", ".join(f"({sql.quoted(key)}, '{name}')" for key, name in pairs)
    return f"""
SELECT product_id, jsonb_object_agg(name, value) FILTER (WHERE variant_id IS NULL) AS own,
       jsonb_object_agg(variant_id || name, value) FILTER (WHERE variant_id IS NOT NULL)
       AS of_variant
FROM (
    SELECT f.product_id, f.variant_id, k.name, string_agg(f.value, '/' ORDER BY f.id) AS value
    FROM catalog_fact f JOIN catalog_attribute a ON a.id = f.attribute_id
    JOIN (VALUES {values}) k (key, name) ON k.key = lower(a.key)
    WHERE f.status = 'confirmed' AND {chosen.among("f.product_id")}
    GROUP BY 1, 2, 3
) named GROUP BY product_id"""


def _known(name: str) -> str:
    """What the variant's option says, else its own fact, else the product's."""
    words = sql.quoted(list(KNOWN_AS[name]))
    option = (
        "(SELECT nullif(v.options[k], '') FROM generate_subscripts(p.option_names, 1) k "
        f"WHERE lower(p.option_names[k]) = ANY ({words}) LIMIT 1)"
    )
    found = (
        f"coalesce(CASE WHEN p.option_names <> '{{}}' THEN {option} END, "
        f"f.of_variant ->> (v.id || '{name}'), f.own ->> '{name}')"
    )
    if name == "gender":
        found = _in_google_words(found, GENDERS)
    if name == "age_group":
        found = _in_google_words(found, AGE_GROUPS)
    return f"{found} AS {name}"


def _in_google_words(found: str, words: dict[str, tuple[str, ...]]) -> str:
    cases = " ".join(
        f"WHEN {sql.quoted(word)} THEN '{name}'" for name, all_ in words.items() for word in all_
    )
    return f"CASE lower({found}) {cases} END"


def _kept(names: Sequence[str]) -> str:
    each = ", ".join(f"nullif(p.extra ->> {sql.quoted(name)}, '')" for name in names)
    return f"CASE WHEN p.extra <> '{{}}' THEN coalesce({each}) END"


def _one_line(text: str) -> str:
    return rf"btrim(regexp_replace({text}, '\s+', ' ', 'g'))"


def _plain(html: str) -> str:
    """What a description says, without its marks."""
    text = f"regexp_replace({html}, '<[^>]*>', ' ', 'g')"
    for entity, letter in (("nbsp", " "), ("lt", "<"), ("gt", ">"), ("quot", '"'), ("#39", "'")):
        text = f"replace({text}, '&{entity};', {sql.quoted(letter)})"
    return _one_line(f"replace({text}, '&amp;', '&')")


def _is_gtin(name: str) -> str:
    """Eight, twelve, thirteen or fourteen digits whose last one is right."""
    lengths = "|".join(f"[0-9]{{{n}}}" for n in GTIN_LENGTHS)
    digits = " + ".join(
        f"({name}::bigint / {10**place} % 10) * {3 if place % 2 else 1}" for place in range(14)
    )
    return f"CASE WHEN {name} ~ '^({lengths})$' THEN ({digits}) % 10 = 0 ELSE false END"


def _link(feed: Feed) -> str:
    """The pattern with its places filled, each as an address spells it."""
    if not feed.link:
        return "NULL::text"
    values = {
        "handle": _in_address("p.handle"),
        "sku": _in_address("v.sku"),
        "id": "p.id::text",
        "language": sql.quoted(feed.language),
    }
    parts, at = [], 0
    for found in PLACE.finditer(feed.link):
        parts += [sql.quoted(feed.link[at : found.start()]), values[found[1]]]
        at = found.end()
    return f"concat({', '.join([*parts, sql.quoted(feed.link[at:])])})"


def _in_address(name: str) -> str:
    spelled = f"upper(encode(convert_to({name}, 'UTF8'), 'hex'))"
    return (
        f"CASE WHEN {name} ~ '^[A-Za-z0-9._~-]*$' THEN {name} "
        rf"ELSE regexp_replace({spelled}, '(..)', '%\1', 'g') END"
    )


def cut(name: str) -> str:
    """A text no longer than Google takes it."""
    most = TITLE_MAX if name == "title" else DESCRIPTION_MAX
    return f"left(l.{name}, {most})"

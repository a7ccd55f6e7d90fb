"""What shops, suppliers and other software call our fields, in English and Chinese.

Names are written as `normal` compares them. Each stands once: the first field that takes a name
has it. What is only similar to one of these is suggested; what is one of these is taken.
"""

import difflib
import re
from collections.abc import Iterable

NAMES = {
    "handle": "handle, slug, url key, urlkey, permalink, product handle, 别名, 链接名, 商品标识",
    "title": "title, name, product name, product title, product, item name, item title, "
    "designation, 名称, 标题, 商品名称, 商品名, 产品名称, 品名, 商品标题, 产品标题, "
    "宝贝标题, 宝贝名称",
    "description": "description, desc, long description, body, details, "
    "product description, full description, text, content, 描述, 商品描述, 详情, 商品详情, "
    "产品描述, 产品详情, 说明, 介绍, 宝贝描述",
    "vendor": "vendor, brand, brand name, manufacturer, maker, supplier, publisher, 品牌, 厂家, "
    "制造商, 供应商, 厂商",
    "category": "category, categories, category path, category name, product category, path, "
    "department, section, collection, collections, 分类, 类目, 商品分类, 类别, 产品分类, "
    "商品类目, 宝贝类目, 品类",
    "product_type": "product type, type of product, item type, attribute set, attribute set code, "
    "kind, class, product class, 类型, 商品类型, 产品类型",
    "tags": "tags, tag, keywords, labels, 标签, 关键词, 关键字",
    "published": "published, visible, online, enabled, is active, active, 上架, 是否上架, 已发布",
    "status": "status, state, product status, 状态, 商品状态",
    "sku": "sku, sku code, item sku, stock keeping unit, article number, article no, "
    "article, item number, item no, item code, product code, product number, product id, id, "
    "code, model, model number, reference, ref, part number, artikelnummer, 编码, 商品编码, "
    "货号, 商品编号, 产品编号, 编号, 商家编码, 规格编码, 款号, 型号",
    "barcode": "barcode, bar code, ean, ean13, ean 13, upc, gtin, isbn, isbn13, isbn 13, jan, "
    "条码, 条形码, 商品条码, 国际条码",
    "price": "price, unit price, sales price, selling price, retail price, list price, "
    "rrp, msrp, price incl tax, amount, cost to customer, preis, "
    "价格, 售价, 单价, 销售价, 零售价, 商品价格, 一口价, 现价, 标价",
    "sale_price": "sale price, special price, offer price, discount price, discounted price, "
    "promo price, promotional price, 促销价, 特价, 活动价, 优惠价, 折扣价",
    "compare_at": "compare at, compare at price, compare-at price, original price, was price, "
    "old price, price before, strike price, 原价, 划线价, 市场价, 吊牌价",
    "cost": "cost, cost price, unit cost, cost per item, purchase price, buying price, "
    "wholesale price, 成本, 成本价, 进价, 进货价, 采购价",
    "stock": "stock, qty, quantity, inventory, stock level, stock quantity, quantity in stock, "
    "in stock, on hand, inventory quantity, available quantity, num in stock, "
    "库存, 数量, 库存数量, 商品数量, 可售数量, 现货, 库存量",
    "weight_grams": "weight grams, weight g, weight in grams, weight (g), weight(g), grams, "
    "重量克, 重量 (克), 重量（克）, 克重, 重量g, 重量(g)",
    "image_url": "image url, image, images, picture, picture url, pictures, "
    "photo, photo url, img, img url, main image, base image, thumbnail, "
    "image 1, image1, cover, 图片, 图片地址, 图片链接, 主图, 商品图片, 图片网址, 商品主图",
    "image_alt": "image alt, image alt text, alt text, alternative text, 图片说明, 替代文字",
    "seo_title": "seo title, meta title, page title, 页面标题",
    "seo_description": "seo description, meta description, 页面描述",
    "option1_value": "option 1, variation, variation value, 规格, 规格值, 规格名称",
    "option2_value": "option 2, 规格2",
    "more_images": "additional images, additional image, more images, "
    "other images, gallery, media gallery, image 2, image2, image 3, image3, image 4, image4, "
    "image 5, image5, picture 2, photo 2, 附图, 更多图片, 副图, 商品图册, 详情图",
    "pairs": "additional attributes, attributes, properties, specifications, specs, 属性, "
    "商品属性, 参数, 规格参数, 产品参数, 宝贝属性",
}
CLOSE = 0.76  # similarity above which a name is worth suggesting


def normal(name: str) -> str:
    """A header as it is compared: lower case, single blanks, no marks."""
    return " ".join(re.sub(r"[_\s]+", " ", name.replace("\ufeff", "")).casefold().split())


def _fields() -> dict[str, str]:
    found: dict[str, str] = {}
    for field, names in NAMES.items():
        for name in names.split(", "):
            found.setdefault(name, field)
    return found


FIELD_OF = _fields()


def field_named(name: str) -> str:
    """The field that a column of this name is for, or ""."""
    wanted = normal(name)
    return FIELD_OF.get(wanted) or FIELD_OF.get(re.sub(r"[-.:/*]+", " ", wanted).strip(), "")


def is_known_name(name: str) -> bool:
    return bool(field_named(name))


def nearest_field(name: str, names: Iterable[str] = ()) -> str:
    """The field one of whose names looks most like this one, or "" where none is near."""
    wanted = normal(name)
    close = difflib.get_close_matches(wanted, FIELD_OF, n=1, cutoff=CLOSE)
    if close:
        return FIELD_OF[close[0]]
    # A name inside a longer one: "price (eur)", "商品名称（中文）", "our sku".
    parts = [n for n in FIELD_OF if _stands_in(n, wanted)]
    return FIELD_OF[max(parts, key=len)] if parts else ""


def _stands_in(name: str, wanted: str) -> bool:
    if name.isascii():
        return len(name) > 2 and re.search(rf"\b{re.escape(name)}\b", wanted) is not None
    return len(name) > 1 and name in wanted

"""Texts that already stand in the shops for some products, written by people.

An opening says what the thing is for without claiming anything of it; what is claimed are its
confirmed facts, as a list.
"""

import random
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from catalog.demo.seeded import make_id
from catalog.products.vocabulary import KINDS, format_quantity, type_of

if TYPE_CHECKING:
    from catalog.demo.catalogue import Item
    from catalog.demo.shops import DemoShop

Row = dict[str, Any]
OPENINGS = {
    "apparel": [
        ("Some clothes are for one day of the year. {title} is for the others.",
         "有些衣服一年只穿一天，{title}适合剩下的每一天。"),
        ("Put it on in the morning and forget about it until the evening.",
         "早上穿上，到晚上都不用再惦记它。"),
    ],
    "jewellery": [
        ("Small enough to wear every day, and worth a second look.",
         "小巧，每天都戴得住，也值得多看一眼。"),
        ("A gift for someone you know well, or for yourself.",
         "送给熟悉的人，也可以送给自己。"),
    ],
    "bags": [
        ("Everything you carry, in one place.", "要带的东西，都有地方放。"),
        ("For the way to work, and for the weekend after it.", "平日通勤，周末出门，一只就够。"),
    ],
    "watches": [
        ("One look tells you the time; the second look is for pleasure.",
         "看一眼是时间，再看一眼是喜欢。"),
        ("A watch for people who like to be on time and hate to hurry.",
         "写给喜欢准时、又不爱赶路的人。"),
    ],
    "books": [
        ("For the chair by the window, with a pot of tea beside it.",
         "适合窗边的椅子，手边再放一壶茶。"),
        ("Open it anywhere and read on.", "随手翻开一页，都可以读下去。"),
    ],
    "kitchen": [
        ("Made for the kitchen you cook in every day.", "给每天都开火的厨房。"),
        ("You will reach for it more often than you think.", "用起来会比想象中更顺手、更常用。"),
    ],
    "furniture": [
        ("A piece to live with.", "可以长久相处的一件家具。"),
        ("Bring it in, move it twice, and it has found its place.",
         "搬进来，挪两次，就找到了自己的位置。"),
    ],
    "electronics": [
        ("It does its work and leaves you to yours.", "它做好它的事，你专心做你的事。"),
        ("Set it up once, then use it every day.", "设置一次，天天能用。"),
    ],
    "toys": [
        ("For rainy afternoons and early Sunday mornings.", "陪孩子度过下雨的午后和早起的周日。"),
        ("Made to be played with, not looked at.", "是拿来玩的，不是拿来摆的。"),
    ],
    "tea_food": [
        ("Put the water on, the rest takes care of itself.", "先把水烧上，剩下的慢慢来。"),
        ("Good on its own, better with company.", "一个人享用不错，有朋友更好。"),
    ],
    "sport": [
        ("For the days you want to go, and for the days you do not.",
         "想动的日子用它，不想动的日子也用它。"),
        ("Pack it, go out, come back tired.", "带上它出门，累了再回来。"),
    ],
    "beauty": [
        ("Two quiet minutes at the start or the end of the day.", "早晚各留两分钟给自己。"),
        ("A short routine is one you keep.", "步骤简单，才坚持得下来。"),
    ],
}  # fmt: skip


def texts_of(
    shop: "DemoShop", item: "Item", attributes: dict[str, Row], rng: random.Random
) -> list[Row]:
    """A description and a short title, and for some products SEO texts."""
    confirmed = [fact for fact in item.facts if fact["status"] == "confirmed"]
    by_id = {row["id"]: row for row in attributes.values()}
    said = [_said(shop.language, by_id[f["attribute_id"]], f) for f in confirmed]
    opening = shop.pick(rng.choice(OPENINGS[item.kind.family])).format(title=item.line.title)
    bullets = "".join(f"<li>{text}</li>" for text in said[:7])
    texts = {
        "description": f"<p>{opening}</p><ul>{bullets}</ul>",
        "short_title": item.line.title[:60],
    }
    if rng.random() < 0.5:
        noun = type_of(item.kind.noun)[1]
        name = shop.pick((noun.noun_en, noun.noun_zh))
        texts["seo_title"] = f"{item.line.title} | {shop.name}"
        texts["seo_description"] = (
            shop.pick(
                (f"{item.line.title}: {name} by {item.line.brand}. ", f"{item.line.brand}{name}。")
            )
            + shop.pick((". ", "；")).join(said[:3])
            + shop.pick((".", "。"))
        )
    return [_row(shop, item, name, text, rng) for name, text in texts.items()]


def _said(language: str, attribute: Row, fact: Row) -> str:
    label = attribute["label_zh"] if language == "zh" else attribute["label_en"]
    value = fact["value"]
    kind = KINDS[attribute["key"]]
    if kind.type == "number":
        value = format_quantity(fact["number"], fact["unit"], language, key=kind.key)
    elif fact["unit"]:
        value = f"{value} {fact['unit']}"
    return f"{label}：{value}" if language == "zh" else f"{label}: {value}"


def _row(shop: "DemoShop", item: "Item", name: str, text: str, rng: random.Random) -> Row:
    written = item.row["created_at"] + timedelta(hours=rng.uniform(1, 200))
    return {
        "id": make_id(rng, written),
        "product_id": item.id,
        "language": shop.language,
        "field": name,
        "text": text,
        "origin": "person" if rng.random() < 0.6 else "import",
        "provenance": {},
        "approved_by_id": None,
        "updated_at": written,
        "version": 1,
    }

"""A shop's customers: who they are and what they like.

Each belongs to one taste group, which weighs product families; likes one price band (the cheap,
middle or dear third of every type) twice as much as the others; has two favourite brands, which
weigh three times as much; and keeps one size. How often one buys and when one stops follow the
BG/NBD idea (Fader, Hardie and Lee 2005): a gamma-distributed rate while a customer is active,
and after every order a beta-distributed chance of never coming back, so that many buy once, some
lapse and a few carry the shop.
"""

import hashlib
import random
from dataclasses import dataclass
from typing import Any

from catalog.demo.seeded import DAYS, chance, days_ago, make_id
from catalog.demo.shops import DemoShop

TASTES = {
    "cook": {"kitchen": 5, "tea_food": 3, "furniture": 1, "books": 1},
    "runner": {"sport": 5, "apparel": 2, "watches": 1, "electronics": 1, "bags": 0.5},
    "stylist": {"apparel": 4, "jewellery": 3, "beauty": 3, "bags": 1.5},
    "parent": {"toys": 5, "books": 2, "apparel": 1, "kitchen": 1},
    "photographer": {"electronics": 5, "bags": 2, "watches": 1.5, "books": 1},
    "reader": {"books": 4, "tea_food": 4, "kitchen": 1.5, "furniture": 1},
}
ELSEWHERE = 0.12  # the weight of a family outside one's taste
SHARE_NEVER_ORDERED = 0.05
SHARE_TRACKED = 0.45  # agreed to be followed through the shop
MEAN_DAYS_BETWEEN = 30  # of the average active customer
RATE_SHAPE = 1.1  # of the gamma: small means rates differ much
LAPSE = (0.55, 2.2)  # of the beta
FIRST = {
    "en": "Anna Lukas Marie Jonas Clara Felix Ida Oskar Nina Paul Greta Emil Sofia Hugo Lea Max "
    "Elin Arthur Maja Theo Alice Victor Emma Noah Freya Simon Julia Martin Helen Daniel",
    "zh": "子涵 雨桐 浩然 思远 佳怡 俊杰 欣妍 宇轩 梦琪 志强 晓明 丽华 建国 静怡 文博 诗雨 天宇 "
    "若兰 明哲 雅琴 家豪 慧敏 立新 晨曦 嘉宁 安然 书瑶 一鸣 春燕 海峰",
}
LAST = {
    "en": "Berg Keller Lund Moreau Jansen Byrne Holm Weber Fischer Dubois Visser Doyle Nyberg "
    "Hofer Brandt Lemoine Bakker Walsh Ekman Gruber Sommer Roux Dekker Quinn Lindahl Pichler",
    "zh": "王 李 张 刘 陈 杨 赵 黄 周 吴 徐 孙 胡 朱 高 林 何 郭 马 罗 梁 宋 郑 谢 韩 唐",
}


@dataclass
class Customer:
    row: dict[str, Any]
    taste: str
    price_band: int  # 0 cheap, 1 middle, 2 dear
    brands: tuple[str, ...]
    size_index: int
    days_between: float
    lapse_chance: float
    joined_days_ago: float
    buys: bool
    is_tracked: bool


def build(shop: DemoShop, *, n: int, brands: list[str]) -> list[Customer]:
    return [_customer(shop, i, brands) for i in range(n)]


def _customer(shop: DemoShop, i: int, brands: list[str]) -> Customer:
    rng = chance(shop.slug, "customer", i)
    joined = DAYS * rng.random() ** 0.8  # a little more than half joined in the older half
    taste = rng.choice(list(TASTES))
    return Customer(
        row=_row(shop, i, joined, rng),
        taste=taste,
        price_band=rng.choices((0, 1, 2), (0.4, 0.4, 0.2))[0],
        brands=tuple(rng.sample(brands, 2)),
        size_index=rng.choices(range(6), (2, 4, 4, 3, 1, 1))[0],
        days_between=MEAN_DAYS_BETWEEN / max(rng.gammavariate(RATE_SHAPE, 1 / RATE_SHAPE), 0.05),
        lapse_chance=rng.betavariate(*LAPSE),
        joined_days_ago=max(joined, 1.0),
        buys=rng.random() >= SHARE_NEVER_ORDERED,
        is_tracked=rng.random() < SHARE_TRACKED,
    )


def _row(shop: DemoShop, i: int, joined: float, rng: random.Random) -> dict[str, Any]:
    created = days_ago(max(joined, 1.0) + 1)
    language = shop.language if rng.random() < 0.93 else shop.other_language
    first, last = rng.choice(FIRST[language].split()), rng.choice(LAST[language].split())
    countries, weights = zip(*shop.countries, strict=True)
    email = f"customer{i + 1}@{shop.slug}.example"
    return {
        "id": make_id(rng, created),
        "external_id": f"{shop.code}-C{10001 + i}",
        "name": f"{last}{first}" if language == "zh" else f"{first} {last}",
        "email_sha256": hashlib.sha256(email.encode()).hexdigest(),
        "language": language,
        "country": rng.choices(countries, weights)[0],
        "accepts_marketing": rng.random() < 0.55,
        "tags": [],
        "created_at": created,
    }

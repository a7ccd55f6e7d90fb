"""Twelve products, one a family, as a shop would state them."""

from dataclasses import dataclass
from decimal import Decimal

from aiassist.copywriting.engine import CopyRequest, Fact


def fact(key: str, value: str = "", number: str | None = None, unit: str = "", **labels) -> Fact:
    amount = None if number is None else Decimal(number)
    return Fact(key, key, value, amount, unit, **labels)


@dataclass(frozen=True)
class Sample:
    name: str
    name_zh: str
    brand: str
    family: str
    type: str
    facts: tuple[Fact, ...]

    def request(self, lang: str = "en", **wishes) -> CopyRequest:
        asked = {
            "product_id": self.type,
            "name": self.name_zh if lang == "zh" else self.name,
            "name_lang": lang,
            "brand": self.brand,
            "family": self.family,
            "product_type": self.type,
            "facts": self.facts,
            "lang": lang,
            "field": "description",
            "tone": "formal",
            "max_chars": None,
            "keywords": (),
            "approved_texts": (),
            "seed": 1,
        }
        return CopyRequest(**(asked | wishes))


T_SHIRT = Sample(
    "Lumo Crew T-Shirt", "鹭墨圆领T恤", "Lumo", "apparel", "t_shirt",
    (
        fact("material", "Organic cotton"), fact("colour", "sage green"), fact("fit", "regular"),
        fact("sleeve_length", "short"), fact("neckline", "crew neck"),
        fact("fabric_weight", number="220", unit="gsm"),
        fact("care", "machine wash at 30 °C, do not bleach"), fact("sizes", "S, M, L, XL"),
        fact("origin", "Portugal"),
    ),
)  # fmt: skip
RING = Sample(
    "Aurora Moonstone Ring", "极光月光石戒指", "Veyra", "jewellery", "ring",
    (
        fact("metal", "sterling silver"), fact("gemstone", "moonstone"),
        fact("carat", number="1.2", unit="carat"), fact("setting", "bezel"),
        fact("plating", "rhodium"), fact("occasion", "weddings"),
    ),
)  # fmt: skip
BACKPACK = Sample(
    "Kestrel Backpack", "红隼双肩包", "Kestrel", "bags", "backpack",
    (
        fact("material", "recycled nylon"), fact("colour", "navy"),
        fact("dimensions", "30 x 15 x 45 cm"), fact("capacity", number="22", unit="L"),
        fact("laptop_size", number="15.6", unit="in"),
        fact("features", "laptop compartment, side pockets, water repellent"),
        fact("closure", "zip"), fact("warranty", number="2", unit="years"),
        fact("weight", number="850", unit="g"),
    ),
)  # fmt: skip
WATCH = Sample(
    "Meridian Diver 300", "子午线潜水表", "Meridian", "watches", "diving_watch",
    (
        fact("movement", "automatic"), fact("case_diameter", number="42", unit="mm"),
        fact("water_resistance", number="300", unit="m"),
        fact("case_material", "stainless steel"), fact("crystal", "sapphire"),
        fact("dial_colour", "blue"), fact("strap_material", "rubber"),
        fact("power_reserve", number="70", unit="h"),
        fact("features", "luminous hands, rotating bezel, date display"),
    ),
)  # fmt: skip
NOVEL = Sample(
    "Rain Over Suzhou", "雨落苏州", "", "books", "novel",
    (
        fact("author", "Lin Mei"), fact("pages", number="312", unit="pages"),
        fact("publisher", "Paper Crane Press"), fact("language", "English"),
        fact("format", "hardcover"), fact("genre", "mystery"),
        fact("publication_year", "2023", "2023"), fact("dimensions", "14x21x2.5 cm"),
    ),
)  # fmt: skip
KETTLE = Sample(
    "Harrow Stovetop Kettle", "哈罗水壶", "Harrow", "kitchen", "kettle",
    (
        fact("material", "Stainless steel"), fact("capacity", number="1.8", unit="L"),
        fact("finish", "matte"), fact("colour", "black"),
        fact("features", "whistle, heat-resistant handle"),
        fact("weight", number="950", unit="g"), fact("warranty", number="2", unit="years"),
        fact("dishwasher_safe", "no"), fact("heat_source", "gas, induction, electric"),
        fact("spout_angle", "15", "15", "degree", label_en="Spout angle", label_zh="壶嘴角度",
             type="number"),
    ),
)  # fmt: skip
DESK = Sample(
    "Nordhem Standing Desk", "诺德升降书桌", "Nordhem", "furniture", "desk",
    (
        fact("material", "bamboo"), fact("colour", "natural"),
        fact("dimensions", "140 x 70 x 75 cm"), fact("load_capacity", number="120", unit="kg"),
        fact("features", "dual motor, memory presets, height adjustable"),
        fact("frame_material", "steel"), fact("warranty", number="5", unit="years"),
        fact("assembly", "partly required"),
    ),
)  # fmt: skip
HEADPHONES = Sample(
    "Aurix Wireless Headphones", "奥锐无线头戴式耳机", "Aurix", "electronics", "headphones",
    (
        fact("colour", "graphite"), fact("battery_life", number="40", unit="h"),
        fact("connectivity", "Bluetooth 5.3, USB-C"), fact("weight", number="262", unit="g"),
        fact("driver_size", number="40", unit="mm"),
        fact("features", "noise cancelling, foldable, USB-C charging"),
        fact("charging_time", number="90", unit="min"),
        fact("includes", "carry case, USB cable"),
    ),
)  # fmt: skip
BLOCKS = Sample(
    "Pebble Tower", "卵石塔积木", "Kiko", "toys", "building_blocks",
    (
        fact("material", "beech"), fact("min_age", number="3", unit="years"),
        fact("pieces", number="48", unit="pcs"), fact("includes", "storage box, stickers"),
        fact("weight", number="1.1", unit="kg"), fact("players", "1-4"),
    ),
)  # fmt: skip
TEA = Sample(
    "West Lake Garden Longjing Green Tea", "西湖花园龙井绿茶", "West Lake Garden", "tea_food",
    "green_tea",
    (
        fact("flavour", "chestnut"), fact("net_weight", number="250", unit="g"),
        fact("ingredients", "tea leaves"), fact("region", "Hangzhou"),
        fact("harvest_season", "spring"), fact("harvest_year", "2025", "2025"),
        fact("shelf_life", number="18", unit="months"), fact("packaging", "tin"),
        fact("brewing_temperature", number="80", unit="celsius"),
        fact("storage", "cool and dry"),
    ),
)  # fmt: skip
YOGA_MAT = Sample(
    "Stillpoint Yoga Mat", "止境瑜伽垫", "Stillpoint", "sport", "yoga_mat",
    (
        fact("material", "natural rubber"), fact("activity", "yoga"),
        fact("thickness", number="5", unit="mm"), fact("length", number="183", unit="cm"),
        fact("width", number="61", unit="cm"), fact("weight", number="2.4", unit="kg"),
        fact("features", "non-slip surface, carry strap"),
        fact("groove_depth", "0.4 mm", label_en="Groove depth", label_zh="沟槽深度",
             type="number"),
    ),
)  # fmt: skip
SERUM = Sample(
    "Dewlight Serum", "露光精华液", "Dewlight", "beauty", "serum",
    (
        fact("skin_type", "dry, sensitive"), fact("volume", number="30", unit="ml"),
        fact("active_ingredients", "hyaluronic acid, niacinamide"),
        fact("fragrance_free", "yes"), fact("diet", "vegan, cruelty free"),
        fact("period_after_opening", number="6", unit="months"), fact("texture", "gel"),
        fact("packaging", "glass bottle"),
    ),
)  # fmt: skip

SAMPLES = (
    T_SHIRT, RING, BACKPACK, WATCH, NOVEL, KETTLE, DESK, HEADPHONES, BLOCKS, TEA, YOGA_MAT, SERUM,
)  # fmt: skip

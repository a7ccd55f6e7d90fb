"""What generated brands, titles and prices are put together from; the words are in words.txt."""

from pathlib import Path

LINES = Path(__file__).with_suffix(".txt").read_text(encoding="utf-8").splitlines()
WORDS = {
    name: words.split(", ")
    for name, words in (line.split(": ") for line in LINES if not line.startswith("#"))
}
# The facts a title may name, and those it may add behind a comma; the first it has of each.
NAMED, ADDED, TAGGED = WORDS["named"], WORDS["added"], WORDS["tagged"]
SELLING_WORDS = (("new", "新品"), ("bestseller", "热卖"), ("gift", "礼品"), ("sale", "特惠"))
# Lowest and highest usual price of a family, in whole euros; yuan are eight times as many.
PRICES = {
    "apparel": (12, 240),
    "jewellery": (25, 900),
    "bags": (20, 320),
    "watches": (60, 1500),
    "books": (8, 45),
    "kitchen": (9, 180),
    "furniture": (35, 1600),
    "electronics": (25, 900),
    "toys": (9, 120),
    "tea_food": (5, 60),
    "sport": (15, 380),
    "beauty": (6, 70),
}
YUAN_PER_EURO = 8


def series(language: str) -> list[str]:
    return WORDS["series_zh" if language == "zh" else "series"]


def brands(language: str) -> list[str]:
    """Every first word with every last one; two characters in Chinese, as most brands have."""
    if language == "zh":
        return [a + b for a in WORDS["brand_first_zh"] for b in WORDS["brand_last_zh"]]
    return [f"{a} {b}" for a in WORDS["brand_first"] for b in WORDS["brand_last"]]

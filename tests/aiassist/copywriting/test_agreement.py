"""The composer and the guard agree on the demo's products, and the guard still sees a mistake."""

from functools import cache

import pytest

from aiassist.copywriting.composer import Composer
from aiassist.copywriting.engine import TONES, DraftText
from aiassist.copywriting.guard import Policy, check
from catalog.demo.shops import SHOPS
from tests.aiassist.copywriting.samples import fact
from tests.bench.guard_products import Stated, demo_products, sample

N_OF_A_SHOP = 30
FIELDS = ("description", "bullets")
MISTAKES = {
    "en": (
        "It weighs 4711 g.",
        "It is handmade.",
        "It is the best of all.",
        "It is made of cork.",
        "It comes with a carrying strap.",
        "It lasts 777 hours.",
    ),
    "zh": (
        "它重4711克。",
        "它由手工制作。",
        "它是最好的。",
        "它采用软木制成。",
        "它附赠雨罩。",
        "它续航777小时。",
    ),
}


@cache
def chosen(slug: str) -> list[Stated]:
    shop = next(shop for shop in SHOPS if shop.slug == slug)
    return sample(demo_products(shop), N_OF_A_SHOP)


def blocking(text: str, facts, policy: Policy) -> list[str]:
    return [f.span_text for f in check(text, facts, policy) if f.level == "block"]


def texts(slug: str, lang: str, field: str):
    for n, product in enumerate(chosen(slug)):
        answer = Composer().generate([product.request(lang, field, TONES[n % len(TONES)])])[0]
        assert isinstance(answer, DraftText), product.name
        yield product, answer.text


@pytest.mark.parametrize("field", FIELDS)
@pytest.mark.parametrize("lang", ["en", "zh"])
@pytest.mark.parametrize("shop", SHOPS, ids=lambda shop: shop.slug)
def test_what_the_composer_writes_of_a_real_product_passes(shop, lang, field):
    for product, text in texts(shop.slug, lang, field):
        assert blocking(text, product.facts, product.policy(lang)) == [], text


@pytest.mark.parametrize("field", FIELDS)
@pytest.mark.parametrize("lang", ["en", "zh"])
@pytest.mark.parametrize("shop", SHOPS, ids=lambda shop: shop.slug)
def test_one_mistake_in_the_same_text_is_seen(shop, lang, field):
    for n, (product, text) in enumerate(texts(shop.slug, lang, field)):
        mistake = MISTAKES[lang][n % len(MISTAKES[lang])]
        planted = f"{text}\n{mistake}"
        found = check(planted, product.facts, product.policy(lang))
        assert any(f.level == "block" and f.start > len(text) for f in found), planted


HEADPHONES = (fact("battery_life", number="40", unit="h"), fact("colour", "black"))
TEAPOT = (fact("capacity", number="380", unit="ml"), fact("material", "紫砂"))
BACKPACK = (
    fact("pockets", "4", "4"),
    fact("compartments", "3", "3"),
    fact("capacity", number="18", unit="L"),
    fact("laptop_size", number="15.6", unit="in"),
)
TOY = (
    fact("min_age", number="4", unit="years", label_en="Recommended age"),
    fact("batteries", "no batteries"),
)

# name, brand, facts, what may be said of it, what may not
PAIRS = [
    (
        "Longhaul headphones, 55 h", "", HEADPHONES,
        "Meet the Longhaul headphones, 55 h: they come in black. Battery life: 40 hours.",
        [
            "The Longhaul headphones run for 55 h.",
            "The Longhaul headphones, 60 h come in black.",
            "Longhaul headphones, 55 h of battery life.",
            "Longhaul headphones, 55 h battery life.",
            "Longhaul headphones, 55 hours.",
        ],
    ),
    (
        "One Pan, Forty Suppers", "", (fact("pages", number="256", unit="pages"),),
        "“One Pan, Forty Suppers” has 256 pages.",
        ["It has forty recipes.", "It has 40 pages.", "One Pan, Forty Dinners has 256 pages."],
    ),
    (
        "紫砂茶壶400毫升", "", TEAPOT,
        "紫砂茶壶400毫升采用紫砂材质，容量为380毫升。",
        ["它的容量为400毫升。", "紫砂茶壶450毫升采用紫砂材质。", "紫砂茶壶400毫升的容量。"],
    ),
    (
        "十条船和一只鸭", "", (fact("pages", number="32", unit="pages"),),
        "《十条船和一只鸭》共32页。",
        ["书中有十条船。", "《十条船和两只鸭》共32页。"],
    ),
    (
        "Boho Earrings", "Company 123", (fact("metal", "silver"),),
        "Boho Earrings in silver | Company 123",
        ["They weigh 123 g.", "Boho Earrings in silver | Company 124"],
    ),
    (
        "朱砂口红", "", (fact("shade", "正红"), fact("volume", number="4", unit="ml")),
        "朱砂口红是一支口红，净含量为4毫升。",
        ["一共两支口红。", "它含200支。"],
    ),
    (
        "亚麻衬衫", "", (fact("pattern", "solid"), fact("material", "cotton")),
        "这件衬衫为纯色款式，材质为棉。",
        ["这件衬衫材质为纯棉。", "这件衬衫为条纹款式。"],
    ),
    (
        "桂花香皂", "", (fact("diet", "vegan"), fact("scent", "osmanthus")),
        "它的产品属性为纯素。",
        ["它的产品属性为纯天然。", "它为有机产品。"],
    ),
    (
        "Citrus shampoo", "", (fact("hair_type", "fine"), fact("volume", number="250", unit="ml")),
        "It's formulated for fine hair.",
        ["It's formulated for dry hair.", "It's made of fine silk."],
    ),
    (
        "Studio backpack", "", BACKPACK,
        "It has 4 pockets and a capacity of 18 L. It has 3 compartments and 4 pockets.",
        [
            "It has 18 pockets and a capacity of 4 L.",
            "It has 4 compartments and 3 pockets.",
            "It has 15.6 pockets and fits an 18-inch laptop.",
        ],
    ),
    (
        "Wooden train", "", TOY,
        "It is made for ages 4 and up. It needs no batteries.",
        ["It is made for ages 3 and up.", "It needs no assembly.", "It runs on AA batteries."],
    ),
    (
        "Valley tea", "", (fact("caffeine", "caffeinated"), fact("storage", "cool and dry")),
        "这款茶含咖啡因。",
        ["这款茶不含咖啡因。", "这款茶含牛奶。"],
    ),
    (
        "Valley tea", "", (fact("caffeine", "no caffeine"), fact("storage", "cool and dry")),
        "Store in a cool, dry place.",
        ["这款茶含咖啡因。", "Store in the refrigerator.", "It contains caffeine."],
    ),
]  # fmt: skip


@pytest.mark.parametrize(
    ("name", "brand", "facts", "clean", "wrong"), PAIRS, ids=[pair[3][:24] for pair in PAIRS]
)
def test_what_passes_now_has_a_mistake_beside_it_that_does_not(name, brand, facts, clean, wrong):
    def policy(text: str) -> Policy:
        return Policy(lang="en" if text[1].isascii() else "zh", name=name, brand=brand)

    assert blocking(clean, facts, policy(clean)) == []
    for text in wrong:
        assert blocking(text, facts, policy(text)), text


@pytest.mark.parametrize("name", ["Best", "纯", "x" * 161])
def test_a_word_or_a_text_in_place_of_a_name_excuses_nothing(name):
    policy = Policy(lang="en", name=name)
    assert blocking("It is the best kettle.", (), policy)
    assert blocking("A" + "x" * 161, (), Policy(lang="en", name="A" + "x" * 161))


def test_a_link_in_a_name_stays_a_link():
    policy = Policy(lang="en", name="Kettle from www.example.com")
    assert blocking("Meet the Kettle from www.example.com.", (), policy)

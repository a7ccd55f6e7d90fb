"""The linter knows each channel's limits and does not cry wolf."""

import pytest

from aiassist.copywriting.lint import Term, channels, lint
from aiassist.copywriting.lint.counting import sms_segments
from aiassist.copywriting.lint.parts import parts_of
from aiassist.copywriting.lint.reading import grade
from aiassist.copywriting.lint.rules import laws

LONG_ENOUGH = "The kettle is made of stainless steel and holds 1.8 L."


def rules(text: str, field: str, lang: str, channel: str = "generic") -> dict[str, str]:
    return {f.rule: f.level for f in lint(text, field, lang, channel)}


def test_a_clean_text_has_no_findings_in_any_channel() -> None:
    for channel in channels():
        assert lint(LONG_ENOUGH, "description", "en", channel) == []


def test_an_unknown_channel_is_told_the_known_ones() -> None:
    with pytest.raises(ValueError, match="ebay.*amazon, generic, google, shopify, taobao"):
        lint(LONG_ENOUGH, "description", "en", "ebay")


@pytest.mark.parametrize(
    ("channel", "field", "most"),
    [
        ("google", "short_title", 150),
        ("google", "description", 5000),
        ("shopify", "seo_title", 70),
        ("shopify", "seo_description", 160),
    ],
)
def test_a_limit_holds_to_the_character(channel: str, field: str, most: int) -> None:
    text = ("abcde fghij klmno pqrst uvwxy zabcd efghi jklmn opqrs tuvwx " * 100)[: most + 1]
    assert "too_long" not in rules(text[:-1].replace(" ", "x"), field, "en", channel)
    (finding,) = [f for f in lint(text, field, "en", channel) if f.rule == "too_long"]
    assert (finding.start, finding.level) == (most, "block")


def test_taobao_counts_a_chinese_character_twice() -> None:
    assert "too_long" not in rules("茶" * 30, "short_title", "zh", "taobao")
    assert rules("茶" * 31, "short_title", "zh", "taobao")["too_long"] == "block"
    assert "too_long" not in rules("a" * 60, "short_title", "en", "taobao")


@pytest.mark.parametrize("word", ["国家级", "最高级", "最佳"])
def test_the_three_words_of_article_9_3_block(word: str) -> None:
    finding = next(
        f for f in lint(f"这款茶壶有{word}品质，容量一升。", "description", "zh", "generic")
        if f.rule == "cn-9-3"
    )  # fmt: skip
    assert (finding.level, finding.span_text) == ("block", word)
    assert "not legal advice" in finding.message_en
    assert "不构成法律意见" in finding.message_zh


@pytest.mark.parametrize("word", ["最好", "第一", "唯一", "顶级", "首选"])
def test_the_wider_list_only_warns(word: str) -> None:
    assert rules(f"这款茶壶是{word}的选择，容量为一升。", "description", "zh") == {
        "cn-absolute": "warn"
    }


@pytest.mark.parametrize(
    "text",
    [
        "尺寸最大值为三十厘米，请按实际测量为准，谢谢理解。",
        "第一次使用前请用清水冲洗壶身，然后晾干再用。",
        "最大承重一百二十公斤，最小起订量为十件，欢迎选购。",
        "The best before date is printed on the bottom of the tin.",
    ],
)
def test_exempt_contexts_are_quiet(text: str) -> None:
    assert rules(text, "description", "en" if text.isascii() else "zh") == {}


def test_the_wrong_language_blocks() -> None:
    assert (
        rules("这是一段完全用中文写成的商品描述文字。", "description", "en")["language"] == "block"
    )
    assert rules(LONG_ENOUGH, "description", "zh")["language"] == "block"


def test_stuffed_keywords_warn() -> None:
    text = "Kettle kettle, steel kettle, best-loved kettle for kettle fans."
    assert rules(text, "description", "en")["keyword_stuffing"] == "warn"


def test_a_channel_forbids_what_it_forbids() -> None:
    text = f"{LONG_ENOUGH} Free shipping now."
    assert rules(text, "description", "en", "google")["promotion"] == "block"
    assert rules(text, "description", "en", "generic") == {}


def test_amazon_takes_five_bullets() -> None:
    bullets = "\n".join(f"- point {n} of the kettle" for n in ("a", "b", "c", "d", "e", "f"))
    assert rules(bullets, "bullets", "en", "amazon")["too_many_lines"] == "block"


def test_every_rule_of_law_names_its_source_and_its_grounds() -> None:
    for rule in laws().values():
        assert rule["source"].strip()
        assert rule["jurisdiction"].strip()
        assert rule["as_of"].startswith("2026-")
        assert all(code["code"] and code["en"] and code["zh"] for code in rule["codes"])
        assert rule["codes"]


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        ("This climate-neutral kettle holds 1.8 L of water.", "eu-neutral"),
        ("The tea supports digestion and comes from Hangzhou.", "eu-health"),
        ("A kettle that is made in the USA and holds 1.8 L.", "us-origin"),
        ("An FDA approved kettle that holds 1.8 L of water.", "us-endorsed"),
        ("A chemical-free cloth for your kettle and your cups.", "uk-free"),
        ("这款茶具有养颜的作用，净含量为二百五十克。", "cn-health-food"),
        ("这款精华可以美白，容量为三十毫升，适合日常护理。", "cn-cosmetic"),
    ],
)
def test_a_claim_that_a_law_restricts_is_told(text: str, rule: str) -> None:
    assert rules(text, "description", "en" if text.isascii() else "zh") == {rule: "warn"}


def test_a_health_kettle_is_a_kettle() -> None:
    assert rules("这款养生壶容量为1.8升，采用玻璃材质，质保一年。", "description", "zh") == {}


def test_amazon_refuses_signs_in_a_title() -> None:
    assert rules("Fjord Kettle! 1.8 L", "short_title", "en", "amazon") == {"title_signs": "block"}
    assert rules("Fjord Kettle, 1.8 L", "short_title", "en", "amazon") == {}


def test_a_long_seo_title_is_cut_before_it_is_refused() -> None:
    text = "The Fjord Kettle in brushed steel with a wooden handle for two"
    assert 60 < len(text) <= 70
    assert rules(text, "seo_title", "en", "shopify") == {"cut_short": "warn"}


AD = "Fjord Kettle\nIt holds 1.8 L.\n\nSteel Kettle\nIt is made of steel.\n\nBlack\nIt is black."


def test_a_whole_ad_has_no_findings() -> None:
    assert rules(AD, "ad_google", "en") == {}


def test_a_long_headline_of_an_ad_is_named_and_marked() -> None:
    text = AD.replace("Steel Kettle", "Steel Kettle for every morning of the year")
    (found,) = lint(text, "ad_google", "en", "generic")
    assert (found.rule, found.level) == ("part_too_long", "block")
    assert found.message_en == "Headline is 42 long, at most 30 are taken."
    assert found.message_zh == "标题长度为42，上限为30。"
    assert text[: found.start].endswith("Steel Kettle for every morning")


def test_a_chinese_headline_counts_twice_for_google() -> None:
    title = "春夏秋冬东南西北甲乙丙丁天地人"
    ad = "{}\n容量为1.8升。\n\n黑色水壶\n颜色为黑色。\n\n不锈钢\n材质为不锈钢。"
    assert rules(ad.format(title), "ad_google", "zh") == {}
    assert rules(ad.format(title + "茶"), "ad_google", "zh") == {"part_too_long": "block"}


def test_a_missing_part_blocks_and_too_few_variants_warn() -> None:
    found = rules("Fjord Kettle", "ad_google", "en")
    assert found == {"part_missing": "block", "few_variants": "warn"}


def test_the_same_variant_twice_is_told() -> None:
    assert rules(AD.replace("Steel Kettle", "Fjord kettle"), "ad_google", "en") == {
        "same_variant": "warn"
    }


@pytest.mark.parametrize(
    ("text", "n"),
    [
        ("a" * 160, 1), ("a" * 161, 2), ("a" * 306, 2), ("a" * 307, 3),
        ("€" * 80, 1), ("€" * 81, 2),  # of the extension table: two places each
        ("茶" * 70, 1), ("茶" * 71, 2), ("茶" * 134, 2), ("茶" * 135, 3),
        ("😀" * 35, 1), ("😀" * 36, 2), ("", 0),
    ],
)  # fmt: skip
def test_text_messages_are_counted_as_networks_do(text: str, n: int) -> None:
    assert sms_segments(text) == n


def test_a_text_message_of_two_warns_and_of_four_blocks() -> None:
    words = "The Fjord Kettle holds a litre of water, "
    assert rules(words * 5, "sms", "en") == {"sms_parts": "warn"}
    assert rules(words * 15, "sms", "en") == {"sms_too_long": "block"}


def test_an_e_mail_body_may_hold_empty_lines() -> None:
    text = "Fjord Kettle\nIt holds 1.8 L.\nHello,\n\nIt is made of steel.\n\nGoodbye."
    assert [part.key for part in parts_of(text, "email")[0]] == ["subject", "preheader", "body"]
    assert rules(text, "email", "en") == {}


def test_the_grade_follows_the_formula() -> None:
    # 6 words, 1 sentence, 7 syllables: 0.39 * 6 + 11.8 * 7 / 6 - 15.59
    assert grade("The kettle is made of steel.") == pytest.approx(0.5167, abs=1e-3)
    assert grade("") == 0.0


def test_a_text_for_scholars_is_told() -> None:
    text = (
        "Notwithstanding considerable technological sophistication, contemporary refrigeration "
        "installations necessitate comprehensive institutional standardisation, incorporating "
        "multidimensional organisational responsibilities, interdisciplinary communication, "
        "administrative accountability, environmental considerations and international "
        "certification procedures, notwithstanding unanticipated administrative complications."
    )
    assert rules(text, "description", "en")["reading_level"] == "warn"
    assert "reading_level" not in rules(f"{LONG_ENOUGH} " * 6, "description", "en")


def test_a_sentence_without_end_is_told_in_chinese() -> None:
    clause = "这款水壶采用不锈钢材质制成，"
    assert rules(clause * 7 + "容量大。", "description", "zh")["long_sentence"] == "warn"
    assert rules("这款水壶采用不锈钢材质。容量为1.8升。颜色为黑色。", "description", "zh") == {}


TERMS = [Term("bergamot", "佛手柑"), Term("Fjord", "Fjord", "brand")]


def test_a_term_left_in_the_other_language_is_told() -> None:
    found = lint(
        "这款茶含有bergamot，净含量为250克，产自杭州。", "description", "zh", "generic", terms=TERMS
    )
    assert [(f.rule, f.span_text, f.fix_en) for f in found] == [
        ("glossary_term", "bergamot", "Write “佛手柑”.")
    ]
    assert (
        lint("This tea holds bergamot and 250 g.", "description", "en", "generic", terms=TERMS)
        == []
    )


def test_a_brand_is_spelt_as_the_glossary_does() -> None:
    text = "The FJORD kettle holds a litre of water. Fjords are elsewhere."
    found = lint(text, "description", "en", "generic", terms=TERMS)
    assert [(f.rule, f.span_text) for f in found] == [("brand_spelling", "FJORD")]

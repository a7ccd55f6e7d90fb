"""The linter knows each channel's limits and does not cry wolf."""

import pytest

from aiassist.copywriting.lint import channels, lint

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

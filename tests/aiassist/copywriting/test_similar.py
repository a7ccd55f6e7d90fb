"""Which texts are too alike."""

import random

import pytest

from aiassist.copywriting.lint.similar import ALIKE, bands, likeness, shingles

EN = (
    "The Fjord Kettle is made of stainless steel. It is finished in matte black and holds 1.8 L. "
    "It has a whistle and a heat-resistant handle. It weighs 950 g."
)
ZH = "这款水壶采用不锈钢材质，颜色为哑光黑，容量为1.8升。它重950克，享2年质保，配有隔热手柄。"
ZH += "壶身表面采用哑光处理，适用于燃气灶、电磁炉和电陶炉，壶嘴可鸣笛提醒，产地为浙江永康。"


@pytest.mark.parametrize("text", [EN, ZH])
def test_a_text_is_like_itself_whatever_its_case_and_markup(text: str) -> None:
    other = f"<p>{text.upper()}</p>"
    assert likeness(shingles(text), shingles(other)) == 1.0
    assert bands(shingles(text), "x") == bands(shingles(other), "x")


def test_texts_about_other_things_share_no_band() -> None:
    other = "A novel by Lin Mei about a family in Suzhou, told over three long rainy summers."
    assert likeness(shingles(EN), shingles(other)) == 0.0
    assert not set(bands(shingles(EN), "x")) & set(bands(shingles(other), "x"))


@pytest.mark.parametrize(("text", "old", "new"), [(EN, "950", "840"), (ZH, "2年", "3年")])
def test_one_other_figure_leaves_texts_alike(text: str, old: str, new: str) -> None:
    first, second = shingles(text), shingles(text.replace(old, new))
    assert ALIKE <= likeness(first, second) < 1.0
    assert set(bands(first, "x")) & set(bands(second, "x"))


def test_a_short_text_has_no_fingerprint() -> None:
    assert bands(shingles("A black kettle of steel."), "x") == []


def test_languages_and_fields_do_not_mix() -> None:
    assert not set(bands(shingles(EN), "en:description")) & set(bands(shingles(EN), "en:bullets"))


def test_alike_texts_are_found_and_others_are_mostly_left() -> None:
    dice = random.Random(7)

    def found(n_common: int, n_own: int) -> float:
        """Share of pairs with a common band, at a likeness of n_common / (n_common + 2 n_own)."""
        hits = 0
        for _ in range(400):
            words = [str(dice.random()) for _ in range(n_common + 2 * n_own)]
            first = frozenset(words[: n_common + n_own])
            second = frozenset(words[:n_common] + words[n_common + n_own :])
            hits += bool(set(bands(first, "s")) & set(bands(second, "s")))
        return hits / 400

    assert found(72, 9) >= 0.98  # 0.8
    assert found(20, 40) <= 0.1  # 0.2

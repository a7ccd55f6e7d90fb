"""Translations: what a model may not change, and what becomes of its answer."""

from dataclasses import replace
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from aiassist.copywriting import job as job_module
from aiassist.copywriting.engine import Capabilities, DraftText, Sentence
from aiassist.copywriting.engines.prompts import prompt_of
from aiassist.copywriting.lint import Term
from aiassist.copywriting.translation import check_translation, plain
from catalog.products.models import Product, ProductText
from ecomportal.tenancy.context import tenant
from tests.aiassist.copywriting.samples import KETTLE
from tests.aiassist.copywriting.test_review import address, fresh
from tests.aiassist.copywriting.test_write_copy import ask, carry_out, drafts_of
from tests.factories import make_product

SOURCE = "The Fjord Kettle is made of steel. It holds 1.8 L and weighs 950 g."


def problems(text: str, source: str = SOURCE, **options: Any) -> list[tuple[str, str]]:
    found = check_translation(source, text, brand="Fjord", **options)
    return [(f["rule"], f["span_text"]) for f in found]


def test_a_true_translation_has_no_findings() -> None:
    assert problems("Fjord水壶采用钢材质，容量为1.8升，重950克。") == []


def test_another_way_to_write_the_same_amount_is_the_same() -> None:
    assert problems("Fjord水壶采用钢材质，容量为1800毫升，重0.95千克。") == []


@pytest.mark.parametrize(
    ("text", "span"),
    [
        ("Fjord水壶采用钢材质，容量为1.9升，重950克。", "1.9升"),
        ("Fjord水壶采用钢材质，容量为1.8升，重950千克。", "950千克"),
        ("Fjord水壶采用钢材质，容量为1.8升，重950克，质保2年。", "2年"),
    ],
)
def test_a_number_or_unit_that_changed_or_came_is_found(text: str, span: str) -> None:
    assert ("translated_number", span) in problems(text)


def test_a_number_that_is_left_out_is_found() -> None:
    assert problems("Fjord水壶采用钢材质，容量为1.8升。") == [("translated_number", "")]


def test_a_brand_that_was_translated_is_found() -> None:
    assert problems("峡湾水壶采用钢材质，容量为1.8升，重950克。") == [("translated_name", "")]


def test_what_the_glossary_keeps_must_stay() -> None:
    source = "The Fjord Kettle has a DuoSteam lid."
    terms = [Term("DuoSteam", "DuoSteam", "keep")]
    assert problems("Fjord水壶配有双蒸汽壶盖。", source, terms=terms) == [("translated_name", "")]
    assert problems("Fjord水壶配有DuoSteam壶盖。", source, terms=terms) == []


def test_a_live_text_is_translated_without_its_markup() -> None:
    assert plain("<p>One &amp; two.</p><ul><li>Three</li><li>Four</li></ul>") == (
        "One & two.\nThree\nFour"
    )


def test_a_model_is_told_to_translate_and_not_to_describe() -> None:
    prompt = prompt_of()
    request = KETTLE.request("zh", source_text=SOURCE)
    assert "a translation of" in prompt.system(request)
    assert "product's description" not in prompt.system(request)
    assert "product's description" in prompt.system(replace(request, source_text=""))


class Translator:
    """An engine that answers what it was made with, and remembers what it was asked."""

    name, version, prompt_version = "translator", "1", ""
    capabilities = Capabilities(can_translate=True, is_instant=True)

    def __init__(self, text: str) -> None:
        self.text, self.asked = text, []

    def generate(self, requests: Any, *, check: Any = None) -> list[Any]:
        self.asked += requests
        sentence = Sentence(self.text, ("name", "type"))
        return [DraftText((sentence,), self.text, (), self.name, self.version) for _ in requests]


@pytest.fixture
def kettle(shop: Any) -> Product:
    facts = {"material": "steel", "colour": "black"}
    product = make_product(shop, "Fjord Kettle", vendor="Fjord", product_type="Kettle", facts=facts)
    with tenant(shop):
        ProductText.objects.create(
            merchant=shop, product=product, language="en", field="description", origin="person",
            text="<p>The Fjord Kettle is made of steel.</p><p>It was first sold in 2019.</p>",
        )  # fmt: skip
    return product


@pytest.fixture
def max_client(max_: Any, client_of: Any) -> Client:
    return client_of(max_)


def translated(client: Client, shop: Any, product: Product, engine: Any, monkeypatch: Any) -> Any:
    """Have the job translate with this engine, as if an owner had chosen it."""
    monkeypatch.setattr(job_module, "engine_from", lambda choice: engine)
    monkeypatch.setattr("aiassist.copywriting.views.choice_of", lambda shop: ModelChosen)
    ask(client, shop, [product], languages=["zh"], translate="on")
    done = carry_out(shop)
    assert done.status == "done", done.error_detail
    return drafts_of(shop)


class ModelChosen:
    engine = "openai"


@pytest.mark.django_db
def test_the_job_asks_for_the_live_text_and_keeps_it_with_the_draft(
    max_client: Client, shop: Any, kettle: Product, monkeypatch: Any
) -> None:
    engine = Translator("Fjord Kettle采用钢材质。2019年首次发售。")
    (draft,) = translated(max_client, shop, kettle, engine, monkeypatch)
    assert engine.asked[0].source_text == (
        "The Fjord Kettle is made of steel.\nIt was first sold in 2019."
    )
    assert draft.source_text == engine.asked[0].source_text
    assert "translated_number" not in {f["rule"] for f in draft.findings}


@pytest.mark.django_db
def test_a_changed_number_blocks_in_the_queue_and_at_approval(
    max_client: Client, shop: Any, kettle: Product, monkeypatch: Any
) -> None:
    engine = Translator("Fjord Kettle采用钢材质。2018年首次发售。")
    (draft,) = translated(max_client, shop, kettle, engine, monkeypatch)
    assert "translated_number" in {f["rule"] for f in draft.findings if f["level"] == "block"}
    answer = max_client.post(address("draft-approve", shop, draft))
    assert answer.status_code == 422
    assert fresh(shop, draft).status == "waiting"
    page = max_client.get(address("draft", shop, draft)).content.decode()
    assert "It was first sold in 2019." in page  # the source stands beside its translation


@pytest.mark.django_db
def test_without_a_model_the_form_says_so_and_offers_no_translation(
    max_client: Client, shop: Any, kettle: Product
) -> None:
    url = reverse("aiassist:generate", args=[shop.slug])
    page = max_client.get(url, {"ids": [str(kettle.pk)]}).content.decode()
    assert "Translating a live text needs a model" in page
    assert 'name="translate"' not in page
    ask(max_client, shop, [kettle], languages=["zh"], translate="on")
    carry_out(shop)
    assert drafts_of(shop)[0].source_text == ""

"""The review queue: what a person sees and decides, and who may not."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from aiassist.copywriting.models import Draft
from aiassist.copywriting.requests import inputs_of, load_facts
from catalog.products.models import Fact, Product, ProductText
from ecomportal.tenancy.context import tenant
from tests.factories import make_product

pytestmark = pytest.mark.django_db

TEXT = "The Fjord Kettle is made of steel. It is black."


@pytest.fixture
def kettle(shop: Any) -> Product:
    return make_product(
        shop, "Fjord Kettle", vendor="Fjord", facts={"material": "steel", "colour": "black"}
    )


def make_draft(shop: Any, product: Product, text: str = TEXT, **fields: Any) -> Draft:
    with tenant(shop):
        product = load_facts([Product.objects.get(pk=product.pk)])[0]
        return Draft.objects.create(
            merchant=shop,
            product=product,
            product_version=product.version,
            text=text,
            sentences=[{"text": text, "fact_ids": ["name"], "approved": False}],
            facts=inputs_of(product),
            engine="composer",
            engine_version="1",
            **{"language": "en", "field": "description", "tone": "formal", **fields},
        )


def address(name: str, shop: Any, draft: Draft) -> str:
    return reverse(f"aiassist:{name}", args=[shop.slug, draft.pk])


def live_text(shop: Any, product: Product, language: str = "en") -> ProductText | None:
    with tenant(shop):
        return ProductText.objects.filter(
            product=product, language=language, field="description"
        ).first()


@pytest.fixture
def draft(shop: Any, kettle: Product) -> Draft:
    return make_draft(shop, kettle)


def fresh(shop: Any, draft: Draft) -> Draft:
    with tenant(shop):
        return Draft.objects.get(pk=draft.pk)


@pytest.fixture
def max_client(max_: Any, client_of: Any) -> Client:
    return client_of(max_)


def test_the_queue_opens_on_the_first_draft(max_client: Client, shop: Any, draft: Draft) -> None:
    page = max_client.get(reverse("aiassist:review", args=[shop.slug])).content.decode()
    assert "Fjord Kettle" in page
    assert 'data-fact="' in page


def test_an_empty_queue_says_what_to_do(max_client: Client, shop: Any) -> None:
    page = max_client.get(reverse("aiassist:review", args=[shop.slug])).content.decode()
    assert reverse("catalog:products", args=[shop.slug]) in page


def test_each_claim_names_the_fact_behind_it(max_client: Client, shop: Any, draft: Draft) -> None:
    page = max_client.get(address("draft", shop, draft)).content.decode()
    numbers = {row["key"]: n for n, row in enumerate(draft.facts, start=1)}
    assert f'href="#f{numbers["material"]}"' in page or f",{numbers['material']}</sup>" in page
    assert f'id="f{numbers["material"]}"' in page


def test_approval_puts_the_text_into_the_shop(
    max_client: Client, shop: Any, kettle: Product, draft: Draft
) -> None:
    answer = max_client.post(address("draft-approve", shop, draft))
    assert answer.status_code == 302
    assert f"done={draft.pk}" in answer["Location"]
    text = live_text(shop, kettle)
    assert text.text == f"<p>{TEXT}</p>"
    assert text.origin == "ai"
    assert text.provenance["draft_id"] == str(draft.pk)
    assert text.provenance["engine"] == "composer"


def test_an_edited_text_is_marked_as_edited(
    max_client: Client, shop: Any, kettle: Product, draft: Draft, max_: Any
) -> None:
    max_client.post(address("draft-approve", shop, draft), {"text": "The Fjord Kettle is black."})
    text = live_text(shop, kettle)
    assert (text.text, text.origin) == ("<p>The Fjord Kettle is black.</p>", "ai_edited")
    assert text.approved_by_id == max_.pk
    assert text.provenance["edit_distance"] > 0


def test_an_unbacked_claim_blocks_approval(
    max_client: Client, shop: Any, kettle: Product, draft: Draft
) -> None:
    invented = "The Fjord Kettle is made of titanium and was recommended by doctors."
    answer = max_client.post(address("draft-approve", shop, draft), {"text": invented})
    assert answer.status_code == 422
    assert invented in answer.content.decode().replace("\n", " ")
    assert live_text(shop, kettle) is None
    assert fresh(shop, draft).status == "waiting"


def test_a_reason_overrides_the_guard_and_is_kept(
    max_client: Client, shop: Any, kettle: Product, draft: Draft
) -> None:
    max_client.post(
        address("draft-approve", shop, draft),
        {"text": "The Fjord Kettle is made of titanium.", "reason": "Spec sheet of 3 May"},
    )
    row = fresh(shop, draft)
    assert (row.status, row.override_reason) == ("approved", "Spec sheet of 3 May")


def test_an_empty_text_is_refused(max_client: Client, shop: Any, draft: Draft) -> None:
    answer = max_client.post(address("draft-approve", shop, draft), {"text": "  "})
    assert answer.status_code == 409
    assert fresh(shop, draft).status == "waiting"


def test_a_text_without_measure_is_refused(
    max_client: Client, shop: Any, draft: Draft, kettle: Product
) -> None:
    answer = max_client.post(address("draft-approve", shop, draft), {"text": "It is. " * 3000})
    assert answer.status_code == 409
    assert "longer than 20000 characters" in answer.content.decode()
    assert live_text(shop, kettle) is None


def test_a_rejection_needs_a_reason(max_client: Client, shop: Any, draft: Draft) -> None:
    assert max_client.post(address("draft-reject", shop, draft)).status_code == 422
    max_client.post(address("draft-reject", shop, draft), {"reason": "Too dull"})
    row = fresh(shop, draft)
    assert (row.status, row.reject_reason) == ("rejected", "Too dull")


def test_undo_restores_the_former_text(
    max_client: Client, shop: Any, kettle: Product, draft: Draft
) -> None:
    with tenant(shop):
        ProductText.objects.create(
            merchant=shop,
            product=kettle,
            language="en",
            field="description",
            text="<p>Old.</p>",
            origin="import",
        )
    max_client.post(address("draft-approve", shop, draft))
    answer = max_client.post(address("draft-undo", shop, draft))
    assert answer.status_code == 302
    text = live_text(shop, kettle)
    assert (text.text, text.origin) == ("<p>Old.</p>", "import")
    assert fresh(shop, draft).status == "waiting"


def test_undo_of_a_first_text_removes_it(
    max_client: Client, shop: Any, kettle: Product, draft: Draft
) -> None:
    max_client.post(address("draft-approve", shop, draft))
    max_client.post(address("draft-undo", shop, draft))
    assert live_text(shop, kettle) is None


def test_undo_leaves_a_text_alone_that_changed_since(
    max_client: Client, shop: Any, kettle: Product, draft: Draft
) -> None:
    max_client.post(address("draft-approve", shop, draft))
    with tenant(shop):
        ProductText.objects.filter(product=kettle).update(text="<p>Hand-written.</p>")
    answer = max_client.post(address("draft-undo", shop, draft))
    assert answer.status_code == 409
    assert live_text(shop, kettle).text == "<p>Hand-written.</p>"
    assert fresh(shop, draft).status == "approved"


def test_undo_leaves_a_text_alone_that_was_removed_and_written_again(
    max_client: Client, shop: Any, draft: Draft, kettle: Product
) -> None:
    max_client.post(address("draft-approve", shop, draft))
    with tenant(shop):
        ProductText.objects.filter(product=kettle).delete()
        ProductText.objects.create(
            merchant=shop, product=kettle, language="en", field="description",
            text="<p>Typed by hand.</p>", origin="person",
        )  # fmt: skip
    answer = max_client.post(address("draft-undo", shop, draft))
    assert answer.status_code == 409
    assert live_text(shop, kettle).text == "<p>Typed by hand.</p>"


def test_undo_of_one_language_leaves_the_other(
    max_client: Client, shop: Any, kettle: Product, draft: Draft
) -> None:
    zh = make_draft(shop, kettle, "Fjord Kettle，钢材质，黑色。", language="zh")
    max_client.post(address("draft-approve", shop, draft))
    max_client.post(address("draft-approve", shop, zh), {"reason": "checked by hand"})
    max_client.post(address("draft-undo", shop, draft))
    assert live_text(shop, kettle) is None
    assert "黑色" in live_text(shop, kettle, "zh").text


def test_a_draft_is_stale_when_a_fact_changed(
    max_client: Client, shop: Any, kettle: Product, draft: Draft
) -> None:
    page = address("draft", shop, draft)
    assert "Facts changed since" not in max_client.get(page).content.decode()
    with tenant(shop):
        Fact.objects.filter(product=kettle, value="black").update(value="white")
    assert "Facts changed since" in max_client.get(page).content.decode()
    answer = max_client.post(address("draft-approve", shop, draft))
    assert answer.status_code == 422
    assert live_text(shop, kettle) is None


def test_two_people_cannot_decide_about_one_draft(
    max_client: Client, client_of: Any, alice: Any, shop: Any, draft: Draft
) -> None:
    max_client.post(address("draft-reject", shop, draft), {"reason": "Too dull"})
    answer = client_of(alice).post(address("draft-approve", shop, draft))
    assert answer.status_code == 409
    assert "Max Keller" in answer.content.decode()
    assert fresh(shop, draft).status == "rejected"


def test_a_text_is_checked_while_it_is_typed(max_client: Client, shop: Any, draft: Draft) -> None:
    answer = max_client.post(
        address("draft-check", shop, draft), {"text": "The Fjord Kettle is hypoallergenic."}
    )
    page = answer.content.decode()
    assert "claim--bad" in page
    assert "finding--bad" in page
    assert fresh(shop, draft).text == TEXT


def test_a_viewer_reads_but_does_not_decide(
    vera: Any, bob: Any, client_of: Any, shop: Any, draft: Draft
) -> None:
    for person in (vera, bob):
        client = client_of(person)
        assert client.get(address("draft", shop, draft)).status_code == 200
        for name in ("draft-approve", "draft-reject", "draft-undo", "draft-check"):
            assert client.post(address(name, shop, draft), {"reason": "x"}).status_code == 403
    assert fresh(shop, draft).status == "waiting"


def test_a_stranger_gets_404(
    mallory: Any, client_of: Any, shop: Any, other_shop: Any, draft: Draft
) -> None:
    client = client_of(mallory)
    assert client.get(address("draft", shop, draft)).status_code == 404
    for name in ("draft-approve", "draft-reject", "draft-undo", "draft-check"):
        assert client.post(address(name, shop, draft)).status_code == 404
        assert client.post(address(name, other_shop, draft)).status_code == 404
    assert fresh(shop, draft).status == "waiting"


def test_decisions_refuse_get(max_client: Client, shop: Any, draft: Draft) -> None:
    for name in ("draft-approve", "draft-reject", "draft-undo", "draft-check"):
        assert max_client.get(address(name, shop, draft)).status_code == 405


def test_the_page_asks_few_questions(
    max_client: Client, shop: Any, draft: Draft, django_assert_max_num_queries: Any
) -> None:
    for n in range(30):
        make_draft(shop, make_product(shop, f"Kettle {n}", facts={"material": "steel"}))
    with django_assert_max_num_queries(12):  # 8 and the transaction's own BEGIN and COMMIT
        max_client.get(address("draft", shop, draft))


def test_the_reason_stands_with_the_live_text_and_in_the_audit(
    max_client: Client, shop: Any, kettle: Product, draft: Draft
) -> None:
    sent = {"text": "The Fjord Kettle is made of titanium.", "reason": "Spec sheet of 3 May"}
    max_client.post(address("draft-approve", shop, draft), sent)
    assert live_text(shop, kettle).provenance["override_reason"] == "Spec sheet of 3 May"
    editor = max_client.get(reverse("catalog:product", args=[shop.slug, kettle.pk]))
    assert "in spite of the guard:" in editor.content.decode()
    audit = max_client.get(reverse("audit", args=[shop.slug]))
    assert "Spec sheet of 3 May" in audit.content.decode()

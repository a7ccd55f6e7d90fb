"""The text engine among the shop's settings: chosen, limited, tried; its key never shown."""

import json
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from aiassist.copywriting.engines.models import EngineChoice, TextSpend
from ecomportal.jobs.execute import execute
from ecomportal.jobs.models import Job
from ecomportal.sealed import seal, unseal
from ecomportal.tenancy.context import tenant
from ecomportal.tenancy.models import AuditEntry
from tests.aiassist.engines.server import ChatServer, says, status
from tests.factories import make_product

pytestmark = pytest.mark.django_db
KEY = "sk-Q7zwhoamiXYZ"
COMPOSER = {"engine": "composer", "timeout_seconds": "60", "n_in_flight": "16"}


@pytest.fixture
def owner(alice: Any, client_of: Any) -> Client:
    return client_of(alice)


@pytest.fixture
def page(shop: Any) -> str:
    return reverse("aiassist:text-engine", args=[shop.slug])


def wishes(server: ChatServer, **more: Any) -> dict[str, Any]:
    return {**COMPOSER, "engine": "openai", "base_url": server.url, "model": "tiny", **more}


def choice(shop: Any) -> EngineChoice:
    with tenant(shop):
        return EngineChoice.objects.get()


def test_a_shop_begins_with_the_composer(owner, page):
    text = owner.get(page).content.decode()
    assert 'value="composer"' in text
    assert "No product has a confirmed fact yet." in text
    assert "The composer costs nothing." in text


def test_owners_alone_come_in(page, shop, max_, vera, mallory, client_of):
    for person, expected in ((max_, 403), (vera, 403), (mallory, 404)):
        client = client_of(person)
        assert client.get(page).status_code == expected
        assert client.post(page, COMPOSER).status_code == expected
        attempt = reverse("aiassist:text-engine-try", args=[shop.slug])
        assert client.post(attempt, {}).status_code == expected


def test_everything_typed_is_kept(owner, page, shop, server):
    sent = wishes(
        server,
        price_in_micros="0.15", price_out_micros="0.6", job_micros="1.5", day_tokens="500000",
        voice_examples="Short.\nAnd dry.\n\nNo fuss.", words_use="sturdy, calm，结实",
        words_avoid="cheap\nbest", api_key=KEY,
    )  # fmt: skip
    assert owner.post(page, sent).status_code == 302
    row = choice(shop)
    assert (row.price_in_micros, row.price_out_micros) == (150_000, 600_000)
    assert (row.job_micros, row.day_tokens, row.day_micros) == (1_500_000, 500_000, None)
    assert row.voice_examples == ["Short. And dry.", "No fuss."]
    assert row.words_use == ["sturdy", "calm", "结实"]
    assert row.words_avoid == ["cheap", "best"]
    text = owner.get(page).content.decode()
    for shown in (
        'value="0.15"',
        'value="1.5"',
        "sturdy, calm, 结实",
        "Short. And dry.\n\nNo fuss.",
    ):
        assert shown in text


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"base_url": ""}, "Say where the server is."),
        ({"model": ""}, "Say which of its models"),
        ({"base_url": "localhost:8000"}, "must begin with https"),
        ({"base_url": "http://10.0.0.5/v1"}, "inside our own network"),
        ({"base_url": "http://169.254.169.254/latest"}, "inside our own network"),
        ({"base_url": "https://me:pw@api.example/v1"}, "The key has its own field"),
        ({"engine": "local"}, "Say which model is to write."),
        ({"engine": "gpt"}, "Select a valid choice"),
        ({"timeout_seconds": "0"}, "greater than or equal to 5"),
        ({"n_in_flight": "1000"}, "less than or equal to 64"),
        ({"job_tokens": "-5"}, "greater than or equal to 1000"),
        ({"price_in_micros": "-1"}, "greater than or equal to 0"),
        ({"words_use": "calm", "words_avoid": "Calm"}, "among the words to use"),
        ({"words_avoid": "a" * 41}, "longer than 40"),
        ({"words_use": ",".join(map(str, range(61)))}, "At most 60"),
    ],
)
def test_bad_settings_are_refused_beside_their_field(owner, page, shop, server, wrong, words):
    answer = owner.post(page, wishes(server, **wrong))
    assert answer.status_code == 422
    assert words in answer.content.decode()
    with tenant(shop):
        assert not EngineChoice.objects.exists()


def test_the_key_goes_in_and_never_comes_out(owner, page, shop, server, settings):
    owner.post(page, wishes(server, api_key=KEY))
    row = choice(shop)
    assert KEY not in row.sealed_key
    assert unseal(row.sealed_key) == KEY
    text = owner.get(page).content.decode()
    assert "A key is stored" in text
    assert KEY not in text
    assert row.sealed_key not in text
    with tenant(shop):
        entry = AuditEntry.objects.get(action="engine.changed")
    assert KEY not in json.dumps(entry.detail)
    assert "Key" in str(entry.detail)
    bad = owner.post(page, wishes(server, api_key=KEY + "2", model=""))
    assert KEY not in bad.content.decode()


def test_an_empty_key_field_leaves_the_key(owner, page, shop, server):
    owner.post(page, wishes(server, api_key=KEY))
    owner.post(page, wishes(server, model="other"))
    assert unseal(choice(shop).sealed_key) == KEY
    owner.post(page, wishes(server, forget_key="on"))
    assert choice(shop).sealed_key == ""


def test_a_key_does_not_follow_to_another_server(owner, page, shop, server, settings):
    """Else whoever may set the address could read the key at an address of her own."""
    owner.post(page, wishes(server, api_key=KEY))
    owner.post(page, wishes(server, base_url=server.url + "/more"))
    assert choice(shop).sealed_key  # the same server
    answer = owner.post(page, wishes(server, base_url="http://127.0.0.1:1/v1"), follow=True)
    assert choice(shop).sealed_key == ""
    assert "it was forgotten" in answer.content.decode()


def test_a_changed_secret_of_the_site_asks_for_the_key_again(owner, page, shop, server, settings):
    sealed = seal(KEY)
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = "another", [settings.SECRET_KEY]
    assert unseal(sealed) == KEY
    settings.SECRET_KEY_FALLBACKS = []
    from ecomportal.sealed import SealBroken

    with pytest.raises(SealBroken):
        unseal(sealed)


# --- Trying it ---------------------------------------------------------------------------------


@pytest.fixture
def kettle(shop: Any) -> Any:
    facts = {"material": "stainless steel", "colour": "black"}
    return make_product(shop, "Fjord Kettle", vendor="Fjord", product_type="kettle", facts=facts)


def attempt(client: Client, shop: Any, product: Any, **more: Any) -> Any:
    address = reverse("aiassist:text-engine-try", args=[shop.slug])
    body = {"product": str(product.pk), "language": "en", **more}
    return client.post(address, body, headers={"HX-Request": "true"})


def carry_out(shop: Any) -> Job:
    with tenant(shop):
        job = Job.objects.order_by("-pk").first()
    execute(job.kind, job.pk, shop.pk)
    with tenant(shop):
        return Job.objects.get(pk=job.pk)


def trial_page(client: Client, shop: Any, job: Job) -> str:
    address = reverse("aiassist:text-engine-trial", args=[shop.slug, job.pk])
    return client.get(address).content.decode()


def test_a_trial_shows_the_answer_its_cost_and_its_findings(owner, page, shop, server, kettle):
    owner.post(page, wishes(server, price_in_micros="2", price_out_micros="10"))
    server.always = says(
        '{"sentences": [{"text": "The kettle is made of stainless steel.", "facts": ["f1"]},'
        ' {"text": "It is dishwasher safe.", "facts": []}]}'
    )
    fragment = attempt(owner, shop, kettle).content.decode()
    assert 'hx-trigger="every 1s"' in fragment
    job = carry_out(shop)
    assert job.status == "done", job.error
    text = trial_page(owner, shop, job)
    assert "hx-trigger" not in text
    assert "stainless steel" in text
    assert "claim--bad" in text  # nobody said that it is dishwasher safe
    assert "€0.0004" in text
    assert "120 tokens" in text
    assert "Model server tiny" in text
    assert "The facts it was given" in text
    assert "stainless steel" in owner.get(page).content.decode()
    with tenant(shop):
        assert TextSpend.objects.get().n_calls == 1
        assert shop.drafts.count() == 0


def test_a_trial_that_fails_says_why(owner, page, shop, server, kettle):
    owner.post(page, wishes(server))
    server.always = status(401, "bad key")
    attempt(owner, shop, kettle)
    job = carry_out(shop)
    assert job.status == "failed"
    assert "refused the key (401): bad key" in trial_page(owner, shop, job)


def test_a_trial_of_the_composer_works_without_a_server(owner, shop, kettle):
    attempt(owner, shop, kettle, language="zh")
    job = carry_out(shop)
    assert "不锈钢" in trial_page(owner, shop, job)


def test_a_trial_is_paid_from_the_days_budget(owner, page, shop, server, kettle):
    owner.post(page, wishes(server, day_tokens="1000"))
    with tenant(shop):
        from aiassist.copywriting.engines.budget import today

        TextSpend.objects.create(merchant=shop, day=today(shop), tokens_in=999)
    attempt(owner, shop, kettle)
    assert "Today's budget" in str(carry_out(shop).error)
    assert server.bodies == []


def test_two_clicks_are_one_trial(owner, shop, kettle):
    attempt(owner, shop, kettle)
    attempt(owner, shop, kettle)
    with tenant(shop):
        assert Job.objects.filter(kind="try_engine").count() == 1


def test_another_shops_product_is_no_choice(owner, shop, other_shop):
    theirs = make_product(other_shop, "Lamp", facts={"material": "brass", "colour": "gold"})
    answer = attempt(owner, shop, theirs)
    assert answer.status_code == 302
    with tenant(shop):
        assert not Job.objects.exists()


def test_without_javascript_the_trial_is_on_the_page(owner, page, shop, kettle):
    address = reverse("aiassist:text-engine-try", args=[shop.slug])
    assert owner.post(address, {"product": str(kettle.pk), "language": "en"}).url == page
    assert "Waiting for a worker" in owner.get(page).content.decode()

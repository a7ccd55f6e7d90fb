"""The pages of webhooks."""

import re
from typing import Any

import pytest
from django.urls import reverse

from ecomportal.tenancy.context import tenant
from ecomportal.tenancy.models import AuditEntry
from ecomportal.webhooks import emit
from ecomportal.webhooks.delivery import deliver
from ecomportal.webhooks.models import Webhook, WebhookDelivery

pytestmark = pytest.mark.django_db


def at(name: str, *ids: Any) -> str:
    return reverse(name, args=["northlight", *ids])


def test_an_owner_adds_an_address_and_sees_its_secret_once(
    client_of: Any, alice: Any, shop: Any, receiver: Any
) -> None:
    client = client_of(alice)
    data = {"url": receiver.base + "/in", "events": ["import.done", "draft.ready"]}
    page = client.post(at("webhooks"), data).content.decode()
    (secret,) = re.findall(r'value="(whsec_[\w-]+)"', page)
    with tenant(shop):
        row = Webhook.objects.get()
        assert row.secrets == [secret]
        assert secret not in row.sealed_secret
        assert row.events == ["import.done", "draft.ready"]
        assert AuditEntry.objects.get(action="webhook.added")
    assert "whsec_" not in client.get(at("webhook", row.pk)).content.decode()


@pytest.mark.parametrize(
    ("data", "words"),
    [
        ({"url": "http://10.0.0.1/", "events": ["import.done"]}, "https:// alone"),
        ({"url": "https://10.0.0.1/", "events": ["import.done"]}, "inside our own network"),
        ({"url": "https://93.184.215.14/"}, "at least one event"),
        ({"url": "https://93.184.215.14/", "events": ["no.such"]}, "no.such"),
        ({"url": "nonsense", "events": ["import.done"]}, "not the address"),
    ],
)
def test_bad_input_is_refused_with_words(
    data: dict[str, Any], words: str, client_of: Any, alice: Any, shop: Any
) -> None:
    answer = client_of(alice).post(at("webhooks"), data)
    assert answer.status_code == 422
    assert words in answer.content.decode()
    with tenant(shop):
        assert not Webhook.objects.exists()


def test_the_same_address_twice_is_refused(client_of: Any, alice: Any, webhook: Webhook) -> None:
    answer = client_of(alice).post(at("webhooks"), {"url": webhook.url, "events": ["import.done"]})
    assert answer.status_code == 422
    assert "told already" in answer.content.decode()


def test_events_are_changed(client_of: Any, alice: Any, shop: Any, webhook: Webhook) -> None:
    data = {"url": webhook.url, "events": ["model.promoted"]}
    assert client_of(alice).post(at("webhook", webhook.pk), data).status_code == 302
    with tenant(shop):
        webhook.refresh_from_db()
    assert webhook.events == ["model.promoted"]


def test_a_test_call_is_made_and_shown(
    client_of: Any, alice: Any, shop: Any, webhook: Webhook, receiver: Any
) -> None:
    client = client_of(alice)
    answer = client.post(at("webhook-test", webhook.pk), headers={"HX-Request": "true"})
    assert 'hx-trigger="every 1s"' in answer.content.decode()
    deliver(shop.pk, webhook.pk)
    with tenant(shop):
        row = WebhookDelivery.objects.get()
    shown = client.get(at("webhook-progress", webhook.pk, row.pk)).content.decode()
    assert "hx-trigger" not in shown
    assert "answered 200" in shown
    page = client.get(at("webhook-delivery", webhook.pk, row.pk)).content.decode()
    assert "webhook.test" in page
    assert "thank you" in page


def test_a_failed_delivery_is_sent_again(
    client_of: Any, alice: Any, shop: Any, webhook: Webhook, receiver: Any
) -> None:
    receiver.say = [500]
    emit(shop, "import.done", {"name": "茶.csv"})
    deliver(shop.pk, webhook.pk)
    client = client_of(alice)
    page = client.get(at("webhook", webhook.pk)).content.decode()
    assert "1 attempt failed" in page
    assert "import.done" in page
    with tenant(shop):
        row = WebhookDelivery.objects.get()
    page = client.get(at("webhook-delivery", webhook.pk, row.pk)).content.decode()
    assert "茶.csv" in page
    assert "answered 500" in page
    client.post(at("webhook-again", webhook.pk, row.pk))
    assert deliver(shop.pk, webhook.pk) == 1


def test_the_list_of_sent_is_filtered(
    client_of: Any, alice: Any, shop: Any, webhook: Webhook, receiver: Any
) -> None:
    emit(shop, "import.done", {})
    deliver(shop.pk, webhook.pk)
    client = client_of(alice)
    assert "<code>import.done" in client.get(at("webhook", webhook.pk)).content.decode()
    waiting = client.get(at("webhook", webhook.pk) + "?state=waiting").content.decode()
    assert "<code>import.done" not in waiting
    assert "Nothing in this state" in waiting


def test_it_is_switched_off_and_on(client_of: Any, alice: Any, shop: Any, webhook: Webhook) -> None:
    client = client_of(alice)
    client.post(at("webhook-switch", webhook.pk))
    assert emit(shop, "import.done", {}) == 0
    assert "Switch on" in client.get(at("webhook", webhook.pk)).content.decode()
    client.post(at("webhook-test", webhook.pk))
    with tenant(shop):
        assert not WebhookDelivery.objects.exists()
    client.post(at("webhook-switch", webhook.pk), {"on": "1"})
    assert emit(shop, "import.done", {}) == 1


def test_a_new_secret_is_shown_once(
    client_of: Any, alice: Any, shop: Any, webhook: Webhook, receiver: Any
) -> None:
    page = client_of(alice).post(at("webhook-secret", webhook.pk)).content.decode()
    (secret,) = re.findall(r'value="(whsec_[\w-]+)"', page)
    with tenant(shop):
        webhook.refresh_from_db()
    assert webhook.secrets == [secret, receiver.secret]


def test_it_is_removed_with_its_deliveries(
    client_of: Any, alice: Any, shop: Any, webhook: Webhook
) -> None:
    emit(shop, "import.done", {})
    client_of(alice).post(at("webhook-remove", webhook.pk))
    with tenant(shop):
        assert not Webhook.objects.exists()
        assert not WebhookDelivery.objects.exists()


def test_get_does_not_act(client_of: Any, alice: Any, webhook: Webhook) -> None:
    for name in ("webhook-test", "webhook-switch", "webhook-secret", "webhook-remove"):
        assert client_of(alice).get(at(name, webhook.pk)).status_code == 405


def test_only_owners_see_them(
    client_of: Any, max_: Any, vera: Any, mallory: Any, webhook: Webhook
) -> None:
    for person, status in ((max_, 403), (vera, 403), (mallory, 404)):
        assert client_of(person).get(at("webhooks")).status_code == status
        assert client_of(person).get(at("webhook", webhook.pk)).status_code == status
        assert client_of(person).post(at("webhook-remove", webhook.pk)).status_code == status


def test_a_strangers_webhook_is_not_there(client_of: Any, mallory: Any, webhook: Webhook) -> None:
    answer = client_of(mallory).get(reverse("webhook", args=["harbour", webhook.pk]))
    assert answer.status_code == 404


def test_the_pages_speak_chinese(client_of: Any, alice: Any, webhook: Webhook) -> None:
    alice.language = "zh-hans"
    alice.save()
    page = client_of(alice).get(at("webhook", webhook.pk)).content.decode()
    assert "Send a test call" not in page
    assert "发送测试调用" in page

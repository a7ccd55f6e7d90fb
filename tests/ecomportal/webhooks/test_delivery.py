"""From something that happened to a call that was taken, with a real receiver at the other end."""

import json
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection, transaction
from django.utils import timezone

from ecomportal.tenancy.context import tenant
from ecomportal.tenancy.models import Merchant
from ecomportal.webhooks import delivery, emit, purge, sending
from ecomportal.webhooks.bell import ring_due
from ecomportal.webhooks.delivery import deliver, send_again, wake
from ecomportal.webhooks.models import DeliveryState, Webhook, WebhookDelivery
from ecomportal.webhooks.purge import purge_deliveries
from tests.ecomportal.webhooks.conftest import make_webhook

pytestmark = pytest.mark.django_db


def told(shop: Any) -> list[WebhookDelivery]:
    with tenant(shop):
        return list(WebhookDelivery.objects.order_by("created_at"))


def again(shop: Any) -> None:
    """The hours pass: everything that waits is due, and no address rests."""
    with tenant(shop):
        Webhook.objects.update(busy_until=None)
        WebhookDelivery.objects.filter(state="waiting").update(next_at=timezone.now())


def test_an_event_arrives_signed(shop: Any, webhook: Webhook, receiver: Any) -> None:
    emit(shop, "import.done", {"name": "春茶.csv", "n_written": 3})
    assert deliver(shop.pk, webhook.pk) == 1
    (call,) = receiver.calls
    letter = json.loads(call["body"])
    assert letter["event"] == "import.done"
    assert letter["shop"] == "northlight"
    assert letter["data"] == {"name": "春茶.csv", "n_written": 3}
    assert call["headers"]["Webhook-Id"] == letter["id"]
    (row,) = told(shop)
    assert (row.state, row.status_code, row.answer) == ("delivered", 200, "thank you")
    assert row.n_attempts == 1
    assert row.next_at is None


def test_a_wrong_secret_is_refused_by_the_receiver(
    shop: Any, webhook: Webhook, receiver: Any
) -> None:
    receiver.secret = "whsec_other"
    emit(shop, "import.done", {})
    assert deliver(shop.pk, webhook.pk) == 0
    (row,) = told(shop)
    assert (row.state, row.status_code) == ("waiting", 401)


def test_what_is_rolled_back_is_never_told(shop: Any, webhook: Webhook) -> None:
    with tenant(shop):
        emit(shop, "import.done", {})
        transaction.set_rollback(True)
    assert told(shop) == []


def test_only_addresses_that_asked_are_told(shop: Any, receiver: Any, webhook: Webhook) -> None:
    make_webhook(shop, receiver, "/drafts", events=["draft.ready"])
    make_webhook(shop, receiver, "/off", is_on=False)
    assert emit(shop, "import.done", {}) == 1
    assert emit(shop, "model.promoted", {}) == 0


def test_another_shops_address_hears_nothing(shop: Any, other_shop: Any, receiver: Any) -> None:
    make_webhook(other_shop, receiver)
    assert emit(shop, "import.done", {}) == 0
    with tenant(other_shop):
        assert not WebhookDelivery.objects.exists()


def test_an_unknown_event_is_a_mistake(shop: Any) -> None:
    with pytest.raises(ValueError, match="no event"):
        emit(shop, "import.finished", {})


def test_a_letter_too_long_is_a_mistake(shop: Any, webhook: Webhook) -> None:
    with pytest.raises(ValueError, match="too many"), tenant(shop):
        emit(shop, "import.done", {"x": "茶" * 100_000})


@pytest.mark.parametrize(
    ("say", "status", "words"),
    [
        (500, 500, "answered 500"),
        ((302, {"Location": "http://127.0.0.1:1/"}), 302, "Redirects are not followed"),
        (404, 404, "answered 404"),
        ("hang-up", None, "connection broke"),
    ],
)
def test_a_failure_is_told_and_tried_again_with_the_same_id(
    say: Any, status: int | None, words: str, shop: Any, webhook: Webhook, receiver: Any
) -> None:
    receiver.say = [say]
    emit(shop, "import.done", {})
    deliver(shop.pk, webhook.pk)
    (row,) = told(shop)
    assert (row.state, row.status_code) == ("waiting", status)
    assert words in str(row.error)
    assert len(receiver.calls) == 1
    assert deliver(shop.pk, webhook.pk) == 0, "it waits first"
    assert len(receiver.calls) == 1
    again(shop)
    assert deliver(shop.pk, webhook.pk) == 1
    first, second = receiver.calls
    assert first["body"] == second["body"]
    assert first["headers"]["Webhook-Id"] == second["headers"]["Webhook-Id"]
    assert [line["status"] for line in told(shop)[0].log] == [status, 200]


@pytest.mark.parametrize("say", ["silent", "drip"])
def test_a_receiver_that_never_ends_is_left(
    say: str, shop: Any, webhook: Webhook, receiver: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sending, "TOTAL_SECONDS", 0.6)
    receiver.say = [say]
    emit(shop, "import.done", {})
    deliver(shop.pk, webhook.pk)
    (row,) = told(shop)
    assert row.state == "waiting"
    assert "No answer within" in str(row.error)
    assert row.ms < 5000


def test_waits_grow_and_end(shop: Any, webhook: Webhook, receiver: Any) -> None:
    receiver.say = [500] * 50
    emit(shop, "import.done", {})
    waits = []
    while told(shop)[0].state == "waiting":
        again(shop)
        before = timezone.now()
        deliver(shop.pk, webhook.pk)
        if row_next := told(shop)[0].next_at:
            waits.append((row_next - before).total_seconds())
    assert len(receiver.calls) == len(delivery.WAITS) + 1
    for wait, meant in zip(waits, delivery.WAITS, strict=True):
        assert 0.8 * meant <= wait <= 1.2 * meant + 5
    assert told(shop)[0].state == DeliveryState.GIVEN_UP


def test_a_busy_receiver_says_when(shop: Any, webhook: Webhook, receiver: Any) -> None:
    receiver.say = [(503, {"Retry-After": "900"})]
    emit(shop, "import.done", {})
    deliver(shop.pk, webhook.pk)
    left = told(shop)[0].next_at - timezone.now()
    assert timedelta(seconds=890) < left < timedelta(seconds=901)


def test_a_worker_killed_in_the_call_loses_nothing(
    shop: Any, webhook: Webhook, receiver: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The call went out, and whoever made it died before writing it down."""
    emit(shop, "import.done", {})

    class Killed(BaseException):
        pass

    def die(*_: Any) -> None:
        raise Killed

    with monkeypatch.context() as patched:
        patched.setattr(delivery, "_settle", die)
        with pytest.raises(Killed):
            deliver(shop.pk, webhook.pk)
    assert deliver(shop.pk, webhook.pk) == 0, "the dead one's claim still holds"
    with tenant(shop):
        Webhook.objects.update(busy_until=timezone.now() - timedelta(seconds=1))
        WebhookDelivery.objects.update(next_at=timezone.now() - timedelta(seconds=1))
    assert deliver(shop.pk, webhook.pk) == 1
    assert len(receiver.calls) == 2
    assert len({call["headers"]["Webhook-Id"] for call in receiver.calls}) == 1
    assert told(shop)[0].n_attempts == 2


def test_one_worker_at_a_time(shop: Any, webhook: Webhook, receiver: Any) -> None:
    """A second bell while the first call runs sends nothing."""
    emit(shop, "import.done", {})
    emit(shop, "import.done", {})
    seen = []

    def meanwhile(*args: Any, **options: Any) -> Any:
        with pytest.MonkeyPatch.context() as patched:
            patched.setattr(delivery, "send", sending.send)
            seen.append(deliver(shop.pk, webhook.pk))
        return sending.send(*args, **options)

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(delivery, "send", meanwhile)
        assert deliver(shop.pk, webhook.pk) == 2
    assert seen == [0, 0]
    assert len(receiver.calls) == 2


def test_a_late_answer_of_a_lost_worker_changes_nothing(
    shop: Any, webhook: Webhook, receiver: Any
) -> None:
    emit(shop, "import.done", {})
    token = delivery.uuid4()
    slow = delivery._claim(shop.pk, webhook.pk, token)
    with tenant(shop):
        Webhook.objects.update(busy_until=timezone.now() - timedelta(seconds=1))
        WebhookDelivery.objects.update(next_at=timezone.now() - timedelta(seconds=1))
    assert deliver(shop.pk, webhook.pk) == 1
    with tenant(shop):
        delivery._settle(slow, sending.Outcome(5, 500, error="late"), token)
    assert told(shop)[0].state == "delivered"


def test_events_arrive_in_order(shop: Any, webhook: Webhook, receiver: Any) -> None:
    for n in range(5):
        emit(shop, "import.done", {"n": n})
    assert deliver(shop.pk, webhook.pk) == 5
    assert [json.loads(call["body"])["data"]["n"] for call in receiver.calls] == [0, 1, 2, 3, 4]


def test_an_address_that_is_gone_is_switched_off(
    shop: Any, webhook: Webhook, receiver: Any
) -> None:
    receiver.say = [410]
    emit(shop, "import.done", {})
    deliver(shop.pk, webhook.pk)
    with tenant(shop):
        webhook.refresh_from_db()
    assert not webhook.is_on
    assert "410" in str(webhook.problem)


def test_it_is_switched_off_after_a_day_of_failures_but_not_for_a_bad_hour(
    shop: Any, webhook: Webhook, receiver: Any
) -> None:
    receiver.say = [500] * 100
    for _ in range(delivery.OFF_AFTER + 2):
        emit(shop, "import.done", {})
        again(shop)
        deliver(shop.pk, webhook.pk)
    with tenant(shop):
        webhook.refresh_from_db()
        assert webhook.is_on
        assert webhook.n_failures == delivery.OFF_AFTER + 2
        Webhook.objects.update(failing_since=timezone.now() - timedelta(hours=25))
    again(shop)
    deliver(shop.pk, webhook.pk)
    with tenant(shop):
        webhook.refresh_from_db()
    assert not webhook.is_on
    assert "in 25 hours" in str(webhook.problem)
    assert "answered 500" in str(webhook.problem)


def test_a_success_forgets_failures(shop: Any, webhook: Webhook, receiver: Any) -> None:
    receiver.say = [500]
    emit(shop, "import.done", {})
    deliver(shop.pk, webhook.pk)
    again(shop)
    deliver(shop.pk, webhook.pk)
    with tenant(shop):
        webhook.refresh_from_db()
    assert webhook.n_failures == 0
    assert webhook.failing_since is None


def test_sent_again_it_is_the_same_event(shop: Any, webhook: Webhook, receiver: Any) -> None:
    emit(shop, "import.done", {})
    deliver(shop.pk, webhook.pk)
    with tenant(shop):
        send_again(WebhookDelivery.objects.select_related("webhook").get())
    assert deliver(shop.pk, webhook.pk) == 1
    first, second = receiver.calls
    assert first["body"] == second["body"]


def test_while_a_secret_is_replaced_both_sign(shop: Any, webhook: Webhook, receiver: Any) -> None:
    old = receiver.secret
    with tenant(shop):
        new = webhook.renew_secret()
        webhook.save()
    for secret in (old, new):
        receiver.secret = secret
        emit(shop, "import.done", {})
        assert deliver(shop.pk, webhook.pk) == 1
    with tenant(shop):
        Webhook.objects.update(secret_set_at=timezone.now() - timedelta(hours=25))
    receiver.secret = old
    emit(shop, "import.done", {})
    assert deliver(shop.pk, webhook.pk) == 0


def test_the_clock_rings_for_what_is_due(
    shop: Any, webhook: Webhook, receiver: Any, rung: list[Any]
) -> None:
    emit(shop, "import.done", {})
    rung.clear()
    assert ring_due() == 1
    assert rung[0]["kwargs"] == {"merchant_id": shop.pk, "webhook_id": str(webhook.pk)}
    receiver.say = [500]
    deliver(shop.pk, webhook.pk)
    assert ring_due() == 0, "it waits for its next attempt"
    again(shop)
    assert ring_due() == 1
    with tenant(shop):
        Webhook.objects.update(is_on=False)
    assert ring_due() == 0


def test_the_bell_is_rung_after_the_commit(
    shop: Any, webhook: Webhook, rung: list[Any], django_capture_on_commit_callbacks: Any
) -> None:
    with django_capture_on_commit_callbacks(execute=False) as bells, transaction.atomic():
        emit(shop, "import.done", {})
    assert len(bells) == 1
    assert rung == []
    bells[0]()
    assert len(rung) == 1


def test_a_test_call_wakes_an_address_that_rests(
    shop: Any, webhook: Webhook, receiver: Any
) -> None:
    receiver.say = [500]
    emit(shop, "import.done", {})
    deliver(shop.pk, webhook.pk)
    with tenant(shop):
        wake(webhook)
        webhook.refresh_from_db()
    assert webhook.busy_until is None


def test_deliveries_leave_after_thirty_days(shop: Any, webhook: Webhook) -> None:
    emit(shop, "import.done", {})
    emit(shop, "import.done", {})
    first = told(shop)[0]
    with tenant(shop):
        WebhookDelivery.objects.filter(pk=first.pk).update(
            created_at=timezone.now() - timedelta(days=31)
        )
    assert purge_deliveries() == 1
    assert [row.pk for row in told(shop)] != [first.pk]
    assert len(told(shop)) == 1


def test_a_shop_that_fails_keeps_nobody_elses_deliveries(
    shop: Any, other_shop: Any, webhook: Webhook, monkeypatch: Any
) -> None:
    emit(shop, "import.done", {})

    def entered(merchant: Merchant) -> Any:
        return tenant(merchant if merchant == shop else 1 << 80)  # which the database refuses

    monkeypatch.setattr(purge, "tenant", entered)
    assert purge_deliveries(timezone.now() + timedelta(days=31)) == 1


def test_a_broken_seal_is_told(shop: Any, webhook: Webhook, receiver: Any, settings: Any) -> None:
    settings.SECRET_KEY = "another"
    emit(shop, "import.done", {})
    deliver(shop.pk, webhook.pk)
    assert "Make a new one" in str(told(shop)[0].error)
    assert receiver.calls == []


def test_the_app_sees_due_addresses_but_no_rows(shop: Any, webhook: Webhook) -> None:
    """What the clock asks crosses shops; it learns two ids and nothing else."""
    emit(shop, "import.done", {})
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT set_config('app.merchant_id', '', true)")
        cursor.execute("SELECT count(*) FROM ecomportal_webhookdelivery")
        assert cursor.fetchone()[0] == 0
        cursor.execute("SELECT * FROM due_webhooks()")
        assert cursor.fetchall() == [(shop.pk, webhook.pk)]

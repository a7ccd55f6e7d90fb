from collections.abc import Iterator
from typing import Any

import pytest

from ecomportal.tenancy.context import tenant
from ecomportal.webhooks import bell
from ecomportal.webhooks.models import Webhook
from tests.ecomportal.webhooks.receiver import receiving


@pytest.fixture
def receiver(settings: Any) -> Iterator[Any]:
    """A program on this machine, which the deployer listed."""
    with receiving() as server:
        settings.WEBHOOK_URLS = [server.base]
        yield server


@pytest.fixture(autouse=True)
def rung(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """Bells that were rung; no worker runs here, tests call `deliver` themselves."""
    bells: list[Any] = []
    monkeypatch.setattr(bell.app, "send_task", lambda name, **options: bells.append(options))
    return bells


@pytest.fixture
def webhook(shop: Any, receiver: Any) -> Webhook:
    return make_webhook(shop, receiver)


def make_webhook(shop: Any, receiver: Any, path: str = "/hook", **fields: Any) -> Webhook:
    fields = {"events": ["import.done"], **fields}
    row = Webhook(merchant=shop, url=receiver.base + path, **fields)
    receiver.secret, row.former_secret = row.renew_secret(), ""
    with tenant(shop):
        row.save()
    return row

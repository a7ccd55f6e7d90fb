"""What a shop's programs can be told of, and the letter each of them gets."""

import json
from typing import Any
from uuid import UUID

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

EVENTS = {
    "draft.ready": _("Drafts were written and wait for a decision"),
    "import.done": _("An import was written"),
    "model.promoted": _("A model version was put into use"),
    "segment.changed": _("Customers entered or left a segment"),
    "chat.handoff_needed": _("A chat waits for a person"),
}
TEST = "webhook.test"  # sent by hand, to one address, whatever it is subscribed to
MAX_BODY = 256 * 1024  # bytes; what is larger belongs behind a link


def letter(shop: str, event: str, data: dict[str, Any], *, event_id: UUID) -> str:
    """The very text that is signed and sent, at every attempt the same."""
    body = {
        "id": str(event_id),
        "event": event,
        "created_at": timezone.now().isoformat(timespec="milliseconds"),
        "shop": shop,
        "data": data,
    }
    text = json.dumps(body, ensure_ascii=False, separators=(",", ":"), default=str)
    if len(text.encode()) > MAX_BODY:
        raise ValueError(f"{event}: {len(text)} characters are too many for a webhook.")
    return text

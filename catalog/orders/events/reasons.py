"""Why events are refused, in words, and what to do; the API tells the same as codes."""

from typing import Any

from django.utils.translation import gettext_lazy as _

# code -> what is wrong, what to do
REASONS: dict[str, tuple[Any, Any]] = {
    "unknown_event": (
        _("Name of an event we do not know"),
        _("Send the names of the e-commerce vocabulary, such as Product Viewed."),
    ),
    "unknown_field": (
        _("Field we do not know"),
        _("Leave the field out, or correct its name."),
    ),
    "missing": (_("Field is missing"), _("Send the field with every event.")),
    "wrong_type": (_("Value of the wrong type"), _("Send text as text, numbers as numbers.")),
    "too_long": (_("Text too long"), _("Shorten it; nothing is cut off in silence.")),
    "not_uuid": (
        _("Id is no UUID"),
        _("Make a UUID for each event and send the same one again when you retry."),
    ),
    "bad_time": (
        _("Not a time with its zone"),
        _("Write times as 2026-01-31T08:30:00Z."),
    ),
    "future": (
        _("More than 10 minutes in the future"),
        _("Set the clock of the sender right, or let the server give the time."),
    ),
    "too_old": (
        _("Too old"),
        _("With a publishable key 30 days are taken, with a secret key ten years."),
    ),
    "bad_money": (
        _("Not an amount"),
        _(
            'Write prices as text with one point, such as "9.90", and no more digits than the '
            "currency has."
        ),
    ),  # fmt: skip
    "bad_currency": (_("Not a currency"), _("Send three capital letters, such as EUR.")),
    "bad_quantity": (_("Not a quantity"), _("Send whole numbers from 1 to 1,000,000.")),
    "too_many_items": (_("Too many products"), _("Send at most 100 products with one event.")),
    "nobody": (
        _("Nobody did it"),
        _("Send user_id, anonymous_id or session_id."),
    ),
    "erased": (
        _("Of a customer who was erased"),
        _("Stop sending her events, or let the number in again under Settings, Privacy."),
    ),
    "bad_text": (
        _("Text that cannot be kept"),
        _("Take NUL and halves of characters out."),
    ),
}


def reason(code: str) -> tuple[Any, Any]:
    return REASONS.get(code, (code, ""))

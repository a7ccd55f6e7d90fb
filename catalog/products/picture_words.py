"""Why a picture was not fetched: kept as a code with its details, read in anybody's language."""

import json
from typing import Any

from django.utils.translation import gettext_lazy as _

from ecomportal.said import Said, filled

MAX_KEPT = 400  # characters, as the column has
MAX_DETAIL = 80  # characters of a host or a type that a stranger chose
WORDS = {
    "url": _("The address cannot be read. Correct it, or upload the picture."),
    "scheme": _("Only http and https addresses are fetched."),
    "credentials": _("The address holds a name or a password, so it is not fetched."),
    "port": _("Port %(port)s is not fetched from, only the ports of websites."),
    "odd_host": _("The host is written as a number, so it is not fetched."),
    "unknown_host": _("There is no host named %(host)s. Check the address."),
    "private": _("%(host)s leads into a private network, so it is not fetched."),
    "redirects": _("The address leads on to another more than %(n)s times."),
    "downgrade": _("The address leads from https to an unprotected one."),
    "slow": _("The host took too long to answer. Try again later."),
    "certificate": _("%(host)s shows a certificate that is not valid."),
    "broken": _("%(host)s does not answer as a web server does."),
    "proxy": _("The proxy does not let the address through."),
    "busy": _("The host asks to come back later (status %(status)s)."),
    "status": _("The host answered with status %(status)s instead of a picture."),
    "type": _("The address gives %(type)s, not a picture."),
    "size": _("The picture is larger than %(mib)s MiB."),
    "cut": _("The picture ended before its end. Try again later."),
    "host_silent": _("%(host)s failed several times in a row, so it was not asked again."),
    "budget": _("The pictures sent together are too large. Send it again with fewer others."),
    "format": _("This is not a JPEG, PNG or WebP picture."),
    "damaged": _("The picture is damaged: part of it cannot be read."),
    "pixels": _(
        "The picture is too large: at most %(side)s pixels a side, %(mega)s million in all."
    ),
}


def kept(code: str, detail: dict[str, Any]) -> str:
    """As the row keeps it."""
    short = {k: v[:MAX_DETAIL] if isinstance(v, str) else v for k, v in detail.items()}
    text = json.dumps([code, short])
    return text if len(text) <= MAX_KEPT else json.dumps([code, {}])


def words(stored: str) -> str:
    """What is kept, as a sentence; "" where nothing is."""
    try:
        code, detail = json.loads(stored)
        return str(WORDS[code]) % _filled(detail)
    except (ValueError, KeyError, TypeError):
        return ""


def message(stored: str) -> Said | str:
    """The same to be stored once more, for readers of either language."""
    try:
        code, detail = json.loads(stored)
        return filled(WORDS[code], {k: str(v) for k, v in _filled(detail).items()})
    except (ValueError, KeyError, TypeError):
        return ""


def _filled(detail: dict[str, Any]) -> dict[str, Any]:
    return {"host": "?", "type": "?", "status": "?", "port": "?", "n": "?", **detail}

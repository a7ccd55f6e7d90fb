"""Which addresses may be called: outside ones by https, inside ones that the deployer listed.

An address is typed by a person and called by our machine. A name is resolved anew for every call
and all that it resolves to is judged; the connection goes to one of those very addresses.
"""

import re
from urllib.parse import SplitResult, urlsplit

from django.conf import settings

from ecomportal.said import Said, said
from ecomportal.web.outside import (
    DEFAULT_PORTS,
    FetchError,
    ascii_host,
    is_outside,
    resolve_host,
)

MAX_URL = 500
MAX_ADDRESSES = 3


class AddressRefused(Exception):
    """Why an address may not be called; `reason` is shown as it stands."""

    def __init__(self, reason: Said) -> None:
        super().__init__(str(reason))
        self.reason = reason


def parse_url(text: str) -> SplitResult:
    """The parts of an address, its host in ASCII and its port told; raises AddressRefused."""
    text = text.strip()
    try:
        parts = urlsplit(text)
        port, host = parts.port, ascii_host(parts.hostname or "")
    except (ValueError, FetchError):
        raise _no_address() from None
    if len(text) > MAX_URL or re.search(r"[\x00-\x20\x7f\\]", text) or port == 0:
        raise _no_address()
    if parts.scheme not in DEFAULT_PORTS:
        raise AddressRefused(said("The address must begin with https://."))
    if "@" in parts.netloc or parts.fragment:
        raise AddressRefused(said("The address must hold no name, password or “#”."))
    host = f"[{host}]" if ":" in host else host
    return parts._replace(netloc=f"{host}:{port or DEFAULT_PORTS[parts.scheme]}")


def _no_address() -> AddressRefused:
    return AddressRefused(said("This is not the address of a web server."))


def is_listed(parts: SplitResult) -> bool:
    """Whether the deployer named this very server in WEBHOOK_URLS."""
    listed = (parse_url(url) for url in settings.WEBHOOK_URLS)
    return (parts.scheme, parts.netloc) in {(one.scheme, one.netloc) for one in listed}


def judged(parts: SplitResult) -> list[str]:
    """The addresses to connect to; raises AddressRefused, or TimeoutError."""
    if parts.scheme != "https" and not is_listed(parts):
        raise AddressRefused(
            said("Outside servers are called by https:// alone: others could read along.")
        )
    try:
        found = list(dict.fromkeys(resolve_host(parts.hostname or "", parts.port or 0)))
    except FetchError as error:
        if error.code == "slow":
            raise TimeoutError from None
        raise AddressRefused(
            said("No server is called %(host)s.", host=parts.hostname or "")
        ) from None
    if not is_listed(parts) and not all(map(is_outside, found)):
        raise AddressRefused(
            said(
                "%(host)s is inside our own network. Whoever runs this site can allow it with"
                " WEBHOOK_URLS.",
                host=parts.hostname or "",
            )
        )
    return found[:MAX_ADDRESSES]

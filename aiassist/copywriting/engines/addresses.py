"""Which model servers a shop may name: an address is typed by a person and asked by our machine.

Outside addresses: any shop, by https. Inside ones (this machine, a private network) and plain
http: only what the deployer listed in TEXT_ENGINE_URLS, and this machine where the portal is one
person's own (TEXT_ENGINE_LOOPBACK). A name is resolved anew for every connection and all that it
resolves to is judged; the connection goes to one of those very addresses.
"""

from dataclasses import dataclass
from urllib.parse import urlsplit

from django.conf import settings

from ecomportal.said import Said, said
from ecomportal.web.outside import (
    DEFAULT_PORTS,
    FetchError,
    ascii_host,
    is_loopback,
    is_outside,
    resolve_host,
)

MAX_URL = 300


class AddressRefused(Exception):
    """Why an address may not be asked; `reason` is shown as it stands."""

    def __init__(self, reason: Said) -> None:
        super().__init__(str(reason))
        self.reason = reason


@dataclass(frozen=True)
class BaseUrl:
    """Where a server is: "https://host:port" and the path before "/chat/completions"."""

    scheme: str
    host: str
    port: int
    path: str

    @property
    def origin(self) -> str:
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{self.scheme}://{host}:{self.port}"

    @property
    def is_listed(self) -> bool:
        """Whether the deployer named this very server."""
        return self.origin in {parse_url(url).origin for url in settings.TEXT_ENGINE_URLS}


def parse_url(text: str) -> BaseUrl:
    """The parts of an address; raises AddressRefused for one that no server has."""
    text = text.strip()
    if not text.lower().startswith(("https://", "http://")):
        raise AddressRefused(said("The address must begin with https:// (or http://)."))
    try:
        parts = urlsplit(text[: MAX_URL + 1])
        port, host = parts.port, ascii_host(parts.hostname or "")
    except (ValueError, FetchError):
        raise AddressRefused(said("This is not the address of a server.")) from None
    if len(text) > MAX_URL:
        raise AddressRefused(said("This is not the address of a server."))
    if "@" in parts.netloc or parts.query or parts.fragment:
        raise AddressRefused(
            said("The address must hold no name, password, “?” or “#”. The key has its own field.")
        )
    path = parts.path.rstrip("/").removesuffix("/chat/completions")
    return BaseUrl(parts.scheme, host, port or DEFAULT_PORTS[parts.scheme], path)


def judged(base: BaseUrl) -> list[str]:
    """The addresses to connect to; raises AddressRefused where one of them may not be asked."""
    try:
        found = list(dict.fromkeys(resolve_host(base.host, base.port)))
    except FetchError as error:
        if error.code == "slow":
            raise TimeoutError from None
        raise AddressRefused(said("No server is called %(host)s.", host=base.host)) from None
    if base.is_listed or (settings.TEXT_ENGINE_LOOPBACK and all(map(is_loopback, found))):
        return found
    if not all(map(is_outside, found)):
        raise AddressRefused(
            said(
                "%(host)s is inside our own network. Whoever runs this site can allow it with"
                " TEXT_ENGINE_URLS.",
                host=base.host,
            )
        )
    if base.scheme != "https":
        raise AddressRefused(
            said("Outside servers are asked by https:// alone: the key would be readable.")
        )
    return found

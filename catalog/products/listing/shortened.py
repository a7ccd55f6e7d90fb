"""Ids as the list writes them: 22 characters for a UUID instead of 36, twice in every row."""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from uuid import UUID

from django.urls import register_converter

SHORT = r"[A-Za-z0-9_-]{21}[AQgw]"  # the last character carries two bits


def short(pk: UUID) -> str:
    return urlsafe_b64encode(pk.bytes)[:22].decode()


def long(text: str) -> UUID:
    """Raises ValueError for what is no id, in either form."""
    if len(text) == 22:
        return UUID(bytes=urlsafe_b64decode(text + "=="))
    return UUID(text)


class IdConverter:
    """`<id:...>`: an id in an address, in either form; addresses are written in the long one."""

    name = "id"
    regex = rf"[0-9a-f]{{8}}(?:-[0-9a-f]{{4}}){{3}}-[0-9a-f]{{12}}|{SHORT}"

    def to_python(self, value: str) -> UUID:
        return long(value)

    def to_url(self, value: UUID | str) -> str:
        return str(value)


register_converter(IdConverter, IdConverter.name)

"""Secrets of others that must be used again, such as a provider's key: sealed, never shown.

Fernet with a key derived from SECRET_KEY. After SECRET_KEY was changed, the old ones named in
SECRET_KEY_FALLBACKS still open what they sealed; without them a secret must be entered anew.
"""

import base64

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings

from ecomportal.said import Said, said


class SealBroken(Exception):
    """The secret cannot be read any more."""

    @property
    def reason(self) -> Said:
        return said(
            "The stored key can no longer be read, because this site's own secret was changed."
            " Enter the key again."
        )


def _fernet() -> MultiFernet:
    keys = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    return MultiFernet([Fernet(_derived(key)) for key in keys])


def _derived(key: str) -> bytes:
    kdf = HKDF(algorithm=SHA256(), length=32, salt=None, info=b"ecomportal sealed secrets")
    return base64.urlsafe_b64encode(kdf.derive(key.encode()))


def seal(secret: str) -> str:
    return _fernet().encrypt(secret.encode()).decode()


def unseal(sealed: str) -> str:
    """Raises SealBroken."""
    try:
        return _fernet().decrypt(sealed.encode()).decode()
    except InvalidToken:
        raise SealBroken from None

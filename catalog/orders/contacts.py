"""E-mail addresses and phone numbers become hashes the moment they are read; nothing keeps them.

The hashes are those that advertising audiences match: SHA-256 of the trimmed, lower-case address;
of the number as "+4930123456" (E.164), and of its digits alone. What is 64 hexadecimal digits
already is taken as such a hash. A number without its country is completed with the customer's.
"""

import hashlib
import re
from functools import lru_cache
from typing import NamedTuple

from catalog.products.imports.values import BadValue

EMAIL = re.compile(r"[^@\s,;<>()\"]+@[^@\s,;<>()\"]+\.[^@\s,;<>()\".]+")
HASH = re.compile(r"[0-9a-fA-F]{64}")
BOTH = re.compile(r"([0-9a-fA-F]{64})/([0-9a-fA-F]{64})")  # of a phone, as an error file has them
NOT_DIGITS = re.compile(r"[^\d]+")
NUMBER = re.compile(r"[+\d(][\d\s().\-/]*", re.ASCII)
MAX_EMAIL = 254
MIN_DIGITS, MAX_DIGITS = 7, 15  # of an E.164 number
# What a country's own numbers begin with abroad; those that keep their zero have it in the second.
DIALLING = {
    **{"US": "1", "CA": "1", "GB": "44", "IE": "353", "DE": "49", "AT": "43", "CH": "41"},
    **{"FR": "33", "BE": "32", "NL": "31", "LU": "352", "IT": "39", "ES": "34", "PT": "351"},
    **{"SE": "46", "NO": "47", "DK": "45", "FI": "358", "PL": "48", "CZ": "420", "HU": "36"},
    **{"CN": "86", "HK": "852", "MO": "853", "TW": "886", "JP": "81", "KR": "82", "SG": "65"},
    **{"MY": "60", "TH": "66", "VN": "84", "ID": "62", "PH": "63", "IN": "91", "AU": "61"},
    **{"NZ": "64", "BR": "55", "MX": "52", "TR": "90", "IL": "972", "AE": "971", "ZA": "27"},
}
KEEPS_ZERO = {"IT"}
NO_ZERO = {"US", "CA", "ES", "PT", "NO", "DK", "PL", "CZ", "HK", "MO", "SG", "LU"}


class Phone(NamedTuple):
    sha256: str
    digits_sha256: str


def is_email(text: str) -> bool:
    return "@" in text and EMAIL.fullmatch(text.strip()) is not None


def sha256(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()


@lru_cache(maxsize=8192)
def email_hash(cell: str) -> str:
    """The hash of an address. Raises BadValue, which does not repeat the address."""
    text = cell.strip().lower()
    if HASH.fullmatch(text):
        return text
    if len(text) > MAX_EMAIL or not EMAIL.fullmatch(text):
        raise BadValue("not_email")
    return sha256(text)


def phone_hash(cell: str, country: str = "") -> Phone:
    """Both hashes of a number. Raises BadValue, which does not repeat the number."""
    text = cell.strip()
    if both := BOTH.fullmatch(text):
        return Phone(both[1].lower(), both[2].lower())
    if HASH.fullmatch(text):
        return Phone(text.lower(), "")
    # Spreadsheets keep a plus only behind an apostrophe, and some write a number as 4.93E+10.
    digits = _international(text.lstrip("'"), country)
    return Phone(sha256(f"+{digits}"), sha256(digits))


def _international(text: str, country: str) -> str:
    if not NUMBER.fullmatch(text):
        raise BadValue("not_phone")
    digits = NOT_DIGITS.sub("", text.replace("(0)", ""))
    if not text.startswith("+"):
        digits = _completed(digits, country)
    if not MIN_DIGITS <= len(digits) <= MAX_DIGITS or digits.startswith("0"):
        raise BadValue("not_phone")
    return digits


def _completed(digits: str, country: str) -> str:
    if digits.startswith("00"):
        return digits[2:]
    code = DIALLING.get(country, "")
    if not code:
        raise BadValue("phone_without_country")
    if digits.startswith(code) and len(digits) > 10 and not digits.startswith("0"):
        return digits
    own = digits if country in KEEPS_ZERO | NO_ZERO else digits.removeprefix("0")
    return code + own


def reference(email: str = "", phone: str = "") -> str:
    """The customer number of somebody of whom only a hash is known, or ""."""
    if email:
        return f"email-{email[:24]}"
    return f"phone-{phone[:24]}" if phone else ""


def is_reference(number: str) -> bool:
    return re.fullmatch(r"(?:email|phone)-[0-9a-f]{24}", number) is not None

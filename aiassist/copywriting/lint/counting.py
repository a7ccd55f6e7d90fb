"""How channels count: characters, bytes, Chinese characters twice, or parts of a text message."""

import unicodedata
from collections.abc import Callable

Counter = Callable[[str], int]
# 3GPP TS 23.038: the default alphabet of text messages, and what takes two places in it.
GSM7 = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
GSM7_TWO = frozenset("^{}\\[~]|€\f")
GSM7_ROOM, UCS2_ROOM = (160, 153), (70, 67)  # of a single message, of each of several


def count_double_cjk(text: str) -> int:
    """Taobao and Google count a Chinese or full-width character as two."""
    return sum(2 if unicodedata.east_asian_width(char) in "WF" else 1 for char in text)


def is_gsm7(text: str) -> bool:
    return all(char in GSM7 or char in GSM7_TWO for char in text)


def sms_length(text: str) -> tuple[int, tuple[int, int]]:
    """What the text takes, and the room of one message and of each of several."""
    if is_gsm7(text):
        return len(text) + sum(char in GSM7_TWO for char in text), GSM7_ROOM
    # UTF-16 code units: an emoji takes two of the 70.
    return len(text.encode("utf-16-be")) // 2, UCS2_ROOM


def sms_segments(text: str) -> int:
    """How many messages a text is sent, and paid, as."""
    n, (single, joined) = sms_length(text)
    if n <= single:
        return 1 if n else 0
    return -(-n // joined)


COUNTERS: dict[str, Counter] = {
    "characters": len,
    "bytes": lambda text: len(text.encode()),
    "double_cjk": count_double_cjk,
    "sms": sms_segments,
}


def cut_point(text: str, most: int, count: Counter) -> int:
    """The first character that no longer fits; counts never fall as a text grows."""
    low, high = 0, len(text)
    while low < high:
        middle = (low + high + 1) // 2
        if count(text[:middle]) <= most:
            low = middle
        else:
            high = middle - 1
    return low

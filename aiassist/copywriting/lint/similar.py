"""Near-duplicates: how alike two texts are, and fingerprints that find those worth comparing.

A text is the set of its shingles: three words in English, four characters in Chinese. Fingerprints
are those of MinHash with one hash of each shingle, parted into bins (one-permutation hashing, Li,
Owen and Zhang 2012): a band is the smallest hashes of three bins. Of two texts that share 80 % of
their shingles, one of eight bands is the same with a probability of 1 - (1 - 0.8³)⁸ = 99.7 %.
"""

import re
import zlib
from collections.abc import Iterator

from aiassist.copywriting.guard import Finding

ALIKE = 0.8  # share of common shingles from which a person is told
FEWEST = 12  # shingles below which texts are alike by chance
N_BANDS, ROWS = 8, 3
N_BINS = N_BANDS * ROWS
WORD = re.compile(r"[\u3400-\u9fff]|[^\W_]+")
TAG = re.compile(r"<[^>]*>")
HAN = re.compile(r"[\u3400-\u9fff]")


def shingles(text: str) -> frozenset[str]:
    """What a text is compared by: case, punctuation and markup left aside."""
    words = WORD.findall(TAG.sub(" ", text).casefold())
    size = 4 if sum(map(len, filter(HAN.match, words))) * 2 > len(words) else 3
    return frozenset(" ".join(words[n : n + size]) for n in range(len(words) - size + 1))


def likeness(first: frozenset[str], second: frozenset[str]) -> float:
    """The Jaccard index: common shingles by all shingles, 0 to 1."""
    return len(first & second) / len(first | second) if first or second else 0.0


def bands(found: frozenset[str], salt: str) -> list[int]:
    """Eight signed 64-bit fingerprints, or none for a text too short to compare. Only texts of
    one `salt` (a language and a field) can share one."""
    if len(found) < FEWEST:
        return []
    smallest = _minima(found)
    return [_key(f"{salt}:{n}", smallest[n * ROWS : (n + 1) * ROWS]) for n in range(N_BANDS)]


def _minima(found: frozenset[str]) -> list[int]:
    """The smallest hash of each bin; an empty bin borrows from the next one that is not."""
    smallest: list[int | None] = [None] * N_BINS
    for shingle in found:
        hashed = zlib.crc32(shingle.encode())
        place, rest = hashed % N_BINS, hashed // N_BINS
        if smallest[place] is None or rest < smallest[place]:
            smallest[place] = rest
    return [next(_from(smallest, place)) for place in range(N_BINS)]


def _from(smallest: list[int | None], place: int) -> Iterator[int]:
    for step in range(N_BINS):
        value = smallest[(place + step) % N_BINS]
        if value is not None:
            # What was borrowed must not pass for one's own.
            yield value + step * 0x1000_0000


def _key(salt: str, values: list[int]) -> int:
    text = f"{salt}:{values}".encode()
    high, low = zlib.crc32(text), zlib.crc32(b"\0" + text)
    return ((high << 32) | low) - (1 << 63)


def duplicate(text: str, title: str, share: float) -> Finding:
    n = round(100 * share)
    return Finding(
        0, len(text), text, "duplicate", "warn",
        f"{n} % the same as the text of “{title}”. Search engines show only one of such pages.",
        f"与“{title}”的文案重复{n}%，搜索引擎通常只展示其中一个页面。",
        "Say what sets this product apart: add facts, and draft again.",
        "请补充能体现差异的属性后重新生成。",
    )  # fmt: skip

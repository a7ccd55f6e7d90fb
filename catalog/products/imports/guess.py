"""What a column is for, told by what stands in it: addresses, prices, codes, paths, long texts."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from catalog.products.imports.fields import MORE_IMAGES, PAIRS

MOST = 0.8  # share of the values that must look alike
PICTURE = re.compile(r"(?:https?:)?//\S+\.(?:jpe?g|png|webp|gif|avif|bmp)(?:\?\S*)?", re.I)
ADDRESS = re.compile(r"(?:https?:)?//\S+", re.I)
MONEY = re.compile(
    r"(?:[A-Z]{3}|[$€£¥￥])?\s*\d[\d.,' ]*\s*(?:[A-Z]{3}|[$€£¥￥元])?", re.I
)  # with or without a fraction
FRACTION = re.compile(r"\d[.,]\d\d?(?!\d)")
WHOLE = re.compile(r"-?\d{1,9}(?:\.0+)?")
CODE = re.compile(r"(?=.*\d)[\w.\-/#]{2,40}")
PAIR = re.compile(r"[^=,;|]{1,60}=[^=]+")
HTML = re.compile(r"<(?:p|br|ul|li|div|h\d|b|strong|span)\b", re.I)


@dataclass(frozen=True)
class Profile:
    """Shares, between 0 and 1, of the filled cells that look like something."""

    n: int
    picture: float = 0
    address: float = 0
    money: float = 0
    fraction: float = 0
    whole: float = 0
    gtin: float = 0
    path: float = 0
    code: float = 0
    pairs: float = 0
    text: float = 0
    distinct: float = 0
    mean_length: float = 0
    html: float = 0


def profile(values: Iterable[str]) -> Profile:
    cells = [value.strip() for value in values if value.strip()]
    if not cells:
        return Profile(0)

    def share(found: Iterable[object]) -> float:
        return sum(map(bool, found)) / len(cells)

    return Profile(
        n=len(cells),
        picture=share(PICTURE.match(cell) for cell in cells),
        address=share(ADDRESS.match(cell) for cell in cells),
        money=share(MONEY.fullmatch(cell) for cell in cells),
        fraction=share(FRACTION.search(cell) for cell in cells),
        whole=share(WHOLE.fullmatch(cell) for cell in cells),
        gtin=share(is_gtin(cell) for cell in cells),
        path=share(" > " in cell for cell in cells),
        code=share(CODE.fullmatch(cell) for cell in cells),
        pairs=share(PAIR.match(cell) for cell in cells),
        text=share(any(map(str.isalpha, cell)) for cell in cells),
        distinct=len(set(cells)) / len(cells),
        mean_length=sum(map(len, cells)) / len(cells),
        html=share(HTML.search(cell) for cell in cells),
    )


def is_gtin(cell: str) -> bool:
    """Whether the check digit of an EAN, UPC or GTIN is right."""
    if not cell.isascii() or not cell.isdigit() or len(cell) not in (8, 12, 13, 14):
        return False
    digits = [int(digit) for digit in reversed(cell)]
    return (sum(digits[0::2]) + 3 * sum(digits[1::2])) % 10 == 0


def fits(field: str, found: Profile) -> bool:
    """Whether the values of a column can be what its name says they are."""
    if not found.n:
        return True
    if field in ("price", "sale_price", "compare_at", "cost"):
        return found.money >= 0.5
    if field in ("stock", "weight_grams"):
        return found.money >= 0.5
    if field in ("image_url", MORE_IMAGES):
        return found.money < 0.5
    if field == PAIRS:
        return found.pairs >= 0.5
    if field in ("title", "description", "category"):
        return found.text >= 0.3
    return True


def guess(
    columns: Mapping[str, Sequence[str]], taken: Iterable[str], *, has_header: bool
) -> dict[str, str]:
    """Fields for columns whose names say nothing; each field is given once.

    Where the columns have names, only what cannot be mistaken is guessed: a column called
    "width" holds numbers too.
    """
    left = {name: profile(values) for name, values in columns.items()}
    found: dict[str, str] = {}
    for field in ORDER if not has_header else CERTAIN:
        if field in taken:
            continue
        rated = [(RATE[field](p), name) for name, p in left.items() if p.n]
        best = max(rated, default=(0.0, ""), key=lambda pair: pair[0])
        if best[0] > 0:
            found[best[1]] = field
            del left[best[1]]
    return found


def _title(p: Profile) -> float:
    is_title = p.text >= 0.9 and p.distinct >= 0.7 and 3 <= p.mean_length <= 160 and p.path < 0.5
    return p.distinct if is_title and p.address < 0.2 and p.html < 0.2 else 0


def _description(p: Profile) -> float:
    is_long = p.text >= 0.5 and p.address < 0.5 and (p.mean_length > 90 or p.html >= 0.5)
    return p.mean_length if is_long else 0


def _price(p: Profile) -> float:
    return p.fraction if p.money >= MOST and p.fraction > 0.2 else 0


def _stock(p: Profile) -> float:
    return 1 - p.mean_length / 10 if p.whole >= 0.95 and p.mean_length < 6 else 0


def _sku(p: Profile) -> float:
    return p.distinct if p.code >= 0.9 and p.distinct >= 0.9 and p.mean_length >= 3 else 0


RATE = {
    "image_url": lambda p: p.picture if p.picture >= MOST else 0,
    "barcode": lambda p: p.gtin if p.gtin >= MOST else 0,
    "category": lambda p: p.path if p.path >= 0.5 else 0,
    "description": _description,
    "price": _price,
    "sku": _sku,
    "title": _title,
    "stock": _stock,
}
ORDER = tuple(RATE)
CERTAIN = ("image_url", "barcode", "category")

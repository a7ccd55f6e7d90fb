"""Which of a table's first rows names its columns, or that none does."""

import re
import statistics
from collections.abc import Sequence

from catalog.products.imports.words import is_known_name

MAX_NAME = 100  # characters; a longer cell is a text, not the name of a column
LAST = 10  # rows among which a header may stand; titles and notes come before it
VALUE = re.compile(
    r"(?:[A-Z]{3}|[$€£¥￥])?\s*[-+]?\d[\d.,'\s]*\s*(?:[A-Z]{3}|[$€£¥￥元%])?"
    r"|https?://\S+|\d{4}-\d\d?-\d\d?.*|<[a-z][^>]*>.*",
    re.DOTALL | re.IGNORECASE,
)


def find_header(rows: Sequence[Sequence[str]]) -> int | None:
    """The place of the header among `rows`; None when the table begins with its first product."""
    rows = rows[: LAST + 20]
    widths = [_filled(row) for row in rows]
    wanted = 0.6 * statistics.median(widths) if widths else 0
    for at, row in enumerate(rows[:LAST]):
        # A title above the table fills one cell where the table fills many.
        if widths[at] >= wanted and (widths[at] > 1 or len(row) == 1 or at == 0 and wanted <= 1):
            return at if _names_columns(row) else None
    return None


def _filled(row: Sequence[str]) -> int:
    return sum(bool(cell.strip()) for cell in row)


def _names_columns(row: Sequence[str]) -> bool:
    cells = [cell.strip() for cell in row if cell.strip()]
    n_values = sum(looks_like_a_value(cell) for cell in cells)
    n_known = sum(is_known_name(cell) for cell in cells)
    return n_values == 0 or n_known > n_values


def looks_like_a_value(cell: str) -> bool:
    """Whether a cell holds what stands below a header: a number, an address, a date, a text."""
    return len(cell) > MAX_NAME or VALUE.fullmatch(cell) is not None


def letters(n: int) -> list[str]:
    """Names for the columns of a table without a header, as a spreadsheet gives them."""
    return [letter(at) for at in range(n)]


def letter(at: int) -> str:
    name = ""
    at += 1
    while at:
        at, rest = divmod(at - 1, 26)
        name = chr(65 + rest) + name
    return name

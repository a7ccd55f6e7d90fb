"""The shape of a file format: its columns as SQL, and what the lines of a product are made of."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db.models import QuerySet

from ecomportal.tenancy.models import Merchant

if TYPE_CHECKING:
    from catalog.products.exports.sql import Chosen

# What a column holds: words that a person typed, which a spreadsheet might run; a number; or a
# word or JSON of our own making, which is neither.
TEXT, NUMBER, WORD = "text", "number", "word"


@dataclass(frozen=True)
class Column:
    """`of` says on which lines it stands: the product's, the variants' or the pictures'."""

    name: str
    sql: str
    kind: str = TEXT
    of: str = "product"


@dataclass(frozen=True)
class Format:
    """`source(columns, chosen, cells, merchant)` is the SQL that gives the cells of these
    products' lines, in order, and `blank` says when a kind of column is empty.

    Both speak of `l`, a line, and of its number within its product, `l.n`.
    """

    name: str
    label: Any
    hint: Any
    columns: Callable[[QuerySet, Merchant], list[Column]]
    source: Callable[[Sequence[Column], "Chosen", str, Merchant], str]
    blank: dict[str, str]
    delimiter: str = ","
    extension: str = "csv"
    has_choice: bool = False  # of columns
    has_ranges: bool = False  # its lines are joined in order, whatever their number

"""The variants of one product as a page of a grid: filtered, sorted, fifty at a time.

All variants of the product are read in one statement anyway, so choosing among them costs no
more; what stays small is the page and what a save sends.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import urlencode

from django.http import QueryDict

from catalog.products.editable import Editable

PAGE_SIZE = 50
OPTIONS = (1, 2, 3)
NUMBERS: dict[str, Callable[[dict[str, Any]], Any]] = {
    "price": lambda v: v["price_cents"],
    "compare_at": lambda v: v["compare_at_cents"],
    "cost": lambda v: v["cost_cents"],
    "stock": lambda v: v["stock"],
    "weight": lambda v: v["weight_grams"] and float(v["weight_grams"]),
}
SORTS = ("sku", "barcode", "o1", "o2", "o3", *NUMBERS)


@dataclass(frozen=True)
class GridQuery:
    """What of the variants is shown; its names in an address start with v."""

    text: str = ""
    options: tuple[str, str, str] = ("", "", "")
    sort: str = ""  # "" is the order of the shop; "-price" is the dearest first
    page: int = 1

    @property
    def is_narrowed(self) -> bool:
        return bool(self.text or any(self.options))

    def address(self, **changes: Any) -> str:
        """As a query string with "?", "" when there is nothing to say."""
        query = replace(self, **changes)
        said = {
            "vq": query.text,
            **{f"vo{n}": query.options[n - 1] for n in OPTIONS},
            "vsort": query.sort,
            "vpage": query.page if query.page > 1 else "",
        }
        kept = {name: value for name, value in said.items() if value}
        return f"?{urlencode(kept)}" if kept else ""


@dataclass(frozen=True)
class GridPage:
    query: GridQuery
    variants: list[dict[str, Any]]  # of this page
    n_all: int
    n_matching: int
    n_pages: int

    @property
    def first(self) -> int:
        return (self.query.page - 1) * PAGE_SIZE + 1 if self.n_matching else 0

    @property
    def last(self) -> int:
        return self.first + len(self.variants) - 1 if self.n_matching else 0


def query_of(data: Mapping[str, str]) -> GridQuery:
    """Read from an address or a form; what cannot be read is left out."""
    sort, page = data.get("vsort", ""), data.get("vpage", "")
    return GridQuery(
        text=data.get("vq", "").strip()[:120],
        options=tuple(data.get(f"vo{n}", "")[:120] for n in OPTIONS),  # type: ignore[arg-type]
        sort=sort if sort.removeprefix("-") in SORTS else "",
        page=int(page) if page.isascii() and page.isdigit() and 0 < int(page[:6]) < 10**5 else 1,
    )


def query_in(address: str) -> GridQuery:
    """The query of a query string, with or without its question mark."""
    return query_of(QueryDict(address.removeprefix("?")[:2000]))


def chosen(editable: Editable, query: GridQuery) -> list[dict[str, Any]]:
    """The variants that match, in the order asked for."""
    found = [variant for variant in editable.variants if _matches(variant, query)]
    name = query.sort.removeprefix("-")
    if not name:
        return found
    key = _key(name)
    there = [v for v in found if key(v) not in (None, "")]
    missing = [v for v in found if key(v) in (None, "")]  # last, whichever way it goes
    return sorted(there, key=key, reverse=query.sort.startswith("-")) + missing


def page_of(editable: Editable, query: GridQuery) -> GridPage:
    """The page asked for, or the last one when there are fewer."""
    found = chosen(editable, query)
    n_pages = max(1, -(-len(found) // PAGE_SIZE))
    query = replace(query, page=min(query.page, n_pages))
    start = (query.page - 1) * PAGE_SIZE
    shown = found[start : start + PAGE_SIZE]
    return GridPage(query, shown, len(editable.variants), len(found), n_pages)


def option_values(editable: Editable, n: int) -> list[str]:
    """The values of the n-th option in the order in which they first come."""
    values = (v["options"][n - 1] for v in editable.variants if len(v["options"]) >= n)
    return list(dict.fromkeys(value for value in values if value))


def _matches(variant: dict[str, Any], query: GridQuery) -> bool:
    options = [*variant["options"], "", "", ""]
    if any(wanted and options[n] != wanted for n, wanted in enumerate(query.options)):
        return False
    words = " ".join([variant["sku"], variant["barcode"], *variant["options"]]).casefold()
    return all(word in words for word in query.text.casefold().split())


def _key(name: str) -> Callable[[dict[str, Any]], Any]:
    if name in NUMBERS:
        return NUMBERS[name]
    if name.startswith("o"):
        n = int(name[1]) - 1
        return lambda v: ([*v["options"], "", "", ""][n]).casefold()
    return lambda v: v[name].casefold()

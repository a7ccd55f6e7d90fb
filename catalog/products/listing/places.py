"""Going to a place in a list of any length: the last page, a position, or a first letter.

A position is found by counting entries of the index the order is kept in, no product is read. Where
prices or stocks give the order, deleted products are counted too, so that it is "about" there.
"""

from django.db.models import QuerySet

from catalog.products.filters import ProductFilters
from catalog.products.listing.query import ORDERS
from ecomportal.tenancy.models import Merchant
from ecomportal.web.paging import FORWARD, LAST, cursor_at

FIGURES = {"price": "lowest_cents", "stock": "n_in_stock"}
MAX_POSITION = 10**9


def can_go(filters: ProductFilters) -> bool:
    """Whether a position is found without reading all products that lie before it."""
    return not filters.values["deleted"] and (not filters.narrowings or bool(filters.rarest))


def cursor_to(merchant: Merchant, filters: ProductFilters, sort: str, goto: str) -> str:
    """The cursor of the page that begins at `goto`; "" is the first page."""
    goto = goto.strip().replace(",", "")[:100]
    if goto.isdecimal():
        return _cursor_to_position(merchant, filters, sort, min(int(goto), MAX_POSITION))
    if sort.lstrip("-") == "title" and goto:
        return _cursor_to_title(filters.walk(merchant.products.all()), sort, goto)
    return ""


def _cursor_to_position(
    merchant: Merchant, filters: ProductFilters, sort: str, position: int
) -> str:
    if position <= 1 or not can_go(filters):
        return ""
    before = _keys(merchant, filters, sort)[position - 2 : position - 1]
    for key in before:
        return cursor_at(FORWARD, key)
    return LAST  # beyond the end


def _keys(merchant: Merchant, filters: ProductFilters, sort: str) -> QuerySet:
    """The sort values of every product in order, from an index alone where nothing narrows."""
    products = filters.walk(merchant.products.all())
    figure = FIGURES.get(sort.lstrip("-"))
    if figure is None:
        return products.order_by(*ORDERS[sort]).values_list(*_bare(ORDERS[sort]))
    sign = "-" if sort.startswith("-") else ""
    if filters.narrowings:
        names = [f"{sign}figures__{figure}", f"{sign}id"]
        return products.order_by(*names).values_list(*_bare(names))
    names = [f"{sign}{figure}", f"{sign}product_id"]
    return merchant.product_figures.order_by(*names).values_list(*_bare(names))


def _bare(names: list[str]) -> list[str]:
    return [name.lstrip("-") for name in names]


def _cursor_to_title(products: QuerySet, sort: str, letters: str) -> str:
    """Titles are in the order of their characters, where capitals come first."""
    letters = letters[:1].upper() + letters[1:]
    if sort == "title":
        last = products.filter(title__lt=letters).order_by("-title", "-id")
    else:
        last = products.filter(title__gte=f"{letters}\U0010ffff").order_by("title", "id")
    for key in last.values_list("title", "id")[:1]:
        return cursor_at(FORWARD, key)
    return ""

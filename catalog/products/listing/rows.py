"""The rows of the product list as HTML, written by Python: a page of fifty costs what one template
include of a row did.

The markup is frugal, because a list is mostly rows: attributes that every row would repeat stand on
the table (see `table_classes`), end tags that HTML does not ask for are left out, and addresses are
relative to the list's own. Whatever came from a person goes through `text_of`.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from html import escape
from typing import Any

from babel.dates import format_timedelta
from babel.numbers import get_currency_precision
from django.utils import timezone
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from catalog.products.filters import LOW_STOCK
from catalog.products.listing.columns import Column
from catalog.products.listing.shortened import short
from catalog.products.models import FactStatus, ProductFigures, ProductStatus
from catalog.products.must_have import facts_share, family_of
from catalog.products.vocabulary import find_unit
from ecomportal.web import formats

METERS = ("stock", "facts")  # columns with a bar beside the number
STEPS = 10  # of a meter: the style sheet has a class for each
DATED_DAYS = 2  # from here on a date says more than "3 days ago"
MAX_STATED = 3  # values of one fact in a cell
Row = dict[str, Any]


def table_classes(columns: Sequence[Column], *, can_edit: bool) -> str:
    """What the columns look like, by their place: "n4" is "the fourth holds numbers"."""
    first = 3 if can_edit else 2  # after the boxes and the products
    found = []
    for at, column in enumerate(columns, first):
        found += [f"n{at}"] if column.is_number else []
        found += [f"{column.hides}{at}"] if column.hides else []
        found += [f"e{at}"] if column.edits and can_edit else []
        found += [f"d{at}"] if column.name == "status" else []
        found += [f"b{at}"] if column.name in METERS else []
    return " ".join(found)


class RowWriter:
    """Writes rows in the language and the currency of one request. What is the same in many rows,
    such as "3 variants", is put into words once."""

    def __init__(self, columns: Sequence[Column], merchant: Any, *, can_edit: bool) -> None:
        language = get_language() or ""
        self.can_edit, self.is_zh = can_edit, language.startswith("zh")
        self.words, self.money = words_of(language), _money_writer(merchant.currency, language)
        self.most = 0
        self.cells = [self._cell(column) for column in columns]
        self.now, self.zone = timezone.now(), timezone.get_current_timezone()
        self.locale = formats.locale()

    def _cell(self, column: Column) -> Callable[[Row], str]:
        if column.attribute:
            return lambda row: self.fact(row, column)
        return getattr(self, column.name)

    def write(self, rows: Iterable[Row]) -> SafeString:
        rows = list(rows)
        self.most = max((row["stock"] or 0 for row in rows), default=0)
        # Every piece below is a constant of this module, a number, or escaped.
        return mark_safe("".join([self.row(n, row) for n, row in enumerate(rows, 1)]))

    def row(self, n: int, row: Row) -> str:
        """A header without `scope`: as its column holds nothing but headers, it is its row's."""
        pk, image, below = short(row["id"]), row["image_id"], self.below(row)
        box = f"<td><input type=checkbox name=ids value={pk} aria-labelledby={n}>"
        picture = f"<img src=images/{image}/?size=thumb alt loading=lazy>" if image else ""
        head = f"<th>{picture}<a id={n} href={pk}/>{text_of(row['title'])}</a>{below}"
        cells = "".join([cell(row) for cell in self.cells])
        return f"<tr>{box if self.can_edit else ''}{head}{cells}"

    def below(self, row: Row) -> str:
        """What stands under the name: the SKU of the one variant, or how many there are."""
        n = row["n_variants"]
        if n == 1:
            return f"<i>{text_of(row['sku'])}</i>" if row["sku"] else ""
        return self.words.n_variants(n) if n else self.words.no_variant

    def status(self, row: Row) -> str:
        return self.words.statuses[row["status"]]

    def category(self, row: Row) -> str:
        name = (self.is_zh and row["category_zh"]) or row["category"]
        return f"<td>{text_of(name or row['product_type'])}"

    def vendor(self, row: Row) -> str:
        return f"<td>{text_of(row['vendor'])}"

    def type(self, row: Row) -> str:
        return f"<td>{text_of(row['product_type'])}"

    def tags(self, row: Row) -> str:
        return f"<td>{text_of(', '.join(row['tags']))}"

    def price(self, row: Row) -> str:
        if not row["n_variants"]:
            return "<td>"
        low, high = row["low"], row["high"]
        return f"<td>{self.money(low)}" + (f"–{self.money(high)}" if low != high else "")

    def stock(self, row: Row) -> str:
        if not row["n_variants"]:
            return "<td class=q>–"
        stock = row["stock"]
        if stock is None:
            return self.words.not_counted
        # What is there is seen, however little it is beside the most.
        step = max(1, round(STEPS * stock / self.most)) if stock > 0 and self.most else 0
        look = f'"p{step} w"' if stock <= LOW_STOCK else f"p{step}"
        return f"<td class={look}>{stock:,}"

    def texts(self, row: Row) -> str:
        languages, note = row["languages"], drafts_note(row["drafts"])
        if not languages:
            return f"<td class=q>–{note}"
        return f"<td>{told_languages(languages)}{note}"

    def facts(self, row: Row) -> str:
        keys, n = (row["keys"] or "").split(), row["n_proposed"]
        words = ngettext("%(n)s to confirm", "%(n)s to confirm", n) % {"n": n} if n else ""
        note = f"<small>{text_of(words)}</small>" if n else ""
        family = family_of(row["family"] or "", row["product_type"])
        share = facts_share(family, keys, row["product_type"])
        if share is None:
            return f"<td class=q>{len(keys):,}{note}"
        look = f" class=p{STEPS * share // 100}" if share < 100 else ""  # without one it is full
        return f"<td{look}>{share}%{note}"

    def fact(self, row: Row, column: Column) -> str:
        found = [one for one in row["stated"] if one["a"] == str(column.attribute.pk)]
        shown = ", ".join(_quantity(one) for one in found[:MAX_STATED])
        more = "…" if found[MAX_STATED:] else ""
        is_open = any(one["s"] == FactStatus.PROPOSED for one in found)
        note = f"<small>{text_of(_('to confirm'))}</small>" if is_open else ""
        return f"<td>{text_of(shown)}{more}{note}"

    def updated(self, row: Row) -> str:
        """How long ago, with its minute; from two days on its date."""
        at = row["updated_at"].astimezone(self.zone)
        if (self.now - at).days >= DATED_DAYS:
            return f"<td>{dated(at.date(), self.now.year == at.year)}"
        return f"<td title={at:%H:%M}>{ago(self.now, at, self.locale)}"


@dataclass(frozen=True)
class Words:
    """Cells and parts of cells that only the language decides."""

    no_variant: str
    not_counted: str
    statuses: dict[str, str]
    n_variants: Callable[[int], str]


@lru_cache
def words_of(_language: str) -> Words:
    """In the language in use; it is given so that each has its own."""
    statuses = {value: f"<td class=o>{text_of(label)}" for value, label in ProductStatus.choices}
    statuses[ProductStatus.ACTIVE] = f"<td>{text_of(ProductStatus.ACTIVE.label)}"
    no_variant, not_counted = text_of(_("no variant")), text_of(_("not counted"))
    return Words(
        no_variant=f"<i class=q>{no_variant}</i>",
        not_counted=f"<td class=q>{not_counted}",
        statuses=statuses,
        n_variants=lru_cache(maxsize=1024)(n_variants),
    )


def text_of(words: Any) -> str:
    """As text between tags: quotation marks, which mean nothing there, stay as they are."""
    return escape(str(words), quote=False)


def n_variants(n: int) -> str:
    words = ngettext("%(n)s variant", "%(n)s variants", n) % {"n": n}
    return f"<u>{text_of(words)}</u>"


@lru_cache
def told_languages(languages: str) -> str:
    return " · ".join(["中文" if one == "zh" else "EN" for one in languages.split()])


def drafts_note(state: int | None) -> str:
    if not state:
        return ""
    look = "b" if state == ProductFigures.Drafts.BLOCKED else "d"
    return f"<small class={look}>{text_of(ProductFigures.Drafts(state).label)}</small>"


def _quantity(one: dict[str, Any]) -> str:
    unit = find_unit(one["u"]) if one["u"] else None
    if unit is None:
        return f"{one['v']} {one['u']}".strip()
    is_zh = (get_language() or "").startswith("zh")
    return f"{one['v']} {unit.sign_zh if is_zh else unit.many_en}"


@lru_cache
def _money_writer(currency: str, _language: str) -> Callable[[int], str]:
    return lru_cache(maxsize=4096)(money_writer(currency))


def money_writer(currency: str) -> Callable[[int], str]:
    """Writes whole amounts of one currency as `formats.money` does, a hundred times as fast: what
    stands around the digits is asked for once."""
    digits = get_currency_precision(currency)
    zero = f"{0:.{digits}f}"
    before, found, after = formats.money(0, currency).partition(zero)
    before, after, base = text_of(before), text_of(after), 10**digits

    def write(cents: int) -> str:
        if cents < 0 or not found:
            return text_of(formats.money(cents, currency))
        whole, rest = divmod(cents, base)
        return f"{before}{whole:,}{f'.{rest:0{digits}d}' if digits else ''}{after}"

    return write


def ago(now: datetime, moment: datetime, locale: Any) -> str:
    """How long ago, as `formats.ago` says it, each span put into words once."""
    seconds = round((now - moment).total_seconds())
    if abs(seconds) < 60:
        return _("now")
    for unit in (86400, 3600, 60):
        if abs(seconds) >= 2 * unit:
            seconds -= seconds % unit
            break
    return _span(seconds, locale)


@lru_cache(maxsize=4096)
def _span(seconds: int, locale: Any) -> str:
    return text_of(format_timedelta(-seconds, add_direction=True, format="short", locale=locale))


def dated(day: date, is_this_year: bool) -> str:
    return _dated(day, is_this_year, get_language() or "")


@lru_cache(maxsize=4096)
def _dated(day: date, is_this_year: bool, language: str) -> str:
    return text_of(formats.day(day)) if is_this_year else day.isoformat()

"""One cell of a file of orders into one value. Each function raises `BadValue` with the reason."""

import re
from datetime import UTC, datetime, timedelta, tzinfo
from datetime import timezone as fixed_zone
from decimal import Decimal
from functools import lru_cache
from zoneinfo import ZoneInfo

from babel.numbers import get_currency_precision, list_currencies
from django.utils import timezone

from catalog.products.imports import values
from catalog.products.imports.values import BadValue

AHEAD = timedelta(minutes=10)  # a clock may be wrong by that much
FIRST_YEAR = 1970
CURRENCIES = frozenset(list_currencies())
COMPACT = re.compile(r"(\d{4})(\d{2})(\d{2})")
YEAR_FIRST = re.compile(
    r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?(?:[T ]+(?P<rest>.*))?", re.DOTALL
)
YEAR_LAST = re.compile(r"(\d{1,2})[-/.](\d{1,2})[-/.](\d{4})(?:,?[T ]+(?P<rest>.*))?", re.DOTALL)
CLOCK = re.compile(
    r"(\d{1,2}):(\d{2})(?::(\d{2})(?:\.\d+)?)?\s*(?P<half>[AaPp][Mm])?\s*"
    r"(?P<zone>Z|UTC|GMT|[+-]\d{2}:?\d{2})?",
)
DAY_FIRST, MONTH_FIRST = "dmy", "mdy"
COUNTRIES = re.compile(r"[A-Za-z]{2}")
LANGUAGE = re.compile(r"[A-Za-z]{2,3}(?:[-_][A-Za-z0-9]{2,8})*")


def moment(cell: str, zone: str, order: str = "") -> str:
    """An ISO time in UTC; one without a zone is of the shop's. `order` reads 3/4/2026."""
    found = _moment(cell, zone, order)
    if datetime.fromisoformat(found) > timezone.now() + AHEAD:
        raise BadValue("in_future", value=cell)
    return found


@lru_cache(maxsize=16384)
def _moment(cell: str, zone: str, order: str) -> str:
    year, month, day, rest = _day_of(cell, order)
    hour, minute, second, own = _clock_of(cell, rest)
    try:
        at = datetime(year, month, day, hour, minute, second, tzinfo=own or ZoneInfo(zone))
        at = at.astimezone(UTC)
    except (ValueError, OverflowError):
        raise BadValue("not_a_date", value=cell) from None
    if year < FIRST_YEAR:
        raise BadValue("too_early", value=cell, year=FIRST_YEAR)
    return at.isoformat()


def _day_of(cell: str, order: str) -> tuple[int, int, int, str]:
    if found := COMPACT.fullmatch(cell):
        return int(found[1]), int(found[2]), int(found[3]), ""
    if found := YEAR_FIRST.fullmatch(cell):
        return int(found[1]), int(found[2]), int(found[3]), found["rest"] or ""
    found = YEAR_LAST.fullmatch(cell)
    if not found:
        raise BadValue("not_a_date", value=cell)
    first, second, rest = int(found[1]), int(found[2]), found["rest"] or ""
    order = order or (DAY_FIRST if first > 12 else MONTH_FIRST if second > 12 else "")
    if not order and first != second and "." not in cell:
        raise BadValue("day_or_month", value=cell)
    day, month = (second, first) if order == MONTH_FIRST else (first, second)
    return int(found[3]), month, day, rest


def _clock_of(cell: str, rest: str) -> tuple[int, int, int, tzinfo | None]:
    if not rest.strip():
        return 0, 0, 0, None
    found = CLOCK.fullmatch(rest.strip())
    if not found:
        raise BadValue("not_a_date", value=cell)
    hour = int(found[1])
    if half := (found["half"] or "").lower():
        hour = hour % 12 + 12 * (half == "pm")
    return hour, int(found[2]), int(found[3] or 0), _zone_of(found["zone"])


def _zone_of(text: str | None) -> tzinfo | None:
    if not text:
        return None
    if text[0] not in "+-":
        return UTC
    minutes = int(text[1:3]) * 60 + int(text[-2:])
    return fixed_zone(timedelta(minutes=min(minutes, 23 * 60) * (-1 if text[0] == "-" else 1)))


def order_of_days(cells: list[str]) -> str:
    """Whether days or months stand first in dates like 3/4/2026, where one of the cells tells."""
    pairs = [(int(f[1]), int(f[2])) for f in map(YEAR_LAST.fullmatch, cells) if f]
    if any(first > 12 for first, _ in pairs):
        return DAY_FIRST
    return MONTH_FIRST if any(second > 12 for _, second in pairs) else ""


@lru_cache(maxsize=256)
def currency(cell: str) -> str:
    code = cell.upper()
    if code not in CURRENCIES:
        raise BadValue("not_currency", value=cell)
    return code


@lru_cache(maxsize=16384)
def money(cell: str, code: str) -> int:
    """Minor units, exact or refused."""
    return values.minor_units(cell, code)


@lru_cache(maxsize=16384)
def unit_price(cell: str, code: str) -> int:
    """Minor units. A price that is the total of a line divided by its quantity has more decimals
    than the currency; up to six of them are rounded."""
    try:
        return values.minor_units(cell, code)
    except BadValue as bad:
        if bad.code != "too_precise" or not re.fullmatch(r"\d+\.\d{1,6}0*", cell):
            raise
    return int(Decimal(cell).scaleb(get_currency_precision(code)).to_integral_value())


@lru_cache(maxsize=4096)
def quantity(cell: str) -> int:
    try:
        return values.whole(cell)
    except BadValue as bad:
        raise BadValue("negative_quantity", value=cell) if bad.code == "negative" else bad from None


@lru_cache(maxsize=1024)
def country(cell: str) -> str:
    if not COUNTRIES.fullmatch(cell):
        raise BadValue("not_country", value=cell)
    return cell.upper()


@lru_cache(maxsize=1024)
def language(cell: str) -> str:
    if not LANGUAGE.fullmatch(cell) or len(cell) > 10:
        raise BadValue("not_language", value=cell)
    return cell.replace("_", "-")


STATUSES = {
    "pending": "pending, pending payment, unpaid, open, authorized, partially paid, on hold, "
    "on-hold, expecting, checkout draft, checkout-draft, draft, new, "
    "待付款, 待支付, 未付款, 未支付",
    "paid": "paid, processing, partially refunded, confirmed, unfulfilled, partial, restocked, "
    "已付款, 已支付, 待发货, 处理中",
    "shipped": "shipped, fulfilled, sent, in transit, dispatched, 已发货, 运输中, 待收货",
    "delivered": "delivered, completed, complete, done, closed, "
    "已送达, 已签收, 已完成, 交易成功, 完成",
    "cancelled": "cancelled, canceled, voided, void, failed, expired, trash, 已取消, 取消, "
    "交易关闭, 已关闭",
    "refunded": "refunded, fully refunded, returned, 已退款, 全额退款, 已退货",
}
STATUS_OF = {word: status for status, words in STATUSES.items() for word in words.split(", ")}


@lru_cache(maxsize=256)
def status(cell: str) -> str:
    word = " ".join(cell.casefold().replace("_", " ").removeprefix("wc-").split())
    if word not in STATUS_OF:
        raise BadValue("not_order_status", value=cell)
    return STATUS_OF[word]


def overall_status(parts: dict[str, str]) -> str:
    """The order's status out of those of its payment and its shipping, as Shopify has them."""
    paid = parts.get("payment_status") or "paid"
    if parts.get("cancelled_at") or paid == "cancelled":
        return "cancelled"
    sent = parts.get("shipping_status", "")
    return sent if paid == "paid" and sent in ("shipped", "delivered") else paid

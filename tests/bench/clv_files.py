"""Transactions out of any file a shop may have: other names, other orders, other forms of dates."""

import csv
import re
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path

import numpy as np

from aiassist.ml.clv.histories import Orders

NAMES = {
    "customer_id": (
        "customerid customer customernumber customerno client clientid user userid masterid "
        "householdid buyerid memberid email customeremail id cust custid 客户 客户编号 客户id 会员"
    ),
    "date": (
        "date orderdate orderedat invoicedate timestamp transactiontimestamp datetime createdat at "
        "transactiondate purchasedate purchasedat day time 日期 下单时间 订单日期"
    ),
    "amount": (
        "amount total value price revenue sales salesvalue spend spent ordertotal totalprice "
        "monetary sum 金额 总额 订单金额"
    ),
}
FORMS = (
    "%Y%m%d", "%Y-%m-%d", "%Y/%m/%d", "%Y.%m.%d", "%d.%m.%Y", "%d.%m.%y", "%d-%m-%Y",
    "%d %b %Y", "%d %B %Y", "%b %d, %Y", "%B %d, %Y", "%b %d %Y", "%Y年%m月%d日", "%d-%b-%Y",
)  # fmt: skip
SLASHED = {"day": ("%d/%m/%Y", "%d/%m/%y"), "month": ("%m/%d/%Y", "%m/%d/%y")}
CLOCK = re.compile(r"[T ]\d{1,2}:\d{2}(:\d{2}(\.\d+)?)?\s*([AaPp][Mm])?\s*(Z|UTC|[+-]\d\d:?\d\d)?$")
SAMPLE = 2000
DAY_SECONDS = 86_400
Day = Callable[[str], int | None]


class Unreadable(ValueError):
    """Why a file cannot be used; the text is for whoever gave it."""


def read_orders(path: Path) -> tuple[Orders, list[str]]:
    """The file's order days, and what was noticed on the way."""
    rows, columns = _rows(path)
    if not rows:
        raise Unreadable(f"{path.name} has a header but no rows.")
    places = {name: columns.index(name) for name in NAMES}
    cells = {name: [row[at].strip() for row in rows] for name, at in places.items()}
    day, notes = _day_reader(cells["date"])
    amount = _amount_reader(cells["amount"])
    return _orders(cells, day, amount, notes=notes)


def _rows(path: Path) -> tuple[list[list[str]], list[str]]:
    text = _text(path)
    head = text[:20_000]
    if not head.strip():
        raise Unreadable(f"{path.name} is empty.")
    first = head.splitlines()[0]
    delimiter = max(",;\t|", key=first.count)
    lines = csv.reader(text.splitlines(), delimiter=delimiter)
    columns = _columns(next(lines), path)
    rows = [row for row in lines if any(cell.strip() for cell in row)]
    whole = [row for row in rows if len(row) >= len(columns)]
    if rows and not whole:
        raise Unreadable(f"{path.name}: no row has {len(columns)} columns as the header has.")
    return whole, columns


def _text(path: Path) -> str:
    try:
        raw = path.read_bytes()
    except OSError as error:
        raise Unreadable(f"{path} cannot be read: {error.strerror}.") from None
    for encoding in ("utf-8-sig", "gb18030", "latin-1"):
        try:
            return raw.decode("utf-16" if raw[:2] in (b"\xff\xfe", b"\xfe\xff") else encoding)
        except UnicodeDecodeError:
            continue
    raise Unreadable(f"{path.name} is not a text file.")


def _columns(header: Sequence[str], path: Path) -> list[str]:
    """The header's cells under our names; each of the three must be there."""
    found: list[str] = []
    plain = [re.sub(r"[\W_]+", "", cell).lower() for cell in header]
    for name, others in NAMES.items():
        known = [name.replace("_", ""), *others.split()]
        at = next((plain.index(one) for one in known if one in plain), None)
        if at is None:
            raise Unreadable(
                f"{path.name} has no column for {name}. It needs customer_id, date and amount; "
                f"it has: {', '.join(header)}."
            )
        plain[at] = f"\0{name}"
    for cell in plain:
        found.append(cell.removeprefix("\0"))
    return found


# --- Days ----------------------------------------------------------------------------------------


def _day_reader(texts: Sequence[str]) -> tuple[Day, list[str]]:
    """How this file writes dates: the form that reads most of the first ones."""
    sample = [text for text in texts if text][:SAMPLE]
    notes: list[str] = []
    forms = [*FORMS, *_slashed(texts, notes)]
    readers: list[Day] = [_iso, *(_of_form(form) for form in forms), _of_number]
    best = max(readers, key=lambda reader: sum(reader(text) is not None for text in sample))
    if not any(best(text) is not None for text in sample):
        raise Unreadable(f"No date could be read; the first is “{texts[0]}”. Use 2026-03-31.")
    return best, notes


def _slashed(texts: Sequence[str], notes: list[str]) -> tuple[str, ...]:
    pairs = [m.groups() for m in (re.match(r"(\d{1,2})/(\d{1,2})/", text) for text in texts) if m]
    if not pairs:
        return ()
    if any(int(first) > 12 for first, _ in pairs):
        return SLASHED["day"]
    if not any(int(second) > 12 for _, second in pairs):
        notes.append("Dates such as 03/04/2026 are read as month/day/year.")
    return SLASHED["month"]


def _iso(text: str) -> int | None:
    try:
        return datetime.fromisoformat(text.replace("Z", "+00:00")).date().toordinal()
    except ValueError:
        return None


def _of_form(form: str) -> Day:
    def read(text: str) -> int | None:
        try:
            return datetime.strptime(CLOCK.sub("", text), form).date().toordinal()
        except ValueError:
            return None

    return read


def _of_number(text: str) -> int | None:
    """Seconds or milliseconds since 1970."""
    try:
        seconds = float(text)
    except ValueError:
        return None
    seconds = seconds / 1000 if seconds > 1e11 else seconds
    if not 1e8 < seconds < 1e10:
        return None
    return datetime.fromtimestamp(seconds, UTC).date().toordinal()


# --- Amounts -------------------------------------------------------------------------------------


def _amount_reader(texts: Sequence[str]) -> Callable[[str], float | None]:
    """With a comma or a point before the cents, as most of the file has it."""
    sample = [re.sub(r"[^\d.,()-]", "", text) for text in texts[:SAMPLE]]
    n_comma = sum(bool(re.search(r",\d{1,2}\)?$", text)) for text in sample)
    n_point = sum(bool(re.search(r"\.\d+\)?$", text)) for text in sample)
    is_comma = n_comma > n_point

    def read(text: str) -> float | None:
        try:
            return float(text)
        except ValueError:
            pass
        plain = re.sub(r"[^\d.,()-]", "", text)
        is_negative = plain.startswith(("(", "-")) or plain.endswith("-")
        plain = plain.strip("()-")
        plain = plain.replace(".", "").replace(",", ".") if is_comma else plain.replace(",", "")
        try:
            return -float(plain) if is_negative else float(plain)
        except ValueError:
            return None

    return read


def _orders(
    cells: dict[str, list[str]], day: Day, amount: Callable[[str], float | None], *,
    notes: list[str],
) -> tuple[Orders, list[str]]:  # fmt: skip
    days = {text: day(text) for text in set(cells["date"])}
    who, when, value = [], [], []
    left = {"without a customer": 0, "without a readable date": 0, "without a readable amount": 0,
            "with a negative amount (returns)": 0}  # fmt: skip
    for customer, date, money in zip(*(cells[name] for name in NAMES), strict=True):
        spent = amount(money)
        if not customer or customer.lower() in ("nan", "null", "none"):
            left["without a customer"] += 1
        elif days[date] is None:
            left["without a readable date"] += 1
        elif spent is None or not np.isfinite(spent):
            left["without a readable amount"] += 1
        elif spent < 0:
            left["with a negative amount (returns)"] += 1
        else:
            who.append(customer)
            when.append(days[date])
            value.append(spent)
    notes += [f"{n} rows {why} are left out." for why, n in left.items() if n]
    if not who:
        raise Unreadable("No row can be used. " + " ".join(notes))
    _, number = np.unique(np.array(who), return_inverse=True)
    return Orders.of(number, np.array(when), np.array(value)), notes

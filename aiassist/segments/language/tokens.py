"""Cuts the text of a rule into words, numbers, dates, texts and signs.

Full-width signs and digits of a Chinese keyboard count as their plain ones, and ‘ ’ as quotes.
Folding keeps every character at its place, so that positions are those of the text as typed.
"""

import re
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from aiassist.segments.language.errors import RuleError
from aiassist.segments.language.tree import MAX_YEARS_BACK, Offset
from ecomportal.said import Said, said

MAX_TEXT = 10_000  # characters of a rule
MAX_DIGITS = 15  # of a number: what every part of the way keeps exactly
MAX_QUOTED = 200  # characters of one text in a rule

WIDE = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)}
FOLD = {
    **WIDE, 0x3000: " ", ord("、"): ",", ord("‘"): "'", ord("’"): "'", ord("￥"): "¥",
    ord("−"): "-", ord("–"): "-", ord("—"): "-",
}  # fmt: skip
CURLY = "‘’"
DOUBLE = '"“”„«»「」'
# Signs that mean one of ours and stand for it without a word.
SAME = {"≤": "<=", "≥": ">=", "≠": "!="}
# Signs of other languages, refused with ours as the suggestion.
MEANT = {"==": "=", "<>": "!=", "=>": ">=", "=<": "<=", "&&": "AND", "||": "OR", "!": "NOT"}

SPACE = re.compile(r"\s+")
DATE = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})(?![\w-])")
OTHER_DATE = re.compile(r"\d{1,4}[./]\d{1,2}[./]\d{1,4}(?![\w/.])")
OFFSET = re.compile(r"([+-]?)(\d+)\s?([dwmy])(?!\w)", re.IGNORECASE)
WORD = re.compile(r"[^\W\d]\w*|\d+_\w+")
NUMBER = re.compile(r"[+-]?(?:\d+(?:\.\d+)?|\.\d+)")
CURRENCY = "$€£¥₹₩₽"
PRICE = re.compile(rf"[{CURRENCY}]\s?(\d+(?:\.\d+)?)|(\d+(?:\.\d+)?)\s?[{CURRENCY}]")
PERCENT = re.compile(r"(\d{1,9}(?:\.\d{1,9})?)\s?%")
SIGN = re.compile(r"==|<>|=>|=<|&&|\|\||<=|>=|!=|[=<>(),:≤≥≠!]")


@dataclass(frozen=True, slots=True)
class Token:
    """`kind` is word, number, day, offset, text, sign or end; `value` what it was read as."""

    kind: str
    value: object
    position: int
    length: int
    raw: str = ""

    @property
    def end(self) -> int:
        return self.position + self.length


def is_word(token: Token, word: str) -> bool:
    # Some other letters become ours in capitals, such as the dotless i of Turkish.
    return token.kind == "word" and token.raw.isascii() and token.raw.upper() == word


def tokens_of(text: str) -> list[Token]:
    """All tokens and one of kind "end"; raises RuleError at the first thing that is none."""
    if len(text) > MAX_TEXT:
        reason = said(
            "A rule has at most %(n)s characters; this one has %(own)s. Make a segment of a part "
            "of it and use that with in_segment('...').",
            n=MAX_TEXT,
            own=len(text),
        )
        raise RuleError(reason, MAX_TEXT, len(text) - MAX_TEXT)
    folded = text.translate(FOLD)
    found, at = [], 0
    while at < len(text):
        space = SPACE.match(folded, at)
        if space:
            at = space.end()
            continue
        found.append(_token(text, folded, at))
        at = found[-1].end
    return [*found, Token("end", "", len(text), 0)]


def _token(text: str, folded: str, at: int) -> Token:
    if folded[at] == "'":
        return _quoted(text, folded, at)
    if text[at] in DOUBLE:
        raise _double_quoted(text, at)
    for read in (_price, _day, _offset, _word, _number, _sign):
        token = read(folded, at)
        if token:
            return token
    raise RuleError(said("“%(sign)s” has no meaning in a rule here.", sign=_shown(text[at])), at, 1)


def _shown(sign: str) -> str:
    return sign if sign.isprintable() else f"U+{ord(sign):04X}"


# --- Text in quotes --------------------------------------------------------------------------


def _quoted(text: str, folded: str, start: int) -> Token:
    """A quote inside is written twice or after a backslash; a curly one is text in plain ones."""
    is_curly = text[start] in CURLY
    parts, at = [], start + 1
    while at < len(text):
        is_quote = folded[at] == "'" and (is_curly or text[at] not in CURLY)
        pair = text[at : at + 2]
        if pair in ("\\'", "\\\\") or (is_quote and pair in ("''", "\uff07\uff07")):
            parts.append(pair[1] if pair[1] != "\uff07" else "'")
            at += 2
        elif is_quote:
            return _checked_text("".join(parts), text[start : at + 1], start)
        else:
            parts.append(text[at])
            at += 1
    raise RuleError(said("This text has no closing quote."), start, len(text) - start)


def _checked_text(value: str, raw: str, position: int) -> Token:
    length = len(raw)
    if len(value) > MAX_QUOTED:
        reason = said("A text in a rule has at most %(n)s characters.", n=MAX_QUOTED)
        raise RuleError(reason, position, length)
    if any(ord(c) < 32 or 0xD800 <= ord(c) <= 0xDFFF or ord(c) == 127 for c in value):
        reason = said("This text holds a control character, which no value in the shop has.")
        raise RuleError(reason, position, length)
    if not value.strip():
        reason = said("This text is empty. To ask for what is missing, write IS NULL.")
        raise RuleError(reason, position, length)
    return Token("text", value, position, length, raw)


def _double_quoted(text: str, at: int) -> RuleError:
    end = next((n for n in range(at + 1, len(text)) if text[n] in DOUBLE), len(text) - 1)
    inner = text[at + 1 : end].strip()
    proposals = ["'" + inner.replace("'", "''") + "'"] if inner else []
    return RuleError(said("Text stands in single quotes."), at, end + 1 - at, proposals)


# --- Numbers and days ------------------------------------------------------------------------


def _price(folded: str, at: int) -> Token | None:
    if found := PRICE.match(folded, at):
        number = found[1] or found[2]
        reason = said("Amounts stand without a currency sign; they are in the shop's currency.")
        raise RuleError(reason, at, len(found[0]), [number])
    if found := PERCENT.match(folded, at):
        share = f"{Decimal(found[1]) / 100:f}"
        reason = said("A share is written as a number from 0 to 1, without a percent sign.")
        raise RuleError(reason, at, len(found[0]), [share])
    return None


def _day(folded: str, at: int) -> Token | None:
    if found := DATE.match(folded, at):
        return Token("day", _date(found, at), at, len(found[0]), found[0])
    if found := OTHER_DATE.match(folded, at):
        reason = said("A date is written year first with dashes, such as 2026-03-31.")
        raise RuleError(reason, at, len(found[0]), _year_first(found[0]))
    return None


def _date(found: re.Match[str], at: int) -> date:
    year, month, day = (int(part) for part in found.groups())
    proper = f"{year:04}-{month:02}-{day:02}"
    try:
        value = date(year, month, day)
    except ValueError:
        reason = said("There is no such day as %(day)s.", day=proper)
        raise RuleError(reason, at, len(found[0]), _last_day(year, month)) from None
    if year < 1900 or len(found[0]) != len(proper):
        reason = said("A date is written year first with dashes, such as 2026-03-31.")
        raise RuleError(reason, at, len(found[0]), [proper] if year >= 1900 else [])
    return value


def _last_day(year: int, month: int) -> list[str]:
    """What the 30th of February was perhaps meant to be."""
    for day in range(31, 27, -1):
        try:
            return [str(date(year, month, day))]
        except ValueError:
            continue
    return []


def _year_first(written: str) -> list[str]:
    """Every day that can be meant: 3/4/2026 is one in Berlin and another in Boston."""
    a, b, c = (int(part) for part in re.split(r"[./]", written))
    orders = [(a, b, c)] if a > 31 else [(c, b, a), (c, a, b)]
    days = []
    for year, month, day in orders:
        try:
            days.append(str(date(year, month, day)))
        except ValueError:
            continue
    return list(dict.fromkeys(day for day in days if day >= "1900"))


def _offset(folded: str, at: int) -> Token | None:
    found = OFFSET.match(folded, at)
    if found is None:
        return None
    sign, digits, unit = found[1], found[2], found[3].lower()
    proper = f"{sign or '-'}{int(digits[:6])}{unit}"
    if not sign or len(found[0]) != len(found[0].replace(" ", "")):
        reason = said("An offset has a sign and no space: %(offset)s.", offset=proper)
        raise RuleError(reason, at, len(found[0]), [proper])
    most = MAX_YEARS_BACK * {"d": 365, "w": 52, "m": 12, "y": 1}[unit]
    if len(digits) > 6 or int(digits) > most:
        reason = said("An offset reaches at most %(n)s years.", n=MAX_YEARS_BACK)
        raise RuleError(reason, at, len(found[0]), [f"{sign}{most}{unit}"])
    n = int(digits) if sign == "+" else -int(digits)
    return Token("offset", Offset(n, unit), at, len(found[0]), found[0])


def _number(folded: str, at: int) -> Token | None:
    found = NUMBER.match(folded, at)
    if found is None:
        return None
    raw = found[0]
    if sum(map(str.isdigit, raw)) > MAX_DIGITS:
        reason = said("A number has at most %(n)s digits.", n=MAX_DIGITS)
        raise RuleError(reason, at, len(raw))
    if not raw.isascii() or not (raw[0].isdigit() or raw[1:2].isdigit()):
        reason = said("Write numbers with plain digits, such as 0.5.")
        raise RuleError(reason, at, len(raw), [f"{Decimal(raw):f}"])
    return Token("number", Decimal(raw), at, len(raw), raw)


# --- Words and signs -------------------------------------------------------------------------


def _word(folded: str, at: int) -> Token | None:
    found = WORD.match(folded, at)
    return Token("word", found[0], at, len(found[0]), found[0]) if found else None


def _sign(folded: str, at: int) -> Token | None:
    found = SIGN.match(folded, at)
    if found is None:
        return None
    sign = found[0]
    if sign in MEANT:
        raise RuleError(_instead(sign), at, len(sign), [MEANT[sign]])
    return Token("sign", SAME.get(sign, sign), at, len(sign), sign)


def _instead(sign: str) -> Said:
    return said("“%(sign)s” is written %(proper)s here.", sign=sign, proper=MEANT[sign])

"""What a persona's card says: sentences in both languages, each backed by the numbers beside it.

The sentences are made from what was counted, and then read again by the guard that reads drafts,
with those numbers as the facts: one that it does not find backed is left out. A text engine may
put them differently (`rephrased`), and what it writes is held to the same facts.
"""

import logging
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import TYPE_CHECKING, Any
from uuid import UUID

from babel.numbers import format_currency, format_decimal, get_currency_precision
from django.db import connection
from django.utils import timezone

from aiassist.grounding import Given, unbacked
from aiassist.ml.personas import Leaning, leanings
from aiassist.profiles.models import CustomerProfile
from aiassist.segments.personas_rows import category_names
from ecomportal.tenancy.models import Merchant

if TYPE_CHECKING:
    from aiassist.segments.personas_job import Plan, Tally

log = logging.getLogger(__name__)
LANGUAGES = {"en": "en_US", "zh": "zh_Hans_CN"}
CLEARLY = 1.1  # times as much as all customers, or the other way round, before it is said
FEW = 30  # members below which a median says more of some of them than of the group
# Words around the numbers. They state nothing by themselves, so the guard lets them stand.
WORDING = {
    "en": (
        "of the customers whose purchases are known",
        "of their purchases are from",
        "times the share in the whole shop",
        "Their typical order is",
        "that of all customers is",
        "Those who came back order every",
        "all customers every",
        "of them use",
        "of all customers",
    ),
    "zh": (
        "占购买内容已知的客户的", "人中的", "他们购买的商品中", "来自", "是全店占比", "的", "倍",
        "他们的典型订单为", "全部客户为", "回头客的下单间隔为", "他们中", "使用", "全部客户中为",
    ),
}  # fmt: skip
TONGUES = {"zh": ("Chinese", "中文"), "en": ("English", "英文")}
MEASURES = """
SELECT p.persona_id, count(*),
    percentile_cont(0.5) WITHIN GROUP (ORDER BY p.average_cents),
    percentile_cont(0.5) WITHIN GROUP (ORDER BY p.last_repeat_days / nullif(p.n_repeats, 0)),
    count(*) FILTER (WHERE p.n_repeats > 0),
    count(*) FILTER (WHERE c.language <> ''),
    count(*) FILTER (WHERE c.language LIKE 'zh%%'),
    count(*) FILTER (WHERE c.language LIKE 'en%%')
FROM aiassist_customerprofile p JOIN catalog_customer c ON c.id = p.customer_id
WHERE p.merchant_id = %s AND c.merchant_id = %s AND p.persona_id IS NOT NULL
GROUP BY GROUPING SETS ((p.persona_id), ())
"""


@dataclass(frozen=True)
class Measures:
    """Of a persona's members, or of all of them."""

    n: int
    order_cents: float | None
    days: float | None
    n_back: int
    n_known: int  # whose language is known
    n_in: Mapping[str, int]

    def share_in(self, tongue: str) -> float:
        return self.n_in[tongue] / self.n_known if self.n_known else 0.0


@dataclass
class Line:
    """A sentence in both languages with its numbers; `facts` is what the guard holds it to."""

    kind: str
    en: str
    zh: str
    facts: list[Given] = field(default_factory=list)
    symbols: tuple[str, ...] = ()

    def is_backed(self) -> bool:
        texts = {"en": self.en, "zh": self.zh}
        return all(is_backed(text, self.facts, code, self.symbols) for code, text in texts.items())

    def data(self) -> dict[str, Any]:
        numbers = [
            {"key": one.key, "value": one.value, "number": str(one.number)}
            for one in self.facts
            if one.number is not None
        ]
        return {"kind": self.kind, "en": self.en, "zh": self.zh, "numbers": numbers}


def is_backed(
    text: str, facts: Sequence[Given], language: str, symbols: Iterable[str] = ()
) -> bool:
    return not unbacked(text, facts, language=language, wording=[*WORDING[language], *symbols])


def rephrased(line: Line, text: str, language: str) -> str:
    """What an engine made of a sentence, if all of it is backed by the same facts; else ours."""
    own = line.zh if language == "zh" else line.en
    return text if text.strip() and is_backed(text, line.facts, language, line.symbols) else own


# --- Writing ---------------------------------------------------------------------------------


def write_cards(merchant: Merchant, plan: "Plan", tally: "Tally") -> None:
    """Make the plan's groups the shop's personas, each with its card; inside one transaction."""
    names = category_names(merchant, plan.columns.ids)
    measures, total = measured(merchant), int(tally.sizes.sum())
    found = leanings(tally.things)
    rows = {row.pk: row for row in merchant.personas.filter(pk__in=plan.personas)}
    merchant.personas.filter(is_current=True).exclude(pk__in=plan.personas).update(
        is_current=False, n_members=0, refreshed_at=timezone.now()
    )
    # Without purchases that count any more, nobody has a taste.
    homeless = CustomerProfile.objects.filter(merchant=merchant).exclude(persona=None)
    homeless.filter(n_orders=0).update(persona=None)
    taken = {row.name for row in rows.values() if row.name}
    for group, pk in enumerate(plan.personas):
        row, strong = rows[pk], found[group]
        own = measures.get(pk)
        labels = [names.get(plan.columns.ids[one.category], {}) for one in strong]
        lines = lines_of(
            merchant.currency, strong, labels, n=int(tally.sizes[group]), total=total,
            own=own, everybody=measures[None],
        )  # fmt: skip
        row.facts = [line.data() for line in lines if _kept(line)]
        row.centre = {"shares": _shares(plan, tally, group)}
        row.n_members, row.is_current = int(tally.sizes[group]), True
        row.overlap = plan.version.config["overlaps"][group]
        row.refreshed_at = timezone.now()
        if not row.name:
            row.name = suggested(labels, merchant.language, taken, number=row.number)
            taken.add(row.name)
        row.save()


def _kept(line: Line) -> bool:
    if line.is_backed():
        return True
    log.error("A persona's sentence is not backed by its own numbers: %s / %s", line.en, line.zh)
    return False


def _shares(plan: "Plan", tally: "Tally", group: int) -> dict[str, float]:
    things = tally.things[group]
    shares = things / max(things.sum(), 1)
    rows = zip(plan.columns.ids, shares, strict=True)
    return {category: round(float(share), 5) for category, share in rows if share >= 0.0005}


def suggested(
    labels: Sequence[Mapping[str, str]], language: str, taken: set[str], *, number: int
) -> str:
    """A name from what they buy most of, until the merchant gives a better one."""
    words = [label[language] for label in labels if label]
    joint = "、" if language == "zh" else ", "
    for n in (2, 1, 3):
        name = joint.join(words[:n])[:100]
        if name and name not in taken:
            return name
    rest = "人群 %s" if language == "zh" else "Group %s"
    return f"{joint.join(words[:2])[:100]} {number}" if words else rest % number


def measured(merchant: Merchant) -> dict[UUID | None, Measures]:
    """By persona; None is everybody who is in one."""
    with connection.cursor() as cursor:
        cursor.execute(MEASURES, [merchant.pk, merchant.pk])
        rows = cursor.fetchall()
    found = {row[0]: Measures(*row[1:6], {"zh": row[6], "en": row[7]}) for row in rows}
    return {None: Measures(0, None, None, 0, 0, {"zh": 0, "en": 0}), **found}


# --- Sentences -------------------------------------------------------------------------------


def lines_of(
    currency: str, strong: Sequence[Leaning], labels: Sequence[Mapping[str, str]], *,
    n: int, total: int, own: Measures | None, everybody: Measures,
) -> list[Line]:  # fmt: skip
    lines = [_size(n, total)]
    lines += [_category(one, label) for one, label in zip(strong, labels, strict=True) if label]
    if own and own.n >= FEW:
        lines += [*_money(own, everybody, currency), *_rhythm(own, everybody)]
        lines += _tongue(own, everybody)
    return lines


def _size(n: int, total: int) -> Line:
    share = _percent(n / total if total else 0)
    facts = [_share("share of customers", share), _count("members", n), _count("customers", total)]
    return Line(
        "size",
        f"{share} % of the customers whose purchases are known: {n:,} of {total:,}.",
        f"占购买内容已知的客户的 {share} %：{total:,} 人中的 {n:,} 人。",
        facts,
    )


def _category(one: Leaning, label: Mapping[str, str]) -> Line:
    share, shop = _percent(one.share), _percent(one.shop_share)
    lift = f"{one.lift:.1f}"
    facts = [
        Given("name", "category", label["en"]),
        Given("name_zh", "类目", label["zh"]),
        _share("share of purchases", share),
        _share("share in the shop", shop),
        Given("lift", "times the shop's share", lift, Decimal(lift)),
    ]
    en = f"{share} % of their purchases are from {label['en']}"
    zh = f"他们购买的商品中 {share} % 来自{label['zh']}"
    return Line(
        "category",
        f"{en}, {lift} times the share in the whole shop ({shop} %).",
        f"{zh}，是全店占比（{shop} %）的 {lift} 倍。",
        facts,
        (label["en"], label["zh"]),
    )


def _money(own: Measures, everybody: Measures, currency: str) -> list[Line]:
    if not own.order_cents or not everybody.order_cents:
        return []
    if 1 / CLEARLY < own.order_cents / everybody.order_cents < CLEARLY:
        return []
    amounts = [_amount(one.order_cents, currency) for one in (own, everybody)]
    en, zh = ([_worded(a, currency, code) for a in amounts] for code in LANGUAGES)
    keys = "typical order", "typical order of all customers"
    facts = [Given(key, key, str(a), a) for key, a in zip(keys, amounts, strict=True)]
    symbols = tuple({_symbol(text) for text in (*en, *zh)})
    return [
        Line(
            "money",
            f"Their typical order is {en[0]}; that of all customers is {en[1]}.",
            f"他们的典型订单为 {zh[0]}，全部客户为 {zh[1]}。",
            facts,
            symbols,
        )
    ]


def _rhythm(own: Measures, everybody: Measures) -> list[Line]:
    if own.n_back < FEW or not own.days or not everybody.days:
        return []
    if 1 / CLEARLY < own.days / everybody.days < CLEARLY:
        return []
    mine, all_ = round(own.days), round(everybody.days)
    facts = [
        Given(key, key, f"{n} {unit}", Decimal(n), unit)
        for key, n in (("days between orders", mine), ("days between orders of all", all_))
        for unit in ("days", "天")
    ]
    return [
        Line(
            "rhythm",
            f"Those who came back order every {mine} days; all customers every {all_} days.",
            f"回头客的下单间隔为 {mine} 天，全部客户为 {all_} 天。",
            facts,
        )
    ]


def _tongue(own: Measures, everybody: Measures) -> list[Line]:
    """The language that is more theirs than everybody's, if half of theirs are known."""
    if own.n_known < max(FEW, own.n / 2):
        return []
    tongue = max(TONGUES, key=lambda one: own.share_in(one) - everybody.share_in(one))
    mine, all_ = own.share_in(tongue), everybody.share_in(tongue)
    if mine < 0.1 or mine - all_ < 0.1:
        return []
    share, shop = _percent(mine), _percent(all_)
    en, zh = TONGUES[tongue]
    facts = [
        Given("language", "language", en),
        Given("language_zh", "语言", zh),
        _share("share of members", share),
        _share("share of all customers", shop),
    ]
    return [
        Line(
            "language",
            f"{share} % of them use {en}; of all customers {shop} %.",
            f"他们中 {share} % 使用{zh}，全部客户中为 {shop} %。",
            facts,
        )
    ]


def _share(key: str, percent: str) -> Given:
    return Given(key, key, percent, Decimal(percent), "%")


def _count(key: str, n: int) -> Given:
    return Given(key, key, format_decimal(n, locale="en_US"), Decimal(n))


def _percent(share: float) -> str:
    return f"{100 * share:.0f}" if share >= 0.1 else f"{100 * share:.1f}"


def _amount(cents: float, currency: str) -> Decimal:
    return Decimal(round(cents)).scaleb(-get_currency_precision(currency))


def _worded(amount: Decimal, currency: str, language: str) -> str:
    """CHF stands apart from its number, as € need not."""
    text = format_currency(amount, currency, locale=LANGUAGES[language])
    symbol = _symbol(text)
    is_word = symbol[-1:].isalpha() and text.startswith(symbol)
    return f"{symbol}\u00a0{text[len(symbol) :].strip()}" if is_word else text


def _symbol(text: str) -> str:
    return text.strip("0123456789.,\u00a0 ")

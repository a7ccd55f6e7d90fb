"""Conversations about real orders, customers and products of the shop.

Most tell the truth of the database; the turns marked `!` in the scripts are wrong on purpose.
`Talks.truth` tells for each conversation what it is about, how it ended and which turns are
wrong in which way, so that a review of conversations can be measured against it.
"""

import random
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cache
from types import ModuleType
from typing import Any, NamedTuple

from catalog.demo import conversations_en, conversations_zh
from catalog.demo.catalogue import NO, YES, Item, has_colour, sizes_of
from catalog.demo.orders import Placed, in_waking_hours
from catalog.demo.seeded import REFERENCE, chance, days_ago, make_id
from catalog.demo.shops import DemoShop
from catalog.products.vocabulary import KINDS, format_quantity, translate_value

Row = dict[str, Any]
SOURCES = {"en": conversations_en, "zh": conversations_zh}
SPEAKERS = {"C": "customer", "B": "bot", "A": "agent"}
FRAGILE = {"mug", "teapot", "kettle", "lamp", "speaker", "camera", "cream", "honey"}
UNASKED = {"age_group", "gender", "sizes", "language", "pack_quantity"}  # nobody asks for these
SHARE_OTHER_LANGUAGE = 0.12  # customers who write in the shop's second language
SHARE_CSAT = 0.6
SLOW = timedelta(minutes=27)
COUNTRIES = {
    "DE": ("Germany", "德国"),
    "FR": ("France", "法国"),
    "NL": ("the Netherlands", "荷兰"),
    "IE": ("Ireland", "爱尔兰"),
    "SE": ("Sweden", "瑞典"),
    "AT": ("Austria", "奥地利"),
    "CN": ("China", "中国"),
    "SG": ("Singapore", "新加坡"),
    "MY": ("Malaysia", "马来西亚"),
}


class Turn(NamedTuple):
    speaker: str
    wrong: str  # "" or the way it is wrong on purpose
    wordings: list[str]


class Script(NamedTuple):
    intent: str
    needs: str
    end: str
    csat: tuple[int, int]
    turns: list[Turn]


@dataclass
class Talks:
    conversations: list[Row] = field(default_factory=list)
    utterances: list[Row] = field(default_factory=list)
    policies: list[Row] = field(default_factory=list)
    faq: list[Row] = field(default_factory=list)
    truth: dict[str, Row] = field(default_factory=dict)


@cache
def scripts(language: str) -> list[Script]:
    blocks = SOURCES[language].SCRIPTS.strip().split("\n\n")
    return [_script(block.splitlines()) for block in blocks]


def _script(lines: list[str]) -> Script:
    intent, needs, end, csat = (part.strip(" #") for part in lines[0].split("|"))
    low, high = csat.split("-")
    return Script(intent, needs, end, (int(low), int(high)), [_turn(line) for line in lines[1:]])


def _turn(line: str) -> Turn:
    head, text = line.split(": ", 1)
    speaker, _, wrong = head.partition("!")
    return Turn(SPEAKERS[speaker], wrong, text.split(" | "))


def build(
    shop: DemoShop, placed: list[Placed], items: list[Item], *, n: int, shift: timedelta
) -> Talks:
    """`shift` moves the dates that are spoken of, as write.py moves the moments."""
    talks = Talks()
    orders = Orders(placed)
    for i in range(n):
        rng = chance(shop.slug, "conversation", i)
        is_other = rng.random() < SHARE_OTHER_LANGUAGE
        language = shop.other_language if is_other else shop.language
        script = scripts(language)[i % len(scripts(language))]
        needs, _, about = script.needs.partition("/")
        order = orders.find(needs, about, rng)
        started = _moment(shop, needs, order, rng)
        slots = _slots(shop, language, order, items, shift, rng)
        _add(talks, shop, language, script, order, started, slots, rng)
    talks.conversations.sort(key=lambda row: row["started_at"])
    _add_answers(talks, shop)
    return talks


class Orders:
    """Orders by what a script needs to be true of them, the younger ones first in chance."""

    def __init__(self, placed: list[Placed]) -> None:
        recent = placed[-len(placed) // 2 :]
        tests: dict[str, Callable[[Row], bool]] = {
            "arrived": lambda row: row["status"] == "delivered" and not row["refunded_cents"],
            "travelling": lambda row: row["status"] in ("delivered", "shipped"),
            "late": lambda row: (
                row["status"] == "delivered"
                and row["delivered_at"] - row["ordered_at"] > timedelta(days=4.5)
            ),
            "waiting": lambda row: row["status"] in ("paid", "pending"),
            "cancelled": lambda row: row["status"] == "cancelled",
            "refunded": lambda row: row["status"] == "refunded",
            "none": lambda row: True,
        }
        self.fitting = {
            name: [order for order in recent if test(order.row)] for name, test in tests.items()
        }

    def find(self, needs: str, about: str, rng: random.Random) -> Placed:
        fitting = [order for order in self.fitting[needs] if is_about(order, about)]
        fitting = fitting or self.fitting[needs] or self.fitting["travelling"]
        return fitting[int(len(fitting) * rng.random() ** 0.5)]


def is_about(order: Placed, about: str) -> bool:
    """Whether what is said of the order's first product can be true of it."""
    item = order.items[0]
    return {
        "": True,
        "sized": bool(sizes_of(item.kind)),
        "coloured": has_colour(item.kind) and len(item.line.colours) > 1,
        "fragile": item.kind.picture in FRAGILE,
        "durable": item.kind.family in ("electronics", "watches"),
        "in_stock": any(variant["stock"] for variant in item.variants),
        "several": len(order.items) > 1,
        "edible": item.kind.family in ("tea_food", "beauty") and not _states(item, "allergens"),
    }[about]


def _states(item: Item, key: str) -> bool:
    return any(fact["key"] == key for fact in item.facts)


def _moment(shop: DemoShop, needs: str, order: Placed, rng: random.Random) -> datetime:
    """When the customer writes: while the script's words about the order are true."""
    ordered, delivered = order.row["ordered_at"], order.row["delivered_at"]
    end = REFERENCE - timedelta(hours=1)
    spans = {
        "arrived": (delivered, timedelta(days=9)),
        "refunded": (delivered, timedelta(days=12)),
        "none": (days_ago(120), timedelta(days=119)),
        "travelling": (ordered + timedelta(hours=26), timedelta(hours=9)),
        "late": ((delivered or ordered) - timedelta(hours=14), timedelta(hours=9)),
    }
    start, length = spans.get(needs, (ordered, timedelta(hours=20)))
    at = (start or ordered) + length * rng.uniform(0.1, 1)
    if length > timedelta(days=2):
        at = max(in_waking_hours(shop, at, rng), start or ordered)
    return min(at, end - timedelta(minutes=rng.randrange(600)))


def _slots(
    shop: DemoShop,
    language: str,
    order: Placed,
    items: list[Item],
    shift: timedelta,
    rng: random.Random,
) -> dict[str, str]:
    row, item = order.row, order.items[0]
    alike = [i for i in items if i.kind.family == item.kind.family and i is not item]
    label, value = _spoken_fact(item, language, rng)
    delivered = row["delivered_at"] or row["ordered_at"]
    is_zh = language == "zh"
    name = order.customer.row["name"]
    price = item.variants[0]["price_cents"]
    number = int(order.customer.row["external_id"].rsplit("C", 1)[1]) - 10_000
    return {
        "order": row["number"],
        "ordered": say_date(row["ordered_at"] + shift, language),
        "delivered": say_date(delivered + shift, language),
        "wrong_date": say_date(delivered + shift - timedelta(days=1), language),
        "amount": say_money(row["total_cents"], shop.currency, language),
        "wrong_amount": say_money(_wrong(row["total_cents"], rng), shop.currency, language),
        "price": say_money(price, shop.currency, language),
        "wrong_price": say_money(_wrong(price, rng), shop.currency, language),
        "product": _spoken_title(item, items),
        "other": _spoken_title(rng.choice(alike), items),
        "label": label[0].lower() + label[1:] if label[1:2].islower() else label,
        "label_start": label,
        "value": value,
        "email": f"customer{number}@{shop.slug}.example",
        "name": name,
        "country": COUNTRIES[order.customer.row["country"]][is_zh],
        "agent": rng.choice(SOURCES[language].AGENTS),
    }


def _spoken_title(item: Item, items: list[Item]) -> str:
    """Nobody says the size behind the comma, unless two products differ by it alone."""
    short = SIZE_AT_END.sub("", item.line.title)
    same = [i for i in items if SIZE_AT_END.sub("", i.line.title) == short]
    return short if len(same) == 1 else item.line.title


SIZE_AT_END = re.compile(r",.*$|\d+(?:\.\d+)?(?:升|毫升|厘米|毫米|米|克|片|件|瓦|毫安时|公斤一对)$")


def _wrong(cents: int, rng: random.Random) -> int:
    return round(cents * rng.choice((0.8, 0.9, 1.15, 1.25)) / 100) * 100


def _spoken_fact(item: Item, language: str, rng: random.Random) -> tuple[str, str]:
    """The label and value of a confirmed fact in the language of the conversation."""
    known = [f for f in item.facts if f["status"] == "confirmed" and f["key"] not in UNASKED]
    fact = rng.choice(known)
    kind = KINDS[fact["key"]]
    label = kind.label_zh if language == "zh" else kind.label_en[0].upper() + kind.label_en[1:]
    if kind.type == "number":
        return label, format_quantity(fact["number"], fact["unit"], language, key=kind.key)
    if kind.type == "bool":
        return label, (YES if fact["value"] in YES else NO)[language == "zh"]
    value = translate_value(kind.key, fact["value"], language) or fact["value"]
    return label, f"{value} {fact['unit']}".strip()


MONTHS = "January February March April May June July August September October November December"


def say_date(at: datetime, language: str) -> str:
    if language == "zh":
        return f"{at.month}月{at.day}日"
    return f"{at.day} {MONTHS.split()[at.month - 1]}"


def say_money(cents: int, currency: str, language: str) -> str:
    whole, rest = divmod(cents, 100)
    amount = f"{whole:,}.{rest:02d}" if rest else f"{whole:,}"
    if currency == "CNY":
        return f"{amount}元" if language == "zh" else f"¥{amount}"
    return f"{amount}欧元" if language == "zh" else f"€{amount}"


def _add(
    talks: Talks,
    shop: DemoShop,
    language: str,
    script: Script,
    order: Placed,
    started: datetime,
    slots: dict[str, str],
    rng: random.Random,
) -> None:
    conversation_id = make_id(rng, started)
    external_id = f"{shop.code}-T{started:%y%m}{conversation_id.hex[-6:]}"
    at, wrong = started, []
    for position, turn in enumerate(script.turns, start=1):
        text = _sentence(rng.choice(turn.wordings), slots)
        if position == 1:
            text = _greet(text, SOURCES[language], rng)
        at += _pause(turn, position, rng)
        utterance_id = f"{external_id}-{position}"
        if turn.wrong:
            wrong.append({"type": turn.wrong, "message_ids": [utterance_id]})
        talks.utterances.append(
            {
                "conversation_id": conversation_id,
                "external_id": utterance_id,
                "position": position,
                "speaker": turn.speaker,
                "text": text,
                "at": at,
            }
        )
    talks.conversations.append(
        _conversation(conversation_id, external_id, language, script, order, started, at, rng)
    )
    talks.truth[external_id] = {"intent": script.intent, "end": script.end, "findings": wrong}


def _sentence(wording: str, slots: dict[str, str]) -> str:
    """Fill the slots; a book called "The ..." brings its own article."""
    text = wording.format(**slots)
    return text.replace("the The ", "The ").replace("The The ", "The ")


def _greet(text: str, source: ModuleType, rng: random.Random) -> str:
    greeting = rng.choice(source.SMALL_TALK)
    if not greeting or text.startswith(source.ALREADY_GREETS):
        return text
    return greeting + ("" if greeting[-1] in "，？" else " ") + text


def _pause(turn: Turn, position: int, rng: random.Random) -> timedelta:
    if turn.wrong == "slow_first_response":
        return SLOW
    if position == 1:
        return timedelta(0)
    seconds = {"bot": (2, 9), "customer": (15, 150), "agent": (60, 260)}[turn.speaker]
    return timedelta(seconds=rng.randint(*seconds))


def _conversation(
    conversation_id: Any,
    external_id: str,
    language: str,
    script: Script,
    order: Placed,
    started: datetime,
    ended: datetime,
    rng: random.Random,
) -> Row:
    is_open = script.end == "unresolved" and started > days_ago(4)
    is_known = script.needs != "none" or rng.random() < 0.7
    status = "handed_off" if script.end == "handed_off" else "closed"
    return {
        "id": conversation_id,
        "external_id": external_id,
        "channel": rng.choices(("web", "app", "email"), (6, 3, 1))[0],
        "language": language,
        "customer_id": order.customer.row["id"] if is_known else None,
        "order_id": order.row["id"] if script.needs != "none" else None,
        "status": "open" if is_open else status,
        "csat": rng.randint(*script.csat) if rng.random() < SHARE_CSAT and not is_open else None,
        "started_at": started,
        "ended_at": None if is_open else ended,
    }


def _add_answers(talks: Talks, shop: DemoShop) -> None:
    """Policies and FAQ, which a shop writes in its own language."""
    source, rng, created = SOURCES[shop.language], chance(shop.slug, "answers"), days_ago(400)
    talks.policies = [
        {
            "id": make_id(rng, created),
            "topic": topic,
            "language": shop.language,
            "text": text,
            "created_at": created,
        }
        for topic, rules in source.POLICIES.items()
        for text in rules
    ]
    talks.faq = [
        {
            "id": make_id(rng, created),
            "language": shop.language,
            "question": question,
            "answer": answer,
            "url": "",
            "created_at": created,
        }
        for question, answer in source.FAQ
    ]

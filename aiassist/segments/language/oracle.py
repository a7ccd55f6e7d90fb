"""What a rule means, said once more in plain Python: over one customer's facts.

Nothing of the compiler is used here, so that each can prove the other wrong. `facts` is a dict:
attributes by their names (money as Decimal, days as date, None for what is not known), "today",
"orders" (those that count: {"day", "total", "lines": [PRODUCT]}), "views" ({"day"} and PRODUCT),
"chats" ({"day", "intents"}) and "segments" (names). PRODUCT is {"sku", "categories" (every name
of its category and of those above), "tags"}.
"""

import calendar
from datetime import date, timedelta
from typing import Any

from aiassist.segments.language.rules import Rule
from aiassist.segments.language.tree import Call, Compare, Condition, Group, Named, Offset, Tree

Facts = dict[str, Any]
DAYS_BACK = {"today": 0, "yesterday": 1, "7_days_ago": 7, "30_days_ago": 30, "90_days_ago": 90}


def matches(rule: Rule, facts: Facts) -> bool:
    return holds(rule.tree, facts)


def holds(tree: Tree, facts: Facts) -> bool:
    if isinstance(tree, Group):
        return (all if tree.is_all else any)(holds(part, facts) for part in tree.parts)
    if isinstance(tree, Compare):
        return _fits(facts[tree.attribute], tree.condition, facts["today"])
    return bool(evidence(tree, facts)) is not tree.is_not


def _fits(found: Any, asked: Condition, today: date) -> bool:
    is_missing = found is None or found == []
    if asked.operator == "IS NULL":
        return is_missing
    if asked.operator == "IS NOT NULL":
        return not is_missing
    if isinstance(found, list):
        return (asked.values[0] in found) == (asked.operator == "CONTAINS")
    return not is_missing and _compares(found, asked, today)


def _compares(found: Any, asked: Condition, today: date) -> bool:
    values = [_plain(value, today) for value in asked.values]
    if isinstance(found, float):  # as the database keeps it
        values = [float(value) for value in values]
    match asked.operator:
        case "=":
            return found == values[0]
        case "!=":
            return found != values[0]
        case "<":
            return found < values[0]
        case "<=":
            return found <= values[0]
        case ">":
            return found > values[0]
        case ">=":
            return found >= values[0]
        case "BETWEEN":
            return values[0] <= found <= values[1]
        case "IN":
            return found in values
    raise ValueError(asked.operator)


def _plain(value: Any, today: date) -> Any:
    if isinstance(value, Named):
        if value.name == "12_months_ago":
            return _back(today, 12)
        return today - timedelta(days=DAYS_BACK[value.name])
    if not isinstance(value, Offset):
        return value
    if value.unit == "d":
        return today + timedelta(days=value.n)
    if value.unit == "w":
        return today + timedelta(weeks=value.n)
    return _back(today, -value.n * (12 if value.unit == "y" else 1))


def _back(day: date, months: int) -> date:
    """The same day of an earlier month, or its last one."""
    year, month = day.year, day.month - months
    year += (month - 1) // 12
    month = (month - 1) % 12 + 1
    return date(year, month, min(day.day, calendar.monthrange(year, month)[1]))


# --- Functions -------------------------------------------------------------------------------


def evidence(call: Call, facts: Facts) -> list[Any]:
    """The rows that make a function clause true, without its NOT; none where it is false."""
    within = call.get("within")
    since = _plain(within, facts["today"]) if within else date.min
    if call.name == "in_segment":
        return [name for name in facts["segments"] if name == call.get("name")]
    if call.name == "chat_intent":
        chats = [chat for chat in facts["chats"] if chat["day"] >= since]
        return [chat for chat in chats if call.get("intent") in chat["intents"]]
    if call.name == "viewed":
        return [v for v in facts["views"] if v["day"] >= since and _is_of(call, v)]
    orders = [order for order in facts["orders"] if order["day"] >= since]
    if call.name == "products_purchased":
        return [o for o in orders if any(_is_of(call, line) for line in o["lines"])]
    return _orders(call, orders, facts["today"])


def _orders(call: Call, orders: list[Any], today: date) -> list[Any]:
    total, count = call.get("total"), call.get("count")
    if isinstance(total, Condition):
        orders = [order for order in orders if _compares(order["total"], total, today)]
    if not isinstance(count, Condition):
        return orders
    # Where none at all is what was asked for, that itself is the proof.
    return (orders or [None]) if _compares(len(orders), count, today) else []


def _is_of(call: Call, product: dict[str, Any]) -> bool:
    sku, category, tag = call.get("sku"), call.get("category"), call.get("tag")
    if sku and product["sku"] != sku:
        return False
    if category and str(category).casefold() not in map(str.casefold, product["categories"]):
        return False
    return not tag or tag in product["tags"]

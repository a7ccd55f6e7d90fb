"""Why a customer is in a segment or not: each clause, whether it holds, and what was found."""

from datetime import datetime
from typing import Any, NamedTuple

from aiassist.segments.language.book import ATTRIBUTES
from aiassist.segments.language.describe import clause_words
from aiassist.segments.language.facts import facts_of
from aiassist.segments.language.oracle import Facts, evidence, holds
from aiassist.segments.language.rules import Rule
from aiassist.segments.language.tree import Call, Clause, Compare
from aiassist.segments.language.words import amount, calendar_day, span, value_words
from aiassist.segments.language.writing import clause_text
from catalog.orders.models import Customer
from ecomportal.said import Said, said, said_n, sentences


class ClauseResult(NamedTuple):
    """`text` is the clause as in the rule, `words` the same in plain words, `value_words` what
    was found of the customer."""

    text: str
    is_met: bool
    value_words: Said
    words: Said


def explain(rule: Rule, customer: Customer, *, now: datetime | None = None) -> list[ClauseResult]:
    facts, currency = facts_of(customer, now=now), customer.merchant.currency
    return [
        ClauseResult(
            text=clause_text(clause),
            is_met=holds(clause, facts),
            value_words=found_words(clause, facts, currency),
            words=clause_words(clause, currency),
        )
        for clause in rule.clauses()
    ]


def found_words(clause: Clause, facts: Facts, currency: str) -> Said:
    if isinstance(clause, Call):
        return _found(clause, facts)
    found = facts[clause.attribute]
    if found is None:
        return _nothing(clause, facts)
    attribute = ATTRIBUTES[clause.attribute]
    if attribute.kind == "flag":
        return said("yes") if found else said("no")
    if attribute.kind == "tags":
        return sentences(found) if found else said("no tags")
    if attribute.kind == "day":
        return _day(found, facts)
    if attribute.kind == "money":
        return amount(found, currency)
    return sentences(value_words(attribute, found, currency))


def _nothing(clause: Compare, facts: Facts) -> Said:
    is_of_orders = ATTRIBUTES[clause.attribute].section == "orders"
    is_new = is_of_orders and not facts["number_of_orders"]
    return said("no orders yet") if is_new else said("not known")


def _day(found: Any, facts: Facts) -> Said:
    days = (facts["today"] - found).days
    if days == 0:
        return said("%(day)s (today)", day=calendar_day(found))
    if days < 0:
        return said("%(day)s (in %(span)s)", day=calendar_day(found), span=span(-days, "d"))
    return said("%(day)s (%(span)s ago)", day=calendar_day(found), span=span(days, "d"))


def _found(call: Call, facts: Facts) -> Said:
    rows = [row for row in evidence(call, facts) if row is not None]
    if call.name == "in_segment":
        return said("is a member") if rows else said("is not a member")
    if not rows:
        return said("none found")
    last = calendar_day(rows[-1]["day"])
    if call.name == "chat_intent":
        return said_n("%(n)s conversation, the last on %(day)s",
                      "%(n)s conversations, the last on %(day)s", len(rows), day=last)  # fmt: skip
    if call.name == "viewed":
        return said_n("%(n)s view, the last on %(day)s",
                      "%(n)s views, the last on %(day)s", len(rows), day=last)  # fmt: skip
    return said_n("%(n)s order, the last on %(day)s",
                  "%(n)s orders, the last on %(day)s", len(rows), day=last)  # fmt: skip

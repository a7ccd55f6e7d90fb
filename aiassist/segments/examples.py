"""Segments that a shop of examples begins with; their rules are such as a merchant would write."""

from typing import NamedTuple

from aiassist.profiles.models import Segment
from ecomportal.tenancy.models import Merchant

PER_EURO = {"CNY": 8, "JPY": 160}  # what makes about one euro; other currencies are near it


class Example(NamedTuple):
    """Names in both languages, a rule whose amounts are in euros, and when it is refreshed."""

    name: str
    name_zh: str
    description: str
    description_zh: str
    rule: str
    schedule: str = Segment.Schedule.DAILY


EXAMPLES = (
    Example(
        "Champions",
        "核心客户",
        "Ordered lately, often and for much.",
        "近期购买、频次高、金额高的客户。",
        "rfm_group = 'champions'",
    ),
    Example(
        "Big spenders at risk",
        "有流失风险的高消费客户",
        "Spent a lot once and have not been back for a while.",
        "曾经消费很多，但已有一段时间没有回来。",
        "rfm_group IN ('at_risk', 'cannot_lose') AND amount_spent >= {300}",
    ),
    Example(
        "New this quarter",
        "本季新客户",
        "First order within the last three months.",
        "最近三个月内首次下单。",
        "first_order_date >= -3m",
    ),
    Example(
        "Regulars we may write to",
        "可营销的常客",
        "Three orders or more, and they agreed to marketing.",
        "下单三次及以上，并同意接收营销信息。",
        "number_of_orders >= 3 AND accepts_marketing = true",
        Segment.Schedule.WEEKLY,
    ),
    Example(
        "Waiting for an answer",
        "等待答复",
        "At least one chat that nobody has resolved.",
        "至少有一个未解决的对话。",
        "unresolved_chats >= 1",
        Segment.Schedule.HOURLY,
    ),
    Example(
        "Good customers waiting for an answer",
        "等待答复的优质客户",
        "Worth a call today.",
        "今天就值得联系。",
        "in_segment('{Waiting for an answer}') AND amount_spent >= {200}",
        Segment.Schedule.HOURLY,
    ),
)


def add_examples(merchant: Merchant) -> int:
    """Give a shop without segments the examples, in its language and currency; inside its
    tenant. Returns how many."""
    if merchant.segments.exists():
        return 0
    is_zh = merchant.language == "zh"
    rows = [
        Segment(
            merchant=merchant,
            name=one.name_zh if is_zh else one.name,
            description=one.description_zh if is_zh else one.description,
            rule=_in_shop(one.rule, merchant),
            schedule=one.schedule,
        )
        for one in EXAMPLES
    ]
    return len(Segment.objects.bulk_create(rows))


def _in_shop(rule: str, merchant: Merchant) -> str:
    """Amounts in the shop's money, and segments by their names there."""
    times = PER_EURO.get(merchant.currency, 1)
    for euros in (200, 300):
        rule = rule.replace(f"{{{euros}}}", str(euros * times))
    for one in EXAMPLES:
        rule = rule.replace(
            f"{{{one.name}}}", one.name_zh if merchant.language == "zh" else one.name
        )
    return rule

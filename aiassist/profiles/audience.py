"""A segment as those who write to it may know it: numbers over all its members, never a row.

A sentence about the readers ("Thank you for your first order.") is true only if it is true of each
of them. So each fact brings the sentences that it makes true for all, word for word in both
languages; what a text says of its readers beyond these, no fact backs.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from django.db.models import Aggregate, Avg, Count, F, FloatField, Max, Min, Q
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import override

from aiassist.profiles.models import RfmGroup, Segment, SegmentMember
from catalog.orders.kept import kept_orders
from catalog.orders.models import OrderLine
from ecomportal.said import Said, in_both

FEWEST = 20  # members; of fewer, a lowest or a highest would be somebody's own
LOOKED_AT = 2000  # members whose orders tell what is bought most
CATEGORIES = 3
QUIET_DAYS, RECENT_DAYS, REGULAR_ORDERS = 60, 30, 3


class Median(Aggregate):
    function = "percentile_cont"
    template = "percentile_cont(0.5) WITHIN GROUP (ORDER BY %(expressions)s)"
    output_field = FloatField()


@dataclass(frozen=True)
class AudienceFact:
    """`texts` are the sentences it makes true, by language; `value_zh` where it has words."""

    id: str
    label_en: str
    label_zh: str
    value: str
    texts: Mapping[str, str] = field(default_factory=dict)
    value_zh: str = ""

    @property
    def shown(self) -> Said:
        return in_both(en=self.value, zh=self.value_zh)

    @property
    def label(self) -> Said:
        return in_both(en=self.label_en, zh=self.label_zh)


@dataclass(frozen=True)
class Audience:
    segment_id: str
    name: str
    n_members: int
    facts: tuple[AudienceFact, ...]

    def data(self) -> dict[str, Any]:
        """As a draft keeps it."""
        return asdict(self)


def description_of(data: Mapping[str, Any], lang: str) -> str:
    """Who reads it, in plain words, from what a draft keeps."""
    if not data:
        return ""
    told = [f"{fact[f'label_{lang}']}: {value_of(fact, lang)}" for fact in data["facts"]]
    return ("；" if lang == "zh" else "; ").join([data["name"], *told])


def value_of(fact: Mapping[str, Any], lang: str) -> str:
    return (fact.get("value_zh") if lang == "zh" else "") or fact["value"]


def texts_in(data: Mapping[str, Any], lang: str) -> list[tuple[str, str]]:
    """The sentences that what a draft keeps makes true: (fact id, sentence)."""
    rows = data.get("facts", ())
    return [(row["id"], row["texts"][lang]) for row in rows if row.get("texts", {}).get(lang)]


def facts_of(segment: Segment) -> Audience:
    """The segment's numbers as they are now, in two statements. The tenant is active."""
    members = SegmentMember.objects.filter(segment=segment).order_by()
    found = members.aggregate(**_asked())
    n = found["n"]
    facts = [AudienceFact("audience_size", "members", "人数", f"{n:,}")]
    if n >= FEWEST:
        facts += [*_orders(found), *_since(found), *_chats(found), *_group(found)]
        facts += [*_languages(found), *_categories(segment)]
    return Audience(str(segment.pk), segment.name, n, tuple(facts))


def _asked() -> dict[str, Any]:
    profile = "customer__profile__"
    groups = {
        f"group_{choice.value}": Count("pk", filter=Q(**{f"{profile}rfm_group": choice.value}))
        for choice in RfmGroup
    }
    return {
        "n": Count("*"),
        "orders_low": Min(f"{profile}n_orders"),
        "orders_high": Max(f"{profile}n_orders"),
        "orders_mid": Median(F(f"{profile}n_orders")),
        "last_low": Min(f"{profile}last_order_at"),
        "last_high": Max(f"{profile}last_order_at"),
        "unresolved_low": Min(f"{profile}n_unresolved"),
        "churn": Avg(f"{profile}churn_probability"),
        "n_zh": Count("pk", filter=Q(customer__language__istartswith="zh")),
        "n_en": Count("pk", filter=Q(customer__language__istartswith="en")),
        **groups,
    }


def _orders(found: Mapping[str, Any]) -> list[AudienceFact]:
    low, high = found["orders_low"], found["orders_high"]
    texts: dict[str, str] = {}
    if high == 0:
        texts = {
            "en": "You are welcome to place your first order with us.",
            "zh": "欢迎您首次选购。",
        }
    elif low == high == 1:
        texts = {"en": "Thank you for your first order.", "zh": "感谢您的首次下单。"}
    elif low >= REGULAR_ORDERS:
        texts = {"en": "You are one of our regular customers.", "zh": "您是我们的老顾客。"}
    elif low >= 2:
        texts = {"en": "Thank you for coming back to us.", "zh": "感谢您再次选择我们。"}
    value = f"{low}" if low == high else f"{low}–{high} ({found['orders_mid']:g})"
    label = "orders each (median)", "每人订单数（中位数）"
    return [AudienceFact("audience_orders", *label, value, texts)]


def _since(found: Mapping[str, Any]) -> list[AudienceFact]:
    """How long ago the last orders were; of members without an order nothing is said."""
    if not found["last_low"] or found["orders_low"] == 0:
        return []
    now = timezone.now()
    fewest, most = (now - found["last_high"]).days, (now - found["last_low"]).days
    texts: dict[str, str] = {}
    if fewest >= QUIET_DAYS:
        texts = {
            "en": "It has been a while since your last order.",
            "zh": "距您上次下单已有一段时间。",
        }
    elif most <= RECENT_DAYS:
        texts = {"en": "Thank you for your recent order.", "zh": "感谢您近期的订单。"}
    label = "days since the last order", "距上次下单天数"
    return [AudienceFact("audience_last_order", *label, f"{fewest}–{most}", texts)]


def _chats(found: Mapping[str, Any]) -> list[AudienceFact]:
    if not found["unresolved_low"]:
        return []
    texts = {
        "en": "We are sorry that your question is still open.",
        "zh": "很抱歉，您的问题尚未解决。",
    }
    label = "unresolved conversations, at least", "未解决会话（至少）"
    return [AudienceFact("audience_unresolved", *label, str(found["unresolved_low"]), texts)]


def _group(found: Mapping[str, Any]) -> list[AudienceFact]:
    most = max(RfmGroup, key=lambda choice: found[f"group_{choice.value}"])
    share = found[f"group_{most.value}"] / found["n"]
    if share < 0.5:
        return []
    label = "largest RFM group", "最大的 RFM 群组"
    en, zh = (f"{_in(most.label, code)} ({share:.0%})" for code in ("en", "zh-hans"))
    return [AudienceFact("audience_group", *label, en, value_zh=zh)]


def _in(label: Promise | str, language: str) -> str:
    with override(language):
        return str(label)


def _languages(found: Mapping[str, Any]) -> list[AudienceFact]:
    shares = [(code, found[f"n_{code}"] / found["n"]) for code in ("zh", "en")]
    told = ", ".join(f"{code} {share:.0%}" for code, share in shares if share >= 0.005)
    return [AudienceFact("audience_language", "languages", "语言", told)] if told else []


def _categories(segment: Segment) -> list[AudienceFact]:
    """What most of them bought, by category."""
    some = SegmentMember.objects.filter(segment=segment).order_by("-customer_id")[:LOOKED_AT]
    ids = list(some.values_list("customer_id", flat=True))
    orders = kept_orders(segment.merchant).filter(customer__in=ids).values("pk")
    lines = OrderLine.objects.filter(order__in=orders, product__category__isnull=False)
    rows = lines.order_by().values_list("product__category__name", "product__category__name_zh")
    counted = rows.annotate(n=Count("order__customer", distinct=True)).order_by("-n")[:CATEGORIES]
    told = [(en, zh or en, f"({n / len(ids):.0%})") for en, zh, n in counted]
    if not told:
        return []
    en = ", ".join(f"{name} {share}" for name, _zh, share in told)
    zh = "、".join(f"{name} {share}" for _en, name, share in told)
    label = "bought most", "购买最多的类目"
    return [AudienceFact("audience_categories", *label, en, value_zh=zh)]

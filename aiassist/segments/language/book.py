"""What a rule may ask: attributes with their kinds and limits, functions, named days."""

from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from types import MappingProxyType

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import override, pgettext_lazy

from aiassist.profiles.models import ConversationReading, RfmGroup

EQUAL = ("=", "!=", "IN")
ORDERED = ("=", "!=", "<", "<=", ">", ">=", "BETWEEN", "IN")
MISSING = ("IS NULL", "IS NOT NULL")
OPERATORS = (*ORDERED, "CONTAINS", "NOT CONTAINS", *MISSING)
KIND_OPERATORS = MappingProxyType(
    {
        "whole": (*ORDERED, *MISSING),
        "number": (*ORDERED, *MISSING),
        "money": (*ORDERED, *MISSING),
        "share": (*ORDERED, *MISSING),
        "day": (*ORDERED, *MISSING),
        "text": (*EQUAL, *MISSING),
        "choice": (*EQUAL, *MISSING),
        "tags": ("CONTAINS", "NOT CONTAINS", *MISSING),
        "flag": ("=", "!="),
    }
)
NUMBERS = ("whole", "number", "money", "share")


@dataclass(frozen=True)
class Attribute:
    """`column` is of the profile unless `is_of_customer`; `low` and `high` bound its values."""

    name: str
    kind: str
    section: str
    label: Promise
    column: str
    is_of_customer: bool = False
    choices: tuple[tuple[str, Promise | str], ...] = ()
    low: Decimal | None = None
    high: Decimal | None = None
    help: Promise | str = ""

    @property
    def operators(self) -> tuple[str, ...]:
        return KIND_OPERATORS[self.kind]


@dataclass(frozen=True)
class Parameter:
    """`kind` is text, past (an offset that goes back), money or whole (with an operator)."""

    name: str
    kind: str
    label: Promise
    is_plain: bool = False  # may stand first without its name
    is_required: bool = False
    low: Decimal | None = None
    high: Decimal | None = None
    choices: tuple[tuple[str, Promise | str], ...] = ()


@dataclass(frozen=True)
class Function:
    name: str
    section: str
    label: Promise
    parameters: tuple[Parameter, ...]
    help: Promise | str = ""

    def parameter(self, name: str) -> Parameter | None:
        return next((p for p in self.parameters if p.name == name), None)

    @property
    def plain(self) -> Parameter | None:
        return next((p for p in self.parameters if p.is_plain), None)


SECTIONS = MappingProxyType(
    {
        "orders": _("Orders"),
        "value": _("Predictions"),
        "rfm": _("RFM"),
        "chats": _("Conversations"),
        "person": _("Customer"),
        "behaviour": _("What they did"),
        "groups": _("Groups"),
    }
)
_score = {"low": Decimal(1), "high": Decimal(5)}
_count = {"low": Decimal(0)}
_days = {"low": Decimal(0), "high": Decimal(36_500)}

_ALL = (
    Attribute("number_of_orders", "whole", "orders", _("number of orders"), "n_orders", **_count,
              help=_("Paid orders that were not cancelled or wholly refunded.")),
    Attribute("amount_spent", "money", "orders", _("amount spent"), "spent_cents",
              help=_("All counted orders in the shop's currency, less refunds.")),
    Attribute("average_order_value", "money", "orders", _("average order value"),
              "average_cents"),
    Attribute("first_order_date", "day", "orders", _("first order"), "first_order_at"),
    Attribute("last_order_date", "day", "orders", _("last order"), "last_order_at"),
    Attribute("days_since_last_order", "whole", "orders", _("days since the last order"),
              "last_order_at", **_days),
    Attribute("rfm_group", "choice", "rfm", _("RFM group"), "rfm_group",
              choices=tuple(RfmGroup.choices)),
    Attribute("r_score", "whole", "rfm", _("recency score"), "r_score", **_score,
              help=_("From 1 to 5; 5 ordered most recently.")),
    Attribute("f_score", "whole", "rfm", _("frequency score"), "f_score", **_score,
              help=_("From 1 to 5; 5 orders most often.")),
    Attribute("m_score", "whole", "rfm", _("money score"), "m_score", **_score,
              help=_("From 1 to 5; 5 spends most.")),
    Attribute("predicted_clv", "money", "value", _("predicted value in 365 days"), "clv_cents"),
    Attribute("churn_probability", "share", "value", _("churn probability"),
              "churn_probability", low=Decimal(0), high=Decimal(1),
              help=_("From 0 to 1: the chance that no order comes in 90 days.")),
    Attribute("expected_date_of_next_order", "day", "value", _("next order expected"),
              "next_order_on"),
    Attribute("chat_sentiment", "choice", "chats", _("sentiment of the last conversation"),
              "chat_sentiment", choices=tuple(ConversationReading.Sentiment.choices)),
    Attribute("unresolved_chats", "whole", "chats", _("number of unresolved conversations"),
              "n_unresolved", **_count),
    Attribute("csat", "number", "chats", _("satisfaction"), "csat", **_score,
              help=_("Mean of the ratings from 1 to 5 that the customer gave.")),
    Attribute("customer_language", "text", "person", pgettext_lazy("of a customer", "language"),
              "language", is_of_customer=True),
    Attribute("country", "text", "person", _("country"), "country", is_of_customer=True,
              help=_("Two letters, such as DE or CN.")),
    Attribute("customer_tags", "tags", "person", _("tags"), "tags", is_of_customer=True),
    Attribute("accepts_marketing", "flag", "person", _("accepts marketing"),
              "accepts_marketing", is_of_customer=True),
    Attribute("cluster", "whole", "groups", _("persona's number"), "persona", **_count),
    Attribute("persona", "text", "groups", _("persona"), "persona"),
)  # fmt: skip
ATTRIBUTES = MappingProxyType({a.name: a for a in _ALL})

_WITHIN = Parameter("within", "past", _("within"))
_PRODUCT = (
    Parameter("sku", "text", _("SKU")),
    Parameter("category", "text", _("category")),
    Parameter("tag", "text", _("tag of the product")),
    _WITHIN,
)
_FUNCTIONS = (
    Function("products_purchased", "behaviour", _("bought a product"), _PRODUCT,
             help=_("In an order that counts. A category includes those below it.")),
    Function("viewed", "behaviour", _("viewed a product"), _PRODUCT),
    Function("orders_placed", "behaviour", _("placed orders"), (
        Parameter("total", "money", _("total of each order"), low=Decimal(0)),
        Parameter("count", "whole", _("how many of them"), low=Decimal(0)),
        _WITHIN,
    ), help=_("Orders whose total fits, and how many of them; at least one if not said.")),
    Function("chat_intent", "chats", _("wrote about"), (
        Parameter("intent", "text", _("intent"), is_plain=True, is_required=True),
        _WITHIN,
    )),
    Function("in_segment", "groups", _("is in segment"), (
        Parameter("name", "text", _("name of the segment"), is_plain=True, is_required=True),
    )),
)  # fmt: skip
FUNCTIONS = MappingProxyType({f.name: f for f in _FUNCTIONS})

# How many days or months back.
NAMED_DAYS = MappingProxyType(
    {
        "today": ("d", 0),
        "yesterday": ("d", 1),
        "7_days_ago": ("d", 7),
        "30_days_ago": ("d", 30),
        "90_days_ago": ("d", 90),
        "12_months_ago": ("m", 12),
    }
)
# What other systems call things, only ever proposed.
ELSEWHERE = MappingProxyType(
    {
        "email_subscription_status": "accepts_marketing",
        "customer_email_subscription": "accepts_marketing",
        "customer_countries": "country",
        "customer_country": "country",
        "language": "customer_language",
        "tags": "customer_tags",
        "orders_count": "number_of_orders",
        "total_spent": "amount_spent",
        "predicted_spend": "predicted_clv",
        "predicted_spend_tier": "predicted_clv",
        "last_order": "last_order_date",
        "churn": "churn_probability",
        "chats": "unresolved_chats",
    }
)


def in_both_languages(label: Promise | str) -> list[str]:
    words = []
    for language in ("en", "zh-hans"):
        with override(language):
            words.append(str(label))
    return words


@cache
def names() -> dict[str, str]:
    """Every name people may mean (ours, labels in both languages, others'), and ours for it."""
    ours = {**ATTRIBUTES, **FUNCTIONS}
    labels = {w: name for name, entry in ours.items() for w in in_both_languages(entry.label)}
    return {**ELSEWHERE, **labels, **{name: name for name in ours}}

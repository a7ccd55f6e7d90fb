"""Rules to begin with: what shops ask for most, each with what it is good for."""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True)
class Ready:
    key: str
    name: Promise
    purpose: Promise
    rule: str


READY = (
    Ready(
        "quiet-spenders",
        _("Big spenders gone quiet"),
        _("The fifth that spent most, without an order for 90 days. Win them back first."),
        "m_score = 5 AND last_order_date < 90_days_ago",
    ),
    Ready(
        "one-time",
        _("One-time buyers, 30 to 60 days ago"),
        _("The second order decides whether they stay; now is when it comes or does not."),
        "number_of_orders = 1 AND last_order_date BETWEEN -60d AND -30d",
    ),
    Ready(
        "refund-open",
        _("High spend, refund talk unresolved"),
        _("Call before you advertise: they spent much and wait for an answer."),
        "m_score >= 4 AND chat_intent('refund', within: -30d) AND unresolved_chats > 0",
    ),
    Ready(
        "champions",
        _("Champions who agreed to marketing"),
        _("They buy lately, often and for much: the first to hear of something new."),
        "rfm_group = 'champions' AND accepts_marketing = true",
    ),
    Ready(
        "leaving",
        _("Valuable and likely to leave"),
        _("Worth much, and two in three chances that no order comes in 90 days."),
        "m_score >= 4 AND churn_probability >= 0.66",
    ),
    Ready(
        "newcomers",
        _("New in the last 30 days"),
        _("Their first order is fresh: say thank you, explain, ask how it went."),
        "number_of_orders = 1 AND first_order_date >= -30d",
    ),
    Ready(
        "unhappy",
        _("Unhappy after a conversation"),
        _("The last conversation went badly. Leave them out of campaigns, or make it good."),
        "chat_sentiment = 'negative'",
    ),
    Ready(
        "frequent-large",
        _("Two large orders in 90 days"),
        _("Ordered for 50 and more twice in 90 days."),
        "orders_placed(total: >= 50, count: >= 2, within: -90d)",
    ),
    Ready(
        "watchers",
        _("Looked in two weeks, bought nothing"),
        _("Interested right now, and not yet convinced."),
        "viewed(within: -2w) AND NOT orders_placed(within: -2w)",
    ),
    Ready(
        "never-bought",
        _("Signed up, never ordered"),
        _("They agreed to hear from you and have not bought yet."),
        "number_of_orders = 0 AND accepts_marketing = true",
    ),
)
BY_KEY = {ready.key: ready for ready in READY}

"""Gathers the catalogue's tables, so that Django finds them."""

from catalog.conversations.models import Conversation, FaqArticle, Policy, Utterance
from catalog.orders.erasures import Erasure
from catalog.orders.events.models import AnonymousId, EventDay, EventReject, PendingSku
from catalog.orders.imports.models import IntakeRow, IntakeRun
from catalog.orders.models import CurrencyRate, Customer, Interaction, Order, OrderLine
from catalog.products.changes import Change, ChangeRow
from catalog.products.exports.models import ExportChoice
from catalog.products.feeds.models import Feed, FeedProblem
from catalog.products.imports.models import ImportRow, ImportRun, SavedMapping
from catalog.products.missing.models import FactDemand, MissingCount
from catalog.products.models import (
    Attribute,
    Category,
    Fact,
    Product,
    ProductFigures,
    ProductImage,
    ProductText,
    Variant,
)

__all__ = [
    "AnonymousId",
    "Attribute",
    "Category",
    "Change",
    "ChangeRow",
    "Conversation",
    "CurrencyRate",
    "Customer",
    "Erasure",
    "EventDay",
    "EventReject",
    "ExportChoice",
    "Fact",
    "FactDemand",
    "FaqArticle",
    "Feed",
    "FeedProblem",
    "ImportRow",
    "ImportRun",
    "IntakeRow",
    "IntakeRun",
    "Interaction",
    "MissingCount",
    "Order",
    "OrderLine",
    "PendingSku",
    "Policy",
    "Product",
    "ProductFigures",
    "ProductImage",
    "ProductText",
    "SavedMapping",
    "Utterance",
    "Variant",
]

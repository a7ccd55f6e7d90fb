"""The catalogue's tables in the admin."""

from catalog.conversations.models import Conversation, FaqArticle, Policy, Utterance
from catalog.orders.erasures import Erasure
from catalog.orders.events.models import AnonymousId, EventDay, EventReject, PendingSku
from catalog.orders.imports.models import IntakeRow, IntakeRun
from catalog.orders.models import CurrencyRate, Customer, Interaction, Order, OrderLine
from catalog.products.changes import Change, ChangeRow
from catalog.products.exports.models import ExportChoice
from catalog.products.feeds.models import Feed, FeedProblem
from catalog.products.imports.models import (
    ImportedProduct,
    ImportRow,
    ImportRun,
    SavedMapping,
)
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
from ecomportal.admin_site import ReadOnlyAdmin, register

register(Category, list_display=("path", "name_zh", "family"), search_fields=("path", "name_zh"))
register(
    Product, list_display=("title", "handle", "vendor", "status", "version", "updated_at"),
    search_fields=("title", "handle", "vendor"), list_filter=("status",), ordering=("-updated_at",),
    readonly_fields=("version",), exclude=("merchant", "grams", "search_extra"),
)  # fmt: skip
register(
    Variant, list_display=("sku", "product", "price_cents", "stock"),
    search_fields=("sku", "barcode", "product__title"),
)  # fmt: skip
register(
    ProductFigures, list_display=("product", "lowest_cents", "n_in_stock"),
    search_fields=("product__title",), readonly_fields=("product", "lowest_cents", "n_in_stock"),
)  # fmt: skip
register(Attribute, list_display=("key", "label_en", "label_zh", "type", "unit"),
         search_fields=("key", "label_en", "label_zh"))  # fmt: skip
register(
    Fact, list_display=("product", "attribute", "value", "unit", "status", "source"),
    search_fields=("value", "product__title"), list_filter=("status", "source"),
)  # fmt: skip
register(
    ProductText, list_display=("product", "language", "field", "origin", "updated_at"),
    search_fields=("product__title", "text"), list_filter=("language", "field", "origin"),
    readonly_fields=("version",),
)  # fmt: skip
register(ProductImage, list_display=("product", "position", "alt", "width", "height"),
         search_fields=("product__title", "alt"))  # fmt: skip
register(
    Change, ReadOnlyAdmin, list_display=("title", "kind", "n_rows", "created_by", "created_at"),
    search_fields=("title",), list_filter=("kind",), ordering=("-created_at",),
)  # fmt: skip
register(ChangeRow, ReadOnlyAdmin, list_display=("label", "change", "state"),
         search_fields=("label",))  # fmt: skip
register(
    ImportRun, ReadOnlyAdmin, list_display=("name", "state", "n_rows", "n_failed", "created_at"),
    search_fields=("name",), list_filter=("state",), ordering=("-created_at",),
)  # fmt: skip
register(ImportRow, ReadOnlyAdmin, list_display=("line", "label", "outcome", "run"),
         search_fields=("label", "handle"), list_filter=("outcome",))  # fmt: skip
register(
    ImportedProduct, ReadOnlyAdmin, list_display=("product", "version"),
    search_fields=("product__title",),
)  # fmt: skip
register(
    SavedMapping, ReadOnlyAdmin, list_display=("name", "dialect", "n_used", "used_at"),
    search_fields=("name",), ordering=("-used_at",),
)  # fmt: skip
register(
    Customer, list_display=("external_id", "name", "country", "language", "created_at"),
    search_fields=("external_id", "name"), list_filter=("country",), ordering=("-created_at",),
)  # fmt: skip
register(
    Order, list_display=("number", "customer", "status", "total_cents", "currency", "ordered_at"),
    search_fields=("number", "customer__external_id"), list_filter=("status",),
    ordering=("-ordered_at",),
)  # fmt: skip
register(
    IntakeRun, ReadOnlyAdmin, list_display=("name", "subject", "state", "n_rows", "created_at"),
    search_fields=("name",), list_filter=("subject", "state"), ordering=("-created_at",),
)  # fmt: skip
register(
    IntakeRow, ReadOnlyAdmin, list_display=("line", "key", "outcome", "run"),
    search_fields=("key",), list_filter=("outcome",),
)  # fmt: skip
register(CurrencyRate, list_display=("currency", "rate", "changed_at"), search_fields=("currency",))
register(OrderLine, list_display=("order", "sku", "quantity", "unit_price_cents"),
         search_fields=("sku", "order__number"))  # fmt: skip
register(
    Interaction, ReadOnlyAdmin, list_display=("at", "event", "customer", "sku", "session_id"),
    search_fields=("sku", "customer__external_id"), list_filter=("kind",), ordering=("-at",),
)  # fmt: skip
register(AnonymousId, ReadOnlyAdmin, list_display=("anonymous_id", "customer", "since"),
         search_fields=("anonymous_id", "customer__external_id"))  # fmt: skip
register(PendingSku, ReadOnlyAdmin, list_display=("sku", "n", "first_at", "last_at"),
         search_fields=("sku",), ordering=("-n",))  # fmt: skip
register(EventDay, ReadOnlyAdmin, list_display=("day", "outcome", "code", "n"),
         search_fields=("code",), list_filter=("outcome",), ordering=("-day",))  # fmt: skip
register(EventReject, ReadOnlyAdmin, list_display=("at", "code", "field", "detail"),
         search_fields=("code", "field", "detail"), ordering=("-id",))  # fmt: skip
register(
    Conversation, list_display=("external_id", "channel", "language", "status", "started_at"),
    search_fields=("external_id",), list_filter=("status", "language"), ordering=("-started_at",),
)  # fmt: skip
register(Utterance, list_display=("conversation", "position", "speaker", "text"),
         search_fields=("text",), list_filter=("speaker",))  # fmt: skip
register(Policy, list_display=("topic", "language", "text"), search_fields=("topic", "text"))
register(FaqArticle, list_display=("question", "language"), search_fields=("question", "answer"))
register(ExportChoice, list_display=("user",), search_fields=("user__email",))
register(
    Feed, list_display=("name", "language", "is_open", "n_items", "n_left_out", "fetched_at"),
    search_fields=("name",), list_filter=("language", "is_open"),
    readonly_fields=("token_version", "fetched_at", "checked_at", "checked_state", "n_items",
                     "n_left_out", "n_not_on_sale"),
)  # fmt: skip
register(
    FeedProblem, ReadOnlyAdmin, list_display=("item", "label", "reason", "is_left_out", "feed"),
    search_fields=("item", "label"), list_filter=("reason",),
)  # fmt: skip
register(
    FactDemand, ReadOnlyAdmin, list_display=("product", "key", "source", "n", "last_at"),
    search_fields=("key", "product__title"), list_filter=("source",), ordering=("-last_at",),
)  # fmt: skip
register(MissingCount, ReadOnlyAdmin, list_display=("counted_at", "last_utterance"),
         search_fields=("counted_at",))  # fmt: skip
register(
    Erasure, ReadOnlyAdmin, list_display=("at", "has_kept_orders", "erased_by", "lifted_at"),
    search_fields=("key_hash",), list_select_related=("erased_by",), ordering=("-at",),
)  # fmt: skip

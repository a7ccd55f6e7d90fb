"""The AI features' tables in the admin."""

from aiassist.copywriting.engines.models import EngineChoice, TextSpend
from aiassist.copywriting.glossary.models import GlossaryEdit, GlossaryTerm
from aiassist.copywriting.learning.models import FrozenCase, Lesson
from aiassist.copywriting.lint.models import Exemption, TextBand
from aiassist.copywriting.models import ApprovedText, Draft
from aiassist.copywriting.rules.models import DraftRule
from aiassist.profiles.models import (
    ConversationReading,
    CustomerProfile,
    GroupDay,
    Persona,
    ProfileRefresh,
    Segment,
    SegmentDay,
    SegmentMember,
    SegmentMove,
    SegmentRevision,
)
from aiassist.registry.models import ModelVersion
from aiassist.segments.audiences.models import AudienceExport, AudienceMember
from aiassist.segments.customers.models import CustomerFile, KeptFigures
from ecomportal.admin_site import ReadOnlyAdmin, register

register(
    Draft, ReadOnlyAdmin, list_display=("product", "language", "field", "status", "created_at"),
    search_fields=("product__title", "text"), list_filter=("status", "language", "field"),
    ordering=("-created_at",),
)  # fmt: skip
register(ApprovedText, list_display=("language", "text"), search_fields=("text",))
register(
    EngineChoice, ReadOnlyAdmin, list_display=("merchant", "engine", "model", "updated_at"),
    list_filter=("engine",), exclude=("sealed_key",), search_fields=("model", "base_url"),
    list_select_related=("merchant",),
)  # fmt: skip
register(
    TextSpend, ReadOnlyAdmin,
    list_display=("day", "job", "n_calls", "tokens_in", "tokens_out", "cost_micros"),
    search_fields=("job__title",), list_select_related=("job",), ordering=("-day",),
)  # fmt: skip
register(
    GlossaryTerm, ReadOnlyAdmin, list_display=("en", "zh", "kind"), search_fields=("en", "zh"),
    list_filter=("kind",),
)  # fmt: skip
register(
    GlossaryEdit,
    ReadOnlyAdmin,
    list_display=("title", "created_by", "created_at"),
    search_fields=("title",),
)
register(
    Exemption, ReadOnlyAdmin, list_display=("words", "rule", "code", "created_by", "revoked_at"),
    search_fields=("words",), list_filter=("rule",),
)  # fmt: skip
register(
    TextBand,
    ReadOnlyAdmin,
    list_display=("product", "language", "field", "band"),
    search_fields=("product__title",),
)
register(
    DraftRule,
    ReadOnlyAdmin,
    list_display=("name", "is_on", "min_facts", "daily_limit", "n_today"),
    search_fields=("name",),
)
register(
    ModelVersion, ReadOnlyAdmin, list_display=("kind", "n", "state", "created_at", "promoted_at"),
    list_filter=("kind", "state"), search_fields=("base",), ordering=("-created_at",),
)  # fmt: skip
register(
    Lesson, ReadOnlyAdmin, list_display=("kind", "language", "words", "instead", "is_on"),
    list_filter=("kind", "language", "is_on"), search_fields=("words", "instead"),
)  # fmt: skip
register(
    FrozenCase,
    ReadOnlyAdmin,
    list_display=("product", "language", "created_at"),
    search_fields=("product__title",),
)
register(
    CustomerProfile,
    ReadOnlyAdmin,
    list_display=("customer", "n_orders", "spent_cents", "rfm_group", "refreshed_at"),
    search_fields=("customer__external_id",),
    list_filter=("rfm_group",),
)
register(
    ProfileRefresh, ReadOnlyAdmin,
    list_display=("started_at", "is_full", "n_customers", "n_changed", "finished_at"),
    search_fields=("job__title",), ordering=("-started_at",),
)  # fmt: skip
register(
    GroupDay, ReadOnlyAdmin, list_display=("day", "group", "n_members"),
    search_fields=("group",), list_filter=("group",), ordering=("-day",),
)  # fmt: skip
register(
    ConversationReading, ReadOnlyAdmin, list_display=("conversation", "intents", "sentiment", "at"),
    search_fields=("conversation__external_id",), list_filter=("sentiment",),
)  # fmt: skip
register(
    Persona, ReadOnlyAdmin, list_display=("number", "name", "n_members", "is_current"),
    search_fields=("name",), list_filter=("is_current",),
)  # fmt: skip
register(
    Segment, ReadOnlyAdmin, list_display=("name", "is_static", "n_members", "refreshed_at"),
    search_fields=("name", "rule"), list_filter=("is_static", "schedule"),
)  # fmt: skip
register(
    SegmentRevision,
    ReadOnlyAdmin,
    list_display=("segment", "version", "edited_by", "at"),
    search_fields=("name", "rule"),
)
register(
    SegmentMember, ReadOnlyAdmin, list_display=("segment", "customer", "since"),
    search_fields=("segment__name", "customer__external_id"),
)  # fmt: skip
register(
    SegmentMove, ReadOnlyAdmin, list_display=("segment", "customer", "has_entered", "at"),
    search_fields=("segment__name", "customer__external_id"), ordering=("-at",),
)  # fmt: skip
register(
    SegmentDay, ReadOnlyAdmin, list_display=("segment", "day", "n_members"),
    search_fields=("segment__name",), ordering=("-day",),
)  # fmt: skip
register(
    AudienceExport, ReadOnlyAdmin,
    list_display=("segment", "target", "campaign", "n_written", "n_held_out", "created_at"),
    search_fields=("campaign", "segment__name"), list_filter=("target",),
    list_select_related=("segment",), ordering=("-created_at",),
)  # fmt: skip
register(
    AudienceMember, ReadOnlyAdmin, list_display=("export", "customer", "is_held_out"),
    search_fields=("customer__external_id",), list_filter=("is_held_out",),
    list_select_related=("export", "customer"),
)  # fmt: skip
register(
    CustomerFile, ReadOnlyAdmin, list_display=("kind", "n_rows", "created_by", "created_at"),
    search_fields=("query",), list_filter=("kind",), list_select_related=("created_by",),
    ordering=("-created_at",),
)  # fmt: skip
register(KeptFigures, ReadOnlyAdmin, list_display=("name", "made_at"), search_fields=("name",))

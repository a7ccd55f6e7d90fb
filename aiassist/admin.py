"""The AI features' tables in the admin."""

from aiassist.copywriting.engines.models import EngineChoice, TextSpend
from aiassist.copywriting.models import ApprovedText, Draft
from ecomportal.admin_site import ReadOnlyAdmin, register

register(
    Draft, ReadOnlyAdmin, list_display=("product", "language", "field", "status", "created_at"),
    search_fields=("product__title", "text"), list_filter=("status", "language", "field"),
    ordering=("-created_at",),
)  # fmt: skip
register(ApprovedText, list_display=("language", "text"), search_fields=("text",))
register(
    EngineChoice, ReadOnlyAdmin, list_display=("merchant", "engine", "model", "updated_at"),
    list_filter=("engine",),
)  # fmt: skip
register(
    TextSpend, ReadOnlyAdmin,
    list_display=("day", "job", "n_calls", "tokens_in", "tokens_out", "cost_micros"),
    ordering=("-day",),
)  # fmt: skip

"""The platform's tables in the admin."""

from typing import Any

from django.contrib import admin
from django.contrib.auth.admin import UserAdmin
from django.contrib.auth.forms import AdminUserCreationForm
from django.contrib.auth.models import Group
from django.utils.translation import gettext_lazy as _

from ecomportal.admin_site import ReadOnlyAdmin, register
from ecomportal.jobs.models import Job, JobItem
from ecomportal.tenancy.models import (
    ApiKey,
    AuditEntry,
    Invitation,
    Membership,
    Merchant,
    User,
)
from ecomportal.web.models import IdempotencyRecord, SavedView
from ecomportal.webhooks.models import Webhook, WebhookDelivery

admin.site.unregister(Group)


class PersonCreationForm(AdminUserCreationForm):
    class Meta:
        model = User
        fields = ("email",)
        field_classes: dict[str, Any] = {}


@admin.register(User)
class PersonAdmin(UserAdmin):
    add_form = PersonCreationForm
    ordering = ("email",)
    list_display = ("email", "name", "is_active", "is_superuser", "last_login")
    list_filter = ("is_active", "is_superuser")
    search_fields = ("email", "name")
    filter_horizontal = ()
    fieldsets = (
        (None, {"fields": ("email", "password", "name", "language", "theme")}),
        (_("Rights"), {"fields": ("is_active", "is_staff", "is_superuser")}),
        (_("Dates"), {"fields": ("last_login", "date_joined")}),
    )
    readonly_fields = ("last_login", "date_joined")
    add_fieldsets = ((None, {"fields": ("email", "usable_password", "password1", "password2")}),)


@admin.register(Merchant)
class MerchantAdmin(admin.ModelAdmin):
    list_display = ("name", "slug", "language", "currency", "created_at")
    search_fields = ("name", "slug")

    def has_delete_permission(self, request: Any, obj: Any = None) -> bool:
        return False  # a shop leaves with its data through its own export and erase, not by a tick


register(
    Membership, list_display=("user", "role", "created_at"), search_fields=("user__email",),
    list_filter=("role",),
)  # fmt: skip
register(
    Invitation, ReadOnlyAdmin, list_display=("email", "role", "created_at", "accepted_at"),
    search_fields=("email",), exclude=("merchant", "token_hash"),
)  # fmt: skip
register(
    ApiKey, ReadOnlyAdmin, list_display=("name", "kind", "prefix", "created_at", "revoked_at"),
    search_fields=("name", "prefix"), exclude=("merchant", "key_hash"),
)  # fmt: skip
register(
    AuditEntry, ReadOnlyAdmin,
    list_display=("at", "actor_label", "action", "subject", "ip_address"),
    search_fields=("actor_label", "action", "subject"), list_filter=("action",), ordering=("-at",),
)  # fmt: skip
register(
    Job, ReadOnlyAdmin, list_display=("title", "kind", "status", "n_done", "n_total", "created_at"),
    search_fields=("title", "kind"), list_filter=("status", "kind"), ordering=("-created_at",),
)  # fmt: skip
register(
    JobItem, ReadOnlyAdmin, list_display=("job", "n", "subject_id", "status", "error"),
    search_fields=("subject_id", "error"), list_filter=("status",),
)  # fmt: skip
register(IdempotencyRecord, ReadOnlyAdmin, list_display=("key", "status_code", "created_at"),
         search_fields=("key",))  # fmt: skip
register(SavedView, list_display=("name", "page", "user"), search_fields=("name", "user__email"))
register(
    Webhook, ReadOnlyAdmin, list_display=("url", "events", "is_on", "n_failures", "created_at"),
    search_fields=("url",), list_filter=("is_on",),
    exclude=("merchant", "sealed_secret", "former_secret"),
)  # fmt: skip
register(
    WebhookDelivery, ReadOnlyAdmin,
    list_display=("event", "webhook", "state", "n_attempts", "status_code", "created_at"),
    search_fields=("event", "error"), list_filter=("state", "event"), ordering=("-created_at",),
)  # fmt: skip

"""What an audit entry adds to its subject, in words: names for its keys and values, and links
where it points at something that has a page. Ids stay behind the words, as their title."""

from typing import Any
from uuid import UUID

from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from ecomportal.said import told
from ecomportal.tenancy.models import AuditEntry, Role
from ecomportal.web import formats

NAMES = {
    "after": _("after"),
    "before": _("before"),
    "bytes": _("size in bytes"),
    "channel": _("channel"),
    "confirm_facts": _("proposed facts confirmed first"),
    "currency": _("currency"),
    "edited": _("edited"),
    "fields": _("what"),
    "format": _("format"),
    "fresh": _("written anew"),
    "keywords": _("keywords"),
    "language": _("language"),
    "languages": _("languages"),
    "max_chars": _("at most characters"),
    "n": _("how many"),
    "name": _("name"),
    "order": _("which first"),
    "reason": _("reason"),
    "role": _("role"),
    "rows": _("rows"),
    "scopes": _("scopes"),
    "status": _("status"),
    "timezone": _("time zone"),
    "tone": _("tone"),
}
# key of an id -> what it is the id of, and the page that shows it
PAGES = {
    "change": (_("change"), "catalog:change"),
    "draft": (_("draft"), "aiassist:draft"),
    "job": (_("job"), "job"),
    "product": (_("product"), "catalog:product"),
    "run": (_("import"), "catalog:import"),
}


def detail_of(entry: AuditEntry, shop_slug: str) -> SafeString:
    """All of it in one line; what was left empty says nothing."""
    parts = [
        _part(name, value, shop_slug) for name, value in entry.detail.items() if value or value == 0
    ]
    return format_html_join(", ", "{}", ((part,) for part in parts if part))


def subject_of(entry: AuditEntry, shop_slug: str) -> SafeString | str:
    """The subject by name; an entry that names a draft by its id alone gets a link."""
    if entry.action.startswith("draft.") and (draft_id := _uuid(entry.subject)):
        return _link("draft", draft_id, shop_slug)
    return str(entry.subject)


def _part(name: str, value: Any, shop_slug: str) -> SafeString | str:
    if name in PAGES and (found := _uuid(value)):
        return _link(name, found, shop_slug)
    if value is True:
        return str(NAMES.get(name, name))
    if value is False:
        return ""
    return format_html("{}: {}", NAMES.get(name, name), _value(name, value))


def _link(name: str, found: UUID, shop_slug: str) -> SafeString:
    label, page = PAGES[name]
    address = reverse(page, args=[shop_slug, found])
    return format_html('<a class="inline" href="{}" title="{}">{}</a>', address, found, label)


def _value(name: str, value: Any) -> str:
    if isinstance(value, list):
        return " + ".join(_value(name, one) for one in value)
    if name in ("role", "before", "after") and value in Role.values:
        return str(Role(value).label)
    if isinstance(value, int):
        return formats.number(value)
    return str(told(value))


def _uuid(value: Any) -> UUID | None:
    try:
        return UUID(str(value))
    except ValueError:
        return None

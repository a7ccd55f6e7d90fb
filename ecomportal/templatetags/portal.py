"""Template filters and tags every page uses; built in, so no page loads them."""

from datetime import datetime, timedelta
from math import ceil
from typing import Any

from django import template
from django.conf import settings
from django.contrib.staticfiles.storage import staticfiles_storage
from django.forms import (
    BoundField,
    CheckboxInput,
    Select,
    Textarea,
)
from django.forms.widgets import Input
from django.http import HttpRequest
from django.template.base import NodeList, Parser, Token
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django_htmx.templatetags.django_htmx import htmx_script as django_htmx_script

from ecomportal.said import told
from ecomportal.tenancy.models import Role
from ecomportal.web import formats
from ecomportal.web.audit_names import ACTIONS
from ecomportal.web.bundles import files_of
from ecomportal.web.icons import ICONS

register = template.Library()
register.simple_tag(django_htmx_script, takes_context=True, name="htmx_script")
register.filter("told", told)  # a message stored in a JSON field, in the reader's language


@register.filter
def money(cents: int | None, currency: str) -> str:
    return "" if cents is None else formats.money(cents, currency)


@register.filter
def money_whole(cents: int | None, currency: str) -> str:
    """Without the minor unit: for sums in tiles, where cents only hide the figure."""
    return "" if cents is None else formats.money(cents, currency, whole=True)


@register.filter
def count(value: int | float | None) -> str:
    return "" if value is None else formats.number(value)


@register.filter
def capped(value: int, limit: int = 1000) -> str:
    """A count that stopped at limit + 1."""
    return formats.number(value) if value <= limit else f"{formats.number(limit)}+"


@register.filter
def ago(moment: datetime | None) -> str:
    """How long ago, with the exact time in the title."""
    if moment is None:
        return ""
    return format_html(
        '<time datetime="{}" title="{}">{}</time>',
        moment.isoformat(timespec="seconds"),
        formats.exact(moment),
        formats.ago(moment),
    )


@register.filter
def exact(moment: datetime | None) -> str:
    """The moment itself, in the shop's time zone."""
    if moment is None:
        return ""
    stamp = moment.isoformat(timespec="seconds")
    return format_html('<time datetime="{}">{}</time>', stamp, formats.exact(moment))


@register.simple_tag
def icon(name: str, size: str = "") -> SafeString:
    """A 16-px stroke icon; size "s" is 14 px. The word beside it says what it means."""
    classes = "i i--s" if size == "s" else "i"
    # The shapes are constants of this project, not text of anybody.
    shape = mark_safe(ICONS[name])
    return format_html(
        '<svg class="{}" viewBox="0 0 16 16" aria-hidden="true">{}</svg>', classes, shape
    )


@register.simple_tag(takes_context=True)
def url_with(context: dict[str, Any], **changes: Any) -> str:
    """The current query string with changes: None removes, a list repeats."""
    request: HttpRequest = context["request"]
    query = request.GET.copy()
    for name, value in changes.items():
        query.pop(name, None)
        if value is not None:
            query.setlist(name, [str(v) for v in value] if isinstance(value, list) else [value])
    return "?" + query.urlencode()


class CaptureNode(template.Node):
    child_nodelists = ("nodelist",)

    def __init__(self, nodelist: NodeList, name: str) -> None:
        self.nodelist, self.name = nodelist, name

    def render(self, context: template.Context) -> str:
        # Rendered once already, so it is safe; stripping alone would lose that mark.
        context[self.name] = mark_safe(self.nodelist.render(context).strip())
        return ""


@register.tag
def capture(parser: Parser, token: Token) -> CaptureNode:
    """`{% capture name %}...{% endcapture %}`: what stands between, a block say, as a value."""
    name = token.split_contents()[1]
    nodelist = parser.parse(("endcapture",))
    parser.delete_first_token()
    return CaptureNode(nodelist, name)


@register.filter
def role_label(role: str) -> str:
    """A role's name, where only its value came along."""
    return Role(role).label


@register.filter
def action_label(action: str) -> Any:
    """What was done, in words; one that has none yet is shown as it was written."""
    return ACTIONS.get(action, action)


@register.filter
def is_checkbox(field: BoundField) -> bool:
    return isinstance(field.field.widget, CheckboxInput)


@register.filter
def dressed(field: BoundField) -> SafeString:
    """The field's widget with the class its kind wears."""
    widget = field.field.widget
    kinds = ((CheckboxInput, ""), (Textarea, "textarea"), (Select, "select"), (Input, "input"))
    look = next((look for kind, look in kinds if isinstance(widget, kind)), "")
    classes = f"{widget.attrs.get('class', '')} {look}".strip()
    return field.as_widget(attrs={"class": classes} if classes else {})


@register.filter
def bundled(bundle: str) -> list[str]:
    """The files of a bundle: itself, or where nothing was collected its parts."""
    return files_of(bundle, staticfiles_storage)


@register.filter
def minutes(span: timedelta) -> int:
    """Whole minutes, rounded up: never less than what is left."""
    return ceil(span.total_seconds() / 60)


@register.simple_tag(takes_context=True)
def tries_left(context: dict[str, Any]) -> int:
    """How many wrong passwords django-axes still allows this address; 0 where it did not count."""
    failures = getattr(context["request"], "axes_failures_since_start", None)
    return max(settings.AXES_FAILURE_LIMIT - failures, 0) if failures else 0

"""Who may enter a shop's page: a stranger gets 404, a member without the role 403."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone

from ecomportal.tenancy.context import entered
from ecomportal.tenancy.models import Merchant, Role

EVERYONE = (Role.OWNER, Role.MANAGER, Role.AGENT, Role.VIEWER)
EDITORS = (Role.OWNER, Role.MANAGER)
REVIEWERS = (Role.OWNER, Role.MANAGER, Role.AGENT)
OWNERS = (Role.OWNER,)

View = Callable[..., HttpResponse]


def merchant_required(*roles: str) -> Callable[[View], View]:
    """Open a view to members with one of `roles`, inside the shop named by `merchant_slug`.

    The view runs in one transaction with the tenant set: `request.merchant` is the only shop it
    can see, `request.role` the person's role there and `request.shops` all shops she may open
    ([{"slug", "name", "role"}]). The answer must be rendered before the view returns.
    """

    def decorate(view: View) -> View:
        @wraps(view)
        def inner(request: HttpRequest, merchant_slug: str, *args: Any, **kwargs: Any) -> Any:
            if not request.user.is_authenticated:
                return redirect_to_login(request.get_full_path())
            with entered("enter_shop", request.user.pk, merchant_slug) as found:
                if found["merchant"] is None:
                    raise Http404("No such shop.")
                request.merchant = Merchant.from_row(found["merchant"])
                request.role, request.shops = found["role"], found["shops"]
                if request.role not in (roles or EVERYONE):
                    raise PermissionDenied
                with timezone.override(request.merchant.timezone):
                    response = view(request, *args, **kwargs)
                    # Rows are visible only inside this transaction: a lazy answer is drawn here.
                    return response.render() if hasattr(response, "render") else response

        inner.roles = roles or EVERYONE
        return inner

    return decorate


def own_shops(user: Any) -> list[dict[str, Any]]:
    """The shops a signed-in person may open, each {"slug", "name", "role"}."""
    with entered("enter_shop", user.pk, "") as found:
        return found["shops"]

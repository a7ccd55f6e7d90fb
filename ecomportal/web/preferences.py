"""What a person sets for herself: her name, and the two choices every page shows at once.

Language and theme are plain forms. Signed in, the choice stands in her account and follows her
to another browser; before that, a cookie keeps it.
"""

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import (
    HttpRequest,
    HttpResponse,
    HttpResponseBadRequest,
    HttpResponseRedirect,
    JsonResponse,
)
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from ecomportal.web.context import THEMES
from ecomportal.web.forms import ProfileForm

YEAR_SECONDS = 365 * 24 * 3600


def _back(request: HttpRequest) -> HttpResponse:
    """To the page the form stood on, if that is a page of this site."""
    page = request.POST.get("next", "")
    is_ours = url_has_allowed_host_and_scheme(page, {request.get_host()}, request.is_secure())
    # `redirect` would take a word without a slash for the name of a page.
    return HttpResponseRedirect(page) if is_ours else redirect("home")


def _keep(request: HttpRequest, response: HttpResponse, field: str, value: str) -> HttpResponse:
    if request.user.is_authenticated:
        setattr(request.user, field, value)
        request.user.save(update_fields=[field])
    name = settings.LANGUAGE_COOKIE_NAME if field == "language" else field
    response.set_cookie(
        name,
        value,
        max_age=YEAR_SECONDS,
        samesite="Lax",
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
    )
    return response


@require_POST
def set_language(request: HttpRequest) -> HttpResponse:
    language = request.POST.get("language", "")
    if language not in dict(settings.LANGUAGES):
        return HttpResponseBadRequest(_("This language is not offered."))
    return _keep(request, _back(request), "language", language)


@require_POST
def set_theme(request: HttpRequest) -> HttpResponse:
    theme = request.POST.get("theme", "")
    if theme not in THEMES:
        return HttpResponseBadRequest(_("This theme is not offered."))
    if request.accepts("text/html"):
        return _keep(request, _back(request), "theme", theme)
    labels = [_("Theme: as the system"), _("Theme: light"), _("Theme: dark")]
    place = THEMES.index(theme)
    answer = {"theme": theme, "next": THEMES[(place + 1) % 3], "label": labels[place]}
    return _keep(request, JsonResponse(answer), "theme", theme)


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def profile(request: HttpRequest) -> HttpResponse:
    form = ProfileForm(request.POST or None, instance=request.user)
    if request.method == "POST" and form.is_valid():
        form.save()
        messages.success(request, _("Your name is saved."))
        return redirect("profile")
    return render(
        request, "account/profile.html", {"form": form}, status=422 if form.errors else 200
    )

"""The team: who is in it, who is asked to come, and how one comes in."""

from typing import Any

from django.contrib import messages
from django.contrib.auth import login
from django.core.exceptions import PermissionDenied
from django.db.models import F
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.timezone import now
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST, require_safe

from ecomportal.tenancy import audit
from ecomportal.tenancy.access import EDITORS, OWNERS, merchant_required
from ecomportal.tenancy.context import entered
from ecomportal.tenancy.forms import InviteForm, JoinForm, RoleForm
from ecomportal.tenancy.mail import can_send, send_invitation
from ecomportal.tenancy.models import Invitation, Membership, Merchant, Role, User, hash_token

BACKEND = "django.contrib.auth.backends.ModelBackend"


def team_page(request: HttpRequest, *, status: int = 200, **context: Any) -> HttpResponse:
    members = request.merchant.memberships.select_related("user")
    waiting = request.merchant.invitations.filter(
        accepted_at=None, revoked_at=None, expires_at__gt=now()
    )
    context = {
        "members": members.order_by(F("user__name").asc(), "user__email"),
        "invitations": waiting.select_related("invited_by").order_by("-created_at"),
        "roles": Role.choices,
        "form": InviteForm(request.merchant),
        "can_send": can_send(),
        **context,
    }
    return render(request, "settings/team.html", context, status=status)


@require_safe
@merchant_required(*EDITORS)
def team(request: HttpRequest) -> HttpResponse:
    return team_page(request)


@require_POST
@merchant_required(*OWNERS)
def team_invite(request: HttpRequest) -> HttpResponse:
    form = InviteForm(request.merchant, request.POST)
    if not form.is_valid():
        return team_page(request, status=422, form=form)
    email, role = form.cleaned_data["email"], form.cleaned_data["role"]
    # One whose week is over makes room for the new one.
    request.merchant.invitations.filter(
        email__iexact=email, accepted_at=None, revoked_at=None, expires_at__lte=now()
    ).update(revoked_at=now())
    invitation, token = Invitation.issue(
        request.merchant, email, role=role, invited_by=request.user
    )
    link = request.build_absolute_uri(reverse("team-join", args=[token]))
    audit.record(request, "team.invited", email, role=role)
    send_invitation(invitation, link, request.user)
    return team_page(request, invited=invitation, link=link)


@require_POST
@merchant_required(*OWNERS)
def invitation_revoke(request: HttpRequest, invitation_id: int) -> HttpResponse:
    waiting = request.merchant.invitations.filter(accepted_at=None, revoked_at=None)
    invitation = get_object_or_404(waiting.select_for_update(), pk=invitation_id)
    waiting.filter(pk=invitation.pk).update(revoked_at=now())
    audit.record(request, "team.invitation_revoked", invitation.email)
    messages.success(request, _("The invitation no longer opens the shop."))
    return redirect("team", request.merchant.slug)


def _lock_member(request: HttpRequest, membership_id: int) -> tuple[Membership, bool]:
    """The membership, and whether it is the only owner's.

    All owners are locked first, in one order: of two people who demote each other at the same
    moment the second waits, and then finds herself the last.
    """
    owners = request.merchant.memberships.filter(role=Role.OWNER).order_by("pk")
    locked = set(owners.select_for_update().values_list("pk", flat=True))
    memberships = request.merchant.memberships.select_for_update(of=("self",))
    member = get_object_or_404(memberships.select_related("user"), pk=membership_id)
    return member, locked == {member.pk}


def _refuse_last_owner(request: HttpRequest) -> HttpResponse:
    text = _("A shop needs an owner. Make somebody else an owner first.")
    return team_page(request, status=422, refusal=text)


@require_POST
@merchant_required(*OWNERS)
def team_role(request: HttpRequest, membership_id: int) -> HttpResponse:
    member, is_last_owner = _lock_member(request, membership_id)
    form = RoleForm(request.POST)
    if not form.is_valid():
        return team_page(request, status=422, refusal=_("There is no such role."))
    role = form.cleaned_data["role"]
    if is_last_owner and role != Role.OWNER:
        return _refuse_last_owner(request)
    before = member.role
    request.merchant.memberships.filter(pk=member.pk).update(role=role)
    audit.record(request, "team.role_changed", member.user.email, before=before, after=role)
    messages.success(
        request,
        _("%(name)s is now: %(role)s.") % {"name": member.user, "role": Role(role).label},
    )
    is_out = member.user_id == request.user.pk and role not in EDITORS
    return redirect("shop-home" if is_out else "team", request.merchant.slug)


@require_POST
@merchant_required(*OWNERS)
def team_remove(request: HttpRequest, membership_id: int) -> HttpResponse:
    member, is_last_owner = _lock_member(request, membership_id)
    if is_last_owner:
        return _refuse_last_owner(request)
    audit.record(request, "team.removed", member.user.email, role=member.role)
    member.delete()
    messages.success(
        request,
        _("%(name)s can no longer open this shop. What they did stays in its history.")
        % {"name": member.user},
    )
    if member.user_id == request.user.pk:
        return redirect("home")
    return redirect("team", request.merchant.slug)


@sensitive_post_parameters("password")
def join(request: HttpRequest, token: str) -> HttpResponse:
    """Come in by the link of an invitation: as a new person, or with the account one has."""
    with entered("enter_by_invitation", hash_token(token)) as found:
        if found["merchant"] is None:
            return render(request, "account/invitation_gone.html", status=404)
        request.merchant = Merchant.from_row(found["merchant"])
        invitation = found["invitation"]
        if request.user.is_authenticated:
            return _join_signed_in(request, invitation)
        if User.objects.filter(email__iexact=invitation["email"]).exists():
            return _page(request, invitation, needs_sign_in=True)
        return _join_as_new(request, invitation)


def _page(request: HttpRequest, invitation: dict[str, Any], **context: Any) -> HttpResponse:
    context |= {"shop": request.merchant, "invitation": invitation}
    status = 422 if context.get("form") and context["form"].errors else 200
    return render(request, "account/join.html", context, status=status)


def _join_signed_in(request: HttpRequest, invitation: dict[str, Any]) -> HttpResponse:
    if request.user.email.lower() != invitation["email"].lower():
        if request.method == "POST":
            raise PermissionDenied
        return _page(request, invitation, is_other_person=True)
    if request.method == "POST":
        return _enter(request, invitation, request.user)
    return _page(request, invitation)


def _join_as_new(request: HttpRequest, invitation: dict[str, Any]) -> HttpResponse:
    form = JoinForm(invitation["email"], request.POST or None)
    if request.method != "POST" or not form.is_valid():
        return _page(request, invitation, form=form)
    user = User(email=invitation["email"], name=form.cleaned_data["name"])
    user.set_password(form.cleaned_data["password"])
    return _enter(request, invitation, user)


def _enter(request: HttpRequest, invitation: dict[str, Any], user: User) -> HttpResponse:
    # The update is the lock: of two clicks at once the second finds nothing left to accept.
    open_ = request.merchant.invitations.filter(accepted_at=None, revoked_at=None)
    if not open_.filter(pk=invitation["id"]).update(accepted_at=now()):
        return render(request, "account/invitation_gone.html", status=404)
    if user.pk is None:
        user.language = getattr(request, "LANGUAGE_CODE", "")
        user.save()
        login(request, user, backend=BACKEND)
    request.merchant.memberships.get_or_create(
        user=user, defaults={"role": invitation["role"], "merchant": request.merchant}
    )
    audit.record(request, "team.joined", user.email, role=invitation["role"])
    messages.success(request, _("Welcome to %(shop)s.") % {"shop": request.merchant})
    return redirect("shop-home", request.merchant.slug)

"""Letters about people. Many who host this themselves have no mail server: nothing waits for it."""

import logging
from functools import partial

from django.conf import settings
from django.core.mail import send_mail
from django.db import transaction
from django.template.loader import render_to_string
from django.utils import translation

from ecomportal.tenancy.models import Invitation, Role, User

log = logging.getLogger("ecomportal.mail")


def can_send() -> bool:
    """Whether a letter would reach anybody: the default backend only prints."""
    return not settings.EMAIL_BACKEND.endswith(("console.EmailBackend", "dummy.EmailBackend"))


def send_invitation(invitation: Invitation, link: str, inviter: User) -> None:
    """Send the link after the commit, in the shop's language; the page shows it anyway."""
    if not can_send():
        return
    merchant = invitation.merchant
    with translation.override("zh-hans" if merchant.language == "zh" else "en"):
        context = {
            "shop": merchant,
            "inviter": inviter,
            "role": Role(invitation.role).label,
            "link": link,
            "expires_at": invitation.expires_at,
        }
        subject = render_to_string("mail/invitation_subject.txt", context).strip()
        body = render_to_string("mail/invitation.txt", context)
    transaction.on_commit(partial(_send, subject, body, invitation.email))


def _send(subject: str, body: str, to: str) -> None:
    try:
        send_mail(subject, body, None, [to])
    except OSError:
        # The invitation stands and its link was shown; a mail server that is down loses nothing.
        log.exception("The invitation to %s was not sent", to)

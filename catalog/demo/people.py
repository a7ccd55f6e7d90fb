"""One sign-in per role, for a demo on one's own machine: the passwords are no secret."""

import os
from dataclasses import dataclass
from pathlib import Path

from ecomportal.tenancy.context import tenant
from ecomportal.tenancy.models import Membership, Merchant, User

SIGN_INS_FILE = "demo-sign-ins.txt"


@dataclass(frozen=True)
class SignIn:
    role: str
    email: str
    password: str
    name: str

    @property
    def is_admin(self) -> bool:
        return self.role == "admin"


SIGN_INS = (
    SignIn("owner", "owner@demo.example", "northlight-owner-2026", "Nora Lindqvist"),
    SignIn("manager", "manager@demo.example", "northlight-manager-2026", "陈立"),
    SignIn("agent", "agent@demo.example", "northlight-agent-2026", "Jonas Falk"),
    SignIn("viewer", "viewer@demo.example", "northlight-viewer-2026", "周敏"),
    SignIn("admin", "admin@demo.example", "northlight-admin-2026", "Ada Platform"),
)


def ensure_people(merchant: Merchant) -> None:
    """Make who is missing, and everybody but the platform admin a member of the shop."""
    for sign_in in SIGN_INS:
        user = User.objects.filter(email=sign_in.email).first() or _user(sign_in)
        if not sign_in.is_admin:
            _join(merchant, user, sign_in.role)


def is_demo(merchant: Merchant) -> bool:
    """Whether a shop is ours to drop: a real one could have the same address."""
    with tenant(merchant):
        return merchant.memberships.filter(user__email=SIGN_INS[0].email, role="owner").exists()


def _user(sign_in: SignIn) -> User:
    make = User.objects.create_superuser if sign_in.is_admin else User.objects.create_user
    return make(sign_in.email, sign_in.password, name=sign_in.name)


def _join(merchant: Merchant, user: User, role: str) -> None:
    with tenant(merchant):
        Membership.objects.get_or_create(merchant=merchant, user=user, defaults={"role": role})


def write_sign_ins(folder: Path) -> Path:
    """`role  e-mail  password`, a line each, in a file that only its owner may read."""
    path = folder / SIGN_INS_FILE
    folder.mkdir(parents=True, exist_ok=True)
    lines = [f"{s.role:<8}  {s.email:<20}  {s.password}" for s in SIGN_INS]
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write("\n".join(lines) + "\n")
    path.chmod(0o600)
    return path

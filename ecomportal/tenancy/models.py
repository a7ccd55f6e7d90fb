"""People, shops, who may do what in which shop, keys, and what was done."""

import hashlib
import secrets
from datetime import datetime, timedelta
from typing import Any, Self

from django.contrib.auth.models import AbstractUser, BaseUserManager
from django.contrib.sessions.base_session import AbstractBaseSession
from django.db import models
from django.db.models.functions import Lower
from django.utils.timezone import now
from django.utils.translation import gettext_lazy as _

from ecomportal.said import SaidField
from ecomportal.tenancy.context import NoTenant, current_merchant_id


class TenantManager(models.Manager):
    """Raises unless a shop is active, so that a forgotten scope fails loudly and early."""

    def get_queryset(self) -> models.QuerySet:
        if current_merchant_id() is None:
            raise NoTenant(f"{self.model.__name__}: choose a shop first (with tenant(merchant)).")
        return super().get_queryset()


class TenantModel(models.Model):
    """A row of one shop. Subclasses declare `merchant` with the name their shop calls them by."""

    objects = TenantManager()

    class Meta:
        abstract = True


class Role(models.TextChoices):
    OWNER = "owner", _("Owner")
    MANAGER = "manager", _("Manager")
    AGENT = "agent", _("Support agent")
    VIEWER = "viewer", _("Viewer")


class UserManager(BaseUserManager):
    def create_user(self, email: str, password: str | None = None, **fields: Any) -> "User":
        user = self.model(email=self.normalize_email(email).lower(), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, email: str, password: str | None = None, **fields: Any) -> "User":
        return self.create_user(email, password, is_staff=True, is_superuser=True, **fields)

    def get_by_natural_key(self, email: str) -> "User":
        return self.get(email__iexact=email)


class User(AbstractUser):
    username = None
    first_name = None
    last_name = None
    email = models.EmailField(_("e-mail"), unique=True)
    name = models.CharField(_("name"), max_length=120, blank=True)
    language = models.CharField(_("language"), max_length=10, blank=True)
    theme = models.CharField(_("theme"), max_length=10, blank=True)

    USERNAME_FIELD = "email"
    REQUIRED_FIELDS = []
    objects = UserManager()

    class Meta:
        verbose_name = _("person")
        verbose_name_plural = _("people")
        constraints = [models.UniqueConstraint(Lower("email"), name="user_email_once")]

    def __str__(self) -> str:
        return self.name or self.email

    @property
    def initials(self) -> str:
        words = (self.name or self.email.split("@")[0]).split()
        return "".join(word[0] for word in words[:2]).upper()


class WebSession(AbstractBaseSession):
    """A signed-in browser. It names its person, so that one statement reads both."""

    user = models.ForeignKey(User, models.CASCADE, null=True, related_name="web_sessions")

    class Meta(AbstractBaseSession.Meta):
        verbose_name = _("web session")
        verbose_name_plural = _("web sessions")

    @classmethod
    def get_session_store_class(cls) -> Any:
        from ecomportal.tenancy.sessions import SessionStore  # it needs this model

        return SessionStore


class Merchant(models.Model):
    """A shop: the tenant."""

    slug = models.SlugField(_("address"), max_length=60, unique=True)
    name = models.CharField(_("name"), max_length=120)
    language = models.CharField(
        _("main language"), max_length=2, choices=[("en", "English"), ("zh", "中文")], default="en"
    )
    currency = models.CharField(_("currency"), max_length=3, default="EUR")
    timezone = models.CharField(_("time zone"), max_length=50, default="UTC")
    created_at = models.DateTimeField(_("created"), default=now)
    members = models.ManyToManyField(User, through="Membership", related_name="merchants")

    class Meta:
        verbose_name = _("shop")
        verbose_name_plural = _("shops")
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name

    @classmethod
    def from_row(cls, row: dict[str, Any]) -> Self:
        """Build the instance from what `enter_shop` returned, without asking again."""
        fields = [field.attname for field in cls._meta.concrete_fields]
        merchant = cls.from_db("default", fields, [row[name] for name in fields])
        merchant.created_at = datetime.fromisoformat(row["created_at"])
        return merchant


class Membership(TenantModel):
    """Who may do what in a shop. `enter_shop` reads it before any shop is chosen."""

    merchant = models.ForeignKey(Merchant, models.CASCADE, related_name="memberships")
    user = models.ForeignKey(User, models.CASCADE, related_name="memberships")
    role = models.CharField(_("role"), max_length=10, choices=Role.choices)
    created_at = models.DateTimeField(_("since"), default=now)

    class Meta:
        verbose_name = _("membership")
        verbose_name_plural = _("memberships")
        constraints = [
            models.UniqueConstraint(fields=["merchant", "user"], name="membership_once"),
            models.CheckConstraint(
                condition=models.Q(role__in=Role.values), name="membership_role"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user} ({self.role})"


def hash_token(token: str) -> str:
    """SHA-256 is enough here: the tokens are 256 random bits, not words people choose."""
    return hashlib.sha256(token.encode()).hexdigest()


def in_a_week() -> Any:
    return now() + timedelta(days=7)


class Invitation(TenantModel):
    merchant = models.ForeignKey(Merchant, models.CASCADE, related_name="invitations")
    email = models.EmailField(_("e-mail"))
    role = models.CharField(_("role"), max_length=10, choices=Role.choices)
    token_hash = models.CharField(max_length=64, unique=True)
    invited_by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+")
    created_at = models.DateTimeField(default=now)
    expires_at = models.DateTimeField(default=in_a_week)
    accepted_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("invitation")
        verbose_name_plural = _("invitations")
        constraints = [
            models.UniqueConstraint(
                "merchant",
                Lower("email"),
                condition=models.Q(accepted_at=None, revoked_at=None),
                name="invitation_once",
            )
        ]

    def __str__(self) -> str:
        return f"{self.email} ({self.role})"

    @classmethod
    def issue(cls, merchant: Merchant, email: str, **fields: Any) -> tuple[Self, str]:
        """Return the new invitation and its token, which only the link ever shows."""
        token = secrets.token_urlsafe(32)
        row = cls.objects.create(
            merchant=merchant, email=email.lower(), token_hash=hash_token(token), **fields
        )
        return row, token


class ApiKey(TenantModel):
    """`pk_` keys may stand in a web page, `sk_` keys may not; only the hash is kept."""

    class Kind(models.TextChoices):
        PUBLISHABLE = "pk", _("Publishable")
        SECRET = "sk", _("Secret")

    merchant = models.ForeignKey(Merchant, models.CASCADE, related_name="api_keys")
    name = models.CharField(_("name"), max_length=80)
    kind = models.CharField(_("kind"), max_length=2, choices=Kind.choices)
    prefix = models.CharField(_("begins with"), max_length=16)
    key_hash = models.CharField(max_length=64, unique=True)
    scopes = models.JSONField(_("scopes"), default=list, blank=True)
    origins = models.JSONField(_("allowed origins"), default=list, blank=True)
    created_by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+")
    created_at = models.DateTimeField(_("created"), default=now)
    expires_at = models.DateTimeField(_("expires"), null=True, blank=True)
    revoked_at = models.DateTimeField(_("revoked"), null=True, blank=True)
    last_used_at = models.DateTimeField(_("last used"), null=True, blank=True)

    class Meta:
        verbose_name = _("API key")
        verbose_name_plural = _("API keys")

    def __str__(self) -> str:
        return f"{self.name} ({self.prefix}…)"

    @classmethod
    def issue(cls, merchant: Merchant, kind: str, **fields: Any) -> tuple[Self, str]:
        """Return the new row and the key itself, which is shown once and never again."""
        key = f"{kind}_{secrets.token_urlsafe(32)}"
        row = cls.objects.create(
            merchant=merchant, kind=kind, prefix=key[:9], key_hash=hash_token(key), **fields
        )
        return row, key


class AuditEntry(TenantModel):
    """Who did what, when and from where; the app role may add rows and read them, no more."""

    merchant = models.ForeignKey(Merchant, models.CASCADE, related_name="audit_entries")
    # Kept when the person is deleted, as all of the row is; actor_label says who it was.
    actor = models.ForeignKey(
        User, models.DO_NOTHING, null=True, related_name="+", db_constraint=False
    )
    actor_label = models.CharField(_("who"), max_length=200)
    action = models.CharField(_("action"), max_length=60)
    subject = SaidField(_("subject"), blank=True)
    detail = models.JSONField(_("detail"), default=dict, blank=True)
    ip_address = models.GenericIPAddressField(_("from"), null=True, blank=True)
    at = models.DateTimeField(_("when"), default=now)

    class Meta:
        verbose_name = _("audit entry")
        verbose_name_plural = _("audit entries")
        indexes = [models.Index(fields=["merchant", "-at"], name="audit_by_time")]

    def __str__(self) -> str:
        return f"{self.actor_label}: {self.action} {self.subject}"

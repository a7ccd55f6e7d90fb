"""What is derived about customers and shared by every feature: profiles, readings, segments."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from aiassist.registry.models import ModelVersion
from catalog.conversations.models import Conversation
from catalog.orders.models import Customer
from ecomportal.ids import uuid7
from ecomportal.jobs.models import Job
from ecomportal.said import SaidField
from ecomportal.tenancy.models import Merchant, TenantModel, User


class RfmGroup(models.TextChoices):
    """The eleven groups, by R and the mean of F and M (each 1 to 5)."""

    CHAMPIONS = "champions", _("Champions")
    LOYAL = "loyal", _("Loyal")
    PROMISING_LOYAL = "potential_loyal", _("Potential loyalists")
    NEW = "new", _("New customers")
    PROMISING = "promising", _("Promising")
    NEEDS_ATTENTION = "needs_attention", _("Need attention")
    ABOUT_TO_SLEEP = "about_to_sleep", _("About to sleep")
    AT_RISK = "at_risk", _("At risk")
    CANNOT_LOSE = "cannot_lose", _("Cannot lose them")
    HIBERNATING = "hibernating", _("Hibernating")
    LOST = "lost", _("Lost")


class Persona(TenantModel):
    """A group of like interests. It keeps its name only while enough of its members stay."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    merchant = models.ForeignKey(Merchant, models.CASCADE, related_name="personas")
    number = models.PositiveIntegerField(_("number"))
    name = models.CharField(_("name"), max_length=120, blank=True)
    is_name_confirmed = models.BooleanField(_("name confirmed"), default=False)
    is_current = models.BooleanField(_("current"), default=True)
    n_members = models.PositiveIntegerField(_("members"), default=0)
    overlap = models.FloatField(_("overlap with before"), null=True, blank=True)
    # What the card says, each sentence with its numbers; the centre, for the next refit.
    facts = models.JSONField(default=list, blank=True)
    centre = models.JSONField(default=dict, blank=True)
    created_at = models.DateTimeField(_("first seen"), default=timezone.now)
    refreshed_at = models.DateTimeField(_("refreshed"), default=timezone.now)

    class Meta:
        verbose_name = _("persona")
        verbose_name_plural = _("personas")
        constraints = [
            models.UniqueConstraint(fields=["merchant", "number"], name="persona_once"),
        ]

    def __str__(self) -> str:
        return self.name or f"{self.number}"


class CustomerProfile(TenantModel):
    """What the shop's orders and chats say about one customer; rebuilt from them at any time.

    A row appears together with its customer (by trigger) and then says "no orders yet". Money is
    in the shop's currency after its rates, net of refunds. Days are the shop's.
    """

    customer = models.OneToOneField(
        Customer, models.CASCADE, primary_key=True, related_name="profile", db_constraint=False
    )
    merchant = models.ForeignKey(
        Merchant, models.CASCADE, related_name="customer_profiles", db_index=False
    )
    n_orders = models.PositiveIntegerField(_("orders"), default=0, db_default=0)
    spent_cents = models.BigIntegerField(_("spent"), default=0, db_default=0)
    # The same with a giant order cut to the shop's limit; scores are made of this.
    capped_cents = models.BigIntegerField(_("spent, capped"), default=0, db_default=0)
    average_cents = models.BigIntegerField(_("average order"), null=True, blank=True)
    first_order_at = models.DateTimeField(_("first order"), null=True, blank=True)
    last_order_at = models.DateTimeField(_("last order"), null=True, blank=True)
    r_score = models.PositiveSmallIntegerField(_("recency score"), null=True, blank=True)
    f_score = models.PositiveSmallIntegerField(_("frequency score"), null=True, blank=True)
    m_score = models.PositiveSmallIntegerField(_("money score"), null=True, blank=True)
    rfm_group = models.CharField(
        _("RFM group"),
        max_length=20,
        choices=RfmGroup.choices,
        blank=True,
        default="",
        db_default="",
    )
    former_group = models.CharField(
        _("RFM group before"),
        max_length=20,
        choices=RfmGroup.choices,
        blank=True,
        default="",
        db_default="",
    )
    moved_at = models.DateTimeField(_("moved"), null=True, blank=True)
    # Statistics of the purchase models, in days: repeat order days, last one and age since first.
    n_repeats = models.PositiveIntegerField(_("repeat order days"), default=0, db_default=0)
    last_repeat_days = models.FloatField(_("days to last repeat"), default=0, db_default=0)
    repeat_cents = models.BigIntegerField(_("mean repeat value"), null=True, blank=True)
    # Predictions; empty where none is published. `model_version` made them.
    expected_orders_90 = models.FloatField(_("orders in 90 days"), null=True, blank=True)
    expected_orders_365 = models.FloatField(_("orders in 365 days"), null=True, blank=True)
    clv_cents = models.BigIntegerField(_("value in 365 days"), null=True, blank=True)
    clv_low_cents = models.BigIntegerField(_("value, low end"), null=True, blank=True)
    clv_high_cents = models.BigIntegerField(_("value, high end"), null=True, blank=True)
    # P(no purchase in the next 90 days).
    churn_probability = models.FloatField(_("churn probability"), null=True, blank=True)
    next_order_on = models.DateField(_("next order expected"), null=True, blank=True)
    value_band = models.PositiveSmallIntegerField(_("value band"), null=True, blank=True)
    model_version = models.ForeignKey(
        ModelVersion, models.SET_NULL, null=True, blank=True, related_name="+", db_constraint=False,
        db_index=False,
    )  # fmt: skip
    persona = models.ForeignKey(
        Persona, models.SET_NULL, null=True, blank=True, related_name="profiles",
        db_constraint=False,
    )  # fmt: skip
    n_chats = models.PositiveIntegerField(_("chats"), default=0, db_default=0)
    n_unresolved = models.PositiveIntegerField(_("unresolved chats"), default=0, db_default=0)
    chat_sentiment = models.CharField(
        _("last sentiment"), max_length=10, blank=True, default="", db_default=""
    )
    csat = models.FloatField(_("satisfaction"), null=True, blank=True)
    last_chat_at = models.DateTimeField(_("last chat"), null=True, blank=True)
    refreshed_at = models.DateTimeField(_("refreshed"), null=True, blank=True)

    class Meta:
        verbose_name = _("customer profile")
        verbose_name_plural = _("customer profiles")
        indexes = [
            models.Index(fields=["merchant", "-spent_cents", "-customer"], name="profile_by_spent"),
            models.Index(
                fields=["merchant", "-last_order_at", "-customer"], name="profile_by_last"
            ),
            # Fields of the grid and groups, each in the order its list opens with.
            models.Index(
                fields=["merchant", "r_score", "f_score", "-spent_cents", "-customer"],
                name="profile_by_field",
            ),
            models.Index(
                fields=["merchant", "rfm_group", "-spent_cents", "-customer"],
                name="profile_by_group_spent",
            ),
            models.Index(
                fields=["merchant", "-spent_cents", "-customer"],
                name="profile_unresolved",
                condition=Q(n_unresolved__gt=0),
            ),
            models.Index(
                fields=["merchant", "-clv_cents", "-customer"],
                name="profile_by_value",
                condition=Q(clv_cents__isnull=False),
            ),
            models.Index(
                fields=["merchant", "-churn_probability", "-customer"],
                name="profile_by_churn",
                condition=Q(churn_probability__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.customer_id}"


class ProfileRefresh(TenantModel):
    """One reckoning of all profiles, or of those that changed: limits, counts, what stood out.

    The last finished one is what the profiles stand on. `data` holds the score limits, the cap of
    giant orders and whose they are, orders left out with reasons, the shortfall of predictions.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    merchant = models.ForeignKey(Merchant, models.CASCADE, related_name="profile_refreshes")
    job = models.ForeignKey(
        Job, models.SET_NULL, null=True, blank=True, related_name="+", db_constraint=False
    )
    is_full = models.BooleanField(_("all customers"), default=True)
    seen_until = models.DateTimeField(_("changes seen until"))
    n_customers = models.PositiveIntegerField(_("customers"), default=0)
    n_changed = models.PositiveIntegerField(_("changed"), default=0)
    data = models.JSONField(default=dict, blank=True)
    started_at = models.DateTimeField(_("started"), default=timezone.now)
    finished_at = models.DateTimeField(_("finished"), null=True, blank=True)

    class Meta:
        verbose_name = _("profile refresh")
        verbose_name_plural = _("profile refreshes")
        indexes = [models.Index(fields=["merchant", "-started_at"], name="refresh_by_time")]

    def __str__(self) -> str:
        return f"{self.started_at:%Y-%m-%d %H:%M}"


class GroupDay(TenantModel):
    """How many customers an RFM group had at the end of a day, and what they are worth."""

    merchant = models.ForeignKey(Merchant, models.CASCADE, related_name="group_days")
    group = models.CharField(_("group"), max_length=20, choices=RfmGroup.choices)
    day = models.DateField(_("day"))
    n_members = models.PositiveIntegerField(_("members"))
    clv_cents = models.BigIntegerField(_("mean value in 365 days"), null=True, blank=True)

    class Meta:
        verbose_name = _("group on a day")
        verbose_name_plural = _("groups by day")
        constraints = [
            models.UniqueConstraint(fields=["merchant", "group", "day"], name="groupday_once")
        ]

    def __str__(self) -> str:
        return f"{self.group} {self.day}"


class ConversationReading(TenantModel):
    """What a reader or a person made of a conversation; the features that review chats write it."""

    class Sentiment(models.TextChoices):
        NEGATIVE = "negative", _("Negative")
        NEUTRAL = "neutral", _("Neutral")
        POSITIVE = "positive", _("Positive")

    conversation = models.OneToOneField(
        Conversation, models.CASCADE, primary_key=True, related_name="reading", db_constraint=False
    )
    merchant = models.ForeignKey(Merchant, models.CASCADE, related_name="conversation_readings")
    intents = ArrayField(models.CharField(max_length=60), verbose_name=_("intents"), default=list)
    sentiment = models.CharField(
        _("sentiment"), max_length=10, choices=Sentiment.choices, blank=True
    )
    is_resolved = models.BooleanField(_("resolved"), null=True, blank=True)
    source = models.CharField(_("read by"), max_length=120, blank=True)
    at = models.DateTimeField(_("read at"), default=timezone.now)

    class Meta:
        verbose_name = _("reading of a conversation")
        verbose_name_plural = _("readings of conversations")

    def __str__(self) -> str:
        return ", ".join(self.intents)


class Segment(TenantModel):
    """A named group of customers: those a rule fits, or a list that was fixed once.

    `rule` is text of the segment language; a static segment keeps the rule it was copied from for
    reading only. `version` is raised by every edit of name, rule or schedule.
    """

    class Schedule(models.TextChoices):
        NEVER = "never", _("Only when asked")
        HOURLY = "hourly", _("Every hour")
        DAILY = "daily", _("Every day")
        WEEKLY = "weekly", _("Every week")

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    merchant = models.ForeignKey(Merchant, models.CASCADE, related_name="segments")
    name = models.CharField(_("name"), max_length=120)
    description = models.CharField(_("description"), max_length=300, blank=True)
    rule = models.TextField(_("rule"), blank=True)
    is_static = models.BooleanField(_("fixed list"), default=False)
    schedule = models.CharField(
        _("refreshed"), max_length=10, choices=Schedule.choices, default=Schedule.DAILY
    )
    version = models.PositiveIntegerField(default=1)
    n_members = models.PositiveIntegerField(_("members"), default=0)
    refreshed_at = models.DateTimeField(_("last refreshed"), null=True, blank=True)
    build_ms = models.PositiveIntegerField(_("time to build"), null=True, blank=True)
    problem = SaidField(_("problem"), blank=True, default="")
    created_by = models.ForeignKey(User, models.SET_NULL, null=True, blank=True, related_name="+")
    created_at = models.DateTimeField(_("created"), default=timezone.now)
    deleted_at = models.DateTimeField(_("deleted"), null=True, blank=True)

    class Meta:
        verbose_name = _("segment")
        verbose_name_plural = _("segments")
        constraints = [
            models.UniqueConstraint(
                fields=["merchant", "name"], condition=Q(deleted_at=None), name="segment_once"
            )
        ]

    def __str__(self) -> str:
        return self.name


class SegmentRevision(TenantModel):
    """A segment as it was before an edit: who changed what, and the way back."""

    merchant = models.ForeignKey(Merchant, models.CASCADE, related_name="segment_revisions")
    segment = models.ForeignKey(
        Segment, models.CASCADE, related_name="revisions", db_constraint=False
    )
    version = models.PositiveIntegerField(_("version"))
    name = models.CharField(_("name"), max_length=120)
    rule = models.TextField(_("rule"), blank=True)
    schedule = models.CharField(_("refreshed"), max_length=10)
    edited_by = models.ForeignKey(User, models.SET_NULL, null=True, blank=True, related_name="+")
    at = models.DateTimeField(_("when"), default=timezone.now)

    class Meta:
        verbose_name = _("segment revision")
        verbose_name_plural = _("segment revisions")
        constraints = [
            models.UniqueConstraint(fields=["segment", "version"], name="segmentrevision_once")
        ]

    def __str__(self) -> str:
        return f"{self.name} {self.version}"


class SegmentMember(TenantModel):
    """Who is in a segment now, and since when."""

    merchant = models.ForeignKey(
        Merchant, models.CASCADE, related_name="segment_members", db_index=False
    )
    segment = models.ForeignKey(
        Segment, models.CASCADE, related_name="members", db_constraint=False, db_index=False
    )
    customer = models.ForeignKey(
        Customer, models.CASCADE, related_name="memberships", db_constraint=False
    )
    since = models.DateTimeField(_("since"), default=timezone.now)

    class Meta:
        verbose_name = _("segment member")
        verbose_name_plural = _("segment members")
        constraints = [
            models.UniqueConstraint(fields=["segment", "customer"], name="segmentmember_once")
        ]

    def __str__(self) -> str:
        return f"{self.customer_id}"


class SegmentMove(TenantModel):
    """A customer entered or left a segment; the history of membership is these rows."""

    merchant = models.ForeignKey(
        Merchant, models.CASCADE, related_name="segment_moves", db_index=False
    )
    segment = models.ForeignKey(
        Segment, models.CASCADE, related_name="moves", db_constraint=False, db_index=False
    )
    customer = models.ForeignKey(
        Customer, models.CASCADE, related_name="segment_moves", db_constraint=False
    )
    has_entered = models.BooleanField(_("entered"))
    at = models.DateTimeField(_("when"), default=timezone.now)

    class Meta:
        verbose_name = _("segment move")
        verbose_name_plural = _("segment moves")
        indexes = [models.Index(fields=["segment", "-at"], name="segmentmove_by_time")]

    def __str__(self) -> str:
        return f"{self.customer_id} {self.at:%Y-%m-%d}"


class SegmentDay(TenantModel):
    """Members of a segment at the end of a day, and how many came and went in it."""

    merchant = models.ForeignKey(Merchant, models.CASCADE, related_name="segment_days")
    segment = models.ForeignKey(
        Segment, models.CASCADE, related_name="days", db_constraint=False, db_index=False
    )
    day = models.DateField(_("day"))
    n_members = models.PositiveIntegerField(_("members"))
    n_entered = models.PositiveIntegerField(_("entered"), default=0)
    n_left = models.PositiveIntegerField(_("left"), default=0)

    class Meta:
        verbose_name = _("segment on a day")
        verbose_name_plural = _("segments by day")
        constraints = [models.UniqueConstraint(fields=["segment", "day"], name="segmentday_once")]

    def __str__(self) -> str:
        return f"{self.segment_id} {self.day}"

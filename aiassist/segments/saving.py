"""How a segment comes to be, changes, goes and comes back. Each edit keeps what was before it."""

from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone

from aiassist.profiles.models import Segment, SegmentRevision
from aiassist.segments.language import check_references, parse, rename_in
from aiassist.segments.limits import SEGMENTS_MAX
from aiassist.segments.usage import live_segments, users_of
from ecomportal.tenancy.models import Merchant, User

KEPT = ("name", "rule", "schedule")  # what a revision remembers


class NameTaken(Exception):
    """Another live segment of the shop has the name."""


class Stale(Exception):
    """Somebody else changed the segment since it was read."""


class InUse(Exception):
    """Other segments' rules name it."""

    def __init__(self, users: list[Segment]) -> None:
        super().__init__()
        self.users = users


def is_full(merchant: Merchant) -> bool:
    return live_segments(merchant).count() >= SEGMENTS_MAX


def create(merchant: Merchant, user: User, **fields: Any) -> Segment:
    """Raises NameTaken."""
    _free(merchant, fields["name"])
    with _once():
        return Segment.objects.create(merchant=merchant, created_by=user, **fields)


def change(segment: Segment, user: User, *, version: int, **fields: Any) -> bool:
    """Write what differs, keeping what was; False where nothing differs.

    A new name is written into the rules that use the old one. Raises NameTaken or Stale.
    """
    now = Segment.objects.select_for_update(no_key=True).get(pk=segment.pk)
    if now.version != version or now.deleted_at:
        raise Stale
    if all(getattr(now, name) == value for name, value in fields.items()):
        return False
    if now.name != fields.get("name", now.name):
        _free(segment.merchant, fields["name"], but=now)
        _rename(now, fields["name"], user)
    _keep(now, user)
    for name, value in fields.items():
        setattr(now, name, value)
    now.version += 1
    now.problem = ""  # the next refresh finds out anew
    with _once():
        now.save(update_fields=[*fields, "version", "problem"])
    return True


def go_back(segment: Segment, user: User, revision: SegmentRevision) -> None:
    """Make an earlier revision the segment again; what is now becomes a revision in turn.

    Raises NameTaken or Stale, and RuleError where its rule cannot be used any more.
    """
    fields = {name: getattr(revision, name) for name in KEPT}
    with transaction.atomic():
        change(segment, user, version=segment.version, **fields)
        _check_rule(segment, revision.rule)


def _check_rule(segment: Segment, text: str) -> None:
    """Other segments changed meanwhile; the rule of a fixed list is kept for reading only."""
    if not segment.is_static:
        check_references(segment.merchant, segment.pk, parse(text))


def _keep(segment: Segment, user: User) -> None:
    """Remember a segment as it is, before an edit."""
    before = {name: getattr(segment, name) for name in KEPT}
    SegmentRevision.objects.create(
        merchant_id=segment.merchant_id,
        segment=segment,
        version=segment.version,
        edited_by=user,
        **before,
    )


def _rename(segment: Segment, name: str, user: User) -> None:
    """Rules name segments: those that name this one go on doing so."""
    live = live_segments(segment.merchant).exclude(pk=segment.pk)
    for other in users_of(segment, live.select_for_update(no_key=True)):
        _keep(other, user)
        rule = rename_in(parse(other.rule), segment.name, name)
        other.rule, other.version = rule.text, other.version + 1
        other.save(update_fields=["rule", "version"])


def delete(segment: Segment) -> None:
    """Put it out of sight; its members and history stay for the way back. Raises InUse."""
    if users := users_of(segment, live_segments(segment.merchant)):
        raise InUse(users)
    segment.deleted_at = timezone.now()
    segment.save(update_fields=["deleted_at"])


def restore(segment: Segment) -> None:
    """Raises NameTaken, and RuleError where its rule cannot be used any more."""
    _free(segment.merchant, segment.name)
    segment.deleted_at = None
    with _once():
        segment.save(update_fields=["deleted_at"])
        _check_rule(segment, segment.rule)


def _free(merchant: Merchant, name: str, but: Segment | None = None) -> None:
    """Names differ by more than capitals: a rule names a segment in any."""
    taken = live_segments(merchant).filter(name__iexact=name)
    if (taken.exclude(pk=but.pk) if but else taken).exists():
        raise NameTaken


class _once:
    """Two people who take one name at the same moment: the later one is told."""

    def __enter__(self) -> None:
        self.block = transaction.atomic()
        self.block.__enter__()

    def __exit__(self, kind: Any, error: Any, trace: Any) -> None:
        self.block.__exit__(kind, error, trace)
        if kind is IntegrityError:
            raise NameTaken from error

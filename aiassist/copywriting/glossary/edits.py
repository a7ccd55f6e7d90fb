"""Every write of the glossary is an edit that can be taken back."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from aiassist.copywriting.glossary.models import GlossaryEdit, GlossaryTerm
from aiassist.copywriting.glossary.terms import TERMS_MAX
from ecomportal.said import Said

FIELDS = ("kind", "en", "zh", "note")
Rows = dict[str, dict[str, str] | None]


class GlossaryError(Exception):
    """Why nothing was written; its text is shown as it stands."""


@dataclass(frozen=True)
class Typed:
    """A term as it came in; an id where it is to replace one."""

    kind: str
    en: str
    zh: str
    note: str = ""
    id: UUID | None = None

    def values(self) -> dict[str, str]:
        # What is not translated has one wording; the other may be left empty.
        en, zh = self.en or self.zh, self.zh or self.en
        return {"kind": self.kind, "en": en, "zh": zh, "note": self.note}


def kept(row: GlossaryTerm) -> dict[str, str]:
    return {name: getattr(row, name) for name in FIELDS}


def write(
    merchant: Any,
    user: Any,
    title: Said,
    *,
    terms: Iterable[Typed] = (),
    removed: Iterable[UUID] = (),
) -> GlossaryEdit:
    """Write and remove terms as one edit, inside the caller's transaction. A term without an id
    that is there already by its English replaces that one."""
    terms = list(terms)
    mine = GlossaryTerm.objects.filter(merchant=merchant).select_for_update()
    there = {row.pk: row for row in mine}
    by_name = {row.en.casefold(): row for row in there.values()}
    before: Rows = {}
    after: Rows = {}
    gone = [there[pk] for pk in removed if pk in there]
    for row in gone:
        before[str(row.pk)], after[str(row.pk)] = kept(row), None
    if len(there) + len(terms) > TERMS_MAX + len(gone):
        raise GlossaryError(_("A glossary holds at most %(n)s terms.") % {"n": TERMS_MAX})
    saved = [_placed(merchant, term, there, by_name, before) for term in terms]
    try:
        with transaction.atomic():
            GlossaryTerm.objects.filter(pk__in=[row.pk for row in gone]).delete()
            _save(saved)
    except IntegrityError:
        raise GlossaryError(_("Another term has this English wording already.")) from None
    after |= {str(row.pk): kept(row) for row in saved}
    return GlossaryEdit.objects.create(
        merchant=merchant, title=title, before=before, after=after, created_by=user
    )


def _placed(
    merchant: Any,
    term: Typed,
    there: dict[UUID, GlossaryTerm],
    by_name: dict[str, GlossaryTerm],
    before: Rows,
) -> GlossaryTerm:
    values = term.values()
    row = there.get(term.id) if term.id else by_name.get(values["en"].casefold())
    if row is None:
        row = GlossaryTerm(merchant=merchant)
        before[str(row.pk)] = None
    else:
        before.setdefault(str(row.pk), kept(row))
    for name, value in values.items():
        setattr(row, name, value)
    row.updated_at = timezone.now()
    by_name[values["en"].casefold()] = row
    return row


def _save(rows: list[GlossaryTerm]) -> None:
    GlossaryTerm.objects.bulk_create(
        {row.pk: row for row in rows}.values(), batch_size=500, update_conflicts=True,
        unique_fields=["id"], update_fields=[*FIELDS, "updated_at"],
    )  # fmt: skip


def undo(merchant: Any, edit_id: UUID) -> GlossaryEdit:
    """Take an edit back, unless one of its terms changed since."""
    edit = GlossaryEdit.objects.select_for_update().get(merchant=merchant, pk=edit_id)
    if edit.undone_at:
        raise GlossaryError(_("This was taken back already."))
    rows = GlossaryTerm.objects.select_for_update().filter(
        merchant=merchant, pk__in=list(edit.after)
    )
    there = {str(row.pk): row for row in rows}
    now = {key: kept(there[key]) if key in there else None for key in edit.after}
    if now != edit.after:
        raise GlossaryError(_("A term of it was changed since, so nothing was taken back."))
    try:
        with transaction.atomic():
            GlossaryTerm.objects.filter(
                pk__in=[k for k, v in edit.before.items() if v is None]
            ).delete()
            _save(
                [
                    GlossaryTerm(
                        merchant=merchant, pk=UUID(key), updated_at=timezone.now(), **values
                    )
                    for key, values in edit.before.items()
                    if values is not None
                ]
            )
    except IntegrityError:
        raise GlossaryError(_("Another term has this English wording already.")) from None
    edit.undone_at = timezone.now()
    edit.save(update_fields=["undone_at"])
    return edit

"""Write the file: who agreed and can be reached, but for those held out by chance.

A job that was stopped begins again: the file is written under another name until it is whole.
"""

import csv
import hashlib
import os
from collections.abc import Iterator
from hashlib import blake2b
from pathlib import Path
from typing import Any, TextIO
from uuid import UUID

from django.db import IntegrityError
from django.urls import reverse
from django.utils import timezone

from aiassist.profiles.models import SegmentMember
from aiassist.segments.audiences.files import KEPT, folder_of
from aiassist.segments.audiences.formats import FORMATS, Format, with_customers
from aiassist.segments.audiences.models import AudienceExport, AudienceMember
from aiassist.segments.customers.erase import refuse_if_erased_since
from aiassist.segments.limits import EXPORT_SMALL
from ecomportal.jobs.run import JobError, Run
from ecomportal.said import Said, said, said_n, sentences

BATCH = 2000  # members read and written at once
BOM = "\ufeff"  # spreadsheets take a file without it for another encoding


def export_audience(run: Run) -> None:
    export = _begin(run)
    folder = folder_of(run.merchant)
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    part = folder / f"{export.pk}.{run.token}.part"
    try:
        with os.fdopen(os.open(part, os.O_CREAT | os.O_TRUNC | os.O_WRONLY, 0o600), "w",
                       encoding="utf-8", newline="") as file:  # fmt: skip
            counts = _write(run, export, file)
        refuse_if_erased_since(run)
        _finish(run, export, part, counts)
    except (IntegrityError, FileNotFoundError):
        # An erasure takes the customer and the file away.
        refuse_if_erased_since(run)
        raise
    finally:
        part.unlink(missing_ok=True)


def _begin(run: Run) -> AudienceExport:
    """The row, without what an earlier try left."""
    with run.fenced():
        export = run.merchant.audience_exports.filter(pk=run.params["export_id"]).first()
        if export is None or export.segment.deleted_at:
            raise JobError(said("The segment was deleted meanwhile, so nothing was exported."))
        export.audience.all().delete()
        n_members = SegmentMember.objects.filter(segment=export.segment_id).count()
    run.set_total(n_members, n_done=0)
    run.phase(said("Writing"))
    return export


def _write(run: Run, export: AudienceExport, file: TextIO) -> dict[str, int]:
    shape = FORMATS[export.target]
    writer = csv.writer(file, lineterminator="\r\n")
    if export.target == AudienceExport.Target.OWN:
        file.write(BOM)
    writer.writerow(shape.header)
    counts = dict.fromkeys(
        ["n_members", "n_written", "n_held_out", "n_no_consent", "n_no_contact"], 0
    )
    for batch in _batches(run, export):
        rows = []
        for member in batch:
            arm = arm_of(export, member, shape)
            counts["n_members"] += 1
            counts[f"n_{arm}"] += 1
            if arm == "written":
                writer.writerow(shape.cells(member, run.merchant.currency))
            if arm in ("written", "held_out"):
                rows.append(_row(export, member, is_held_out=arm == "held_out"))
        with run.commit(n_done=len(batch)):
            AudienceMember.objects.bulk_create(rows, batch_size=BATCH)
    return counts


def _batches(run: Run, export: AudienceExport) -> Iterator[list[SegmentMember]]:
    last: UUID | None = None
    while True:
        run.check()
        with run.tenant():
            rows = SegmentMember.objects.filter(segment=export.segment_id)
            if last is not None:
                rows = rows.filter(customer_id__gt=last)
            batch = list(with_customers(rows.order_by("customer_id"))[:BATCH])
        if not batch:
            return
        last = batch[-1].customer_id
        yield batch


def arm_of(export: AudienceExport, member: SegmentMember, shape: Format) -> str:
    """Where a member goes: no_consent, no_contact, held_out or written."""
    if not member.customer.accepts_marketing:
        return "no_consent"
    if not shape.has_contact(member):
        return "no_contact"
    if is_held_out(export.pk, member.customer_id, export.holdout_percent):
        return "held_out"
    return "written"


def is_held_out(export_id: UUID, customer_id: UUID, percent: int) -> bool:
    """By chance, and the same when asked again: a hash of both is as good as dice."""
    dice = blake2b(export_id.bytes + customer_id.bytes, digest_size=8).digest()
    return int.from_bytes(dice) % 10_000 < percent * 100


def _row(export: AudienceExport, member: SegmentMember, *, is_held_out: bool) -> AudienceMember:
    return AudienceMember(
        merchant_id=export.merchant_id,
        export=export,
        customer_id=member.customer_id,
        is_held_out=is_held_out,
    )


def _finish(run: Run, export: AudienceExport, part: Path, counts: dict[str, int]) -> None:
    path = part.with_name(f"{export.pk}.csv")
    digest = hashlib.file_digest(part.open("rb"), "sha256").hexdigest()
    now = timezone.now()
    with run.commit():
        AudienceExport.objects.filter(pk=export.pk).update(
            **counts,
            file=f"{run.merchant.pk}/audiences/{path.name}",
            sha256=digest,
            finished_at=now,
            expires_at=now + KEPT,
        )
        part.replace(path)
    run.result(
        {
            "text": told(export.target, counts),
            "url": reverse("aiassist:audience", args=[run.merchant.slug, export.pk]),
            "link": said("To the file"),
        }
    )


def told(target: str, counts: dict[str, Any]) -> Said:
    """What came of it; nobody is left out without being counted."""
    parts = [
        said_n("%(n)s customer in the file.", "%(n)s customers in the file.", counts["n_written"])
    ]
    if counts["n_held_out"]:
        parts.append(said("%(n)s held out.", n=counts["n_held_out"]))
    if counts["n_no_consent"]:
        parts.append(said("%(n)s did not agree to marketing.", n=counts["n_no_consent"]))
    if counts["n_no_contact"]:
        parts.append(said("%(n)s without e-mail and phone.", n=counts["n_no_contact"]))
    if is_small(target, counts["n_written"]):
        parts.append(said("Audiences below %(n)s are not used by the networks.", n=EXPORT_SMALL))
    return sentences(*parts)


def is_small(target: str, n: int) -> bool:
    return target != AudienceExport.Target.OWN and n < EXPORT_SMALL

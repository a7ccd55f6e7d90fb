"""Words that a rule objects to and the shop may use: recorded with a ground and evidence, taken
back again, and what that means for drafts that wait."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from aiassist.copywriting.lint.models import Exemption
from aiassist.copywriting.lint.rules import laws
from aiassist.copywriting.models import Draft, DraftStatus

BLOCK, EXEMPT = "block", "exempt"
DRAFTS_MAX = 500  # waiting drafts looked through when an exemption comes or goes
Findings = list[dict[str, Any]]


class ExemptionError(Exception):
    """Why it was not recorded; its text is shown as it stands."""


@dataclass(frozen=True)
class Exempt:
    """An exemption in force; `product_id` is None where it holds for the whole shop."""

    id: UUID
    rule: str
    words: str
    code: str
    evidence: str
    product_id: UUID | None


def in_force(merchant: Any) -> tuple[Exempt, ...]:
    rows = Exemption.objects.filter(merchant=merchant, revoked_at=None).order_by("created_at")
    names = ("pk", "rule", "words", "code", "evidence", "product_id")
    return tuple(Exempt(*row) for row in rows.values_list(*names))


def folded(words: str) -> str:
    """Words as they are compared: "Best " is "best"."""
    return " ".join(words.casefold().split())


def applied(
    findings: Iterable[dict[str, Any]], exempt: Sequence[Exempt], product_id: Any
) -> Findings:
    """The findings, those that are exempt marked as such; a mark that no longer holds is gone."""
    by_words = {
        (one.rule, one.words): one
        for one in exempt
        if one.product_id is None or str(one.product_id) == str(product_id)
    }
    return [_marked(f, by_words.get((f["rule"], folded(f["span_text"])))) for f in findings]


def _marked(finding: dict[str, Any], exempt: Exempt | None) -> dict[str, Any]:
    plain = {name: value for name, value in finding.items() if name not in ("was", "exemption")}
    plain["level"] = finding.get("was", finding["level"])
    if exempt is None:
        return plain
    told = {"id": str(exempt.id), "code": exempt.code, "evidence": exempt.evidence}
    return {**plain, "was": plain["level"], "level": EXEMPT, "exemption": told}


def needs_evidence(findings: Iterable[dict[str, Any]]) -> list[str]:
    """Words that a law names: no reason is enough for these, only an exemption."""
    return [f["span_text"] for f in findings if f["level"] == BLOCK and f["rule"] in laws()]


def grounds(rule: str, language: str) -> list[tuple[str, str]]:
    """The grounds a rule knows, as choices of a form."""
    side = "zh" if language.startswith("zh") else "en"
    return [(code["code"], code[side]) for code in laws().get(rule, {}).get("codes", ())]


def ground_name(rule: str, code: str, language: str) -> str:
    return dict(grounds(rule, language)).get(code, code)


def record(
    merchant: Any, user: Any, *, rule: str, words: str, code: str, evidence: str, product_id: Any
) -> Exemption:
    """Record one; raises ExemptionError with what is wrong. Waiting drafts are marked anew."""
    if code not in dict(grounds(rule, "en")):
        raise ExemptionError(_("Choose the ground on which the words may be used."))
    if not evidence.strip():
        raise ExemptionError(
            _("Name the evidence: a document, a certificate, a study, an address.")
        )
    if not folded(words):
        raise ExemptionError(_("Name the words."))
    try:
        with transaction.atomic():
            row = Exemption.objects.create(
                merchant=merchant, product_id=product_id, rule=rule, words=folded(words)[:200],
                code=code, evidence=evidence.strip()[:500], created_by=user,
            )  # fmt: skip
    except IntegrityError:
        raise ExemptionError(_("These words are exempt already.")) from None
    mark_waiting(merchant, row)
    return row


def revoke(merchant: Any, row: Exemption, user: Any) -> None:
    """Take one back: from now on the words count again."""
    row.revoked_at, row.revoked_by = timezone.now(), user
    row.save(update_fields=["revoked_at", "revoked_by"])
    mark_waiting(merchant, row)


def mark_waiting(merchant: Any, row: Exemption) -> int:
    """Mark the waiting drafts that this exemption is about; returns how many changed."""
    drafts = merchant.drafts.filter(
        status=DraftStatus.WAITING, findings__contains=[{"rule": row.rule}]
    )
    if row.product_id:
        drafts = drafts.filter(product_id=row.product_id)
    exempt = in_force(merchant)
    changed = [d for d in drafts.order_by("pk")[:DRAFTS_MAX] if _changes(d, exempt)]
    Draft.objects.bulk_update(changed, ["findings", "n_blocking", "n_warnings"])
    return len(changed)


def _changes(draft: Draft, exempt: Sequence[Exempt]) -> bool:
    found = applied(draft.findings, exempt, draft.product_id)
    if found == draft.findings:
        return False
    levels = [f["level"] for f in found]
    draft.findings = found
    draft.n_blocking, draft.n_warnings = levels.count(BLOCK), levels.count("warn")
    return True

"""The way of a draft into the shop and back: always a person, always with a way back."""

from difflib import SequenceMatcher
from typing import Any

import pghistory
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _

from aiassist.copywriting.alt_texts import put_alt, take_back_alt
from aiassist.copywriting.checking import findings_on, in_order, is_blocked, with_audience
from aiassist.copywriting.exemptions import applied, needs_evidence
from aiassist.copywriting.models import ALT_TEXT, Draft, DraftStatus
from aiassist.copywriting.requests import approved_texts, inputs_of, policy_for, with_facts
from aiassist.copywriting.shop_rules import ShopRules, rules_of
from aiassist.copywriting.translation import check_translation
from aiassist.copywriting.twins import COMPARED, Asked, fingerprint, twin_findings
from catalog.products.changes import Change
from catalog.products.models import Product, ProductText, TextOrigin
from catalog.products.texts import change_row, put_text, take_back, to_live
from ecomportal.said import said

TEXT_MAX = 20_000  # characters; comparing and checking longer ones would hold up the page


class ReviewError(Exception):
    """Why a review step was refused; its text is shown as it stands."""


class Blocked(ReviewError):
    """The guard stands in the way: `findings` say where."""

    def __init__(self, message: str, findings: list[dict[str, Any]]) -> None:
        super().__init__(message)
        self.findings = findings


def lock_draft(merchant: Any, draft_id: object, *statuses: str) -> Draft:
    """The draft, locked, if it is still in one of `statuses`; ReviewError tells who was faster."""
    draft = (
        merchant.drafts.select_for_update(of=("self",))
        .select_related("reviewed_by")
        .get(pk=draft_id)
    )
    if draft.status not in statuses:
        raise ReviewError(
            _("This draft is no longer waiting: %(state)s by %(who)s. Nothing was changed.")
            % {"state": draft.get_status_display(), "who": draft.reviewed_by or _("a newer draft")}
        )
    return draft


def load_product(merchant: Any, product_id: object) -> Product:
    found = with_facts(merchant.products.live().filter(pk=product_id))
    if not found:
        raise ReviewError(_("The product was deleted. Restore it first; the draft is kept."))
    return found[0]


def check_text(
    draft: Draft, product: Product, text: str, rules: ShopRules | None = None
) -> list[dict[str, Any]]:
    """Check a text against the product as it is now, not as it was when the draft was written."""
    rules = rules or rules_of(draft.merchant_id)
    policy = policy_for(product, draft.language, approved_texts(draft.merchant_id)[draft.language])
    policy = with_audience(policy, draft.audience)
    found = findings_on(
        text, inputs_of(product), policy,
        field=draft.field, channel=draft.channel, rules=rules, product_id=product.pk,
    )  # fmt: skip
    asked = Asked(product.pk, draft.language, draft.field, text)
    twins = applied(twin_findings(draft.merchant_id, asked), rules.exempt, product.pk)
    lost = (
        check_translation(draft.source_text, text, brand=product.vendor, terms=rules.terms)
        if draft.source_text
        else []
    )
    return in_order([*found, *twins, *lost])


def is_stale(draft: Draft, product: Product) -> bool:
    """Whether anything the draft could claim changed since it was written."""
    return draft.facts != inputs_of(product)


def approve(
    merchant: Any, draft_id: object, user: Any, *, text: str | None = None, reason: str = ""
) -> Change:
    """Put a draft, perhaps edited, into the shop. Call inside a transaction; `user` is None for
    an approval by API key.

    Raises Blocked while the guard has blocking findings and no reason is given, and where a law
    names the words and no exemption holds.
    """
    draft = lock_draft(merchant, draft_id, DraftStatus.WAITING)
    product = load_product(merchant, draft.product_id)
    final = _final(draft.text if text is None else text)
    findings = check_text(draft, product, final)
    _refuse(findings, reason)
    change = Change.objects.create(
        merchant=merchant,
        kind="approval",
        title=said("Text of %(product)s", product=product.title),
        created_by=user,
        n_rows=1,
    )
    put_live(draft, product, final, change=change, user=user, reason=reason, findings=findings)
    return change


def _final(text: str) -> str:
    final = text.replace("\r\n", "\n").strip()
    if not final:
        raise ReviewError(_("The text is empty. Write something, or reject the draft."))
    if len(final) > TEXT_MAX:
        raise ReviewError(
            _("The text is longer than %(n)s characters. Shorten it.") % {"n": TEXT_MAX}
        )
    return final


def _refuse(findings: list[dict[str, Any]], reason: str) -> None:
    if words := needs_evidence(findings):
        raise Blocked(
            _(
                "A law names “%(words)s”. Remove the words, or record an exemption with its "
                "evidence at the finding; a reason alone is not enough."
            )
            % {"words": "”, “".join(dict.fromkeys(words))},
            findings,
        )
    if is_blocked(findings) and not reason:
        raise Blocked(
            _("The guard blocks this text. Mend it, add the fact, or give a reason."), findings
        )


def put_live(
    draft: Draft,
    product: Product,
    final: str,
    *,
    change: Change,
    user: Any,
    reason: str,
    findings: list[dict[str, Any]],
) -> None:
    """Write the text where its kind lives, as a row of `change`, and close the draft."""
    is_edited = final != draft.text
    with pghistory.context(user=getattr(user, "pk", None), source="approval", draft=str(draft.pk)):
        if draft.field == ALT_TEXT:
            _put_alt(draft, product, final, change)
        else:
            _put_text(draft, product, final, change, user, reason=reason)
    _close(
        draft,
        DraftStatus.APPROVED,
        user,
        final_text=final if is_edited else "",
        edit_distance=edit_distance(draft.text, final),
        override_reason=reason,
        findings=findings,
        change=change,
    )


def _put_alt(draft: Draft, product: Product, final: str, change: Change) -> None:
    if not put_alt(product, draft.picture, final, change):
        raise ReviewError(_("The picture was removed. Reject the draft; nothing was changed."))


def _put_text(
    draft: Draft, product: Product, final: str, change: Change, user: Any, *, reason: str
) -> None:
    written = put_text(
        product,
        draft.language,
        draft.field,
        text=to_live(final, draft.field),
        origin=TextOrigin.AI_EDITED if final != draft.text else TextOrigin.AI,
        provenance=provenance_of(draft, final, reason),
        approved_by_id=getattr(user, "pk", None),
    )
    change_row(change, product, draft.language, draft.field, written)
    if draft.field in COMPARED:
        fingerprint(
            ProductText.objects.filter(product=product, language=draft.language, field=draft.field)
        )


def provenance_of(draft: Draft, final: str, reason: str = "") -> dict[str, Any]:
    """What a live text tells of its making, for history and feeds; `reason` is why somebody
    approved it in spite of the guard."""
    told = {"override_reason": reason} if reason else {}
    return {
        **told,
        "engine": draft.engine,
        "engine_version": draft.engine_version,
        "draft_id": str(draft.pk),
        "seed": draft.seed,
        "written_at": draft.created_at.isoformat(),
        "fact_ids": sorted({i for s in draft.sentences for i in s["fact_ids"]}),
        "edit_distance": edit_distance(draft.text, final),
    }


def edit_distance(before: str, after: str) -> int:
    """Characters deleted plus inserted between two texts."""
    same = sum(block.size for block in SequenceMatcher(None, before, after).get_matching_blocks())
    return len(before) + len(after) - 2 * same


def reject(merchant: Any, draft_id: object, user: Any, *, reason: str) -> Draft:
    if not reason.strip():
        raise ReviewError(_("Say why, in a few words: the next draft learns from it."))
    draft = lock_draft(merchant, draft_id, DraftStatus.WAITING)
    _close(draft, DraftStatus.REJECTED, user, reject_reason=reason.strip()[:300])
    return draft


def undo(merchant: Any, draft_id: object, user: Any, *, into: Change | None = None) -> Draft:
    """Take an approval or a rejection back: the draft waits again, the live text is as before.
    `into` is the change that the undo of many is."""
    draft = lock_draft(merchant, draft_id, DraftStatus.APPROVED, DraftStatus.REJECTED)
    clash = merchant.drafts.filter(
        product=draft.product_id,
        language=draft.language,
        field=draft.field,
        picture=draft.picture,
        status=DraftStatus.WAITING,
    )
    if clash.exists():
        raise ReviewError(
            _("A newer draft of this text waits already. Review that one; this stays as it is.")
        )
    if draft.status == DraftStatus.APPROVED:
        _take_back_text(draft, user, into)
    _close(draft, DraftStatus.WAITING, None, reviewed_at=None, final_text="", reject_reason="")
    return draft


def _take_back_text(draft: Draft, user: Any, into: Change | None) -> None:
    change = draft.change
    with pghistory.context(user=getattr(user, "pk", None), source="undo", draft=str(draft.pk)):
        rows = _rows_of(draft, change)
        outcomes = [(take_back_alt if "images" in row.after else take_back)(row) for row in rows]
        if not all(outcomes):
            raise ReviewError(
                _("The live text was changed after this approval, so it was left alone.")
            )
    if into is None:
        Change.objects.create(
            merchant_id=draft.merchant_id,
            kind="undo",
            title=said("Undo: %(title)s", title=change.title),
            undoes=change,
            created_by=user,
            n_rows=1,
        )
    if not change.rows.filter(state="written").exists():
        Change.objects.filter(pk=change.pk).update(undone_at=timezone.now())


def _rows_of(draft: Draft, change: Change) -> list[Any]:
    """The draft's own row: an approval of many has one for each."""
    rows = change.rows.filter(product_id=draft.product_id).select_for_update()
    if draft.field == ALT_TEXT:
        return [row for row in rows if str(draft.picture) in row.after.get("images", {})]
    place = {"language": draft.language, "field": draft.field}
    return [row for row in rows if place.items() <= row.after.get("text", {}).items()]


def _close(draft: Draft, status: str, user: Any, **fields: Any) -> None:
    values = {"status": status, "reviewed_by": user, "reviewed_at": timezone.now(), **fields}
    for name, value in values.items():
        setattr(draft, name, value)
    draft.save(update_fields=list(values))
    Draft.objects.filter(pk=draft.pk).update(version=F("version") + 1)

"""Reviewed drafts as training rows: what the engine knew, what it wrote, what a person made of it.

The rows are the drafts themselves, so that an approval taken back is no row any more.
"""

import hashlib
import json
import re
from collections.abc import Iterable, Sequence
from typing import Any

from django.db.models import QuerySet

from aiassist.copywriting.engine import CopyRequest
from aiassist.copywriting.engines.block import told_facts
from aiassist.copywriting.guard import Policy, align
from aiassist.copywriting.models import Draft, DraftStatus
from aiassist.copywriting.requests import PSEUDO, facts_from
from catalog.products.vocabulary import find_type
from ecomportal.tenancy.models import Merchant

KINDS = ("description", "short_title", "bullets", "seo_title", "seo_description")
SENTENCE = re.compile(r"[^.!?。！？\n]+(?:[.!?](?=\s|$)|[。！？])?|\n", re.MULTILINE)


def training_rows(merchant: Merchant) -> QuerySet[Draft]:
    """Approved texts that rest on their facts; those let through with a reason do not teach."""
    approved = merchant.drafts.filter(
        status=DraftStatus.APPROVED, override_reason="", field__in=KINDS, product__deleted_at=None
    )
    return approved.order_by("reviewed_at", "pk")


def final_of(draft: Draft) -> str:
    return draft.final_text or draft.text


def row_of(draft: Draft) -> dict[str, Any]:
    """A row as it is exported: no names of people, no ids of other tables."""
    return {
        "draft_id": str(draft.pk),
        "language": draft.language,
        "kind": draft.field,
        "tone": draft.tone,
        "attributes": [
            {key: fact.get(key) for key in ("key", "value", "number", "unit") if fact.get(key)}
            for fact in draft.facts
        ],
        "draft": draft.text,
        "final": final_of(draft),
        "edit_distance": draft.edit_distance,
        "engine": draft.engine,
        "engine_version": draft.engine_version,
        "prompt_version": draft.prompt_version,
        "reviewed_at": draft.reviewed_at.isoformat() if draft.reviewed_at else None,
    }


def digest_of(rows: Iterable[Draft]) -> str:
    """One hash of all that is learnt from: two equal ones mean the same training."""
    digest = hashlib.sha256()
    for draft in rows:
        digest.update(json.dumps(row_of(draft), sort_keys=True, ensure_ascii=False).encode())
    return digest.hexdigest()


def request_of(
    facts: Sequence[dict[str, Any]], *, lang: str, field: str, tone: str, subject: object = ""
) -> CopyRequest:
    """What an engine was or would be asked, from the facts that a draft keeps."""
    stated = {row["id"]: row["value"] for row in facts if row["id"] in PSEUDO}
    family, product_type = _family(stated)
    return CopyRequest(
        product_id=str(subject),
        name=stated.get("name", ""),
        name_lang=lang,
        brand=stated.get("brand", ""),
        family=family,
        product_type=product_type,
        facts=facts_from(facts),
        lang=lang,
        field=field,
        tone=tone,
        max_chars=None,
        keywords=(),
        approved_texts=(),
        seed=0,
    )


def _family(stated: dict[str, str]) -> tuple[str, str]:
    for text in (stated.get("type"), stated.get("name")):
        if text and (found := find_type(text)):
            return found[0].key, found[1].key
    return "", ""


def request_of_draft(draft: Draft) -> CopyRequest:
    return request_of(
        draft.facts, lang=draft.language, field=draft.field, tone=draft.tone, subject=draft.pk
    )


def policy_of(request: CopyRequest) -> Policy:
    return Policy(
        lang=request.lang,
        name=request.name,
        brand=request.brand,
        product_type=request.product_type,
        family=request.family,
    )


def answer_of(text: str, request: CopyRequest) -> str:
    """The text as a model would have had to answer it: sentences with the facts behind them."""
    claims = align(text, request.facts, policy_of(request))
    short = {fact.id: name for name, fact, _value in told_facts(request)[0]}
    short |= {name: name for name in PSEUDO}
    rows = []
    for match in SENTENCE.finditer(text):
        words = match[0].strip()
        if words:
            inside = [c for c in claims if c.start < match.end() and c.end > match.start()]
            ids = dict.fromkeys(i for claim in inside for i in claim.fact_ids)
            rows.append({"text": words, "facts": [short[i] for i in ids if i in short]})
    return json.dumps({"sentences": rows}, ensure_ascii=False)

"""From products to drafts: what to ask, which answers are known already, what a draft keeps."""

import hashlib
import json
import zlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from itertools import product as pairs
from types import MappingProxyType
from typing import Any

from aiassist.copywriting.alt_texts import for_place
from aiassist.copywriting.checking import count_levels, findings_on, in_order, with_audience
from aiassist.copywriting.engine import (
    Answer,
    CopyRequest,
    DraftText,
    Failed,
    NotEnoughFacts,
    Sentence,
    TextEngine,
    Usage,
    Voice,
)
from aiassist.copywriting.engines.block import data_of
from aiassist.copywriting.engines.models import EngineChoice
from aiassist.copywriting.engines.reading import CJK
from aiassist.copywriting.glossary.terms import pairs as wordings
from aiassist.copywriting.models import ALT_TEXT, Draft, DraftStatus
from aiassist.copywriting.requests import inputs_of, policy_for, request_for
from aiassist.copywriting.shop_rules import NO_RULES, ShopRules
from aiassist.copywriting.translation import OTHER, check_translation
from aiassist.profiles.audience import description_of, texts_in
from catalog.products.models import Product

# Decisions of people that make a text worth writing anew.
TURNED_DOWN = (DraftStatus.REJECTED,)


@dataclass(frozen=True)
class Order:
    """What a job is to write, the same for all of its products."""

    job_id: Any
    main_language: str
    params: dict[str, Any]
    approved: dict[str, tuple[str, ...]]
    voices: dict[str, Voice] = field(default_factory=dict)
    rules: ShopRules = NO_RULES
    audience: Mapping[str, Any] = field(default_factory=dict)  # as a draft keeps it

    @property
    def translates(self) -> bool:
        """Whether live texts of the other language are to be translated where there are some."""
        return bool(self.params.get("translate"))

    @property
    def n_texts(self) -> int:
        return len(self.params["languages"]) * len(self.params["fields"])


@dataclass
class Wanted:
    """One text of one product, on its way to being a draft."""

    product: Product
    request: CopyRequest
    key: str = ""
    known: Draft | None = None
    answer: Answer | None = None
    # Of an alternative text: the pictures that lack one, each with its place.
    pictures: Sequence[tuple[Any, int]] = ()

    @property
    def is_waiting(self) -> bool:
        """Whether the very same draft waits for its reviewer already."""
        return self.known is not None and self.known.status == DraftStatus.WAITING


def wanted_of(
    product: Product,
    order: Order,
    pictures: Sequence[tuple[Any, int]] = (),
    sources: Mapping[Any, str] = MappingProxyType({}),
) -> list[Wanted]:
    """`pictures` are those of the product that lack an alternative text, `sources` the live texts
    to be translated; a text without one is written from the facts."""
    params = order.params
    return [
        Wanted(
            product,
            request_for(
                product,
                main_language=order.main_language,
                lang=lang,
                field=kind,
                tone=params["tone"],
                max_chars=params.get("max_chars"),
                keywords=tuple(params.get("keywords", [])),
                approved_texts=order.approved[lang],
                seed=zlib.crc32(f"{order.job_id}:{product.pk}:{lang}:{kind}".encode()),
                channel=params.get("channel", ""),
                voice=order.voices.get(lang, Voice()),
                glossary=wordings(order.rules.terms, lang),
                source_text=sources.get((product.pk, OTHER[lang], kind), ""),
                audience=description_of(order.audience, lang),
                audience_texts=tuple(texts_in(order.audience, lang)),
            ),
            pictures=pictures if kind == ALT_TEXT else (),
        )
        for lang, kind in pairs(params["languages"], params["fields"])
        # A picture has one alternative text, in the shop's main language.
        if kind != ALT_TEXT or (pictures and lang == order.main_language)
    ]


def voices_of(choice: EngineChoice) -> dict[str, Voice]:
    """How the shop speaks in each language; Latin words are for Chinese texts, too."""

    def of(texts: Iterable[str], *, zh: bool, both: bool) -> tuple[str, ...]:
        return tuple(t for t in texts if bool(CJK.search(t)) == zh or (zh and both))

    return {
        lang: Voice(
            of(choice.voice_examples, zh=lang == "zh", both=False),
            of(choice.words_use, zh=lang == "zh", both=True),
            of(choice.words_avoid, zh=lang == "zh", both=True),
        )
        for lang in ("en", "zh")
    }


# --- What is known already ---------------------------------------------------------------------


def key_of(request: CopyRequest, engine: TextEngine) -> str:
    """The fingerprint of all that decides a text, but the seed."""
    asked = [
        engine.name, engine.version, engine.prompt_version,
        request.field, request.tone, data_of(request),
    ]  # fmt: skip
    text = json.dumps(asked, ensure_ascii=False, sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()


def recall(merchant: Any, wanted: Sequence[Wanted], engine: TextEngine) -> None:
    """Give each text its key, and those written before for the same request what was written."""
    for one in wanted:
        one.key = key_of(one.request, engine)
    rows = merchant.drafts.filter(
        request_key__in={one.key for one in wanted},
        product__in={one.product.pk for one in wanted},
    ).exclude(status__in=TURNED_DOWN)
    found = {(row.product_id, row.request_key): row for row in rows.order_by("created_at")}
    for one in wanted:
        one.known = found.get((one.product.pk, one.key))
        # What the facts are called may have changed although their values have not.
        if one.known and one.known.facts == inputs_of(one.product):
            one.answer = _again(one.known)
        else:
            one.known = None


def _again(row: Draft) -> DraftText:
    return DraftText(
        tuple(Sentence(s["text"], tuple(s["fact_ids"]), s["approved"]) for s in row.sentences),
        row.text,
        tuple((key, why) for key, why in row.left_out),
        row.engine,
        row.engine_version,
        prompt_version=row.prompt_version,
    )


# --- Drafts --------------------------------------------------------------------------------------


def drafts_from(one: Wanted, order: Order) -> list[Draft]:
    """The drafts of an answered text, checked and not saved yet: one, or one for each picture."""
    answer = one.answer
    assert isinstance(answer, DraftText)
    if one.request.field != ALT_TEXT:
        return [draft_from(one, order)]
    drafts = []
    for picture, place in one.pictures:
        text, sentences = for_place(answer, place, one.request.lang)
        usage = answer.usage if not drafts else Usage()  # paid for once
        told = replace(answer, text=text, sentences=tuple(sentences), usage=usage)
        drafts.append(draft_from(one, order, told, picture))
    return drafts


def draft_from(
    one: Wanted, order: Order, answer: DraftText | None = None, picture: Any = None
) -> Draft:
    """The draft of an answered text; `answer` is what a picture makes of it."""
    answer, request, product = answer or one.answer, one.request, one.product
    assert isinstance(answer, DraftText)
    inputs = inputs_of(product)
    policy = policy_for(product, request.lang, order.approved[request.lang])
    policy = with_audience(policy, order.audience)
    findings = findings_on(
        answer.text,
        inputs,
        policy,
        field=request.field,
        channel=request.channel,
        rules=order.rules,
        product_id=product.pk,
    )
    if request.source_text:
        lost = check_translation(
            request.source_text, answer.text, brand=product.vendor, terms=order.rules.terms
        )
        findings = in_order([*findings, *lost])
    return Draft(
        merchant_id=product.merchant_id,
        product=product,
        product_version=product.version,
        job_id=order.job_id,
        language=request.lang,
        field=request.field,
        picture=picture,
        tone=request.tone,
        channel=request.channel,
        seed=request.seed,
        source_text=request.source_text,
        audience=dict(order.audience),
        sentences=[asdict(sentence) for sentence in answer.sentences],
        text=answer.text,
        facts=inputs,
        left_out=[list(pair) for pair in answer.left_out],
        findings=findings,
        engine=answer.engine,
        engine_version=answer.engine_version,
        prompt_version=answer.prompt_version,
        request_key=one.key,
        tokens_in=answer.usage.tokens_in,
        tokens_out=answer.usage.tokens_out,
        cost_micros=answer.usage.cost_micros,
        **count_levels(findings),
    )


def save_drafts(drafts: list[Draft]) -> None:
    """Replace the waiting drafts of the same texts."""
    if not drafts:
        return
    wanted = {_place(draft) for draft in drafts}
    waiting = Draft.objects.filter(
        status=DraftStatus.WAITING, product__in={draft.product_id for draft in drafts}
    )
    rows = waiting.only("product_id", "language", "field", "picture")
    replaced = [row.pk for row in rows if _place(row) in wanted]
    Draft.objects.filter(pk__in=replaced).update(status=DraftStatus.SUPERSEDED)
    Draft.objects.bulk_create(drafts, batch_size=500)


def _place(draft: Draft) -> tuple[Any, ...]:
    return draft.product_id, draft.language, draft.field, draft.picture


def usage_of(wanted: Iterable[Wanted]) -> Usage:
    """What the texts took, those that failed included."""
    spent = Usage()
    for one in wanted:
        if isinstance(one.answer, DraftText | Failed):
            spent += one.answer.usage
    return spent


def lacking_of(wanted: Iterable[Wanted]) -> NotEnoughFacts | None:
    return next((one.answer for one in wanted if isinstance(one.answer, NotEnoughFacts)), None)


def failures_of(wanted: Iterable[Wanted]) -> list[Wanted]:
    return [one for one in wanted if isinstance(one.answer, Failed)]


def with_more(answer: Answer, spent: Usage) -> Answer:
    """The answer of a repeated request, with what the earlier ones took."""
    if isinstance(answer, DraftText | Failed):
        return replace(answer, usage=spent + answer.usage)
    return answer

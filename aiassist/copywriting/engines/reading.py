"""What a model answered, read with suspicion: sentences with the facts they rest on, or why not.

Whatever the prompt said, nothing is believed: the answer may be cut, in another language, in
another form, or what somebody's product name told the model to say. What is read here still goes
to the guard; what is refused here could not become a draft at all.
"""

import json
import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from aiassist.copywriting.composer.cleaning import ADDRESS, MARKUP, ORDERS
from aiassist.copywriting.engine import CopyRequest, DraftText, Sentence
from aiassist.copywriting.engines.block import one_line, told_facts
from aiassist.copywriting.engines.prompts import Prompt
from aiassist.copywriting.lint.rules import placements
from ecomportal.said import Said, said

MAX_RAW = 40_000  # characters; a longer answer is a model that ran away
MAX_SENTENCES = 60
SINGLE = {"short_title", "seo_title"}  # kinds that are one line without a full stop
LINES = {"bullets"}
THINKING = re.compile(r"<think>.*?</think>", re.DOTALL | re.IGNORECASE)
FENCE = re.compile(r"^\s*```[a-z]*\s*|\s*```\s*$", re.IGNORECASE)
TAG = re.compile(
    r"</?[a-z!][^>]*>?|\[[^\]]*\]\([^)]*\)|!\[|javascript:|data:text|[{}]|```", re.IGNORECASE
)
CJK = re.compile(r"[\u3400-\u9fff\uf900-\ufaff]")
LETTER = re.compile(r"[^\W\d_]")
REFUSAL = re.compile(
    r"^\W*(?:i(?:'|’)?m sorry|sorry|i (?:can(?:'|’)?t|cannot|am unable|won(?:'|’)?t)|as an ai"
    r"|抱歉|对不起|很抱歉|我(?:无法|不能)|作为(?:一个)?(?:ai|人工智能))",
    re.IGNORECASE,
)
SHINGLE_WORDS = 7  # so many words in a row of ours are no accident
SHINGLE_CJK = 14  # characters
ZH_SHARE, EN_SHARE = 0.3, 0.1  # of letters that are Chinese: at least, at most


@dataclass(frozen=True)
class Unreadable:
    """Why an answer cannot become a draft; `hint` is what a model is told when it may try again."""

    reason: Said
    hint: str
    may_repair: bool = True


class _Refused(Exception):
    def __init__(self, reason: Said, hint: str, *, may_repair: bool = True) -> None:
        super().__init__(hint)
        self.answer = Unreadable(reason, hint, may_repair)


def read_answer(
    raw: str | None,
    request: CopyRequest,
    prompt: Prompt,
    *,
    engine: str,
    engine_version: str,
    is_cut: bool = False,
) -> DraftText | Unreadable:
    """The draft in an answer; `is_cut` says that the model was stopped by its limit."""
    try:
        rows = _rows(raw or "", is_cut=is_cut)
        sentences = _sentences(rows, request, prompt)
    except _Refused as refusal:
        return refusal.answer
    if (placement := placements().get(request.field)) and placement["blocks"] != 1:
        kept, text = tuple(sentences), _blocks(sentences, len(placement["parts"]))
        if not text:
            return Unreadable(
                said("The model's answer does not have the form that was asked for."),
                f"every variant has {len(placement['parts'])} entries",
            )
    else:
        kept, text = _within(sentences, request)
    if not kept:
        return Unreadable(
            said("The model's text is longer than %(n)s characters.", n=request.max_chars or 0),
            f"it is longer than {request.max_chars} characters",
        )
    return DraftText(
        kept,
        text,
        tuple(_left_out(kept, text, request)),
        engine,
        engine_version,
        prompt_version=prompt.version,
        raw=(raw or "")[:MAX_RAW],
    )


# --- Form --------------------------------------------------------------------------------------


def _rows(raw: str, *, is_cut: bool) -> list[tuple[str, list[str]]]:
    """(text, ids) of each sentence."""
    body = FENCE.sub("", THINKING.sub("", raw[:MAX_RAW])).strip()
    if not body:
        raise _Refused(said("The model answered with nothing."), "it was empty")
    found = _json_in(body)
    if found is None:
        raise _no_json(body, is_cut=is_cut or len(raw) > MAX_RAW)
    rows = found.get("sentences") if isinstance(found, dict) else found
    if not isinstance(rows, list) or not all(_is_row(row) for row in rows):
        raise _Refused(
            said("The model's answer does not have the form that was asked for."),
            'it was not {"sentences": [{"text": "...", "facts": ["f1"]}]}',
        )
    pairs = [(one_line(row["text"]), row.get("facts") or []) for row in rows[:MAX_SENTENCES]]
    pairs = [(text, ids) for text, ids in pairs if LETTER.search(text)]
    if not pairs:
        raise _Refused(said("The model answered with nothing."), '"sentences" was empty')
    return pairs


def _json_in(body: str) -> Any:
    """The JSON of a text, with or without words around it; None where it is not whole.

    A part of a cut answer may be whole by itself, so inside a text only the form asked for counts.
    """
    decoder, first = json.JSONDecoder(), True
    for match in re.finditer(r"[{\[]", body[:2000]):
        try:
            found = decoder.raw_decode(body, match.start())[0]
        except (ValueError, RecursionError):
            found = None
        if found is not None and (first or _rows_in(found)):
            return found
        first = False
    return None


def _rows_in(found: Any) -> list[Any] | None:
    rows = found.get("sentences") if isinstance(found, dict) else found
    return rows if isinstance(rows, list) and rows and all(map(_is_row, rows)) else None


def _no_json(body: str, *, is_cut: bool) -> _Refused:
    if REFUSAL.match(body):
        return _Refused(
            said("The model refused: %(words)s", words=one_line(body)[:160]),
            "it refused",
            may_repair=False,
        )
    if is_cut or (body[0] in "{[" and body[-1] not in "}]"):
        return _Refused(
            said("The model's answer was cut off before its end."),
            "it was cut off; write less, and close the JSON object",
        )
    return _Refused(said("The model's answer is not JSON."), "it was not JSON")


def _is_row(row: Any) -> bool:
    if not isinstance(row, dict) or not isinstance(row.get("text"), str):
        return False
    ids = row.get("facts") or []
    return isinstance(ids, list) and all(isinstance(one, str) for one in ids)


# --- Content -----------------------------------------------------------------------------------


def _sentences(
    rows: list[tuple[str, list[str]]], request: CopyRequest, prompt: Prompt
) -> list[Sentence]:
    whole = " ".join(text for text, _ids in rows)
    _refuse_forbidden(whole, prompt)
    _refuse_language(whole, request)
    _refuse_avoided(whole, request)
    known = {short: fact.id for short, fact, _value in told_facts(request)[0]}
    known |= {"name": "name", "brand": "brand", "type": "type"}
    of_readers = {text: fact_id for fact_id, text in request.audience_texts}
    approved = {*request.approved_texts, *of_readers}
    single = request.field in SINGLE | LINES
    return [
        Sentence(
            text.rstrip(".。") if single else text,
            (of_readers[text],)
            if text in of_readers
            else tuple(dict.fromkeys(known[one] for one in ids if one in known)),
            approved=text in approved,
        )
        for text, ids in rows
    ]


def _refuse_forbidden(whole: str, prompt: Prompt) -> None:
    """Links, markup and words that belong to the prompt: somebody's value spoke to the model."""
    folded = unicodedata.normalize("NFKC", whole)
    if TAG.search(folded) or MARKUP.search(folded):
        raise _Refused(said("The model's text has markup in it."), "it had markup in it")
    if ADDRESS.search(folded):
        raise _Refused(
            said("The model's text has a link or an address in it."), "it had a link in it"
        )
    if ORDERS.search(folded) or repeats(folded, prompt.own_words):
        raise _Refused(
            said("The model repeated instructions instead of writing about the product."),
            "it repeated instructions",
        )


def repeats(text: str, own: Sequence[str]) -> bool:
    """Whether so many words in a row of the text stand in ours, too."""
    ours = _all_shingles(tuple(own))
    return any(one in ours for one in _shingles(text))


@lru_cache(maxsize=8)
def _all_shingles(own: tuple[str, ...]) -> frozenset[tuple[str, ...] | str]:
    return frozenset(one for part in own for one in _shingles(part))


def _shingles(text: str) -> Iterable[tuple[str, ...] | str]:
    words = re.findall(r"[^\W_]+", text.casefold())
    latin = [word for word in words if not CJK.search(word)]
    for n in range(len(latin) - SHINGLE_WORDS + 1):
        yield tuple(latin[n : n + SHINGLE_WORDS])
    chinese = "".join(CJK.findall(text))
    for n in range(len(chinese) - SHINGLE_CJK + 1):
        yield chinese[n : n + SHINGLE_CJK]


def _refuse_language(whole: str, request: CopyRequest) -> None:
    """Names and values may be in another language; the rest of the text may not."""
    named = [request.name, request.brand, *(fact.value for fact in request.facts)]
    for words in sorted(filter(None, (*named, *request.keywords)), key=len, reverse=True):
        whole = whole.replace(words, " ")
    n_letters = len(LETTER.findall(whole))
    if n_letters == 0:
        return
    share = len(CJK.findall(whole)) / n_letters
    if (share < ZH_SHARE) if request.lang == "zh" else (share > EN_SHARE):
        language = "Chinese" if request.lang == "zh" else "English"
        raise _Refused(
            said("The model's text is in another language."), f"it must be in {language}"
        )


def _refuse_avoided(whole: str, request: CopyRequest) -> None:
    low = whole.casefold()
    for word in request.voice.avoid:
        pattern = re.escape(word.casefold())
        if not CJK.search(word):
            pattern = rf"(?<!\w){pattern}(?!\w)"
        if word and re.search(pattern, low):
            raise _Refused(
                said("The model used “%(word)s”, which your shop avoids.", word=word),
                f"it used “{word}”, which the shop avoids",
            )


# --- Length and account ------------------------------------------------------------------------


def _within(sentences: list[Sentence], request: CopyRequest) -> tuple[tuple[Sentence, ...], str]:
    """As many whole sentences as the length allows, from the first on, and the text of them."""
    has_lines = request.field in LINES or request.field in placements()
    joint = "\n" if has_lines else ("" if request.lang == "zh" else " ")
    kept = list(sentences[:1] if request.field in SINGLE else sentences)
    while kept:
        text = joint.join(sentence.text for sentence in kept)
        if not request.max_chars or len(text) <= request.max_chars:
            return tuple(kept), text
        kept.pop()
    return (), ""


def _blocks(sentences: Sequence[Sentence], n_parts: int) -> str:
    """Variants parted by an empty line, each part on its line; "" where one lacks a part."""
    if len(sentences) % n_parts:
        return ""
    lines = [sentence.text for sentence in sentences]
    variants = [lines[n : n + n_parts] for n in range(0, len(lines), n_parts)]
    return "\n\n".join("\n".join(parts) for parts in variants)


def _left_out(
    kept: Sequence[Sentence], text: str, request: CopyRequest
) -> Iterable[tuple[str, str]]:
    told, left_out = told_facts(request)
    used = {fact_id for sentence in kept for fact_id in sentence.fact_ids}
    yield from left_out
    yield from ((fact.id, "no_place") for _short, fact, _value in told if fact.id not in used)
    low = text.casefold()
    yield from ((f"keyword:{w}", "no_place") for w in request.keywords if w.casefold() not in low)

"""The guard's and the linter's answer on a text, in the form a draft keeps and a page shows."""

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, replace
from typing import Any

from django.utils.translation import get_language

from aiassist.copywriting import exemptions
from aiassist.copywriting.composer.filler import filler_of
from aiassist.copywriting.composer.terms import translated
from aiassist.copywriting.engine import Fact
from aiassist.copywriting.glossary.terms import pairs
from aiassist.copywriting.guard import Claim, Finding, Policy, align, check
from aiassist.copywriting.lint import lint
from aiassist.copywriting.lint.rules import told_law
from aiassist.copywriting.reader_claims import reader_claims
from aiassist.copywriting.requests import AUDIENCE, facts_from
from aiassist.copywriting.rule_names import rule_name
from aiassist.copywriting.shop_rules import NO_RULES, ShopRules
from aiassist.profiles.audience import texts_in, value_of

BLOCK, WARN, NOTE = "block", "warn", "note"
# What a fact of the product would back, if it is true.
STATABLE = {
    "unbacked", "foreign_value", "foreign_part", "wrong_number", "unknown_number", "wrong_unit",
    "certification", "handwork", "foreign_product",
}  # fmt: skip


@dataclass(frozen=True)
class Piece:
    """A run of characters of a text: plain, filler, or a claim with the numbers of its facts."""

    text: str
    kind: str  # plain, filler, fact, unbacked
    numbers: tuple[int, ...] = ()

    @property
    def marks(self) -> str:
        return ",".join(map(str, self.numbers))

    @property
    def data_fact(self) -> str:
        return " ".join(map(str, self.numbers))


def findings_on(
    text: str,
    inputs: Iterable[dict[str, Any]],
    policy: Policy,
    *,
    field: str,
    channel: str,
    rules: ShopRules = NO_RULES,
    product_id: Any = None,
) -> list[dict[str, Any]]:
    """Everything to say about a text, the blocking first, in order of place."""
    facts = stated(facts_from(inputs), policy.lang, rules)
    found: list[Finding] = [
        *check(text, facts, with_filler(policy, field)),
        *lint(text, field, policy.lang, channel or "generic", terms=rules.terms),
    ]
    of_readers = reader_claims(text, field=field, lang=policy.lang, allowed=policy.approved_texts)
    told = exemptions.applied([*map(asdict, found), *of_readers], rules.exempt, product_id)
    return in_order(told)


def in_order(findings: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    order = {BLOCK: 0, WARN: 1}
    return sorted(findings, key=lambda f: (order.get(f["level"], 2), f["start"]))


def stated(facts: tuple[Fact, ...], lang: str, rules: ShopRules) -> tuple[Fact, ...]:
    """The facts, and those that the shop's glossary says in the other language once more."""
    return (*facts, *translated(facts, pairs(rules.terms, lang)))


def with_filler(policy: Policy, field: str) -> Policy:
    """The policy for a kind of text: its fixed phrases need no fact."""
    extra = filler_of(field, policy.lang)
    return replace(policy, approved_texts=(*policy.approved_texts, *extra)) if extra else policy


def in_language(findings: Iterable[dict[str, Any]], language: str) -> list[dict[str, Any]]:
    """Findings a person should act on, with `message`, `fix` and `rule_name` in her language.

    Notes only say how a harmless word was read; they are kept with the draft and not shown.
    """
    suffix = "zh" if language.startswith("zh") else "en"
    return [
        {
            **f,
            "message": f[f"message_{suffix}"],
            "fix": f[f"fix_{suffix}"],
            "rule_name": rule_name(f["rule"]),
            "can_state": f["level"] == BLOCK and f["rule"] in STATABLE,
            "law": told_law(f["rule"], language),
            "grounds": exemptions.grounds(f["rule"], language),
            "ground": _ground(f, language),
        }
        for f in findings
        if f["level"] != NOTE
    ]


def _ground(finding: dict[str, Any], language: str) -> str:
    """On what ground the words are exempt, in words."""
    code = finding.get("exemption", {}).get("code", "")
    return exemptions.ground_name(finding["rule"], code, language) if code else ""


def is_blocked(findings: Iterable[dict[str, Any]]) -> bool:
    return any(f["level"] == BLOCK for f in findings)


def count_levels(findings: Iterable[dict[str, Any]]) -> dict[str, int]:
    levels = [f["level"] for f in findings]
    return {"n_blocking": levels.count(BLOCK), "n_warnings": levels.count(WARN)}


def audience_rows(audience: Mapping[str, Any]) -> list[dict[str, Any]]:
    """What a draft keeps of its readers, in the form of its facts, for whoever looks."""
    lang = "zh" if (get_language() or "").startswith("zh") else "en"
    return [
        {**row, "key": row["id"], "value": value_of(row, lang), "source": AUDIENCE}
        for row in audience.get("facts", ())
    ]


def with_audience(policy: Policy, audience: Mapping[str, Any]) -> Policy:
    """The policy for texts to some readers: what holds for each of them may be said, word for
    word; anything else about them needs a fact, and there is none."""
    extra = tuple(text for _id, text in texts_in(audience, policy.lang))
    return replace(policy, approved_texts=(*policy.approved_texts, *extra)) if extra else policy


def paragraphs(
    text: str,
    inputs: list[dict[str, Any]],
    policy: Policy,
    *,
    field: str = "",
    rules: ShopRules = NO_RULES,
) -> list[list[Piece]]:
    """The text cut at its claims, a list of pieces for each line."""
    facts = stated(facts_from(inputs), policy.lang, rules)
    claims = align(text, facts, with_filler(policy, field))
    number_of = {row["id"]: n for n, row in enumerate(inputs, start=1)}
    of_readers = _told_of_readers(inputs, policy.lang)
    lines: list[list[Piece]] = [[]]
    at = 0
    for claim in sorted(claims, key=lambda c: c.start):
        if claim.start < at:
            continue
        _add(lines, Piece(text[at : claim.start], "plain"))
        _add(lines, _piece(claim, text, number_of, of_readers))
        at = claim.end
    _add(lines, Piece(text[at:], "plain"))
    return [line for line in lines if any(piece.text.strip() for piece in line)]


def _piece(
    claim: Claim, text: str, number_of: dict[str, int], of_readers: Mapping[str, str]
) -> Piece:
    words = text[claim.start : claim.end]
    if fact_id := of_readers.get(_bare(words)):
        return Piece(words, "fact", (number_of[fact_id],))
    numbers = tuple(sorted({number_of[i] for i in claim.fact_ids if i in number_of}))
    return Piece(words, claim.kind, numbers)


def _told_of_readers(inputs: list[dict[str, Any]], lang: str) -> dict[str, str]:
    """What may be said of the readers, and the fact that makes it true."""
    rows = [row for row in inputs if row.get("source") == AUDIENCE]
    return {_bare(text): fact_id for fact_id, text in texts_in({"facts": rows}, lang)}


def _bare(text: str) -> str:
    return text.strip().rstrip(".。!！")


def _add(lines: list[list[Piece]], piece: Piece) -> None:
    for n, part in enumerate(piece.text.split("\n")):
        if n:
            lines.append([])
        if part:
            lines[-1].append(Piece(part, piece.kind, piece.numbers))

"""The guard's and the linter's answer on a text, in the form a draft keeps and a page shows."""

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from typing import Any

from aiassist.copywriting.guard import Claim, Finding, Policy, align, check
from aiassist.copywriting.lint import lint
from aiassist.copywriting.requests import facts_from
from aiassist.copywriting.rule_names import rule_name

BLOCK, WARN, NOTE = "block", "warn", "note"


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
    text: str, inputs: Iterable[dict[str, Any]], policy: Policy, *, field: str, channel: str
) -> list[dict[str, Any]]:
    """Everything to say about a text, the blocking first, in order of place."""
    found: list[Finding] = [
        *check(text, facts_from(inputs), policy),
        *lint(text, field, policy.lang, channel or "generic"),
    ]
    order = {BLOCK: 0, WARN: 1}
    found.sort(key=lambda f: (order.get(f.level, 2), f.start))
    return [asdict(f) for f in found]


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
        }
        for f in findings
        if f["level"] != NOTE
    ]


def is_blocked(findings: Iterable[dict[str, Any]]) -> bool:
    return any(f["level"] == BLOCK for f in findings)


def count_levels(findings: Iterable[dict[str, Any]]) -> dict[str, int]:
    levels = [f["level"] for f in findings]
    return {"n_blocking": levels.count(BLOCK), "n_warnings": levels.count(WARN)}


def paragraphs(text: str, inputs: list[dict[str, Any]], policy: Policy) -> list[list[Piece]]:
    """The text cut at its claims, a list of pieces for each line."""
    claims = align(text, facts_from(inputs), policy)
    number_of = {row["id"]: n for n, row in enumerate(inputs, start=1)}
    lines: list[list[Piece]] = [[]]
    at = 0
    for claim in sorted(claims, key=lambda c: c.start):
        if claim.start < at:
            continue
        _add(lines, Piece(text[at : claim.start], "plain"))
        _add(lines, _piece(claim, text, number_of))
        at = claim.end
    _add(lines, Piece(text[at:], "plain"))
    return [line for line in lines if any(piece.text.strip() for piece in line)]


def _piece(claim: Claim, text: str, number_of: dict[str, int]) -> Piece:
    numbers = tuple(sorted({number_of[i] for i in claim.fact_ids if i in number_of}))
    return Piece(text[claim.start : claim.end], claim.kind, numbers)


def _add(lines: list[list[Piece]], piece: Piece) -> None:
    for n, part in enumerate(piece.text.split("\n")):
        if n:
            lines.append([])
        if part:
            lines[-1].append(Piece(part, piece.kind, piece.numbers))

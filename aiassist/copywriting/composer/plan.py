"""What both languages share: choosing patterns, grouping facts, joining sentences."""

import random
import zlib
from collections.abc import Iterable
from dataclasses import dataclass, field

from aiassist.copywriting.composer.frames import Pattern, patterns
from aiassist.copywriting.composer.ready import Product, Ready
from aiassist.copywriting.engine import CopyRequest, Sentence

# How many facts a sentence takes: (fewest, most).
GROUP_SIZES = {
    "formal": (2, 3),
    "expert": (2, 3),
    "conversational": (1, 2),
    "persuasive": (2, 3),
    "playful": (1, 2),
}
# What a product is comes first, what the shop promises last.
# Share of texts that draw attention to themselves once ("Guess what?"); formal ones never do.
LEAD_IN_SHARE = {"conversational": 0.4, "persuasive": 0.3, "playful": 0.7}
PLAIN = frozenset({"{S} {VPS}.", "{S}{C}。", "{LABELS}.", "{LABELS}。"})
LAST_THEMES = ("care", "origin", "service")


@dataclass
class Draft:
    """The state of one text while it is written."""

    request: CopyRequest
    product: Product
    rng: random.Random
    subject_words: str = ""  # a keyword's noun phrase, to be used once as a subject
    subject_ids: tuple[str, ...] = ()
    sentences: list[Sentence] = field(default_factory=list)
    used: set[str] = field(default_factory=set)
    n_subjects: int = 0
    may_lead_in: bool = False
    last: list[tuple[str, list[str]]] = field(default_factory=list)  # what closes the text

    def __post_init__(self) -> None:
        self.may_lead_in = self.rng.random() < LEAD_IN_SHARE.get(self.tone, 0.0)

    @property
    def tone(self) -> str:
        return self.request.tone

    def add(self, text: str, ids: Iterable[str]) -> None:
        self.sentences.append(Sentence(text, tuple(dict.fromkeys(ids))))

    def pick(self, slot: str, allowed: set[str], lang: str) -> Pattern | None:
        """A pattern of the tone that was not used yet and needs nothing that is not there."""
        options = [
            pattern
            for pattern in patterns(lang).get(self.tone, {}).get(slot, ())
            if pattern.text not in self.used
            and pattern.needs <= allowed
            and (self.may_lead_in or not pattern.is_lead_in)
        ]
        if not options:
            return None
        pattern = self._weighted(options)
        if pattern.is_lead_in:
            self.may_lead_in = False
        if pattern.text not in PLAIN:
            self.used.add(pattern.text)
        return pattern

    def _weighted(self, options: list[Pattern]) -> Pattern:
        """By chance, those that reviewers cut less often; the same draw where nobody cut any."""
        weights = dict(self.request.phrase_weights)
        shares = [weights.get(pattern.text, 1.0) for pattern in options]
        left = self.rng.random() * sum(shares)
        for pattern, share in zip(options, shares, strict=True):
            left -= share
            if left < 0:
                return pattern
        return options[-1]

    def one_of(self, options: tuple) -> object:
        return options[int(self.rng.random() * len(options))]


def rng_for(request: CopyRequest) -> random.Random:
    """The same request always gets the same text; another product with that seed another one."""
    mixed = (request.seed, request.product_id, request.lang, request.field, request.tone)
    return random.Random(zlib.crc32(repr(mixed).encode()))


def grouped(facts: list[Ready], draft: Draft) -> list[list[Ready]]:
    """Facts in groups for one sentence each: by theme, the themes in a seeded order."""
    themes = list(dict.fromkeys(fact.frame.theme for fact in facts))
    head = [theme for theme in themes if theme not in LAST_THEMES]
    draft.rng.shuffle(head)
    order = {theme: i for i, theme in enumerate([*head, *LAST_THEMES])}
    fewest, most = GROUP_SIZES[draft.tone]
    groups: list[list[Ready]] = []
    for fact in sorted(facts, key=lambda one: order[one.frame.theme]):
        if groups and _fits(groups[-1], fact, most):
            groups[-1].append(fact)
            most = fewest + int(draft.rng.random() * (GROUP_SIZES[draft.tone][1] - fewest + 1))
        else:
            groups.append([fact])
    return groups


def _fits(group: list[Ready], fact: Ready, most: int) -> bool:
    """A list of its own ends a sentence, so that "a, b and c" is never inside another list."""
    if len(group) >= most or form_of(group[0]) != form_of(fact):
        return False
    if form_of(fact) == "alone" or group[-1].is_compound:
        return False
    return not (fact.is_compound and len(group) > 1)


def form_of(fact: Ready) -> str:
    """How a fact can be told: "alone", with a "clause", or by its "label" only."""
    if fact.frame.predicates:
        return "clause"
    return "alone" if fact.frame.alone else "label"

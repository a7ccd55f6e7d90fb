"""The pieces that ads, messages and answers are made of: headlines and sentences of some length."""

from dataclasses import dataclass, replace
from itertools import chain

from aiassist.copywriting.composer import chinese, english, titles
from aiassist.copywriting.composer.plan import Draft, rng_for
from aiassist.copywriting.composer.ready import Product, Ready
from aiassist.copywriting.engine import CopyRequest, Sentence

Line = list[Sentence]
MOST_FACTS = 6  # in one piece
N_SEEDS = 4  # wordings tried before a fact is dropped


@dataclass(frozen=True)
class Material:
    """What there is to write from."""

    request: CopyRequest
    product: Product
    facts: list[Ready]

    @property
    def lang(self) -> str:
        return self.request.lang

    def turned(self, turn: int) -> list[Ready]:
        """The facts beginning with another one, so that variants differ."""
        if not self.facts:
            return []
        at = turn * 2 % len(self.facts)
        return self.facts[at:] + self.facts[:at]

    def asked(self, field: str, turn: int, limit: int) -> CopyRequest:
        seed = self.request.seed + turn
        return replace(self.request, field=field, seed=seed, max_chars=limit, keywords=())


def room(limit: int, lang: str) -> int:
    """Characters that surely fit where a Chinese one counts twice."""
    return limit // 2 if lang == "zh" else limit


def headline(material: Material, limit: int, turn: int = 0) -> Line:
    """A line without a full stop: by turns the name with facts, what it is, and facts alone."""
    if turn % 3 == 2 and (told := _facts_alone(material, limit, turn)):
        return told
    product = replace(material.product, name="") if turn % 3 == 1 else material.product
    request = material.asked("short_title", turn, limit)
    draft = Draft(request, product, rng_for(request))
    titles.write(draft, material.turned(turn // 3))
    return draft.sentences


def _facts_alone(material: Material, limit: int, turn: int) -> Line:
    """ "Sterling Silver, Moonstone": two facts or more that speak for themselves."""
    joint = "，" if material.lang == "zh" else ", "
    text, ids = "", []
    for fact in material.turned(turn // 3):
        part = titles.part(fact, material.lang)
        grown = f"{text}{joint}{part}" if text else part
        if part and len(grown) <= limit:
            text, ids = grown, [*ids, fact.ids]
    return [Sentence(text, tuple(i for some in ids for i in some))] if len(ids) > 1 else []


def sentences(material: Material, limit: int, turn: int = 0) -> Line:
    """As many whole sentences as fit, about other facts in each turn; the first has the name."""
    facts = material.turned(turn)
    for n_facts in range(min(len(facts), MOST_FACTS), 0, -1):
        for seed in range(N_SEEDS):
            written = _written(material, facts[:n_facts], turn + seed * 101)
            if length(written, material.lang) <= limit and _has_name(material, written):
                return written
    for fact in facts:
        said = about(material, fact)
        if length(said, material.lang) <= limit:
            return said
    return []


def _written(material: Material, facts: list[Ready], turn: int) -> Line:
    request = material.asked("seo_description", turn, 0)
    draft = Draft(request, material.product, rng_for(request))
    draft.may_lead_in = False
    (chinese if request.lang == "zh" else english).write(draft, facts)
    return draft.sentences


def _has_name(material: Material, written: Line) -> bool:
    first = {"name", "brand", "type"} if not material.product.subject else {"name"}
    return bool(written) and bool(first & set(written[0].fact_ids))


def about(material: Material, fact: Ready) -> Line:
    """One fact told by itself, in its plainest form."""
    draft = Draft(material.request, material.product, rng_for(material.request))
    (chinese if material.lang == "zh" else english).tell_plainly(draft, fact)
    return draft.sentences


def length(line: Line, lang: str) -> int:
    return len(joined(line, lang))


def joined(line: Line, lang: str) -> str:
    return ("" if lang == "zh" else " ").join(sentence.text for sentence in line)


def text_of(blocks: list[list[Line]], lang: str) -> str:
    """Blocks parted by an empty line, their parts by lines."""
    return "\n\n".join(
        "\n".join(joined(line, lang) for line in block) for block in blocks if any(block)
    )


def sentences_of(blocks: list[list[Line]]) -> tuple[Sentence, ...]:
    return tuple(chain.from_iterable(chain.from_iterable(blocks)))


def fixed(text: str) -> Line:
    """A phrase of `filler`, which rests on no fact."""
    return [Sentence(text, (), approved=True)]

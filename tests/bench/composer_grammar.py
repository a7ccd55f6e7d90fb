"""What an editor would mark: articles, agreement, doubled words, lists, punctuation, measures."""

import re

from tests.bench.composer_products import Unseen
from tests.bench.composer_residue import set_of

VOWEL_START = re.compile(r"(?<![\w-])(a|an) ([A-Za-z0-9][^\s,.;:!?]*)", re.IGNORECASE)
CJK = re.compile(r"[㐀-鿿]")
SINGULAR_SUBJECTS = r"(?:[Ii]t|[Tt]his [\w' -]+?)"
EN_RULES = (
    ("a doubled word", re.compile(r"\b(\w+) \1\b", re.IGNORECASE)),
    ("an empty slot", re.compile(r"\{|\}|None|\ue000|@|: [.;,]|, ,|\(\)")),
    ("a space before punctuation", re.compile(r"\s[,.;:!?]")),
    ("doubled punctuation", re.compile(r"[,.;:!?]{2,}")),
    ("no space after punctuation", re.compile(r"[a-z][,;:!?][A-Za-z]|[a-z]\.[A-Z]")),
    ("a double space", re.compile(r"  ")),
    ("a Chinese character", CJK),
    ("Chinese punctuation", re.compile(r"[，。；：！？、]")),
    ("a singular pronoun with a plural verb", re.compile(
        r"\b[Ii]t (?:also )?(?:are|have|were|weigh|come|offer|measure|hold|use|feature|run)\b")),
    ("a plural pronoun with a singular verb", re.compile(
        r"\b[Tt]hey (?:also )?(?:is|has|was|weighs|comes|offers|measures|holds|uses|features)\b")),
    ("this with a plural", re.compile(r"\b[Tt]his \w+ (?:are|have|were)\b")),
    ("these with a singular", re.compile(r"\b[Tt]hese [\w -]+? (?:is|has|was)\b")),
    ("an article before a plural", re.compile(r"\ban? (?:\w+ )?(?:sleeves|bristles|uppers)\b")),
    ("also before be", re.compile(r"\balso (?:is|are|was)\b")),
    ("two ands in one list", re.compile(r"\band has [^,.;!?]+ and has\b")),
    ("one with a plural noun", re.compile(
        r"(?<![\d.,-])1 (?:pockets|drawers|shelves|wheels|seats|gears|pages|pieces|years|months|"
        r"hours|minutes|days|inches|carats|compartments|players)\b")),
)  # fmt: skip
ZH_RULES = (
    ("English punctuation", re.compile(r"[㐀-鿿][,;:!?]|[,;:!?][㐀-鿿]|[㐀-鿿]\.")),
    ("a space between characters", re.compile(r"[㐀-鿿] +[㐀-鿿]")),
    ("doubled punctuation", re.compile(r"[，。；：！？、]{2,}")),
    ("an empty slot", re.compile(r"\{|\}|None|\ue000|为[，。；]|采用[，。；]|[：、][。，；]")),
    ("a doubled word", re.compile(r"([㐀-鿿]{2,})\1|([材质的为是款])\2")),
    ("two ands in one list", re.compile(r"和[^，。；：！？]{1,14}和[^，。；：！？]{1,14}和")),
    ("an English article", re.compile(r"(?<![A-Za-z])(?:a|an|the|and)(?![A-Za-z])")),
)
MEASURES = "件条双顶套枚只对块个本把口台张盏面支副部辆盘款"
ADJECTIVES = set_of(
    """
    foldable rechargeable waterproof breathable reversible adjustable stackable handmade
    portable leakproof windproof magnetic dimmable polarised refillable resealable vegan
    vegetarian
    """
)


HAS_LIST = re.compile(
    r"\b(?:has|have|features?) ([^.;:!?]*?)(?= and (?:is|are|weigh|come)|[.;:!?])"
)


def grammar_errors(text: str, product: Unseen, lang: str) -> list[str]:
    rules = ZH_RULES if lang == "zh" else EN_RULES
    plain = text.replace(product.name, "Name" if lang == "en" else "名称")
    errors = [f"{name} ({m[0]!r})" for name, rule in rules for m in [rule.search(plain)] if m]
    errors += _english(plain, product) if lang == "en" else _chinese(plain, product)
    return errors + _doubled_facts(plain, product, lang)


def _english(text: str, product: Unseen) -> list[str]:
    errors = [f"article ({m[0]!r})" for m in VOWEL_START.finditer(text) if not _article_ok(m)]
    for sentence in re.split(r"(?<=[.!?]) ", text):
        if sentence and not (sentence[0].isupper() or sentence[0].isdigit()):
            errors.append(f"no capital ({sentence[:20]!r})")
        if sentence and sentence[-1] not in ".!?":
            errors.append(f"no end ({sentence[-20:]!r})")
    return errors + _bare_nouns(text, product) + _mixed_lists(text)


def _article_ok(match: re.Match[str]) -> bool:
    """By sound, written apart from the composer's own rule."""
    article, word = match[1].lower(), match[2]
    if article == "a" and match[1] == "A" and len(word) == 1:
        return True
    return (article == "an") == _starts_with_vowel_sound(word)


def _starts_with_vowel_sound(word: str) -> bool:
    digits = re.match(r"\d+", word)
    if digits:
        return word.startswith("8") or digits[0] in ("11", "18")
    if re.match(r"[A-Z](?:[A-Z]|-|\d|$)", word):
        return word[0] in "AEFHILMNORSX"
    if re.match(r"(?i)(?:hour|honest|heir)", word):
        return True
    if re.match(r"(?i)(?:uni|use|eu|one|once|ut[ei])", word):
        return False
    return word[0].lower() in "aeiou"


def _bare_nouns(text: str, product: Unseen) -> list[str]:
    """A countable type noun in the singular needs a word before it."""
    kind = product.type
    told = {word.lower() for given in product.given for word in given.en}
    if kind.is_plural or kind.is_mass or kind.noun_en.lower() in told:
        return []  # "for basketball" is the sport
    noun = re.escape(kind.noun_en)
    bare = re.findall(
        rf"\b(?:is|get|for|with|choose|as) {noun}(?=[.,;:!?]| and | with )", text, re.IGNORECASE
    )
    return [f"no article ({found!r})" for found in bare]


def _mixed_lists(text: str) -> list[str]:
    """ "has a lid and foldable", "is foldable and a lid"."""
    found = []
    for match in re.finditer(
        r"\b(?:has|have|features?) ([^.;:!?]*?)(?= and (?:is|are|weigh|come)|[.;:!?])", text
    ):
        parts = re.split(r", | and ", match[1])
        kinds = {part in ADJECTIVES for part in parts}
        if len(kinds) > 1:
            found.append(f"mixed list ({match[0]!r})")
    for match in re.finditer(r"\b(?:is|are) ([a-z-]+) and an? ", text):
        if match[1] in ADJECTIVES:
            found.append(f"mixed list ({match[0]!r})")
    return found


def _chinese(text: str, product: Unseen) -> list[str]:
    errors = []
    if text and text[-1] not in "。！？":
        errors.append(f"no end ({text[-10:]!r})")
    noun = re.escape(product.type.noun_zh)
    for match in re.finditer(rf"[一这]([{MEASURES}])(?={noun})", text):
        if match[1] not in ("款", product.type.measure_word_zh):
            errors.append(f"measure word ({match[0]!r})")
    return errors


def _doubled_facts(text: str, product: Unseen, lang: str) -> list[str]:
    """A value with a unit or a code is told once."""
    errors = []
    for given in product.given:
        if given.kind is not None and given.kind.type not in ("number", "dimensions"):
            continue
        value = (given.zh if lang == "zh" else given.en)[0]
        same = sum(value in (g.zh if lang == "zh" else g.en) for g in product.given)
        pattern = rf"(?<![\d.,-]){re.escape(value)}(?![A-Za-z])"
        if len(value) > 5 and len(re.findall(pattern, text)) > same:
            errors.append(f"told twice ({value!r})")
    return errors

"""Cut a text into tokens, sentences and clauses without losing the place of a character."""

import re
from dataclasses import dataclass

# Stand for each character of the product's own name and brand; no text may hold them itself.
NAME_MARK, BRAND_MARK = "\x01", "\x02"
OWN = {NAME_MARK: "name", BRAND_MARK: "brand"}
TOKEN = re.compile(
    rf"(?P<own>{NAME_MARK}+|{BRAND_MARK}+)"
    r"|(?P<han>[\u3400-\u9fff\uf900-\ufaff])"
    r"|(?P<word>[A-Za-z\u00c0-\u024f]+\d[A-Za-z0-9]*|[A-Za-z\u00c0-\u024f]+(?:'[A-Za-z]+)?"
    r"|\d+(?:[.,]\d+)*[A-Za-z\u00c0-\u024f]*)"
    r"|(?P<space>[\s\u00ad\u200b-\u200f\u2060\ufeff]+)"
    r"|(?P<punct>.)",
    re.S,
)
SENTENCE_END = re.compile(
    r"[。！？；!?;\n\r✓✔✅☑•●▪►➤★☆♥❤✨🔥👉]+|\.(?=\s|$|[\"')\]\u3400-\u9fff])"
)
CLAUSE_END = re.compile(
    r"(?<!\d),|,(?!\d)|，|：|(?<!\d):|:(?!\d)|\s[–—-]\s|[—]+|[()（）【】\[\]|]|…+|\.\.\."
)
SPELLING = {
    "colour": "color",
    "colours": "color",
    "coloured": "color",
    "grey": "gray",
    "litre": "liter",
    "litres": "liter",
    "metre": "meter",
    "metres": "meter",
    "fibre": "fiber",
    "fibres": "fiber",
    "jewellery": "jewelry",
    "aluminium": "aluminum",
    "centre": "center",
    "cosy": "cozy",
    "moulded": "mold",
    "tee": "tshirt",
    "tees": "tshirt",
}
SILENT = frozenset("-'\":：【】")  # they part no phrase
# One character for one, so that places in the folded text are places in the text.
FOLD = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)}
for wide in "，：；！？（）～":
    FOLD.pop(ord(wide), None)
FOLD |= {ord("’"): "'", ord("‘"): "'", ord("“"): '"', ord("”"): '"', ord("\u00a0"): " "}
FOLD |= {ord(mark): " " for mark in OWN}
FOLD |= {ord("\u2011"): "-", ord("\u2010"): "-", ord("\u3000"): " "}


@dataclass(frozen=True)
class Token:
    start: int
    end: int
    norm: str
    kind: str  # word, han, own, punct, amount, given


def fold(text: str) -> str:
    return text.translate(FOLD)


def stem(word: str) -> str:
    """Fold the inflections of an English word; derived words keep their own form, or a neutral
    "breathe" would excuse the claim "breathable"."""
    word = word.lower()
    word = SPELLING.get(word, word)
    word = word.removesuffix("'s")
    if not word.isalpha() or len(word) < 4:
        return word
    return _without_e(_without_suffix(_singular(word)))


def _singular(word: str) -> str:
    if word in ("goes", "does"):
        return word[:2]
    if word.endswith("ies") and len(word) > 4:
        return word[:-3] + "y"
    if word.endswith(("sses", "xes", "zes", "ches", "shes")):
        return word[:-2]
    if word.endswith("s") and not word.endswith(("ss", "us", "is")):
        return word[:-1]
    return word


def _without_suffix(word: str) -> str:
    for suffix, least in (("ied", 5), ("ing", 6), ("ed", 5)):
        if word.endswith(suffix) and len(word) >= least:
            bare = word[: -len(suffix)] + ("y" if suffix == "ied" else "")
            return _bare(bare) if re.search("[aeiouy]", bare) else word
    return word


def _bare(bare: str) -> str:
    """cutt -> cut, mak -> make: what the suffix did to the word is undone."""
    if len(bare) > 3 and bare[-1] == bare[-2] and bare[-1] not in "lsz":
        return bare[:-1]
    if re.fullmatch("[^aeiou][aeiou][^aeiouwxy]", bare):
        return bare + "e"
    return bare


def _without_e(word: str) -> str:
    return word[:-1] if word.endswith("e") and len(word) > 4 else word


def tokenise(text: str) -> list[Token]:
    """Words, single Chinese characters and punctuation; spaces, hyphens and colons fall away."""
    tokens = []
    for match in TOKEN.finditer(text):
        kind = match.lastgroup or "punct"
        if kind == "space" or match.group() in SILENT:
            continue
        norm = stem(match.group()) if kind == "word" else match.group()
        tokens.append(Token(match.start(), match.end(), norm, kind))
    return tokens


def norms(text: str) -> tuple[str, ...]:
    """The tokens of a phrase as the lexicons keep them."""
    return tuple(t.norm for t in tokenise(fold(text)) if t.kind != "punct")


def _cut(text: str, pattern: re.Pattern[str], start: int, end: int) -> list[tuple[int, int]]:
    spans, at = [], start
    for match in pattern.finditer(text, start, end):
        spans.append((at, match.start()))
        at = match.end()
    spans.append((at, end))
    return [trimmed for span in spans if (trimmed := _trim(text, *span))]


def _trim(text: str, start: int, end: int) -> tuple[int, int] | None:
    while start < end and (text[start].isspace() or text[start] in "-*•·–—●▪"):
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    return (start, end) if start < end else None


def sentences(text: str) -> list[tuple[int, int]]:
    return _cut(text, SENTENCE_END, 0, len(text))


def clauses(text: str, start: int, end: int) -> list[tuple[int, int]]:
    return _cut(text, CLAUSE_END, start, end)

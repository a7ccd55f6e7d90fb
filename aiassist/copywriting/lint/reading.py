"""How hard a text is to read: a school grade for English, the longest sentence for Chinese."""

import re
from collections.abc import Iterator

from aiassist.copywriting.guard import Finding
from aiassist.copywriting.lint.rules import reading

WORD = re.compile(r"[A-Za-z]+(?:['’-][A-Za-z]+)*")
# A stop inside "1.8 L" ends no sentence.
STOP = re.compile(r"[.!?]+(?=\s|$)|\n")
VOWELS = re.compile(r"[aeiouy]+")
SILENT = re.compile(r"(?:[^laeiouy]es?|[aeiouy]les?|[^td]ed)$")
STOP_ZH = re.compile(r"[。！？!?；;\n]")


def syllables(word: str) -> int:
    """Groups of vowels less a silent ending: a count by rule, right for most words."""
    low = word.lower()
    n = len(VOWELS.findall(low))
    if n > 1 and SILENT.search(low):
        n -= 1
    return max(1, n)


def grade(text: str) -> float:
    """The Flesch-Kincaid grade: the years at a US school that reading the text takes.

    0.39 (words / sentences) + 11.8 (syllables / words) - 15.59.
    Source: Kincaid, Fishburne, Rogers and Chissom, Research Branch Report 8-75, 1975.
    """
    words = WORD.findall(text)
    if not words:
        return 0.0
    n_sentences = sum(1 for part in STOP.split(text) if WORD.search(part)) or 1
    n_syllables = sum(map(syllables, words))
    return 0.39 * len(words) / n_sentences + 11.8 * n_syllables / len(words) - 15.59


def check_reading(text: str, field: str, lang: str) -> Iterator[Finding]:
    if field not in ("description", "email"):
        return
    yield from _english(text) if lang == "en" else _chinese(text)


def _english(text: str) -> Iterator[Finding]:
    limits = reading()["en"]
    if len(WORD.findall(text)) < limits["min_words"]:
        return
    found = grade(text)
    if found > limits["max_grade"]:
        n, most = round(found), limits["max_grade"]
        yield Finding(
            0, len(text), text, "reading_level", "warn",
            f"Hard to read: grade {n} by Flesch-Kincaid, up to {most} reads well.",
            f"阅读难度偏高：Flesch-Kincaid 年级 {n}，建议不超过 {most}。",
            "Use shorter sentences and shorter words.",
            "请使用更短的句子和更简单的词。",
        )  # fmt: skip


def _chinese(text: str) -> Iterator[Finding]:
    most = reading()["zh"]["max_sentence"]
    at = 0
    for sentence in STOP_ZH.split(text):
        n = len(sentence.strip())
        if n > most:
            yield Finding(
                at, at + len(sentence), sentence, "long_sentence", "warn",
                f"This sentence has {n} characters; up to {most} reads well.",
                f"该句有{n}个字，建议不超过{most}个字。",
                "Cut it into two.", "请拆成两句。",
            )  # fmt: skip
        at += len(sentence) + 1

"""Questions that the facts answer, each with its answer."""

from aiassist.copywriting.composer import chinese, english
from aiassist.copywriting.composer.frames import table_lines
from aiassist.copywriting.composer.pieces import Line, Material, about
from aiassist.copywriting.composer.ready import Ready
from aiassist.copywriting.engine import Sentence

MOST = 8  # pairs


def faq(material: Material) -> list[list[Line]]:
    pairs = []
    seen: set[str] = set()
    for fact in material.facts:
        asked, answer = _question(material, fact), about(material, fact)
        if not asked or not answer or asked in seen:
            continue
        seen.add(asked)
        pairs.append([[Sentence(asked, fact.ids)], answer])
        if len(pairs) == MOST:
            break
    return pairs


def _question(material: Material, fact: Ready) -> str:
    if fact.words.word_class == "bool":
        return ""
    return (_chinese if material.lang == "zh" else _english)(material, fact)


def _english(material: Material, fact: Ready) -> str:
    product = material.product
    are = "are" if product.is_plural else "is"
    do = "do" if product.is_plural else "does"
    name = english.name_of(product)
    pattern = QUESTIONS_EN.get(fact.key)
    if pattern:
        return pattern.format(n=name, are=are, do=do)
    verb = "are" if fact.is_plural_label else "is"
    return f"What {verb} the {fact.label} of {name}?"


def _chinese(material: Material, fact: Ready) -> str:
    name = chinese.name_of(material.product)
    pattern = QUESTIONS_ZH.get(fact.key)
    if pattern:
        return pattern.format(n=name)
    is_measured = fact.words.number is not None or fact.words.word_class == "range"
    how = "是多少" if is_measured else "是什么"
    return f"{name}的{fact.label}{how}？"


def _table(file_name: str) -> dict[str, str]:
    rows = (line.split("|", 1) for line in table_lines(file_name))
    return {key.strip(): text.strip() for key, text in rows}


QUESTIONS_EN, QUESTIONS_ZH = _table("questions_en.txt"), _table("questions_zh.txt")

"""The alternative text of a picture: what it is and what can be seen of it, in one phrase."""

from aiassist.copywriting.composer import chinese, english
from aiassist.copywriting.composer.grammar import capital, with_articles
from aiassist.copywriting.composer.pieces import Line, Material
from aiassist.copywriting.engine import Sentence

MOST = 150  # characters


def alt_text(material: Material) -> list[list[Line]]:
    """ "Fjord Kettle, a black steel kettle"; the name alone where nothing else can be seen."""
    product, lang = material.product, material.lang
    writer = chinese if lang == "zh" else english
    mods = writer.modifiers(material.facts, product)
    what = "" if product.type is None else _what(material, mods)
    ids = [*(i for fact in mods for i in fact.ids), "type"] if what else []
    if product.name and what and len(product.name) + len(what) + 2 <= MOST:
        text, ids = f"{product.name}{'，' if lang == 'zh' else ', '}{what}", ["name", *ids]
    elif product.name:
        text, ids = product.name, ["name"]
    else:
        text = capital(what)
    return [[[Sentence(text, tuple(dict.fromkeys(ids)))]]] if text else []


def _what(material: Material, mods: list) -> str:
    product = material.product
    if material.lang == "zh":
        if not mods and product.name_says_type:
            return ""
        return "".join(fact.words.plain for fact in mods) + chinese.noun_of(product)
    if not mods and product.name_says_type:
        return ""
    return with_articles(english.noun_phrase(mods, product))

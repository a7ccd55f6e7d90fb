"""`{% kept key ... %}`: what is the same in many answers is drawn once and kept, for its key.

    {% kept frame section %}<nav>... {% live %}{{ n_jobs }}{% endlive %} ...</nav>{% endkept %}

The key, with the language, holds everything that what is kept was made of: then nothing is ever
out of date, and nobody is shown what was drawn for another. The first word must not be empty: else
it is drawn and not kept. No `{% block %}` stands inside. What changes more often stands between
`{% live %}` and `{% endlive %}`: it is drawn each time, in the context of the `kept` around it.
"""

import re
from typing import Any

from django import template
from django.template.base import FilterExpression, NodeList, Parser, Token
from django.template.exceptions import TemplateSyntaxError
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language

register = template.Library()

MOST = 200  # of each place in a template: as many shops and people as one process meets in a while
MARK = "\0"  # no page holds one: what is sent and what is stored is free of it
AT_MARK = re.compile(f"{MARK}([0-9]+){MARK}")
LINES = re.compile(r"\s*\n\s*")
COLLECTED = "kept_live"  # in the context, while something is drawn to be kept


class LiveNode(template.Node):
    child_nodelists = ()  # no block stands in it, so a page need not look for one

    def __init__(self, nodelist: NodeList) -> None:
        self.nodelist = nodelist

    def render(self, context: template.Context) -> str:
        collected = context.get(COLLECTED)
        if collected is None:
            return self.nodelist.render(context)
        collected.append(self.nodelist)
        return f"{MARK}{len(collected) - 1}{MARK}"


class KeptNode(template.Node):
    child_nodelists = ()

    def __init__(self, nodelist: NodeList, key: list[FilterExpression]) -> None:
        self.nodelist, self.key = nodelist, key
        self.kept: dict[tuple[Any, ...], list[str | NodeList]] = {}

    def render(self, context: template.Context) -> SafeString:
        key = (get_language(), *[part.resolve(context) for part in self.key])
        if not key[1]:  # a page without what it would be kept by
            return self.nodelist.render(context)
        pieces = self.kept.get(key)
        if pieces is None:
            pieces = self._draw(context)
            if len(self.kept) >= MOST:  # the oldest goes; another thread may have been faster
                self.kept.pop(next(iter(self.kept), key), None)
            self.kept[key] = pieces
        drawn = [one if isinstance(one, str) else one.render(context) for one in pieces]
        # All of it was drawn by templates, which escape.
        return mark_safe("".join(drawn))

    def _draw(self, context: template.Context) -> list[str | NodeList]:
        collected: list[NodeList] = []
        with context.push(**{COLLECTED: collected}):
            drawn = LINES.sub("\n", self.nodelist.render(context))
        found = AT_MARK.split(drawn)
        return [collected[int(one)] if at % 2 else one for at, one in enumerate(found)]


@register.tag
def kept(parser: Parser, token: Token) -> KeptNode:
    key = [parser.compile_filter(word) for word in token.split_contents()[1:]]
    if not key:
        raise TemplateSyntaxError("{% kept %} needs what its content depends on.")
    nodelist = parser.parse(("endkept",))
    parser.delete_first_token()
    return KeptNode(nodelist, key)


@register.tag
def live(parser: Parser, token: Token) -> LiveNode:
    nodelist = parser.parse(("endlive",))
    parser.delete_first_token()
    return LiveNode(nodelist)

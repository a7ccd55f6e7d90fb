"""What a reader sees of an HTML text, and whether cleaning took more than looks from it."""

import html
import re

import nh3

UNSEEN = {"script", "style", "iframe", "object", "embed", "template", "noscript", "svg", "math"}
WORDS_ALONE = nh3.Cleaner(tags=set(), clean_content_tags=UNSEEN)
BLOCKS = re.compile(r"</?(?:p|div|br|hr|li|ul|ol|tr|h[1-6]|dt|dd|blockquote|table)\b[^>]*>", re.I)
ACTIVE = re.compile(r"<(?:script|style|iframe|object|embed|form)\b|\son\w+\s*=|javascript:", re.I)


def has_active_content(text: str) -> bool:
    """Whether the text holds what a description must not: code, frames, forms."""
    return bool(ACTIVE.search(text))


def plain_text(text: str) -> str:
    """The words of an HTML text, one line a block."""
    if "<" in text:
        text = WORDS_ALONE.clean(BLOCKS.sub("\n", text))
    lines = (" ".join(line.split()) for line in html.unescape(text).splitlines())
    return "\n".join(line for line in lines if line)

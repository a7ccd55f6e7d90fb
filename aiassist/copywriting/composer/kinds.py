"""The kinds of text that have parts, each with who writes it."""

from collections.abc import Callable

from aiassist.copywriting.composer import ads, alt, faq, messages
from aiassist.copywriting.composer.pieces import Line, Material

Writer = Callable[[Material], list[list[Line]]]
WRITERS: dict[str, Writer] = {
    "ad_google": ads.google,
    "ad_meta": ads.meta,
    "ad_taobao": ads.taobao,
    "ad_xhs": ads.xiaohongshu,
    "email": messages.email,
    "sms": messages.sms,
    "faq": faq.faq,
    "alt_text": alt.alt_text,
}
# What can be seen of a thing may be its name alone.
FEWEST = {"alt_text": 0}

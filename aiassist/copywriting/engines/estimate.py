"""How many tokens a text will be, before anybody has counted them."""

import re

CJK = re.compile(r"[\u3000-\u9fff\uf900-\uffef]")
CHARS_PER_TOKEN = 3.6  # of Latin text and JSON; CJK characters are about a token each


def tokens_in(text: str) -> int:
    n_cjk = len(CJK.findall(text))
    return n_cjk + round((len(text) - n_cjk) / CHARS_PER_TOKEN)

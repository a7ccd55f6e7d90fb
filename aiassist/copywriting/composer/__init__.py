"""The grounded composer: writes English and Chinese from facts alone, without weights.

Every word comes from a fact, the product's name, brand or type, the merchant's approved
texts, or the phrase tables beside this file. The same request always gets the same text.
"""

from collections.abc import Sequence

from aiassist.copywriting.composer.kinds import WRITERS
from aiassist.copywriting.composer.texts import compose
from aiassist.copywriting.engine import FIELDS, CopyRequest, DraftText, NotEnoughFacts

NAME = "composer"
VERSION = "2"
KINDS = (*FIELDS, *WRITERS)


class Composer:
    """The embedded text engine."""

    name = NAME
    version = VERSION

    def generate(self, requests: Sequence[CopyRequest]) -> list[DraftText | NotEnoughFacts]:
        return [compose(request, NAME, VERSION) for request in requests]

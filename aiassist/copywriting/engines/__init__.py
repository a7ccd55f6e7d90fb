"""The text engines behind one Protocol, and which one a shop uses.

What they are asked with and answer with are the plain values of `aiassist.copywriting.engine`.
"""

from aiassist.copywriting.engine import TextEngine
from aiassist.copywriting.engines.models import EngineChoice, EngineName
from ecomportal.tenancy.models import Merchant


def choice_of(merchant: Merchant) -> EngineChoice:
    """The shop's settings; those of the composer, not saved, where nobody chose yet."""
    saved = EngineChoice.objects.filter(merchant=merchant).first()
    return saved or EngineChoice(merchant=merchant)


def engine_of(merchant: Merchant) -> TextEngine:
    """The engine the shop chose, ready to write. Call it inside the shop's tenant."""
    return engine_from(choice_of(merchant))


def engine_from(choice: EngineChoice) -> TextEngine:
    if choice.engine == EngineName.OPENAI:
        from aiassist.copywriting.engines.openai import OpenAIEngine  # late, as the others

        return OpenAIEngine.of(choice)
    if choice.engine == EngineName.LOCAL:
        from aiassist.copywriting.engines.local import LocalEngine  # late: loads torch

        return LocalEngine.of(choice)
    # Late: the tables of this package are loaded before the composer's phrases are wanted.
    from aiassist.copywriting.learning.composer import LearntComposer

    return LearntComposer.of(choice.merchant)

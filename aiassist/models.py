"""Gathers the features' tables, so that Django finds them."""

from aiassist.copywriting.engines.models import EngineChoice, TextSpend
from aiassist.copywriting.models import ApprovedText, Draft

__all__ = ["ApprovedText", "Draft", "EngineChoice", "TextSpend"]

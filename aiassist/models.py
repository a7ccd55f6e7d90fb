"""Gathers the features' tables, so that Django finds them."""

from aiassist.copywriting.engines.models import EngineChoice, TextSpend
from aiassist.copywriting.glossary.models import GlossaryEdit, GlossaryTerm
from aiassist.copywriting.learning.models import FrozenCase, Lesson
from aiassist.copywriting.lint.models import Exemption, TextBand
from aiassist.copywriting.models import ApprovedText, Draft
from aiassist.copywriting.rules.models import DraftRule
from aiassist.profiles.models import (
    ConversationReading,
    CustomerProfile,
    GroupDay,
    Persona,
    ProfileRefresh,
    Segment,
    SegmentDay,
    SegmentMember,
    SegmentMove,
    SegmentRevision,
)
from aiassist.registry.models import ModelVersion
from aiassist.segments.audiences.models import AudienceExport, AudienceMember
from aiassist.segments.customers.models import CustomerFile, KeptFigures

__all__ = [
    "ApprovedText",
    "AudienceExport",
    "AudienceMember",
    "ConversationReading",
    "CustomerFile",
    "CustomerProfile",
    "Draft",
    "DraftRule",
    "EngineChoice",
    "Exemption",
    "FrozenCase",
    "GlossaryEdit",
    "GlossaryTerm",
    "GroupDay",
    "KeptFigures",
    "Lesson",
    "ModelVersion",
    "Persona",
    "ProfileRefresh",
    "Segment",
    "SegmentDay",
    "SegmentMember",
    "SegmentMove",
    "SegmentRevision",
    "TextBand",
    "TextSpend",
]

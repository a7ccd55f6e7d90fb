"""What people call the rules of the guard and of the linter."""

from django.utils.translation import gettext_lazy as _

RULES = {
    # The guard: what the facts do not carry
    "unbacked": _("No fact behind it"),
    "foreign_value": _("Not this product's value"),
    "foreign_product": _("Another product"),
    "foreign_part": _("A part nobody stated"),
    "foreign_brand": _("Another brand"),
    "wrong_number": _("Wrong number"),
    "unknown_number": _("Number without a fact"),
    "wrong_unit": _("Wrong unit"),
    "swapped_numbers": _("Numbers swapped"),
    "negation": _("Denies something"),
    "comparison": _("Comparison"),
    "superlative": _("Absolute claim"),
    "implied": _("Implied promise"),
    "certification": _("Certification"),
    "handwork": _("How it was made"),
    "puffery": _("Praise without a fact"),
    "unread": _("Unknown word"),
    "scene": _("Scene"),
    "link": _("Link or contact"),
    "markup": _("Markup"),
    "instruction": _("Instruction"),
    "placeholder": _("Placeholder"),
    "language": _("Wrong language"),
    # The linter: length and wording
    "too_long": _("Too long"),
    "too_short": _("Too short"),
    "too_many_lines": _("Too many bullets"),
    "line_too_long": _("Bullet too long"),
    "keyword_stuffing": _("Word repeated too often"),
    "cut_short": _("Cut in lists"),
    "reading_level": _("Hard to read"),
    "long_sentence": _("Long sentence"),
    "duplicate": _("Like another product"),
    "translated_number": _("Number of the source"),
    "translated_name": _("Name of the source"),
    "glossary_term": _("Term of your glossary"),
    "brand_spelling": _("Spelling of your glossary"),
    # Texts of parts: ads, messages, answers
    "part_too_long": _("Part too long"),
    "part_cut": _("Part is cut off"),
    "part_missing": _("Part is missing"),
    "few_variants": _("Few variants"),
    "many_variants": _("Too many variants"),
    "same_variant": _("Same variant twice"),
    "sms_parts": _("Several messages"),
    "sms_too_long": _("Too many messages"),
    "reader_claim": _("Claim about the reader"),
    # What a channel does not take
    "promotion": _("Promotion"),
    "price": _("Price in the text"),
    "contact": _("Contact outside the channel"),
    "shouting": _("Capital letters"),
    "decoration": _("Decoration"),
    "guarantee": _("Guarantee"),
    "title_signs": _("Sign in the title"),
    # Advertising law
    "cn-9-3": _("Advertising law, article 9(3)"),
    "cn-absolute": _("Absolute claim"),
    "cn-authority": _("Authority of the state"),
    "cn-medical": _("Medical claim"),
    "cn-pressure": _("Pressure to buy"),
    "cn-superstition": _("Superstition"),
    "en-absolute": _("Absolute claim"),
    "en-medical": _("Medical claim"),
    "en-green": _("Environmental claim"),
    "eu-neutral": _("Claim of neutrality"),
    "eu-health": _("Health claim"),
    "us-origin": _("Claim of origin"),
    "us-endorsed": _("Endorsement"),
    "uk-free": _("Claim of purity"),
    "cn-health-food": _("Health claim"),
    "cn-cosmetic": _("Cosmetic effect"),
}


def rule_name(rule: str) -> str:
    """A name for people; a rule that was retired since the draft was written has none any more."""
    return str(RULES.get(rule, _("Earlier rule")))

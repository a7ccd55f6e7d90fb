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
    # What a channel does not take
    "promotion": _("Promotion"),
    "price": _("Price in the text"),
    "contact": _("Contact outside the channel"),
    "shouting": _("Capital letters"),
    "decoration": _("Decoration"),
    "guarantee": _("Guarantee"),
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
}


def rule_name(rule: str) -> str:
    """A name for people; a rule that was retired since the draft was written has none any more."""
    return str(RULES.get(rule, _("Earlier rule")))

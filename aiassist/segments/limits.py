"""How much a shop may have: what keeps a page and a nightly refresh quick."""

SEGMENTS_MAX = 250
NAME_MAX = 120
COPY_MAX = 50_000  # members of a segment that a fixed list is made of
RULE_MAX = 5000  # characters of a rule's text
EXPORT_SMALL = 100  # below so many people, Google and Meta refuse an audience

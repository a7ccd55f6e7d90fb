"""Rules that have texts drafted by themselves, as soon as a product has enough facts."""

"""A shop's own words in both languages: what a term is called, and what stays as it is."""

"""Taking a segment out: files for advertising audiences, with consent, and who was held out."""

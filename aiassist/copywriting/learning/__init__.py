"""What reviewers teach: edits become training rows, and rows a better manner of writing."""

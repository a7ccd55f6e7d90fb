"""Facts that products lack, and what their absence holds up."""

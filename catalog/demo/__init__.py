"""The two demo shops: pure generation from one seed, and one file that writes it down."""

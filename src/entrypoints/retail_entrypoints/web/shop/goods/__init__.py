"""Pages of one family."""

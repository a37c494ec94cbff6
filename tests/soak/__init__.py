"""The soak: real processes on one shop, everything they were told is written down, and the whole story is judged."""

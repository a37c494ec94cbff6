"""The table of races: everything the shop has only so much of, and rivals who want it at once."""

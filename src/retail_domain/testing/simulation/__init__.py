"""A deterministic simulation of the whole shop: many clients, faults of every kind, an auditor with books of its own.

`run.py` runs a seed; `deeds` is what people do, `laws` what must hold: both are lists that a new context adds to.
"""

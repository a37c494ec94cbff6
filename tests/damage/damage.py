"""Damage to plant: how a law is broken, and how the audit says so."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeAlias

from retail_domain.contexts import of_some

Damage: TypeAlias = Mapping[str, tuple[str, str]]
"""By law: a statement past every constraint, and the column by which the audit names the row."""


def every_damage() -> Damage:
    """What each context with laws has in `tests/damage`."""
    return {law: how for module in of_some("tests.damage").values() for law, how in module.DAMAGE.items()}

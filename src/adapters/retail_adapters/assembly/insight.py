"""Behaviour capture, wired."""

from __future__ import annotations

from retail_adapters.assembly.parts import Parts
from retail_domain.insight import CaptureBehaviourHandler, Insight


def insight(parts: Parts) -> Insight:
    """Behaviour capture of a shop made of these parts; accounts knows who agreed to it."""
    return Insight(
        capture=parts.unit(CaptureBehaviourHandler(parts.begin, parts.reads.accounts.consents, parts.clock, parts.ids)),
    )

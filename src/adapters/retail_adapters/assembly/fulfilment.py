"""Fulfilment, wired."""

from __future__ import annotations

from retail_adapters.assembly.parts import Parts
from retail_domain.fulfilment import Fulfilment


def fulfilment(parts: Parts) -> Fulfilment:
    """The fulfilment of a shop made of these parts."""
    return Fulfilment(show=parts.reads.fulfilment)

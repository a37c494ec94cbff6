"""Behaviour capture, wired."""

from __future__ import annotations

from retail_adapters.assembly.parts import Parts
from retail_adapters.system.sealer import HmacSealer
from retail_domain.insight import Insight
from retail_domain.insight.history import forget_seen, show_seen
from retail_domain.insight.use_cases import capture_behaviour, keep_behaviour
from retail_domain.kernel.frames import bound


def insight(parts: Parts) -> Insight:
    """Behaviour capture of a shop made of these parts; accounts knows who agreed to it."""
    keep = parts.deciding(keep_behaviour, HmacSealer(parts.secret), parts.policies.behaviour)
    return Insight(
        capture=bound(capture_behaviour, keep, parts.reads.accounts.consents, parts.clock),
        seen=parts.reading(show_seen, parts.clock),
        forget_seen=parts.deciding(forget_seen),
    )

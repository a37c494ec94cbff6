"""Checkout, wired."""

from __future__ import annotations

from retail_adapters.assembly.parts import Parts
from retail_domain.application import Checkout
from retail_domain.processes.checkout import PlaceOne, PlaceOrders, PlaceOrRequote
from retail_domain.processes.quoting import Quoting


def checkout(parts: Parts, quoting: Quoting) -> Checkout:
    """The checkout of a shop made of these parts: a single order is a batch of one."""
    batch = parts.unit(
        PlaceOrders(begin=parts.begin, clock=parts.clock, ids=parts.ids, luck=parts.luck, rules=parts.policies.checkout)
    )
    return Checkout(place=PlaceOrRequote(place=PlaceOne(place=batch), quote_again=quoting.again))

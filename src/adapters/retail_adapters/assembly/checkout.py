"""Checkout, wired."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence

from retail_adapters.assembly.parts import Parts
from retail_adapters.system.batching import RunningBatch
from retail_adapters.system.coalescer import Coalescer, Queueing
from retail_domain.application import Checkout
from retail_domain.kernel.frames import Called, bound, deciding_batch
from retail_domain.processes.purchase.checkout import Answer, Placed, PlaceOrder, place_orders
from retail_domain.processes.purchase.placing import find_placed, place_one, place_or_requote
from retail_domain.processes.purchase.placing_for import look_at_buyer, place_for, quote_for
from retail_domain.processes.purchase.quoting import Quoting

Place = Callable[[PlaceOrder], Awaitable[Placed]]
"""Places one order, alone or among others."""


def checkout(parts: Parts, place: Place, quoting: Quoting) -> Checkout:
    """The checkout of a shop that places orders like this."""
    placed, look = bound(place_or_requote, place, quoting.again), parts.reading(look_at_buyer)
    return Checkout(place=placed, quote_for=bound(quote_for, look, quoting.quote), place_for=bound(place_for, look, placed))


def placing_alone(parts: Parts) -> Place:
    """Each order is a batch of one, in a transaction of its own."""
    return bound(place_one, parts.unit(_batch(parts)))


def placing_together(parts: Parts, queueing: Queueing) -> Coalescer[PlaceOrder, Placed]:
    """Orders that come at the same time share a transaction: for servers, which have many callers at once (GEN-R19)."""
    return Coalescer(RunningBatch[PlaceOrder, Placed](work=_batch(parts), look=parts.reading(find_placed)), queueing)


def _batch(parts: Parts) -> Called[Sequence[PlaceOrder], Sequence[Answer]]:
    return deciding_batch(parts.begin, place_orders, Placed, parts.means, parts.policies.checkout, parts.takings)

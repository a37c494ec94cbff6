"""Checkout, wired."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from retail_adapters.assembly.parts import Parts
from retail_adapters.system.batching import Batch
from retail_adapters.system.coalescer import Coalescer, Queueing
from retail_domain.application import Checkout
from retail_domain.processes.purchase.checkout import Placed, PlaceOrder, PlaceOrders
from retail_domain.processes.purchase.placing import FindPlaced, PlaceOne, PlaceOrRequote
from retail_domain.processes.purchase.quoting import Quoting

Place = Callable[[PlaceOrder], Awaitable[Placed]]
"""Places one order, alone or among others."""


def checkout(place: Place, quoting: Quoting) -> Checkout:
    """The checkout of a shop that places orders like this."""
    return Checkout(place=PlaceOrRequote(place=place, quote_again=quoting.again))


def placing_alone(parts: Parts) -> Place:
    """Each order is a batch of one, in a transaction of its own."""
    return PlaceOne(place=parts.unit(_batch(parts)))


def placing_together(parts: Parts, queueing: Queueing) -> Coalescer[PlaceOrder, Placed]:
    """Orders that come at the same time share a transaction: for servers, which have many callers at once (GEN-R19)."""
    batch = Batch[PlaceOrder, Placed](work=_batch(parts), look=FindPlaced(begin=parts.look or parts.begin))
    return Coalescer(batch, queueing)


def _batch(parts: Parts) -> PlaceOrders:
    return PlaceOrders(
        begin=parts.begin,
        clock=parts.clock,
        ids=parts.ids,
        luck=parts.luck,
        rules=parts.policies.checkout,
        takings=parts.takings,
        calendar=parts.policies.calendar,
    )

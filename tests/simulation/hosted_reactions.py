"""A reaction of the application around the shop, in the simulation: it writes down what it is told of each order."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from typing import Any, Final

from attrs import evolve, frozen

from retail_adapters.assemble import Outside
from retail_adapters.memory.hosting import hosted_rows
from retail_domain.hosting import Change, Event, Follows, Hosted, HostedRows, HostingWork, Means, OrderId
from retail_domain.ordering import OrderClosed, OrderCompleted, OrderPaid, OrderPlaced, OrderShipped, OrderSigned
from retail_domain.testing.simulation.auditor import Auditor, EndLaw, RowLaw
from retail_domain.testing.simulation.laws import END_LAWS, ROW_LAWS
from retail_domain.testing.simulation.opening import Play
from retail_domain.testing.simulation.traffic import RowChange

_LAW: Final = "R25"
_FOLLOWED: Final = (OrderPlaced, OrderPaid, OrderShipped, OrderSigned, OrderCompleted, OrderClosed)
_RANKS: Final = {event.name: rank for rank, event in enumerate(_FOLLOWED)}
"""An order comes by these in this order, whichever of them it comes by."""
_FAILS_EVERY: Final = 5


@frozen(kw_only=True)
class Heard:
    """What was told of an order, oldest first."""

    order_id: OrderId
    names: tuple[str, ...] = ()
    version: int = 0


HEARD: Final[Hosted[HostedRows[OrderId, Heard]]] = Hosted("heard")


def listening() -> Callable[[Outside], Outside]:
    """An application that listens, and fails at every fifth thing it is told for the first time."""
    told: set[tuple[Any, str]] = set()

    async def hear(work: HostingWork, event: Event, means: Means) -> None:
        order_id = OrderId(event.aggregate_id)
        found = (await work.hosted(HEARD).of([order_id])).get(order_id)
        so_far = found or Heard(order_id=order_id)
        heard = evolve(so_far, names=(*so_far.names, event.name))
        work.hosted(HEARD).save(Change(found, heard))
        is_new = (order_id, event.name) not in told
        told.add((order_id, event.name))
        if is_new and len(told) % _FAILS_EVERY == 0:
            raise RuntimeError("not now")

    follows = Follows("listening.hear", _FOLLOWED, hear)
    rows = {HEARD: hosted_rows("heard", "order_id")}

    def host(ours: Outside) -> Outside:
        return evolve(ours, reactions=(follows,), hosted=rows)

    return host


def _nothing_made_up(auditor: Auditor, row: RowChange) -> str | None:
    """Only what has happened, no more often than it happened, in the order of an order's life."""
    heard = row.after.names
    if any(many > auditor.mirror.told[row.key, name] for name, many in Counter(heard).items()):
        return f"of order {row.key} was heard {heard}, which did not happen"
    if list(heard) != sorted(heard, key=_RANKS.__getitem__):
        return f"of order {row.key} was heard out of order: {heard}"
    return None


def _everything_once(auditor: Auditor) -> Iterable[str]:
    """Once all is calm, whatever happened was heard, once."""
    rows = auditor.mirror.tables["heard"]
    for order_id in auditor.mirror.tables["orders"]:
        happened = {name: auditor.mirror.told[order_id, name] for name in _RANKS if auditor.mirror.told[order_id, name]}
        heard = dict(Counter(rows[order_id].names)) if order_id in rows else {}
        if heard != happened:
            yield f"to order {order_id} happened {happened}, heard was {heard}"


LISTENING: Final = Play(
    row_laws=(*ROW_LAWS, RowLaw(_LAW, "heard", _nothing_made_up)), end_laws=(*END_LAWS, EndLaw(_LAW, _everything_once))
)

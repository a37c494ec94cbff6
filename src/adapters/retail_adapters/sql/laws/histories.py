"""The law of histories: each order's transitions are a path of the life-cycle that ends in its state (ORD-I1, ORD-I8).

The database tells which steps there are, each with the one before it: a few dozen kinds in a million orders. Only when one of
them is wrong are the orders read, to name those that took it.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from attrs import frozen
from sqlalchemy import bindparam, case, func, select

from retail_adapters.sql.database import Transaction
from retail_adapters.sql.laws.law import Finding, Law
from retail_adapters.sql.statement import Row, Statement
from retail_adapters.sql.tables.ordering import order_transitions, orders
from retail_domain.ordering import OrderStatus
from retail_domain.ordering.lifecycle import is_path, is_step

_STATUS: Final = order_transitions.c.to_status.type
_ORDER: Final[dict[str, Any]] = {
    "partition_by": order_transitions.c.order_id, "order_by": (order_transitions.c.version, order_transitions.c.step)
}  # fmt: skip
_steps = (
    select(
        orders.c.status,
        order_transitions.c.from_status,
        order_transitions.c.to_status,
        func.lag(order_transitions.c.to_status, type_=_STATUS).over(**_ORDER).label("before"),
        case((func.lead(order_transitions.c.version).over(**_ORDER).is_(None), True), else_=False).label("is_last"),
    )
    .join(orders, orders.c.id == order_transitions.c.order_id)
    .subquery("steps")
)
_KINDS: Final = Statement("audit.steps", select(_steps).distinct())
_HISTORY_CHUNK: Final = 5_000
_HISTORIES: Final = Statement(
    "audit.histories",
    select(
        orders.c.id,
        orders.c.status,
        order_transitions.c.from_status,
        order_transitions.c.to_status,
    )
    .join(order_transitions, order_transitions.c.order_id == orders.c.id)
    .where(
        orders.c.id.in_(select(orders.c.id).where(orders.c.id > bindparam("after")).order_by(orders.c.id).limit(_HISTORY_CHUNK))
    )
    .order_by(orders.c.id, order_transitions.c.version, order_transitions.c.step),
)


@frozen
class _Histories:
    """Asks for kinds of steps first, and for orders only when one of them is wrong."""

    id: str = "ORD-I1"
    says: str = "an order's transitions are a path of its life-cycle to its state"
    broken: Statement = _KINDS

    async def findings(self, snapshot: Transaction, before: datetime) -> Sequence[Finding]:
        """The orders whose history is no path to their state."""
        kinds = await snapshot.rows(self.broken)
        if all(map(_may_be, kinds)):
            return []
        return [Finding(self.id, self.says, row) async for row in _wrong(snapshot)]


HISTORIES: Final[Law] = _Histories()


def _may_be(kind: Row) -> bool:
    ends_well = not kind["is_last"] or kind["to_status"] is kind["status"]
    return ends_well and is_step(kind["before"], kind["from_status"], kind["to_status"])


async def _wrong(snapshot: Transaction) -> AsyncIterator[Mapping[str, str]]:
    after = UUID(int=0)
    while True:
        paths: dict[UUID, tuple[OrderStatus, list[tuple[OrderStatus | None, OrderStatus]]]] = {}
        for row in await snapshot.rows(_HISTORIES, after=after):
            paths.setdefault(row["id"], (row["status"], []))[1].append((row["from_status"], row["to_status"]))
        for id, (status, path) in paths.items():
            moves = tuple(step for step in path if step[0] is not step[1])
            if not is_path(moves) or moves[-1][1] is not status:
                yield {"id": str(id), "status": status.value, "path": " ".join(end.value for _, end in moves)}
        if not paths:
            return
        after = max(paths)

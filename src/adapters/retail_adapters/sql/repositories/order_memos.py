"""What staff noted about orders, in SQL."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from sqlalchemy import bindparam, select

from retail_adapters.sql.database import Flush
from retail_adapters.sql.rows import Part, Rows
from retail_adapters.sql.session import SqlCollection, inserted
from retail_adapters.sql.statement import Statement
from retail_adapters.sql.tables.ordering import order_memos
from retail_adapters.sql.writes import insert_into
from retail_domain.kernel.actor import Actor
from retail_domain.kernel.ids import OrderId
from retail_domain.ordering import OrderMemo

MEMOS_OF_ORDER: Final = Statement(
    "order_memos.of_order",
    select(order_memos).where(order_memos.c.order_id == bindparam("order_id")).order_by(order_memos.c.number),
)
MEMOS: Final = Rows(
    order_memos,
    OrderMemo,
    parts={"by": Part(("actor_kind", "actor_ref"), lambda actor: (actor.kind, actor.ref), Actor)},
)


class SqlOrderMemos(SqlCollection[tuple[OrderId, int], OrderMemo]):
    """What staff noted about orders; see the port."""

    table = order_memos

    def key(self, state: OrderMemo) -> tuple[OrderId, int]:
        """Order and number."""
        return state.order_id, state.number

    async def of_order(self, order_id: OrderId) -> Sequence[OrderMemo]:
        """The oldest first."""
        stored = map(MEMOS.state, await self._session.tx.rows(MEMOS_OF_ORDER, order_id=order_id))
        staged = (one for _, one in self._staged.values() if one.order_id == order_id)
        return sorted((*stored, *staged), key=lambda one: one.number)

    def flushes(self) -> Sequence[Flush]:
        """New ones: they never change."""
        return [Flush(insert_into(order_memos), [inserted(one, MEMOS.row(one)) for one in self.new()])]

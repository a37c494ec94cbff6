"""Parcels in SQL."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from sqlalchemy import bindparam, select

from retail_adapters.serialization import converter, kept
from retail_adapters.sql.database import Flush
from retail_adapters.sql.rows import Part, Rows, spread
from retail_adapters.sql.session import SqlCollection, inserted
from retail_adapters.sql.statement import Statement
from retail_adapters.sql.tables.fulfilment import parcels
from retail_adapters.sql.writes import insert_into
from retail_domain.fulfilment import PackedUnits, Parcel
from retail_domain.kernel.actor import Actor
from retail_domain.kernel.ids import OrderId, ParcelId

PARCELS_OF_ORDER: Final = Statement(
    "parcels.of_order", select(parcels).where(parcels.c.order_id == bindparam("order_id")).order_by(parcels.c.id)
)
_UNITS: Final = tuple[PackedUnits, ...]
_READ_UNITS: Final = kept(_UNITS)
PARCELS: Final = Rows(
    parcels,
    Parcel,
    parts={
        "units": Part(
            ("units",),
            lambda units: converter.unstructure(units, _UNITS),
            # a release before did not number lines
            lambda stored: _READ_UNITS([{"line": 0, **one} for one in stored]),
        ),
        "sent_by": spread(Actor, "sender_kind", "sender_ref"),
    },
)
_INSERT: Final = insert_into(parcels)


class SqlParcels(SqlCollection[ParcelId, Parcel]):
    """The parcels; see the port."""

    table = parcels

    def key(self, state: Parcel) -> ParcelId:
        """Its id."""
        return state.id

    async def of_order(self, order_id: OrderId) -> tuple[Parcel, ...]:
        """Stored and staged ones, oldest first."""
        found = {row["id"]: PARCELS.state(row) for row in await self._session.tx.rows(PARCELS_OF_ORDER, order_id=order_id)}
        found |= {id: state for id, (_, state) in self._staged.items() if state.order_id == order_id}
        return tuple(found[id] for id in sorted(found))

    def flushes(self) -> Sequence[Flush]:
        """New ones; a parcel never changes."""
        return [Flush(_INSERT, [inserted(state, PARCELS.row(state)) for state in self.new()])]

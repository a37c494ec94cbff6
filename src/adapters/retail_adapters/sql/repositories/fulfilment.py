"""Parcels in SQL."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from sqlalchemy import bindparam, select

from retail_adapters.serialization import converter
from retail_adapters.sql.database import Flush
from retail_adapters.sql.session import SqlCollection, Values, inserted
from retail_adapters.sql.statement import Row, Statement, insert_into
from retail_adapters.sql.tables.fulfilment import parcels
from retail_domain.fulfilment import PackedUnits, Parcel
from retail_domain.kernel.actor import Actor
from retail_domain.kernel.ids import OrderId, ParcelId

PARCELS_OF_ORDER: Final = Statement(
    "parcels.of_order", select(parcels).where(parcels.c.order_id == bindparam("order_id")).order_by(parcels.c.id)
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
        found = {row["id"]: parcel_of(row) for row in await self._session.tx.rows(PARCELS_OF_ORDER, order_id=order_id)}
        found |= {id: state for id, (_, state) in self._staged.items() if state.order_id == order_id}
        return tuple(found[id] for id in sorted(found))

    def flushes(self) -> Sequence[Flush]:
        """New ones; a parcel never changes."""
        return [Flush(_INSERT, [inserted(state, _parcel_row(state)) for state in self.new()])]


def parcel_of(row: Row) -> Parcel:
    """A parcel from its row."""
    values = dict(row)
    stored = [{"line": 0, **one} for one in values.pop("units")]  # a release before did not number lines
    units = converter.structure(stored, tuple[PackedUnits, ...])
    return Parcel(units=units, sent_by=Actor(values.pop("sender_kind"), values.pop("sender_ref")), **values)


def _parcel_row(one: Parcel) -> Values:
    return {
        "id": one.id, "order_id": one.order_id, "member_id": one.member_id, "carrier": one.carrier,
        "tracking_number": one.tracking_number,
        "units": converter.unstructure(one.units, tuple[PackedUnits, ...]), "sender_kind": one.sent_by.kind,
        "sender_ref": one.sent_by.ref, "sent_at": one.sent_at,
    }  # fmt: skip

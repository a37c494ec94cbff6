"""The outbox as staff see it, in SQL."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from attrs import frozen
from sqlalchemy import bindparam, or_, select

from retail_adapters.paging import cursor_of, key_after
from retail_adapters.serialization.reading import read_stored
from retail_adapters.sql.database import Database
from retail_adapters.sql.repositories.numbers import NUMBER
from retail_adapters.sql.statement import Statement
from retail_adapters.sql.tables.outbox import deliveries, events
from retail_adapters.sql.types import Flag, Whole
from retail_domain.kernel.ids import EventId
from retail_domain.kernel.paging import Page, PageRequest
from retail_domain.processes.worker.numbering import NumberedEvent
from retail_domain.processes.worker.relay import DeliveryView

_AFTER: Final = Statement(
    "events.after",
    select(
        NUMBER.label("number"), events.c.id, events.c.name, events.c.version, events.c.aggregate_id, events.c.at, events.c.body
    )
    .where(bindparam("after", type_=Whole()) < NUMBER)
    .order_by(NUMBER)
    .limit(bindparam("most", type_=Whole())),
)
_LAST: Final = Statement("events.last", select(NUMBER.label("number")).order_by(NUMBER.desc().nulls_last()).limit(1))
_OPEN: Final = Statement(
    "deliveries.open",
    select(
        deliveries.c.position,
        deliveries.c.event_id,
        events.c.name.label("event_name"),
        deliveries.c.reaction,
        deliveries.c.aggregate_id,
        deliveries.c.attempts,
        deliveries.c.next_at,
        deliveries.c.parked_at,
        deliveries.c.error,
    )
    .join(events, events.c.id == deliveries.c.event_id)
    .where(
        deliveries.c.done_at.is_(None),
        deliveries.c.position > bindparam("after"),
        or_(deliveries.c.parked_at.is_not(None), bindparam("waiting_too", type_=Flag())),
    )
    .order_by(deliveries.c.position)
    .limit(bindparam("most")),
)


@frozen
class SqlOutboxQueries:
    """See the Protocol."""

    database: Database

    async def open(self, page: PageRequest, *, parked_only: bool = False) -> Page[DeliveryView]:
        """Not made yet, oldest first."""
        (after,) = key_after(page.cursor, (0,))
        rows = await self.database.rows(_OPEN, after=after, waiting_too=not parked_only, most=page.limit + 1)
        shown = tuple(DeliveryView(**row) for row in rows[: page.limit])
        return Page(shown, cursor_of(shown[-1].position) if len(rows) > page.limit else None)

    async def after(self, number: int, most: int) -> Sequence[NumberedEvent]:
        """Ascending."""
        rows = await self.database.rows(_AFTER, after=number, most=most)
        return [
            NumberedEvent(
                number=row["number"], event_id=EventId(row["id"]), name=row["name"], version=row["version"],
                aggregate_id=row["aggregate_id"], at=row["at"], body=row["body"],
                event=read_stored(row["name"], row["version"], row["body"]),
            )
            for row in rows
        ]  # fmt: skip

    async def last_number(self) -> int:
        """0 before the first."""
        rows = await self.database.rows(_LAST)
        return (rows[0]["number"] or 0) if rows else 0

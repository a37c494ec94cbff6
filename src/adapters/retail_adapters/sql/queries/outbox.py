"""The outbox as staff see it, in SQL."""

from __future__ import annotations

from typing import Final

from attrs import frozen
from sqlalchemy import bindparam, or_, select

from retail_adapters.paging import cursor_of, key_after
from retail_adapters.sql.database import Database
from retail_adapters.sql.statement import Statement
from retail_adapters.sql.tables.outbox import deliveries, events
from retail_adapters.sql.types import Flag
from retail_domain.kernel.paging import Page, PageRequest
from retail_domain.processes.worker.relay import DeliveryView

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

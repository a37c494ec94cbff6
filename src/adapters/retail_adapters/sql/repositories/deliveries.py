"""The outbox, as the relay sees it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final

from sqlalchemy import bindparam, delete, literal_column, null, or_, select, update

from retail_adapters.sql.database import Flush
from retail_adapters.sql.session import SqlSession, Staging
from retail_adapters.sql.statement import AnyOf, Row, Statement
from retail_adapters.sql.tables.outbox import deliveries, events
from retail_adapters.sql.writes import Write
from retail_domain.kernel.events import Event
from retail_domain.kernel.ids import EventId
from retail_domain.processes.worker.relay import Delivery

# Written so that the oldest of an aggregate is the first of its own index: as NOT EXISTS, PostgreSQL compared each open
# delivery with every other one, whenever it believed that few were open.
_first = deliveries.alias("first")
_IS_OLDEST = deliveries.c.position == (
    select(_first.c.position)
    .where(
        _first.c.reaction == deliveries.c.reaction,
        _first.c.aggregate_id == deliveries.c.aggregate_id,
        _first.c.done_at.is_(None),
    )
    .order_by(_first.c.position)
    .limit(literal_column("1"))
    .correlate(deliveries)
    .scalar_subquery()
)
_CLAIM: Final = Statement(
    "deliveries.claim",
    select(
        deliveries.c.position, deliveries.c.event_id, deliveries.c.reaction, deliveries.c.aggregate_id,
        deliveries.c.attempts, events.c.name, events.c.version, events.c.body,
    )
    .join(events, events.c.id == deliveries.c.event_id)
    .where(
        deliveries.c.done_at.is_(None), deliveries.c.parked_at.is_(None), deliveries.c.next_at <= bindparam("at"), _IS_OLDEST
    )
    .order_by(deliveries.c.next_at, deliveries.c.position)
    .limit(1)
    .with_for_update(of=deliveries, skip_locked=True),
)  # fmt: skip
_STILL_OPEN: Final = Statement(
    "deliveries.still_open",
    select(deliveries.c.position).where(deliveries.c.position == bindparam("p"), deliveries.c.done_at.is_(None)),
)
_DONE: Final = Write("update", deliveries, ("done_at",), ("position",))
_FAILED: Final = Statement(
    "deliveries.failed",
    deliveries.update()
    .where(deliveries.c.position == bindparam("p"), deliveries.c.done_at.is_(None), deliveries.c.attempts == bindparam("seen"))
    .values(attempts=bindparam("tries"), next_at=bindparam("at"), parked_at=bindparam("parked"), error=bindparam("told")),
)
_replayed = (
    deliveries.update()
    .where(deliveries.c.parked_at.is_not(None), deliveries.c.done_at.is_(None))
    .values(attempts=0, next_at=bindparam("at"), parked_at=null())
)
_REPLAY_ALL: Final = Statement("deliveries.replay_all", _replayed)
_REPLAY: Final = Statement("deliveries.replay", _replayed.where(AnyOf(deliveries.c.position, "positions")))

# By their number, and not by the time they were made: that would take an index which each that is made has to keep. Their
# events happened nearly in that order.
_MADE: Final = Statement(
    "deliveries.made",
    select(deliveries.c.position, deliveries.c.event_id, deliveries.c.done_at, events.c.at)
    .join(events, events.c.id == deliveries.c.event_id)
    .where(deliveries.c.done_at.is_not(None), deliveries.c.position > bindparam("after"))
    .order_by(deliveries.c.position)
    .limit(bindparam("most")),
)
_NOT_OVER: Final = Statement(
    "deliveries.not_over",
    select(deliveries.c.event_id).where(
        AnyOf(deliveries.c.event_id, "ids"), or_(deliveries.c.done_at.is_(None), deliveries.c.done_at >= bindparam("before"))
    ),
)
_FORGET: Final = Statement(
    "deliveries.forget", delete(deliveries).where(AnyOf(deliveries.c.event_id, "ids"), deliveries.c.done_at.is_not(None))
)
_WRITTEN_OFF: Final = Statement("events.written_off", update(events).where(AnyOf(events.c.id, "ids")).values(owed=0))


class SqlDeliveries(Staging):
    """What must still follow; see the port."""

    table = deliveries

    def __init__(self, session: SqlSession) -> None:
        self._session = session
        self._done: list[dict[str, Any]] = []
        session.join(self)

    async def claim_next(self, at: datetime) -> Delivery | None:
        """The oldest due one, locked."""
        rows = await self._session.tx.rows(_CLAIM, at=at)
        # Under READ COMMITTED the row may have been made by a rival between snapshot and lock: look again.
        if not rows or not await self._session.tx.rows(_STILL_OPEN, p=rows[0]["position"]):
            return None
        row = rows[0]
        return Delivery(
            position=row["position"], event_id=EventId(row["event_id"]), reaction=row["reaction"],
            aggregate_id=row["aggregate_id"], attempts=row["attempts"],
            event=self._read(row),
        )  # fmt: skip

    def _read(self, row: Row) -> Event | None:
        try:
            return self._session.tools.codec.read(row["name"], row["version"], row["body"])
        except (LookupError, TypeError, ValueError, AttributeError):
            return None  # its aggregate waits for a release that knows it; all others go on (R27)

    def done(self, delivery: Delivery, at: datetime) -> None:
        """Stage that it was made."""
        self._done.append({"position": delivery.position, "done_at": at})

    async def failed(self, delivery: Delivery, error: str, next_at: datetime, *, parked_at: datetime | None) -> None:
        """Note a failed try."""
        await self._session.tx.changed(
            _FAILED, p=delivery.position, seen=delivery.attempts, tries=delivery.attempts + 1, at=next_at,
            parked=parked_at, told=error[:500],
        )  # fmt: skip

    async def replay(self, positions: Sequence[int] | None, at: datetime) -> int:
        """Take parked ones up again."""
        if positions is None:
            return await self._session.tx.changed(_REPLAY_ALL, at=at)
        return await self._session.tx.changed(_REPLAY, positions=list(positions), at=at)

    async def forget(self, before: datetime, limit: int) -> int:
        """With the count of them in their events: both or none."""
        over = await self._first_over(before, limit)
        if not over:
            return 0
        tx = self._session.tx
        gone = await tx.changed(_FORGET, ids=over)
        await tx.changed(_WRITTEN_OFF, ids=over)
        return gone

    async def _first_over(self, before: datetime, limit: int) -> Sequence[EventId]:
        """Of the first portion that has any. What cannot go yet is passed over, until all that follows happened later."""
        tx, after = self._session.tx, 0
        while made := await tx.rows(_MADE, after=after, most=limit):
            ids = list(dict.fromkeys(row["event_id"] for row in made if row["done_at"] < before))
            not_over = {row["event_id"] for row in await tx.rows(_NOT_OVER, ids=ids, before=before)} if ids else set()
            over = [EventId(id) for id in ids if id not in not_over]
            if over or len(made) < limit or all(row["at"] >= before for row in made):
                return over
            after = made[-1]["position"]
        return ()

    def flushes(self) -> Sequence[Flush]:
        """Done marks."""
        return [Flush(_DONE, self._done, "delivery")]

"""What a database says about how the shop does: what time it has, and what waits for a worker that should have come."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Final

from attrs import frozen
from sqlalchemy import bindparam, func, select

from retail_adapters.sql.database import Database
from retail_adapters.sql.laws.law import one_of
from retail_adapters.sql.statement import AnyOf, Statement
from retail_adapters.sql.tables.accounts import audit_trail, logins, trail_seals
from retail_adapters.sql.tables.ordering import orders
from retail_adapters.sql.tables.outbox import deliveries
from retail_adapters.sql.tables.payments import payments, refunds
from retail_adapters.sql.types import Instant
from retail_domain.ordering import OrderStatus
from retail_domain.payments import RefundState

_BEFORE: Final = bindparam("before", type_=Instant())
_SEALED: Final = select(func.coalesce(func.max(trail_seals.c.until), 0)).scalar_subquery()
_WAITS: Final = one_of(orders.c.status, OrderStatus.PENDING_PAYMENT, OrderStatus.SHIPPED, OrderStatus.SIGNED)


_NOW: Final = Statement("doctor.now", select(func.now(type_=Instant()).label("now")))
_BACKLOG: Final = Statement(
    "doctor.backlog",
    select(
        select(func.count()).where(
            deliveries.c.done_at.is_(None), deliveries.c.parked_at.is_(None), deliveries.c.next_at < _BEFORE
        ).scalar_subquery().label("deliveries_late"),
        select(func.count()).where(
            deliveries.c.done_at.is_(None), deliveries.c.parked_at.is_not(None)
        ).scalar_subquery().label("deliveries_parked"),
        select(func.count()).where(_WAITS, orders.c.due_at < _BEFORE).scalar_subquery().label("orders_overdue"),
        select(func.count()).where(
            payments.c.next_poll_at.is_not(None), payments.c.next_poll_at < _BEFORE
        ).scalar_subquery().label("payments_unasked"),
        select(func.count()).where(
            refunds.c.next_try_at.is_not(None), refunds.c.next_try_at < _BEFORE
        ).scalar_subquery().label("refunds_late"),
        select(func.count()).where(refunds.c.state == RefundState.NEEDS_ATTENTION).scalar_subquery().label("refunds_stuck"),
        select(func.count()).where(
            audit_trail.c.position > _SEALED, audit_trail.c.at < _BEFORE
        ).scalar_subquery().label("trail_unsealed"),
    ),
)  # fmt: skip


_HASHES: Final = Statement("doctor.hashes", select(logins.c.name, logins.c.password_hash).where(AnyOf(logins.c.name, "names")))


@frozen(kw_only=True)
class Backlog:
    """How much of each thing should have been done by a moment, and was not; and what only a person can decide."""

    deliveries_late: int
    deliveries_parked: int
    orders_overdue: int
    payments_unasked: int
    refunds_late: int
    refunds_stuck: int
    trail_unsealed: int


async def backlog(database: Database, *, before: datetime) -> Backlog:
    """What was due before that moment, in one look."""
    async with database.begin(read_only=True) as snapshot:
        (row,) = await snapshot.rows(_BACKLOG, before=before)
    return Backlog(**row)


async def time_of(database: Database) -> datetime:
    """What time a database server has."""
    async with database.begin(read_only=True) as snapshot:
        (row,) = await snapshot.rows(_NOW)
    now: datetime = row["now"]
    return now


async def hashes_of(database: Database, names: Collection[str]) -> Mapping[str, str]:
    """The hashed passwords of those of these login names that there are."""
    async with database.begin(read_only=True) as snapshot:
        rows = await snapshot.rows(_HASHES, names=sorted(names))
    return {row["name"]: row["password_hash"] for row in rows}

"""Laws of what was told: every fact has its event, every event its deliveries (R25, R27)."""

from __future__ import annotations

from typing import Any, Final

from sqlalchemy import and_, exists, func, literal, or_, select, union_all
from sqlalchemy.sql import Select
from sqlalchemy.sql.functions import coalesce

from retail_adapters.sql.laws.law import before_grace, law, one_of
from retail_adapters.sql.tables.fulfilment import parcels
from retail_adapters.sql.tables.ordering import order_transitions
from retail_adapters.sql.tables.outbox import deliveries, events
from retail_adapters.sql.tables.payments import payments, refunds
from retail_domain.fulfilment import ParcelSent
from retail_domain.kernel.events import Event
from retail_domain.ordering import EVENTS as ORDER_EVENTS
from retail_domain.payments import (
    PaymentReceived,
    PaymentStarted,
    PaymentSuspected,
    RefundClosed,
    RefundRequested,
    RefundState,
    RefundSucceeded,
)

_made = (
    select(deliveries.c.event_id, func.count().label("made")).group_by(deliveries.c.event_id).subquery("made")
)  # fmt: skip


def _once(id: Any, event: type[Event]) -> Select[Any]:
    """Each of these facts happened once, and was told once by this event."""
    return select(id.label("id"), literal(event.name).label("event"), literal(1).label("happened"))


def _told_of(*names: Any) -> Select[Any]:
    return select(events.c.aggregate_id, events.c.name, literal(-1)).where(or_(*names))


_newer = refunds.alias("newer")
_was_replaced = exists().where(_newer.c.payment_id == refunds.c.payment_id, _newer.c.replaces == refunds.c.id)
"""It was closed, whatever became of it later."""
_steps = union_all(
    select(order_transitions.c.order_id.label("id"), order_transitions.c.event.label("event"), literal(1).label("happened")),
    _told_of(*(events.c.name == kind.name for kind in ORDER_EVENTS)),
).subquery("steps")
_ONE_EVENT_EACH: Final = (PaymentStarted, RefundRequested, RefundSucceeded, RefundClosed, ParcelSent)
_facts = union_all(
    _once(payments.c.id, PaymentStarted),
    _once(refunds.c.id, RefundRequested),
    _once(refunds.c.id, RefundSucceeded).where(refunds.c.state == RefundState.SUCCEEDED),
    _once(refunds.c.id, RefundClosed).where(or_(refunds.c.state == RefundState.CLOSED, _was_replaced)),
    _once(parcels.c.id, ParcelSent),
    _told_of(*(events.c.name == kind.name for kind in _ONE_EVENT_EACH)),
).subquery("facts")
_money_told = (
    select(events.c.aggregate_id)
    .where(one_of(events.c.name, PaymentReceived.name, PaymentSuspected.name))
    .distinct()
    .subquery("money_told")
)

_numbers = select(func.max(events.c.number).label("last"), func.count(events.c.number).label("numbered")).subquery("numbers")


def _untold(pairs: Any) -> Select[Any]:
    off = func.sum(pairs.c.happened)
    return select(pairs.c.id, pairs.c.event, off.label("off")).group_by(pairs.c.id, pairs.c.event).having(off != 0)


LAWS: Final = (
    law(
        "R25",
        "every delivery has its event, and none waits for long unless it is parked",
        select(deliveries.c.position, deliveries.c.reaction, deliveries.c.attempts)
        .outerjoin(events, events.c.id == deliveries.c.event_id)
        .where(
            or_(
                events.c.id.is_(None),
                and_(deliveries.c.done_at.is_(None), deliveries.c.attempts == 0, deliveries.c.next_at < before_grace),
            )
        ),
    ),
    law(
        "R27",
        "no delivery is parked",
        select(deliveries.c.position, deliveries.c.reaction, deliveries.c.error).where(
            deliveries.c.parked_at.is_not(None), deliveries.c.done_at.is_(None)
        ),
    ),
    law(
        "R48",
        "numbers of events have no gap",
        select(_numbers.c.last, _numbers.c.numbered).where(_numbers.c.last != _numbers.c.numbered),
    ),
    law("R25-steps", "every step of an order's history has its event, and every event its step (ORD-I8)", _untold(_steps)),
    law("R25-facts", "every attempt, refund and parcel has its events, and every such event its fact", _untold(_facts)),
    law(
        "R25-money",
        "money that was received was told of (PAY-R3)",
        select(payments.c.id, payments.c.received_at)
        .outerjoin(_money_told, _money_told.c.aggregate_id == payments.c.id)
        .where(payments.c.received_at.is_not(None), _money_told.c.aggregate_id.is_(None)),
    ),
    law(
        "R25-deliveries",
        "every event has as many deliveries, open, made or parked, as it was written with",
        select(events.c.position, events.c.name, events.c.owed, coalesce(_made.c.made, 0).label("made"))
        .outerjoin(_made, _made.c.event_id == events.c.id)
        .where(events.c.owed != coalesce(_made.c.made, 0)),
    ),
)

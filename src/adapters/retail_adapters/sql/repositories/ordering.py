"""Orders in SQL: the order's row, its lines, and each transition once."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from operator import attrgetter
from typing import Any, Final

from sqlalchemy import bindparam, func, not_, select, text, union_all

from retail_adapters.serialization import converter, kept
from retail_adapters.sql.database import Flush
from retail_adapters.sql.repositories.inventory import SqlReservations
from retail_adapters.sql.rows import Part, Rows, spread
from retail_adapters.sql.session import SqlCollection, SqlSession, Values, inserted, updated
from retail_adapters.sql.statement import AnyOf, EachOf, Row, Statement
from retail_adapters.sql.tables.ordering import order_lines, order_transitions, orders
from retail_adapters.sql.types import Whole
from retail_adapters.sql.writes import Write, insert_into, update_of
from retail_domain.kernel.change import Change
from retail_domain.kernel.ids import CartId, LocationId, MemberId, OrderId, QuoteId, SkuId
from retail_domain.ordering import (
    AtStore,
    Closing,
    DeliveryMethod,
    Destination,
    LineShare,
    Order,
    OrderEvent,
    OrderLine,
    OrderNotFound,
    OrderRepriced,
    OrderStatus,
    OrderTimers,
    ToAddress,
    UnfinishedOrder,
)


def _destination_row(goes: Destination) -> tuple[DeliveryMethod, str, LocationId | None]:
    if isinstance(goes, AtStore):
        return DeliveryMethod.PICKUP, "", goes.location_id
    return DeliveryMethod.SHIP, goes.region_code, None


def _destination(method: DeliveryMethod, region_code: str, store_id: LocationId | None) -> Destination:
    return ToAddress(region_code) if store_id is None else AtStore(store_id)


def _shares(column: str) -> Part:
    read = kept(tuple[LineShare, ...])
    return Part((column,), None, lambda stored: read(stored) if stored else ())


_GET: Final = Statement("orders.get", select(orders).where(orders.c.id == bindparam("id")))
_CLAIM: Final = Statement(
    "orders.claim", select(orders).where(AnyOf(orders.c.id, "ids")).order_by(orders.c.id).with_for_update()
)
_PLACED_FROM: Final = Statement(
    "orders.placed_from",
    select(orders).where(
        orders.c.id.in_(  # not OR: that would read the whole table while it is short, and plans outlive the shortness
            union_all(
                select(orders.c.id).where(AnyOf(orders.c.quote_id, "quote_ids")),
                select(orders.c.id).where(EachOf((orders.c.cart_id, orders.c.cart_version), ("cart_ids", "cart_versions"))),
            )
        )
    ),
)
_OPEN_OF: Final = Statement(
    "orders.open_of",
    select(orders.c.member_id, orders.c.open_slot).where(
        AnyOf(orders.c.member_id, "member_ids"), text("status = 'pending_payment'")
    ),
)
LINES_OF: Final = Statement(
    "order_lines.of",
    select(order_lines)
    .where(AnyOf(order_lines.c.order_id, "order_ids"))
    .order_by(order_lines.c.order_id, order_lines.c.position),
)
_DUE: Final = Statement(
    "orders.due",
    select(orders.c.id)
    .where(orders.c.status == bindparam("status"), orders.c.due_at <= bindparam("at"))
    .order_by(orders.c.due_at)
    .limit(bindparam("most")),
)
_UNFINISHED: Final = Statement(
    "orders.unfinished_of",
    select(orders.c.id, orders.c.status, orders.c.closing, orders.c.due_at)
    .where(orders.c.member_id == bindparam("member_id"), text("status NOT IN ('completed', 'closed')"))
    .order_by(orders.c.id),
)
_LOWEST_PAID: Final = Statement(
    "order_lines.lowest_paid",
    select(func.min(order_lines.c.payable_minor // order_lines.c.quantity, type_=Whole()).label("lowest"))
    .join_from(orders, order_lines, order_lines.c.order_id == orders.c.id)
    .where(
        orders.c.paid_at >= bindparam("since"),
        orders.c.paid_at < bindparam("until"),
        order_lines.c.sku_id == bindparam("sku_id"),
        not_(order_lines.c.gift),
        order_lines.c.refunded_shipped + order_lines.c.refunded_unshipped < order_lines.c.quantity,
    ),
)
_INSERT: Final = insert_into(orders)
_UPDATE: Final = update_of(orders)
_INSERT_LINES: Final = insert_into(order_lines)
_COUNTS: Final = ("shipped", "refunded_shipped", "refunded_unshipped")
_counts: Final = attrgetter(*_COUNTS)
_UPDATE_LINES: Final = Write("update", order_lines, _COUNTS, ("order_id", "position"))
_PRICES: Final = ("payable_minor", "shares", "included_tax_minor")
_REPRICE_LINES: Final = Write("update", order_lines, _PRICES, ("order_id", "position"))
_CLOSING: Final = kept(Closing)
_ORDERS: Final = Rows(
    orders,
    Order,
    parts={
        "timers": spread(OrderTimers),
        "closing": Part(
            ("closing",),
            lambda closing: converter.unstructure(closing) if closing else None,
            lambda stored: _CLOSING(stored) if stored else None,
        ),
        "goes": Part(("method", "region_code", "store_id"), _destination_row, _destination),
        "refund_order": Part(("refund_order",), " ".join, lambda stored: tuple(stored.split())),
        "took": Part(("took",), lambda kinds: " ".join(sorted(kinds)), lambda stored: frozenset(stored.split())),
    },
    derived=("payable_minor", "due_at"),
    apart=frozenset({"lines"}),
)
_LINES: Final = Rows(
    order_lines,
    OrderLine,
    parts={
        "number": Part(("position",), lambda number: number - 1, lambda position: position + 1),
        "shares": _shares("shares"),
        "freight_shares": _shares("freight_shares"),
    },
    others=frozenset({"order_id", "member_id", "location_id"}),
)
"""A line's number is its place, counted from 1; the column, which the release before writes too, counts from 0."""
# A rival's transition of the same version is left alone, so that the guard on the order's row is what speaks: Stale.
_INSERT_TRANSITIONS: Final = insert_into(order_transitions, ignore=True)


class SqlOrders(SqlCollection[OrderId, Order]):
    """The orders; see the port for the promises."""

    table = orders

    def __init__(self, session: SqlSession) -> None:
        super().__init__(session)
        self._reservations = session.of(SqlReservations)
        self._transitions: dict[OrderId, list[OrderEvent]] = defaultdict(list)

    def key(self, state: Order) -> OrderId:
        """Its id."""
        return state.id

    async def get(self, id: OrderId) -> Order:
        """Without a lock."""
        if id in self._staged:
            return self._staged[id][1]
        found = await self._asked_for([id], await self._session.tx.rows(_GET, id=id))
        if not found:
            raise OrderNotFound(order_id=id)
        return found[0]

    async def claim(self, ids: Iterable[OrderId]) -> Mapping[OrderId, Order]:
        """Locked, ascending."""
        self._session.lock(self.rank)
        wanted = sorted(set(ids))
        orders = await self._asked_for(wanted, await self._session.tx.rows(_CLAIM, ids=wanted))
        return {order.id: self.seen(order.id, order) or order for order in orders}

    async def placed_from(self, quotes: Iterable[QuoteId], carts: Iterable[tuple[CartId, int]] = ()) -> Sequence[Order]:
        """Without a lock."""
        asked, wanted = set(quotes), set(carts)
        if not asked and not wanted:
            return ()
        ids, versions = [id for id, _ in wanted], [version for _, version in wanted]
        rows = await self._session.tx.rows(_PLACED_FROM, quote_ids=sorted(asked), cart_ids=ids, cart_versions=versions)
        # SQLite tells of any of the carts at any of the versions: those that were asked for stay
        ours = (row for row in rows if row["quote_id"] in asked or (row["cart_id"], row["cart_version"]) in wanted)
        return await self._whole(list(ours))

    async def open_of(self, member_ids: Collection[MemberId]) -> Mapping[MemberId, Sequence[int | None]]:
        """Of these members."""
        found: dict[MemberId, list[int | None]] = defaultdict(list)
        for row in await self._session.tx.rows(_OPEN_OF, member_ids=sorted(member_ids)):
            found[row["member_id"]].append(row["open_slot"])
        return found

    async def due(self, status: OrderStatus, at: datetime, limit: int) -> tuple[OrderId, ...]:
        """The most overdue first."""
        rows = await self._session.tx.rows(_DUE, status=status, at=at, most=limit)
        return tuple(row["id"] for row in rows)

    async def unfinished_of(self, member_id: MemberId) -> Sequence[UnfinishedOrder]:
        """Ascending."""
        return [
            UnfinishedOrder(id=row["id"], status=row["status"], is_closing=row["closing"] is not None, due_at=row["due_at"])
            for row in await self._session.tx.rows(_UNFINISHED, member_id=member_id)
        ]

    async def lowest_paid(self, sku_id: SkuId, since: datetime, until: datetime) -> int | None:
        """Of lines that were paid for."""
        rows = await self._session.tx.rows(_LOWEST_PAID, sku_id=sku_id, since=since, until=until)
        lowest: int | None = rows[0]["lowest"]
        return lowest

    def save(self, change: Change[Order]) -> None:
        """Stage a change and its transitions."""
        super().save(change)
        told = [event for event in change.events if isinstance(event, OrderEvent)]
        self._transitions[change.state.id].extend(told)

    def flushes(self) -> Sequence[Flush]:
        """Orders, their lines, their transitions."""
        new, changed = self.new(), self.changed()
        places = self._reservations.first_places() if new else {}
        first_lines = [_line_row(order, line, places.get((order.id, line.number))) for order in new for line in order.lines]
        touched = [
            (after.id, seen, line)
            for before, after in changed
            for seen, line in zip(before.lines, after.lines, strict=True)
            if line is not seen
        ]
        repriced = [_price_row(id, line) for id, seen, line in touched if line.payable_minor != seen.payable_minor]
        moved = [_counts_row(id, line) for id, seen, line in touched if _counts(line) != _counts(seen)]
        transitions = [row for id, events in self._transitions.items() for row in self._transition_rows(id, events)]
        return [
            Flush(_INSERT, [inserted(order, _ORDERS.row(order)) for order in new]),
            Flush(_UPDATE, [updated(before, _ORDERS.row(after)) for before, after in changed], "order"),
            Flush(_INSERT_LINES, first_lines),
            Flush(_UPDATE_LINES, moved, "order line"),
            Flush(_REPRICE_LINES, repriced, "order line"),
            Flush(_INSERT_TRANSITIONS, transitions),
        ]

    def _transition_rows(self, id: OrderId, events: Sequence[OrderEvent]) -> Sequence[Values]:
        before = self._staged[id][0]
        version = before.version + 1 if before is not None else 1
        return [_transition_row(version, step, event) for step, event in enumerate(events, 1)]

    async def _asked_for(self, ids: Sequence[OrderId], rows: Sequence[Row]) -> Sequence[Order]:
        """Lines are looked for even if there is no order: a missing one takes the same statements as another's (R33)."""
        return orders_of(rows, await self._session.tx.rows(LINES_OF, order_ids=ids)) if ids else ()

    async def _whole(self, rows: Sequence[Row]) -> Sequence[Order]:
        if not rows:
            return ()
        lines = await self._session.tx.rows(LINES_OF, order_ids=[row["id"] for row in rows])
        return orders_of(rows, lines)


def orders_of(rows: Sequence[Row], lines: Sequence[Row]) -> Sequence[Order]:
    """Orders from their rows and the rows of their lines."""
    by_order: dict[OrderId, list[OrderLine]] = defaultdict(list)
    for line in lines:
        by_order[line["order_id"]].append(_LINES.state(line))
    return [_ORDERS.state(row, tuple(by_order[row["id"]])) for row in rows]


def _line_row(order: Order, line: OrderLine, place: LocationId | None) -> Values:
    return _LINES.row(line, order_id=order.id, member_id=order.member_id, location_id=place)


def _counts_row(order_id: OrderId, line: OrderLine) -> Values:
    return {"order_id": order_id, "position": line.number - 1, **dict(zip(_COUNTS, _counts(line), strict=True))}


def _price_row(order_id: OrderId, line: OrderLine) -> Values:
    whole = _LINES.row(line, order_id=order_id, member_id=None, location_id=None)
    return {name: whole[name] for name in ("order_id", "position", *_PRICES)}


def _transition_row(version: int, step: int, event: OrderEvent) -> dict[str, Any]:
    return {
        "order_id": event.order_id, "member_id": event.member_id, "version": version, "step": step, "event": event.name,
        "from_status": event.from_status, "to_status": event.to_status, "actor_kind": event.actor.kind,
        "actor_ref": event.actor.ref, "reason": event.reason, "at": event.at,
        "before_minor": event.was.minor if isinstance(event, OrderRepriced) else None,
        "after_minor": event.payable.minor if isinstance(event, OrderRepriced) else None,
    }  # fmt: skip

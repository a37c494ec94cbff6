"""What ordering and fulfilment show, in SQL."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from attrs import frozen
from sqlalchemy import ColumnElement, Select, bindparam, case, cast, false, func, select, text, tuple_

from retail_adapters.paging import cursor_of, key_after
from retail_adapters.sql.database import Database
from retail_adapters.sql.queries.payments import STUCK
from retail_adapters.sql.queries.places import bound, narrowing, of_places
from retail_adapters.sql.repositories.fulfilment import PARCELS, PARCELS_OF_ORDER
from retail_adapters.sql.repositories.order_memos import MEMOS, MEMOS_OF_ORDER
from retail_adapters.sql.repositories.ordering import orders_of
from retail_adapters.sql.statement import AnyOf, Row, Statement
from retail_adapters.sql.tables.ordering import order_lines, order_transitions, orders
from retail_adapters.sql.tables.payments import refunds
from retail_adapters.sql.types import Whole
from retail_domain.fulfilment import Parcel
from retail_domain.kernel.actor import Actor, ActorKind
from retail_domain.kernel.ids import MemberId, OrderId
from retail_domain.kernel.money import Money
from retail_domain.kernel.paging import Page, PageRequest
from retail_domain.kernel.places import EVERYWHERE, Places
from retail_domain.ordering import (
    PERIODS_MAX,
    BackSoFar,
    GivenBack,
    OrderMemo,
    OrderNotFound,
    OrderPlaced,
    OrderStatus,
    OrderSummary,
    OrderView,
    SalesOfPeriod,
    TransitionView,
    check_bounds,
    order_view,
    sales_in,
)

_NEWEST: Final = (UUID(int=2**128 - 1),)


def _so_far(which: str, name: str) -> ColumnElement[int]:
    """How much of what an order decided to give back has come so far; nothing is looked for where nothing was decided."""
    some = (
        select(cast(func.coalesce(func.sum(refunds.c.amount_minor), 0), Whole()))
        .where(refunds.c.order_id == orders.c.id, text(f"source = 'order' AND {which}"))
        .scalar_subquery()
    )
    return case((orders.c.refunded_minor > 0, some), else_=0).label(name)


_SO_FAR = (_so_far("state = 'succeeded'", "back_done"), _so_far(STUCK, "back_stuck"))
_COLUMNS = select(
    orders.c.id, orders.c.number, orders.c.member_id, orders.c.status, orders.c.closing, orders.c.payable_minor,
    orders.c.refunded_minor, orders.c.currency, orders.c.placed_at, orders.c.pay_by, *_SO_FAR,
)  # fmt: skip


def _paged(clause: Select[Any]) -> Select[Any]:
    before = orders.c.id < bindparam("before")
    return clause.where(before).order_by(orders.c.id.desc()).limit(bindparam("most"))


_OF_MEMBER = _COLUMNS.where(orders.c.member_id == bindparam("member_id"), orders.c.hidden.is_(false()))
_IN_STATUS = orders.c.status == bindparam("status")
_HERE = of_places(orders.c.id)
_MINE: Final = Statement("orders.mine", _paged(_OF_MEMBER))
_MINE_IN: Final = Statement("orders.mine_in", _paged(_OF_MEMBER.where(_IN_STATUS)))
_ALL: Final = narrowing("orders.all", _paged(_COLUMNS), _HERE)
# A range of (status, id), not an equal status: for that PostgreSQL may walk past all orders to find a page of a rare state.
_ALL_IN: Final = narrowing(
    "orders.all_in",
    _COLUMNS.where(
        orders.c.status >= bindparam("status"),
        tuple_(orders.c.status, orders.c.id)
        < tuple_(bindparam("status", type_=orders.c.status.type), bindparam("before", type_=orders.c.id.type)),
    )
    .order_by(orders.c.status.desc(), orders.c.id.desc())
    .limit(bindparam("most")),
    _HERE,
)
_TITLES: Final = Statement(
    "order_lines.titles",
    select(order_lines.c.order_id, order_lines.c.title, order_lines.c.quantity)
    .where(AnyOf(order_lines.c.order_id, "order_ids"))
    .order_by(order_lines.c.order_id, order_lines.c.position),
)
_BY_SHOP = (
    select(order_transitions.c.order_id)
    .where(
        order_transitions.c.order_id == orders.c.id, order_transitions.c.event == OrderPlaced.name,
        order_transitions.c.actor_kind != ActorKind.MEMBER,
    )
    .exists()
    .label("by_shop")
)  # fmt: skip
# An order and its lines in one statement, hence of one moment: a page never shows half of a change (R16).
_LINE = "line_"
_WHOLE = (
    select(orders, *_SO_FAR, _BY_SHOP, *(column.label(f"{_LINE}{column.name}") for column in order_lines.c))
    .join(order_lines, order_lines.c.order_id == orders.c.id)
    .order_by(order_lines.c.position)
)
_SHOW: Final = narrowing("orders.show", _WHOLE.where(orders.c.id == bindparam("id")), _HERE)
_WHOLE_OF: Final = Statement("orders.whole", _WHOLE.where(AnyOf(orders.c.id, "ids")))
_SHOW_MINE: Final = Statement(
    "orders.show_mine", _WHOLE.where(orders.c.id == bindparam("id"), orders.c.member_id == bindparam("member_id"))
)
_BY_NUMBER: Final = narrowing("orders.by_number", _WHOLE.where(orders.c.number == bindparam("number")), _HERE)
_BOUNDS: Final = tuple(f"bound_{place}" for place in range(PERIODS_MAX + 1))


def _bound(place: int) -> ColumnElement[Any]:
    return bindparam(_BOUNDS[place], type_=orders.c.paid_at.type)


# Periods that nobody asked for begin and end where the last one ends, so nothing lies in them.
_PLACE = case(*((orders.c.paid_at < _bound(place + 1), place) for place in range(PERIODS_MAX)), else_=PERIODS_MAX)
_PAID = (
    select(orders.c.id, orders.c.paid_minor, orders.c.refunded_minor, _PLACE.label("place"))
    .where(orders.c.paid_at >= _bound(0), orders.c.paid_at < _bound(PERIODS_MAX), orders.c.currency == bindparam("currency"))
    .subquery("paid")
)


def _sum(column: ColumnElement[int], name: str) -> ColumnElement[int]:
    return cast(func.sum(column), Whole()).label(name)


_SALES: Final = narrowing(
    "orders.sales",
    select(_PAID.c.place, func.count().label("orders"), _sum(_PAID.c.paid_minor, "paid"), _sum(_PAID.c.refunded_minor, "back"))
    .group_by(_PAID.c.place),
    of_places(_PAID.c.id),
)  # fmt: skip
_HISTORY: Final = Statement(
    "order_transitions.of",
    select(order_transitions, orders.c.currency)
    .join(orders, orders.c.id == order_transitions.c.order_id)
    .where(order_transitions.c.order_id == bindparam("order_id"))
    .order_by(order_transitions.c.version, order_transitions.c.step),
)


@frozen
class SqlOrderQueries:
    """The read side of ordering; see the Protocol."""

    database: Database

    async def mine(self, member_id: MemberId, page: PageRequest, status: OrderStatus | None = None) -> Page[OrderSummary]:
        """A member's own orders, newest first."""
        if status is None:
            return await self._page(_MINE, page, {"member_id": member_id})
        return await self._page(_MINE_IN, page, {"member_id": member_id, "status": status})

    async def all(
        self, page: PageRequest, status: OrderStatus | None = None, within: Places = EVERYWHERE
    ) -> Page[OrderSummary]:
        """Everybody's orders, newest first."""
        statement, values = bound(_ALL if status is None else _ALL_IN, within)
        return await self._page(statement, page, values if status is None else {"status": status, **values})

    async def whole(self, page: PageRequest, status: OrderStatus | None = None) -> Page[OrderView]:
        """Everybody's orders with their lines, newest first."""
        listed, values = bound(_ALL if status is None else _ALL_IN, EVERYWHERE)
        rows, cursor = await self._listed(listed, page, values if status is None else {"status": status, **values})
        if not rows:
            return Page((), cursor)
        by_order: dict[UUID, list[Row]] = defaultdict(list)
        for row in await self.database.rows(_WHOLE_OF, ids=[row["id"] for row in rows]):
            by_order[row["id"]].append(row)
        none = OrderNotFound()
        return Page(tuple(_shown(by_order[row["id"]], none) for row in rows if row["id"] in by_order), cursor)

    async def show_mine(self, member_id: MemberId, order_id: OrderId) -> OrderView:
        """A member's own order."""
        rows = await self.database.rows(_SHOW_MINE, id=order_id, member_id=member_id)
        return _shown(rows, OrderNotFound(order_id=order_id))

    async def show(self, order_id: OrderId, within: Places = EVERYWHERE) -> OrderView:
        """Any order."""
        statement, values = bound(_SHOW, within)
        return _shown(await self.database.rows(statement, id=order_id, **values), OrderNotFound(order_id=order_id))

    async def by_number(self, number: str, within: Places = EVERYWHERE) -> OrderView:
        """Any order by its public number."""
        statement, values = bound(_BY_NUMBER, within)
        return _shown(await self.database.rows(statement, number=number, **values), OrderNotFound(number=number))

    async def sales(self, bounds: Sequence[datetime], currency: str, within: Places = EVERYWHERE) -> tuple[SalesOfPeriod, ...]:
        """By when the money came."""
        check_bounds(bounds)
        statement, values = bound(_SALES, within)
        last = len(bounds) - 1
        periods = {name: bounds[min(place, last)] for place, name in enumerate(_BOUNDS)}
        rows = await self.database.rows(statement, currency=currency, **periods, **values)
        return sales_in(bounds, currency, {row["place"]: (row["orders"], row["paid"], row["back"]) for row in rows})

    async def memos(self, order_id: OrderId) -> tuple[OrderMemo, ...]:
        """The oldest first."""
        return tuple(map(MEMOS.state, await self.database.rows(MEMOS_OF_ORDER, order_id=order_id)))

    async def history(self, order_id: OrderId) -> tuple[TransitionView, ...]:
        """What happened to an order, in order."""
        return tuple(map(_transition, await self.database.rows(_HISTORY, order_id=order_id)))

    async def _page(self, statement: Statement, page: PageRequest, values: Mapping[str, Any]) -> Page[OrderSummary]:
        shown, cursor = await self._listed(statement, page, values)
        titles: dict[UUID, list[Row]] = defaultdict(list)
        if shown:
            for line in await self.database.rows(_TITLES, order_ids=[row["id"] for row in shown]):
                titles[line["order_id"]].append(line)
        items = tuple(_summary(row, titles[row["id"]]) for row in shown)
        return Page(items, cursor)

    async def _listed(
        self, statement: Statement, page: PageRequest, values: Mapping[str, Any]
    ) -> tuple[Sequence[Row], str | None]:
        (before,) = key_after(page.cursor, _NEWEST)
        rows = await self.database.rows(statement, before=before, most=page.limit + 1, **values)
        shown = rows[: page.limit]
        return shown, cursor_of(shown[-1]["id"]) if len(rows) > page.limit else None


@frozen
class SqlParcelQueries:
    """The read side of fulfilment; see the Protocol."""

    database: Database

    async def of_order(self, order_id: OrderId) -> tuple[Parcel, ...]:
        """The parcels of an order, oldest first."""
        return tuple(map(PARCELS.state, await self.database.rows(PARCELS_OF_ORDER, order_id=order_id)))


def _shown(rows: Sequence[Row], missing: OrderNotFound) -> OrderView:
    if not rows:
        raise missing
    whole = {name: value for name, value in rows[0].items() if not name.startswith(_LINE)}
    lines = [{name.removeprefix(_LINE): row[name] for name in row if name.startswith(_LINE)} for row in rows]
    return order_view(orders_of([whole], lines)[0], _back_of(rows[0]), by_shop=bool(rows[0]["by_shop"]))


def _summary(row: Row, lines: Sequence[Row]) -> OrderSummary:
    currency = row["currency"]
    return OrderSummary(
        order_id=row["id"], number=row["number"], member_id=row["member_id"], status=row["status"],
        is_closing=row["closing"] is not None, payable=Money(row["payable_minor"], currency),
        given_back=GivenBack.told(row["refunded_minor"], _back_of(row), currency), first_title=lines[0]["title"],
        units=sum(line["quantity"] for line in lines), placed_at=row["placed_at"], pay_by=row["pay_by"],
    )  # fmt: skip


def _back_of(row: Row) -> BackSoFar:
    return BackSoFar(done_minor=row["back_done"], stuck_minor=row["back_stuck"])


def _money(row: Row, name: str) -> Money | None:
    return Money(row[name], row["currency"]) if row[name] is not None else None


def _transition(row: Row) -> TransitionView:
    return TransitionView(
        event=row["event"], from_status=row["from_status"], to_status=row["to_status"],
        actor=Actor(row["actor_kind"], row["actor_ref"]), reason=row["reason"], at=row["at"],
        payable_before=_money(row, "before_minor"), payable_after=_money(row, "after_minor"),
    )  # fmt: skip

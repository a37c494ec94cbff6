"""What ordering needs from a store."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Protocol

from attrs import frozen

from retail_domain.kernel.change import Change
from retail_domain.kernel.ids import CartId, MemberId, OrderId, QuoteId, SkuId
from retail_domain.kernel.once import Answers
from retail_domain.ordering.lifecycle import OrderStatus
from retail_domain.ordering.memo import OrderMemo
from retail_domain.ordering.model import Order


@frozen(kw_only=True)
class UnfinishedOrder:
    """An order that is neither completed nor closed, and when a timer will look at it next."""

    id: OrderId
    status: OrderStatus
    is_closing: bool
    due_at: datetime | None


class Orders(Protocol):
    """The orders."""

    async def get(self, id: OrderId) -> Order:
        """The order of this id, without a lock. Raises OrderNotFound; sees staged ones."""
        ...

    async def claim(self, ids: Iterable[OrderId]) -> Mapping[OrderId, Order]:
        """Lock these orders until the unit ends, ascending by id, in one statement; unknown ones are absent."""
        ...

    async def placed_from(self, quotes: Iterable[QuoteId], carts: Iterable[tuple[CartId, int]] = ()) -> Sequence[Order]:
        """The orders placed from these quotes, or from these versions of carts: at most one each (R18).

        One statement tells that there are none; it locks nothing.
        """
        ...

    async def open_of(self, member_ids: Collection[MemberId]) -> Mapping[MemberId, Sequence[int | None]]:
        """The places that these members' unpaid orders took, in one statement; None is an order that took none.

        It locks nothing: a place belongs to one unpaid order of a member, else `Taken` at commit.
        """
        ...

    async def due(self, status: OrderStatus, at: datetime, limit: int) -> tuple[OrderId, ...]:
        """Orders in this state whose deadline has been reached, the most overdue first; locks nothing (R28)."""
        ...

    async def unfinished_of(self, member_id: MemberId) -> Sequence[UnfinishedOrder]:
        """A member's orders that are neither completed nor closed, ascending; locks nothing."""
        ...

    async def lowest_paid(self, sku_id: SkuId, since: datetime, until: datetime) -> int | None:
        """The least that a unit cost, of lines paid for in `[since, until)` that did not come back whole; locks nothing.

        A unit costs its share of what the line came to, rounded down; gifts have no price. None: there is no such line.
        """
        ...

    def save(self, change: Change[Order]) -> None:
        """Stage a change and its transitions; number and quote are unique: `Taken` at commit (R18)."""
        ...


class OrderMemos(Protocol):
    """What staff noted about orders."""

    async def of_order(self, order_id: OrderId) -> Sequence[OrderMemo]:
        """Staged or stored, the oldest first; who holds the order's lock sees them all."""
        ...

    def save(self, change: Change[OrderMemo]) -> None:
        """Stage one; two of one number of an order: `Taken` at commit."""
        ...


class OrderingWork(Protocol):
    """The unit of work ordering needs."""

    @property
    def orders(self) -> Orders:
        """The orders."""
        ...

    @property
    def order_memos(self) -> OrderMemos:
        """What staff noted about them."""
        ...

    @property
    def answers(self) -> Answers:
        """What commands answered before."""
        ...

    async def commit(self) -> None:
        """Store everything staged, or nothing."""
        ...

"""Open orders (待付款上限) as a taking: a member has so many places for unpaid orders, and each of them takes one (STK-R12).

A place is a number in the order's own row, unique among the unpaid orders of its member. So nothing is locked, neither for
placing nor for paying, rivals who chose one place are told apart when they commit, and what is paid or closed has given its
place back by being so.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from itertools import islice
from typing import ClassVar, Protocol, TypeAlias

from retail_domain.kernel.ids import MemberId
from retail_domain.kernel.limits import OPEN_ORDERS_MAX
from retail_domain.kernel.ranks import Rank
from retail_domain.ordering import OPEN_MAX, Order, Orders, TooManyOpenOrders
from retail_domain.processes.takings.taking import Demand, Given, Minted, Taking

Places: TypeAlias = Mapping[MemberId, Sequence[int | None]]


class OpenOrdersWork(Protocol):
    """What it needs."""

    @property
    def orders(self) -> Orders: ...


class OpenOrders(Taking[OpenOrdersWork, Places, None]):
    """No order notes that it took one: its row says so, and a process that lacks the kind may decide about it."""

    kind: ClassVar[str] = "open_orders"
    rank: ClassVar[Rank] = Rank.LIMIT
    is_noted: ClassVar[bool] = False

    def __init__(self, most: int = OPEN_ORDERS_MAX) -> None:
        if most < 1:
            raise ValueError("a member may have at least one unpaid order")
        self.most = most

    async def claim(self, work: OpenOrdersWork, demands: Sequence[Demand]) -> Places:
        """The places that are taken."""
        members = {demand.quote.member_id for demand in demands if not demand.quote.basket.is_free}
        return await work.orders.open_of(members) if members else {}

    def take(self, shared: Places, demand: Demand, minted: Minted, at: datetime) -> tuple[Places, None, Given] | None:
        """One of the free ones, which rivals hardly choose too. What costs nothing needs none. Raises TooManyOpenOrders."""
        member = demand.quote.member_id
        if demand.quote.basket.is_free:
            return None
        taken, most = shared.get(member, ()), demand.timetable.at(at).of(OPEN_MAX, self.most)
        if len(taken) >= most:
            raise TooManyOpenOrders(most=most, open=len(taken))
        # As many as are left may be chosen, not as many as are free: of orders in places above the limit, rivals count too.
        room = most - len(taken)
        chosen = minted.order_id.int % room
        place = chosen + 1 if not taken else next(islice(_free(taken, most), chosen, None))
        return {**shared, member: (*taken, place)}, None, Given(open_slot=place)

    async def lock(self, work: OpenOrdersWork, order: Order) -> Places:
        """Never asked: nothing is decided about it later."""
        raise LookupError(self.kind)

    async def own(self, work: OpenOrdersWork, order: Order) -> None:
        """Nothing."""

    def save(self, work: OpenOrdersWork, shared: Places | None, own: Sequence[None]) -> None:
        """It goes with the order."""


def _free(taken: Sequence[int | None], most: int) -> Iterator[int]:
    return (place for place in range(1, most + 1) if place not in taken)

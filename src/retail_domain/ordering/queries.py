"""What ordering shows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from itertools import pairwise
from typing import Final, Protocol

from attrs import frozen

from retail_domain.kernel.actor import Actor
from retail_domain.kernel.by_name import made_by_name
from retail_domain.kernel.ids import MemberId, OrderId, ProductId, SkuId
from retail_domain.kernel.money import Money
from retail_domain.kernel.paging import Page, PageRequest
from retail_domain.kernel.places import EVERYWHERE, Places
from retail_domain.ordering.lifecycle import CloseReason, OrderStatus, PaymentAxis
from retail_domain.ordering.memo import OrderMemo
from retail_domain.ordering.model import Order, OrderLine


@frozen(kw_only=True)
class GivenBack:
    """Money of an order that goes back, by how far it has come: what was decided is the sum of the others (RET-R11)."""

    decided: Money
    under_way: Money
    done: Money
    """It has gone back, as its provider says."""
    stuck: Money
    """It needs a person."""

    @classmethod
    def told(cls, decided_minor: int, so_far: BackSoFar, currency: str) -> GivenBack:
        """What an order decided, and what became of it."""
        left = decided_minor - so_far.done_minor - so_far.stuck_minor
        parts = (Money(minor, currency) for minor in (decided_minor, left, so_far.done_minor, so_far.stuck_minor))
        decided, under_way, done, stuck = parts
        return cls(decided=decided, under_way=under_way, done=done, stuck=stuck)


@frozen(kw_only=True)
class BackSoFar:
    """How much of what an order decided to give back has gone, and how much got stuck: its refunds know."""

    done_minor: int
    stuck_minor: int


@frozen(kw_only=True)
class OrderSummary:
    """An order in a list."""

    order_id: OrderId
    number: str
    member_id: MemberId
    status: OrderStatus
    is_closing: bool
    payable: Money
    given_back: GivenBack
    first_title: str
    units: int
    placed_at: datetime
    pay_by: datetime

    @property
    def refunded(self) -> Money:
        """What has gone back, not what was decided."""
        return self.given_back.done


@frozen(kw_only=True)
class OrderLineView:
    """A line of an order, its units and what they cost; its number, from 1, tells it from others of the same SKU.

    `refunded` counts units that were taken back from the order; whether their money has gone back is told of the order.
    """

    number: int
    sku_id: SkuId
    product_id: ProductId
    title: str
    options: str
    image_url: str | None
    quantity: int
    unit_price: Money
    payable: Money
    shipped: int
    refunded: int
    unshipped: int


@frozen(kw_only=True)
class OrderView:
    """Everything about an order but whom it goes to."""

    order_id: OrderId
    number: str
    member_id: MemberId
    status: OrderStatus
    payment: PaymentAxis
    is_closing: bool
    lines: tuple[OrderLineView, ...]
    freight: Money
    payable: Money
    paid: Money
    given_back: GivenBack
    region_code: str
    placed_at: datetime
    remark: str
    """What its buyer told the shop."""
    pay_by: datetime
    paid_at: datetime | None
    shipped_at: datetime | None
    auto_sign_at: datetime | None
    signed_at: datetime | None
    complete_at: datetime | None
    completed_at: datetime | None
    closed_at: datetime | None
    close_reason: CloseReason | None
    is_placed_by_shop: bool
    """Somebody of staff, or a program, placed it for its buyer, who agrees by paying (ORD-R16)."""

    @property
    def refunded(self) -> Money:
        """What has gone back, not what was decided."""
        return self.given_back.done


@frozen(kw_only=True)
class TransitionView:
    """One step of an order's life: who, from where, to where, when and why (ORD-R7)."""

    event: str
    from_status: OrderStatus | None
    to_status: OrderStatus
    actor: Actor
    reason: str
    at: datetime
    payable_before: Money | None = None
    """What the order cost before and after, where that is what happened (ORD-R4)."""
    payable_after: Money | None = None


PERIODS_MAX: Final = 31
"""So many periods are counted at once."""


@frozen(kw_only=True)
class SalesOfPeriod:
    """Orders whose money came in a period: how many, what they cost, and how much of that was decided to go back since."""

    since: datetime
    until: datetime
    """The first moment that is not part of it."""
    orders: int
    paid: Money
    given_back: Money

    @property
    def average(self) -> Money | None:
        """What one of them cost, cents cut off; of no orders, nothing."""
        return Money(self.paid.minor // self.orders, self.paid.currency) if self.orders else None


def sales_in(
    bounds: Sequence[datetime], currency: str, counted: Mapping[int, tuple[int, int, int]]
) -> tuple[SalesOfPeriod, ...]:
    """The sales of each period between two neighbouring moments, from what was counted by its place: orders, paid, back."""
    return tuple(
        SalesOfPeriod(since=since, until=until, orders=orders, paid=Money(paid, currency), given_back=Money(back, currency))
        for place, (since, until) in enumerate(pairwise(bounds))
        for orders, paid, back in (counted.get(place, (0, 0, 0)),)
    )


def check_bounds(bounds: Sequence[datetime]) -> None:
    """Raises ValueError unless they bound one period, or as many as are counted at once, one after the other."""
    if not 2 <= len(bounds) <= PERIODS_MAX + 1 or any(until < since for since, until in pairwise(bounds)):
        raise ValueError(f"one to {PERIODS_MAX} periods, one after the other")


class OrderQueries(Protocol):
    """Reads orders; newest first in lists.

    An order is within the places where some of its goods lie or lay, and where it is collected (R35).
    """

    async def mine(self, member_id: MemberId, page: PageRequest, status: OrderStatus | None = None) -> Page[OrderSummary]:
        """A member's own orders, without those they have hidden (ORD-R6)."""
        ...

    async def show_mine(self, member_id: MemberId, order_id: OrderId) -> OrderView:
        """A member's own order. Raises OrderNotFound, also for an order of somebody else (GEN-R14, R33)."""
        ...

    async def all(
        self, page: PageRequest, status: OrderStatus | None = None, within: Places = EVERYWHERE
    ) -> Page[OrderSummary]:
        """Everybody's orders, for staff; hidden ones too."""
        ...

    async def whole(self, page: PageRequest, status: OrderStatus | None = None) -> Page[OrderView]:
        """The same list as `all`, each order with all its lines: for exports."""
        ...

    async def show(self, order_id: OrderId, within: Places = EVERYWHERE) -> OrderView:
        """Any order, for staff. Raises OrderNotFound, also for one of other places."""
        ...

    async def by_number(self, number: str, within: Places = EVERYWHERE) -> OrderView:
        """Any order by its public number, for staff. Raises OrderNotFound, also for one of other places."""
        ...

    async def sales(self, bounds: Sequence[datetime], currency: str, within: Places = EVERYWHERE) -> tuple[SalesOfPeriod, ...]:
        """What was sold in this currency between each two neighbouring moments, by when the money came.

        Orders that cost nothing are paid without money, and count. Raises ValueError for more than `PERIODS_MAX` periods.
        """
        ...

    async def memos(self, order_id: OrderId) -> tuple[OrderMemo, ...]:
        """What staff noted about an order, the oldest first; never shown to its buyer (ORD-R13)."""
        ...

    async def history(self, order_id: OrderId) -> tuple[TransitionView, ...]:
        """What happened to an order, in order (ORD-R7, ORD-I8)."""
        ...


def _is_closing(order: Order) -> bool:
    return order.closing is not None


_line: Final = made_by_name(OrderLineView, OrderLine, "currency")
_view: Final = made_by_name(
    OrderView,
    Order,
    "given_back",
    "payment",
    "is_placed_by_shop",
    order_id="id",
    is_closing=_is_closing,
    lines=lambda order: tuple([_line(line, currency=order.currency) for line in order.lines]),
)
_summary: Final = made_by_name(
    OrderSummary,
    Order,
    "given_back",
    order_id="id",
    is_closing=_is_closing,
    first_title=lambda order: order.lines[0].title,
    units=lambda order: sum(line.quantity for line in order.lines),
)
"""A fact of the order that is shown under its own name is shown by standing in the view."""


def order_view(order: Order, so_far: BackSoFar, *, by_shop: bool) -> OrderView:
    """An order as it is shown."""
    back = GivenBack.told(order.refunded_minor, so_far, order.currency)
    return _view(order, given_back=back, payment=_axis(order, back), is_placed_by_shop=by_shop)


def order_summary(order: Order, so_far: BackSoFar) -> OrderSummary:
    """An order as a list shows it."""
    return _summary(order, given_back=GivenBack.told(order.refunded_minor, so_far, order.currency))


def _axis(order: Order, back: GivenBack) -> PaymentAxis:
    return PaymentAxis.REFUNDING if back.done != back.decided else order.payment

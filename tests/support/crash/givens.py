"""What commands in danger begin with, and what they are held against: orders, the shelf, the books, the provider."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from datetime import timedelta
from typing import Any, Final

from attrs import evolve, frozen
from sqlalchemy import bindparam, func, select

from retail_adapters.sql.statement import Statement
from retail_adapters.sql.tables.outbox import events as events_table
from retail_domain.kernel.once import Once
from retail_domain.ordering import OrderStatus, RefundOrder, ShipOrder, Units
from retail_domain.payments import (
    Flow,
    PaymentState,
    PaymentView,
    RefundState,
)
from retail_domain.processes.purchase.checkout import Placed
from tests.support.market import CLERK, Buyer
from tests.support.shop import Call, Shop

UNITS: Final = 2
Check = Callable[[Shop], Awaitable[None]]


@frozen(kw_only=True)
class Danger:
    """A call that will be killed; how far the clock is moved for it, and for its repetition; what must be so afterwards."""

    call: Call
    check: Check
    shift: timedelta = timedelta(0)
    later: timedelta = timedelta(0)
    same_answer: bool = True
    """Whether its repetition gives the same answer: a key does that, a timer's round does not."""
    or_refused: str = ""
    """The code of a refusal that a repetition may meet."""


Prepare = Callable[[Shop, int], Awaitable[Danger]]
COMMANDS: Final[dict[str, Prepare]] = {}
"""Every command, by its name."""

CORE: Final = ("place", "pay", "notice", "ship", "refund")
"""What `make test` kills at every point."""


def command(prepare: Prepare) -> Prepare:
    COMMANDS[prepare.__name__] = prepare
    return prepare


@frozen(kw_only=True)
class Sold:
    """An order in the making, and how shelf, books and provider stood before the call."""

    buyer: Buyer
    placed: Placed
    shelf: tuple[int, int]
    books: Mapping[str, int]
    charges: int
    payment: PaymentView | None = None

    @property
    def once(self) -> Once:
        return once(self.buyer, "it")

    async def ends(self, shop: Shop, status: OrderStatus, *events: str, shelf: tuple[int, int] = (0, 0)) -> None:
        """R8, R13, R16: the order stands so, each event happened once, and the shelf moved by exactly its units."""
        seen = await shop.see(self.placed)
        happened = await events_of(shop, self.placed.order_id)
        wanted = {f"order.{name}": 1 for name in events} | {"order.placed": 1}
        assert (seen.status, happened) == (status, wanted), (seen.status, happened)
        stands = await shelf_of_tea(shop)
        assert stands == (self.shelf[0] + shelf[0], self.shelf[1] + shelf[1]), (self.shelf, stands)

    async def holds(self, shop: Shop, gateway: str, minor: int) -> None:
        """R6: the gateway's account moved by so much."""
        account = f"gateway:{gateway}"
        moved = (await shop.books()).get(account, 0) - self.books.get(account, 0)
        assert moved == minor, moved

    def is_charged_once(self, shop: Shop) -> None:
        """R12: the provider heard of one payment more, the one the shop knows."""
        known = shop.sandbox.payments()
        assert len(known) == self.charges + 1
        assert self.payment is None or self.payment.payment_id.hex in [one["ref"] for one in known]


def once(buyer: Buyer, operation: str) -> Once:
    """The key of the only request of its kind that a buyer makes."""
    return Once(principal=f"member:{buyer.id}", operation=operation, key="the-key", fingerprint="one")


async def events_of(shop: Shop, aggregate_id: Any) -> dict[str, int]:
    """How often each event of something is stored."""
    return {row["name"]: row["times"] for row in await shop.database.rows(_EVENTS, aggregate_id=aggregate_id)}


_EVENTS: Final = Statement(
    "crash.events",
    select(events_table.c.name, func.count().label("times"))
    .where(events_table.c.aggregate_id == bindparam("aggregate_id"))
    .group_by(events_table.c.name),
)


async def shelf_of_tea(shop: Shop) -> tuple[int, int]:
    shelf = await shop.shelf(next(iter(shop.products)))
    return shelf.on_hand, shelf.reserved


def tea(shop: Shop) -> Any:
    return next(iter(shop.products))


async def placed_order(shop: Shop, number: int) -> Sold:
    buyer = await shop.buyer(number)
    placed = await shop.order(buyer, (tea(shop), UNITS))
    return await as_it_stands(shop, buyer, placed)


async def as_it_stands(shop: Shop, buyer: Buyer, placed: Placed) -> Sold:
    shelf, books, charges = await shelf_of_tea(shop), await shop.books(), len(shop.sandbox.payments())
    return Sold(buyer=buyer, placed=placed, shelf=shelf, books=books, charges=charges)


async def started_order(shop: Shop, number: int, gateway: str = "sandbox", flow: Flow = Flow.DESKTOP_QR) -> Sold:
    sold = await placed_order(shop, number)
    view = await shop.start(sold.buyer, sold.placed, flow, gateway)
    return evolve(await as_it_stands(shop, sold.buyer, sold.placed), payment=view)


async def paid_order(shop: Shop, number: int) -> Sold:
    sold = await started_order(shop, number)
    assert sold.payment is not None
    await shop.hears(shop.buyer_pays(sold.payment))
    await shop.works(1)
    return evolve(await as_it_stands(shop, sold.buyer, sold.placed), payment=sold.payment)


async def sent_order(shop: Shop, number: int) -> Sold:
    sold = await paid_order(shop, number)
    await shop.retail.ordering.ship(parcel(sold))
    return evolve(await as_it_stands(shop, sold.buyer, sold.placed), payment=sold.payment)


def parcel(sold: Sold, **more: Any) -> ShipOrder:
    return ShipOrder(order_id=sold.placed.order_id, carrier="SF", tracking_number="1", actor=CLERK, **more)


def money_back(shop: Shop, sold: Sold, **more: Any) -> RefundOrder:
    units = (Units(tea(shop), UNITS),)
    return RefundOrder(order_id=sold.placed.order_id, reason="unwanted", actor=CLERK, units=units, **more)


async def gone_back_once(shop: Shop, sold: Sold) -> None:
    assert sold.payment is not None
    (ours,) = await shop.retail.payments.show.refunds_of_order(sold.placed.order_id)
    (theirs,) = shop.sandbox.refunds(sold.payment.payment_id.hex)
    assert (ours.state, theirs["status"]) == (RefundState.SUCCEEDED, "succeeded")
    assert ours.amount.minor == theirs["amount"]["minor"] == sold.placed.payable.minor
    await sold.holds(shop, "sandbox", -sold.placed.payable.minor)


def closed_here_and_there(sold: Sold) -> Check:
    async def check(shop: Shop) -> None:
        await sold.ends(shop, OrderStatus.CLOSED, "closing", "closed", shelf=(0, -UNITS))
        (attempt,) = await shop.retail.payments.show.of_order(sold.placed.order_id)
        (theirs,) = [one for one in shop.sandbox.payments() if one["ref"] == attempt.payment_id.hex]
        assert (attempt.status, theirs["status"]) == (PaymentState.CLOSED, "closed")

    return check

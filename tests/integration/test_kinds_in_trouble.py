"""Kinds of a host's that break, or that a process lacks: money is kept, and nobody else's order waits (PAY-R8, R28)."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from datetime import timedelta
from sqlite3 import OperationalError
from typing import Any, ClassVar

import pytest
from attrs import define, evolve

from retail_domain.application import Retail
from retail_domain.kernel.errors import DomainError
from retail_domain.kernel.ids import OrderId
from retail_domain.kernel.ranks import Rank
from retail_domain.ordering import (
    CancelOrder,
    CloseOrder,
    Order,
    OrderStatus,
    RefundOrder,
    Returning,
    ShipOrder,
    Units,
)
from retail_domain.payments import (
    ChargeRequest,
    ChargeStarted,
    Flow,
    MoneyState,
    PayFromAccount,
    PaymentState,
    StartPayment,
    TakeNotice,
)
from retail_domain.processes.purchase.checkout import PlaceOrder
from retail_domain.processes.takings import Earning, Why
from retail_domain.processes.worker.due import BATCH
from tests.support.market import CLERK
from tests.support.pretend_gateway import PretendGateway, notice
from tests.support.stores import STORES, Place, place_of
from tests.support.till import PRICE, Till, open_till


@pytest.fixture(params=STORES)
def place(request: pytest.FixtureRequest) -> Place:
    """Which store, and where."""
    return place_of(request)


@pytest.fixture
async def till(place: Place) -> AsyncIterator[Till]:
    """An open till, which must be in order whatever was done at it."""
    async with open_till(place) as till:
        yield till
        await till.check()
        await till.settles()


@pytest.mark.parametrize("is_told", [True, False], ids=["told", "asked"])
@pytest.mark.parametrize("error", [AttributeError("x"), ZeroDivisionError("x"), OSError("x"), OperationalError("x")], ids=repr)
async def test_money_is_recorded_whatever_a_kind_breaks_with_and_applied_once_it_is_mended(
    till: Till, error: Exception, is_told: bool, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """PAY-R8, PAY-R7: whether its provider tells of it or is asked; what broke is in the journal."""

    def paid(*_: Any) -> Any:
        raise error

    placed = await till.place()
    due = await till.start(placed.order_id)
    with monkeypatch.context() as broken:
        broken.setattr(type(till.mood), "paid", paid)
        with caplog.at_level(logging.WARNING, "retail"):
            if is_told:
                await till.pays(due)
            else:
                till.provider.pay(due.payment_id.hex)
                await till.works(timedelta(minutes=1))
    (payment,) = await till.payments(placed.order_id)
    assert (payment.state, payment.money) == (PaymentState.SUCCEEDED, MoneyState.UNAPPLIED)
    assert [(one.msg, one.exc_info and one.exc_info[1]) for one in caplog.records] == [("money.not_applied", error)]

    await till.works(timedelta(minutes=1))

    assert (await till.order(placed.order_id)).status is OrderStatus.TO_SHIP


async def test_money_that_a_provider_takes_at_once_is_recorded_too(till: Till, monkeypatch: pytest.MonkeyPatch) -> None:
    """PAY-R8: a stored card is charged when the payment begins, and there may never be a notice."""
    begin = PretendGateway.begin

    async def begin_and_take(self: PretendGateway, request: ChargeRequest) -> ChargeStarted:
        return evolve(await begin(self, request), snapshot=self.pay(request.ref))

    def paid(*_: Any) -> Any:
        raise AttributeError("x")

    placed = await till.place()
    with monkeypatch.context() as broken:
        broken.setattr(PretendGateway, "begin", begin_and_take)
        broken.setattr(type(till.mood), "paid", paid)
        await till.start(placed.order_id)
    (payment,) = await till.payments(placed.order_id)
    assert (payment.state, payment.money) == (PaymentState.SUCCEEDED, MoneyState.UNAPPLIED)

    await till.works(timedelta(minutes=1))

    assert (await till.order(placed.order_id)).status is OrderStatus.TO_SHIP


# ---- kinds that a process lacks ------------------------------------------------------------------------------------------


def deeds(shop: Retail, till: Till, order_id: OrderId) -> Mapping[str, Callable[[], Awaitable[object]]]:
    """What the shop of another process may be asked to do with an order."""
    orders, pay, buyer, sku = shop.ordering, shop.payments, till.buyer.id, till.sku
    return {
        "start": lambda: pay.start(StartPayment(member_id=buyer, order_id=order_id, gateway="sandbox", flow=Flow.DESKTOP_QR)),
        "counter": lambda: pay.start(StartPayment(member_id=buyer, order_id=order_id, gateway="counter", flow=Flow.COUNTER)),
        "hold": lambda: pay.pay_from_account(
            PayFromAccount(member_id=buyer, order_id=order_id, tender="purse", most_minor=100)
        ),
        "cancel": lambda: orders.cancel(CancelOrder(member_id=buyer, order_id=order_id)),
        "close": lambda: orders.close(CloseOrder(order_id=order_id, reason="x", actor=CLERK)),
        "refund": lambda: orders.refund(RefundOrder(order_id=order_id, reason="x", actor=CLERK, units=(Units(sku, 1),))),
        "ship": lambda: orders.ship(ShipOrder(order_id=order_id, carrier="SF", tracking_number="1", actor=CLERK)),
    }


async def refusals(shop: Retail, till: Till, order_id: OrderId, *names: str) -> dict[str, object]:
    """What each of them says."""
    told: dict[str, object] = {}
    for name, deed in deeds(shop, till, order_id).items():
        if name in names:
            try:
                told[name] = await deed()
            except DomainError as refused:
                told[name] = refused.code
    return told


UNPAID = ("start", "counter", "hold", "cancel", "close")
PAID = ("close", "refund", "ship")


async def test_a_process_that_lacks_a_kind_begins_no_payment_and_decides_nothing(till: Till) -> None:
    """STK-R11, PAY-R8: what a gateway tells is recorded by it, and applied by one that has the kind."""
    other, placed = till.beside(), await till.place()

    assert await refusals(other, till, placed.order_id, *UNPAID) == dict.fromkeys(UNPAID, "store.unknown_kinds")
    assert await till.payments(placed.order_id) == ()
    due = await till.start(placed.order_id)
    body = notice(till.provider.pay(due.payment_id.hex))
    assert (await other.payments.take_notice(TakeNotice(gateway="sandbox", headers={}, body=body))).status == 200
    assert [one.money for one in await till.payments(placed.order_id)] == [MoneyState.UNAPPLIED]
    await till.works(timedelta(minutes=1))

    assert (await till.order(placed.order_id)).status is OrderStatus.TO_SHIP
    assert await refusals(other, till, placed.order_id, *PAID) == dict.fromkeys(PAID, "store.unknown_kinds")


async def test_a_process_that_lacks_what_an_order_brings_leaves_it_alone(place: Place) -> None:
    """PRC-R7: else all the money went back, and what was spent stayed spent."""
    async with open_till(place, kinds=(Keeps(),)) as till:
        other, placed = till.beside(till.mood), await till.place()
        assert "keeps" in (await till.order(placed.order_id)).took
        assert await refusals(other, till, placed.order_id, *UNPAID) == dict.fromkeys(UNPAID, "store.unknown_kinds")
        await till.cash(placed.order_id)
        assert await refusals(other, till, placed.order_id, *PAID) == dict.fromkeys(PAID, "store.unknown_kinds")

        await till.refund(placed.order_id, 1)

        order = await till.order(placed.order_id)
        assert (order.refunded_minor, order.kept_back_minor) == (PRICE - Keeps.minor, Keeps.minor)


async def test_orders_from_before_the_shop_brought_anything_go_on_everywhere(till: Till) -> None:
    """R44: they do not name it, and a process that lacks it decides them as before."""
    placed = await till.place()
    await till.cash(placed.order_id)
    now = till.beside(till.mood, Keeps())

    first = await refusals(now, till, placed.order_id, "refund")
    second = await refusals(till.retail, till, placed.order_id, "refund")

    assert not {"store.unknown_kinds"} & {*map(str, (*first.values(), *second.values()))}
    order = await till.order(placed.order_id)
    assert (order.refunded_minor, order.kept_back_minor) == (2 * PRICE, 0)


@pytest.mark.parametrize("many", [BATCH + 5])
async def test_orders_that_cannot_be_dealt_with_do_not_keep_a_plain_one_from_being_closed(place: Place, many: int) -> None:
    """R28: however many of them there are, and though all of them are due before it."""
    async with open_till(place, open_orders_max=many + 1) as till:
        other = till.beside()
        for _ in range(many):
            await till.place(1)
        till.market.clock.pass_(timedelta(seconds=1))
        quote = await till.market.quote(till.buyer, (till.sku, 1))
        plain = await other.checkout.place(PlaceOrder(member_id=till.buyer.id, quote_id=quote.id, hash=quote.hash))
        till.market.clock.pass_(timedelta(hours=12))

        rounds = [await other.background.timers["close_unpaid"]() for _ in range(3)]

        assert (await till.order(plain.order_id)).status is OrderStatus.CLOSED
        assert sum(one.done for one in rounds) == 1 and all(len(one.failed) in range(BATCH - 1, BATCH + 1) for one in rounds)
        await till.check()
        await till.settles()


@define(eq=False)
class Keeps(Earning[Any, None, None]):
    """Something that is always spent already: a part of every refund is kept back for it."""

    kind: ClassVar[str] = "keeps"
    rank: ClassVar[Rank] = Rank.HOST
    reads: ClassVar[frozenset[Why]] = frozenset({Why.RELEASING})
    minor: ClassVar[int] = 300

    async def lock(self, work: Any, order: Order) -> None:
        return None

    async def own(self, work: Any, order: Order) -> None:
        return None

    def keeps_back(self, shared: None, own: None, order: Order, returning: Returning) -> int:
        return self.minor

    def save(self, work: Any, shared: None, own: Sequence[None]) -> None:
        return None

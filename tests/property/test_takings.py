"""Every history of placing, paying, refunding in part, shipping and closing: taken = open + used + given back (STK-R7)."""

from __future__ import annotations

import asyncio
from collections import Counter
from typing import Any

from attrs import define, field
from hypothesis import HealthCheck, given, settings, strategies as st

from retail_adapters.assemble import Outside, on_database, on_units
from retail_adapters.memory.reads import MemoryReads
from retail_adapters.memory.store import Memory, Tools as MemoryTools
from retail_adapters.memory.unit_of_work import MemoryStore
from retail_adapters.payments import counter_gateway
from retail_adapters.serialization import EventCodec
from retail_adapters.serialization.events import EVERY_EVENT
from retail_adapters.sql.session import Tools as SqlTools
from retail_adapters.sql.unit_of_work import SqlStore
from retail_domain.inventory import OpenLocation
from retail_domain.kernel.errors import DomainError
from retail_domain.kernel.ids import OrderId, SkuId
from retail_domain.ordering import CancelOrder, CloseOrder, RefundOrder, ShipOrder, Units
from retail_domain.payments import ConfirmCounterPayment, Flow, StartPayment
from retail_domain.processes.checkout import PlaceOrder
from retail_domain.processes.reactions import reactions_to
from retail_domain.processes.takings.quota import Quota
from tests.support.market import CLERK, Buyer, Market
from tests.support.stores import HandClock, Place, open_database

QUOTA, STOCK = 7, 12
WHAT = ["place", "place", "pay", "refund", "ship", "cancel", "close"]
STEPS = st.lists(
    st.tuples(st.sampled_from(WHAT), st.integers(0, 9), st.integers(1, 4)),
    max_size=14,
)


@define
class Campaign:
    market: Market
    buyer: Buyer
    goods: list[SkuId]
    begin: Any
    orders: list[OrderId] = field(factory=list)
    done: Counter[str] = field(factory=Counter)

    async def step(self, what: str, which: int, units: int) -> None:
        retail = self.market.retail
        try:
            if what == "place":
                quote = await self.market.quote(self.buyer, (self.goods[0], units), (self.goods[1], 1))
                ask = PlaceOrder(member_id=self.buyer.id, quote_id=quote.id, hash=quote.hash)
                self.orders.append((await retail.checkout.place(ask)).order_id)
            elif self.orders:
                order_id = self.orders[which % len(self.orders)]
                await self._later(what, order_id, units)
            else:
                return
        except DomainError:
            self.done["refused"] += 1
        else:
            self.done[what] += 1

    async def _later(self, what: str, order_id: OrderId, units: int) -> None:
        retail, some = self.market.retail, (Units(self.goods[0], units),)
        if what == "pay":
            start = StartPayment(member_id=self.buyer.id, order_id=order_id, gateway="counter", flow=Flow.COUNTER)
            due = await retail.payments.start(start)
            paid = ConfirmCounterPayment(payment_id=due.payment_id, amount=due.amount, actor=CLERK)
            await retail.payments.confirm_counter(paid)
        if what == "refund":
            await retail.ordering.refund(RefundOrder(order_id=order_id, reason="x", actor=CLERK, units=some))
        if what == "ship":
            await retail.ordering.ship(
                ShipOrder(order_id=order_id, carrier="SF", tracking_number="1", actor=CLERK, units=some)
            )
        if what == "cancel":
            await retail.ordering.cancel(CancelOrder(member_id=self.buyer.id, order_id=order_id))
        if what == "close":
            await retail.ordering.close(CloseOrder(order_id=order_id, reason="x", actor=CLERK))

    async def check(self) -> None:
        async with self.begin() as work:
            quota = (await work.quotas.claim([self.goods[0]]))[self.goods[0]]
            shares = [share for id in self.orders for share in await work.quota_shares.of_order(id)]
            orders = [await work.orders.get(id) for id in self.orders]
        assert all(one.sku_id == self.goods[0] for one in shares)
        assert quota.taken == sum(one.open + one.used for one in shares) <= QUOTA
        assert all(one.quantity == one.open + one.used + one.back for one in shares)
        for order, share in zip(orders, shares, strict=True):
            assert order.took == {"quota", "stock"}
            (line,) = (one for one in order.lines if one.sku_id == self.goods[0])
            closed_unpaid = order.closed_at is not None and order.paid_at is None
            assert share.back == (line.quantity if closed_unpaid else line.refunded_unshipped)
            assert share.open == (line.quantity if order.awaits_payment else 0)


async def campaign(market: Market, begin: Any) -> Campaign:
    await market.retail.inventory.open_location(OpenLocation(code="main", name="W", actor=CLERK))
    await market.freight()
    goods = [await market.goods("Q", stock=STOCK), await market.goods("N", stock=100)]
    async with begin() as work:
        work.quotas.save(Quota.opened(goods[0], QUOTA))
        await work.commit()
    return Campaign(market, await market.buyer(), goods, begin)


def outside(clock: HandClock) -> Outside:
    return Outside(clock=clock, gateways={"counter": counter_gateway("a secret that only tests know")})


def tools(kind: type[Any], means: Outside) -> Any:
    return kind(clock=means.clock, ids=means.ids, codec=EventCodec(EVERY_EVENT), reactions=reactions_to)


async def history(steps: list[tuple[str, int, int]]) -> Counter[str]:
    clock = HandClock()
    means = outside(clock)
    store = MemoryStore(Memory(tools(MemoryTools, means)))
    one = await campaign(Market(on_units(store.begin, MemoryReads(store.memory), means), clock), store.begin)
    for step in steps:
        await one.step(*step)
        await one.check()
    return one.done


@given(STEPS)
@settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_whatever_happens_each_unit_of_a_quota_is_open_used_or_given_back(steps: list[tuple[str, int, int]]) -> None:
    asyncio.run(history(steps))


async def test_the_same_on_a_database(tmp_path: Any, sqlite_path: str) -> None:
    async with open_database(Place("sqlite", sqlite_path)) as database:
        clock = HandClock()
        means = outside(clock)
        store = SqlStore(database, tools(SqlTools, means))
        one = await campaign(Market(on_database(database, means), clock), store.begin)
        for step in [("place", 0, 3), ("place", 0, 4), ("place", 0, 1), ("pay", 0, 1), ("refund", 0, 1), ("ship", 0, 2),
                     ("refund", 0, 2), ("cancel", 1, 1), ("place", 0, 4), ("pay", 2, 1), ("close", 2, 1)]:
            await one.step(*step)
            await one.check()
        assert one.done == Counter(place=3, refused=1, pay=2, refund=2, ship=1, cancel=1, close=1)

"""A shop as far as orders and money go, on any store: goods on a shelf, orders placed by hand, a pretend provider."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from datetime import timedelta
from itertools import count
from typing import Any

from attrs import define, field

from retail_adapters.assembly.ordering import ordering
from retail_adapters.assembly.parts import Parts
from retail_adapters.assembly.payments import payments
from retail_adapters.assembly.policies import Policies
from retail_adapters.assembly.timers import timers
from retail_adapters.memory.reads import MemoryReads
from retail_adapters.payments.counter import CounterGateway
from retail_adapters.serialization.events import EVERY_EVENT
from retail_adapters.sms.console import ConsoleSms
from retail_adapters.sql.reads import SqlReads
from retail_adapters.system.ids import UuidSevenIds
from retail_adapters.system.luck import SystemLuck
from retail_domain.inventory import Location, Owner, Reservation, StockItem, StockKey
from retail_domain.kernel.actor import Actor
from retail_domain.kernel.change import Change
from retail_domain.kernel.ids import OrderId, QuoteId
from retail_domain.kernel.paging import PageRequest
from retail_domain.ordering import Order, Ordering, OrderLine
from retail_domain.payments import Flow, PaymentDesk, PaymentView, RawReply, StartPayment, TakeNotice
from retail_domain.testing.orders import WAREHOUSE, a_line, a_placement, pay, sku
from tests.support.pretend_gateway import PretendGateway, PretendReader, notice
from tests.support.stores import HandClock, Place, Surroundings, open_store

SECRET = b"not a secret at all, only for tests"


@define
class Trouble:
    """While it is on, whatever makes promises firm breaks: a bug in a later handler (PAY-R8)."""

    is_on: bool = False


class _Troubled:
    """A unit of work whose reservations cannot be read."""

    def __init__(self, work: Any) -> None:
        self._work = work

    def __getattr__(self, name: str) -> Any:
        if name == "reservations":
            raise LookupError("a bug in a later handler")
        return getattr(self._work, name)


@define
class House:
    """Everything a test of money needs."""

    store: Any
    reads: Any
    clock: HandClock
    ids: UuidSevenIds
    provider: PretendGateway
    orders: Ordering
    money: PaymentDesk
    timers: Mapping[str, Callable[[], Awaitable[int]]]
    parts: Parts
    trouble: Trouble
    _numbers: Any = field(factory=lambda: count(1))

    async def order(self, *lines: OrderLine, **more: Any) -> Order:
        """An order, placed with its stock reserved."""
        id, quote = OrderId(self.ids.new()), QuoteId(self.ids.new())
        number = f"{next(self._numbers):012}-{id.hex[-6:]}"
        placement = a_placement(*(lines or (a_line(),)), **{"id": id, "number": number, "quote_id": quote, **more})
        change = Order.placed(placement, actor=Actor.member(placement.member_id), at=self.clock.now())
        if not change.state.payable_minor:
            change = change.then(pay)
        async with self.store.begin() as work:
            keys = [StockKey(line.sku_id, WAREHOUSE) for line in change.state.lines]
            shelves = await work.stock.claim(keys)
            for line in change.state.lines:
                key = StockKey(line.sku_id, WAREHOUSE)
                work.stock.save(shelves[key].reserve(line.quantity, at=self.clock.now()))
                held = Reservation.held(owner=Owner.order(id), line=line.number, key=key, quantity=line.quantity)
                work.reservations.save(held if change.state.awaits_payment else held.then(lambda one: one.commit()))
            work.orders.save(change)
            await work.commit()
        return change.state

    async def start(self, order: Order, flow: Flow = Flow.DESKTOP_QR, gateway: str = "sandbox") -> PaymentView:
        """Its buyer starts to pay."""
        return await self.money.start(StartPayment(member_id=order.member_id, order_id=order.id, gateway=gateway, flow=flow))

    async def pays(self, view: PaymentView, event_id: str = "evt-1", **more: Any) -> RawReply:
        """The buyer pays at the provider, and its notice arrives."""
        return await self.tell(notice(self.provider.pay(view.payment_id.hex, **more), event_id))

    async def tell(self, body: bytes) -> RawReply:
        """A notice arrives."""
        return await self.money.take_notice(TakeNotice(gateway="sandbox", headers={}, body=body))

    async def paid_order(self, *lines: OrderLine, **more: Any) -> Order:
        """An order that was placed and paid."""
        order = await self.order(*lines, **more)
        await self.pays(await self.start(order), f"evt-{order.id.hex}")
        return await self.see(order)

    async def see(self, order: Order) -> Order:
        """The order as it is stored now."""
        async with self.store.begin() as work:
            seen: Order = await work.orders.get(order.id)
            return seen

    async def shelf(self, number: int = 1) -> StockItem:
        """The shelf of a SKU as it is stored now."""
        async with self.store.begin() as work:
            key = StockKey(sku(number), WAREHOUSE)
            found: StockItem = (await work.stock.claim([key]))[key]
            return found

    async def work_off(self, **passes: float) -> None:
        """Time passes, then every timer has its round."""
        self.clock.pass_(timedelta(**passes))
        for timer in self.timers.values():
            await timer()

    async def books(self) -> dict[str, int]:
        """What each account holds."""
        return {one.account: one.balance.minor for one in await self.money.show.balances() if one.balance.minor}

    async def suspects(self) -> list[str]:
        """What waits for a person."""
        page = PageRequest(100)
        aside = [f"{one.money.value}:{one.reason}" for one in (await self.money.show.suspects(page)).items]
        odd = [one.verdict.value for one in (await self.money.show.odd_notices(page)).items]
        stuck = [f"refund:{one.trouble}" for one in (await self.money.show.stuck_refunds(page)).items]
        return aside + odd + stuck


@asynccontextmanager
async def open_house(place: Place, units: int = 100) -> AsyncIterator[House]:
    """A house on an empty store, with so many units of each of five SKUs on the shelf."""
    around = Surroundings(EVERY_EVENT, connections=12)
    async with open_store(place, around) as store:
        provider, ids = PretendGateway(), UuidSevenIds(clock=around.clock)
        reads = MemoryReads(store.memory) if place.kind == "memory" else SqlReads(store.database)
        trouble = Trouble()

        @asynccontextmanager
        async def begin() -> AsyncIterator[Any]:
            async with store.begin() as work:
                yield _Troubled(work) if trouble.is_on else work

        parts = Parts(
            begin=begin, look=store.look, reads=reads, clock=around.clock, ids=ids, luck=SystemLuck(), policies=Policies(),
            sms=ConsoleSms(), secret=SECRET, gateways={"sandbox": provider, "counter": CounterGateway(secret=SECRET)},
            readers={"sandbox": PretendReader()},
        )  # fmt: skip
        await _stock_up(store, around.clock, units)
        yield House(
            store=store, reads=reads, clock=around.clock, ids=ids, provider=provider, orders=ordering(parts),
            money=payments(parts), timers=timers(parts), parts=parts, trouble=trouble,
        )  # fmt: skip


async def _stock_up(store: Any, clock: HandClock, units: int) -> None:
    async with store.begin() as work:
        work.locations.save(Change(None, Location(id=WAREHOUSE, code="main", name="Main")))
        for number in range(1, 6):
            opened = StockItem.opened(StockKey(sku(number), WAREHOUSE))
            work.stock.save(opened.then(lambda item: item.receive(units, reference="first", at=clock.now())))
        await work.commit()

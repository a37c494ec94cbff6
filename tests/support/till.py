"""A shop whose orders may be paid by a wallet, a gift card, a provider and the counter together, and what must hold of it."""

from __future__ import annotations

from collections import Counter
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any, Final

from attrs import define, evolve, field

from retail_adapters.assemble import Outside, on_database, on_units
from retail_adapters.assembly.policies import Policies
from retail_adapters.memory.reads import MemoryReads
from retail_adapters.memory.store import Memory, MemoryTools
from retail_adapters.memory.unit_of_work import MemoryStore
from retail_adapters.payments import counter_gateway
from retail_adapters.serialization import EventCodec
from retail_adapters.serialization.events import EVERY_EVENT
from retail_adapters.sql.audit import audit
from retail_adapters.sql.session import SqlTools
from retail_adapters.sql.unit_of_work import SqlStore
from retail_domain.application import Retail
from retail_domain.inventory import OpenLocation
from retail_domain.kernel.errors import DomainError
from retail_domain.kernel.ids import OrderId, SkuId
from retail_domain.kernel.limits import OPEN_ORDERS_MAX
from retail_domain.kernel.once import Once
from retail_domain.kernel.paging import PageRequest
from retail_domain.ordering import (
    SYSTEM,
    CancelOrder,
    CloseOrder,
    GoOn,
    Order,
    OrderCosts,
    OrderOutcome,
    OrderStatus,
    RefundOrder,
    RepriceOrder,
    ShipOrder,
    Units,
)
from retail_domain.payments import (
    ConfirmCounterPayment,
    Flow,
    MoneyState,
    PayFromAccount,
    Payment,
    PaymentState,
    PaymentStatus,
    PaymentView,
    Refund,
    RefundState,
    StartPayment,
    TakeNotice,
)
from retail_domain.processes.purchase.checkout import CheckoutRules, Placed, PlaceOrder
from retail_domain.processes.takings import AnyFollower, Paid
from retail_domain.processes.worker.reactions import reactions_to
from tests.support.accounts import Recording
from tests.support.market import CLERK, Buyer, Market
from tests.support.pretend_gateway import PretendGateway, PretendReader, notice
from tests.support.purse import PURSES, TENDERS, Mood, fill, in_memory, in_sql, make_table
from tests.support.stores import HandClock, Place, open_database

PRICE, FREIGHT = 1_000, 800
FILLED: Final = {"purse": 6_000, "gift_card": 2_500}
LONG: Final = timedelta(hours=30)


@define
class Till:
    """The shop, one buyer, and everything that was ordered and begun."""

    market: Market
    begin: Any
    mood: Mood
    provider: PretendGateway
    findings: Callable[[], Any]
    beside: Callable[..., Retail]
    """The shop of another process on the same store: it has these kinds and no others of a host, and what else differs."""
    buyer: Buyer
    sku: SkuId
    orders: list[OrderId] = field(factory=list)
    attempts: list[PaymentView] = field(factory=list)
    done: Counter[str] = field(factory=Counter)
    notices: int = 0
    asked: list[str] = field(factory=list)
    """The names of all statements, on a database."""

    @property
    def retail(self) -> Retail:
        return self.market.retail

    # ---- what happens ------------------------------------------------------------------------------------------------

    async def place(self, quantity: int = 3) -> Placed:
        quote = await self.market.quote(self.buyer, (self.sku, quantity))
        placed = await self.retail.checkout.place(PlaceOrder(member_id=self.buyer.id, quote_id=quote.id, hash=quote.hash))
        self.orders.append(placed.order_id)
        return placed

    async def hold(self, order_id: OrderId, most_minor: int | None = None, tender: str = "purse") -> PaymentView:
        ask = PayFromAccount(member_id=self.buyer.id, order_id=order_id, tender=tender, most_minor=most_minor)
        return await self.retail.payments.pay_from_account(ask)

    async def start(self, order_id: OrderId, gateway: str = "sandbox") -> PaymentView:
        flow = Flow.DESKTOP_QR if gateway == "sandbox" else Flow.COUNTER
        ask = StartPayment(member_id=self.buyer.id, order_id=order_id, gateway=gateway, flow=flow)
        view = await self.retail.payments.start(ask)
        if gateway == "sandbox":
            self.attempts.append(view)
        return view

    async def pays(self, view: PaymentView) -> None:
        """The buyer pays at the provider, which tells of it."""
        self.notices += 1
        body = notice(self.provider.pay(view.payment_id.hex), f"evt-{self.notices}")
        reply = await self.retail.payments.take_notice(TakeNotice(gateway="sandbox", headers={}, body=body))
        assert reply.status == 200

    async def cash(self, order_id: OrderId) -> None:
        """The rest is paid at the counter."""
        due = await self.start(order_id, "counter")
        paid = ConfirmCounterPayment(payment_id=due.payment_id, amount=due.amount, actor=CLERK)
        await self.retail.payments.confirm_counter(paid)

    async def refund(self, order_id: OrderId, units: int = 1, freight_minor: int = 0) -> Any:
        some = (Units(self.sku, units),) if units else ()
        wish = RefundOrder(order_id=order_id, reason="x", actor=CLERK, units=some, freight_minor=freight_minor)
        return await self.retail.ordering.refund(wish)

    async def call_off(self, order_id: OrderId) -> None:
        await self.retail.ordering.close(CloseOrder(order_id=order_id, reason="x", actor=CLERK))

    async def reprice(self, order_id: OrderId, payable_minor: int, **more: Any) -> OrderCosts:
        """A clerk and the buyer agree."""
        given = {"reason": "an old customer", "actor": CLERK, **more}
        return await self.retail.ordering.reprice(RepriceOrder(order_id=order_id, payable_minor=payable_minor, **given))

    async def cancel(self, order_id: OrderId) -> None:
        await self.retail.ordering.cancel(CancelOrder(member_id=self.buyer.id, order_id=order_id))

    async def ship(self, order_id: OrderId) -> None:
        parcel = ShipOrder(order_id=order_id, carrier="SF", tracking_number="1", actor=CLERK)
        await self.retail.ordering.ship(parcel)

    async def waiting(self) -> OrderId:
        """An order of three, paid by wallet and counter, which waits."""
        placed = await self.place(3)
        await self.hold(placed.order_id, 1_500)
        said, self.mood.says = self.mood.says, Paid.WAITS
        await self.cash(placed.order_id)
        self.mood.says = said
        return placed.order_id

    async def go_on(self, order_id: OrderId, once: Once | None = None) -> OrderOutcome:
        return await self.retail.ordering.go_on(GoOn(order_id=order_id, actor=SYSTEM, once=once))

    async def left(self) -> int:
        """How many of the goods can be ordered."""
        (shelf,) = (await self.retail.inventory.show.stock(PageRequest(10))).items
        return shelf.sellable

    async def works(self, time: timedelta = timedelta(0)) -> None:
        """Time passes, then the worker does what is to be done."""
        self.market.clock.pass_(time)
        while await self.retail.background.deliver_next():
            continue
        for name, timer in self.retail.background.timers.items():
            went = await timer()
            assert not went.failed, (name, went.failed)

    async def step(self, what: str, which: int, how_much: int) -> None:
        """One step of a history; refusals are counted."""
        order_id = self.orders[-1 - which % min(2, len(self.orders))] if self.orders else None
        deeds: dict[str, Callable[[], Any]] = {
            "place": lambda: self.place(how_much),
            "firm": lambda: self._feels(Paid.FIRM),
            "waits": lambda: self._feels(Paid.WAITS),
            "refused": lambda: self._feels(Paid.REFUSED),
            "work": lambda: self.works(timedelta(minutes=how_much)),
            "time": lambda: self.works(timedelta(hours=how_much)),
        }
        if order_id is not None:
            deeds |= {
                "hold": lambda: self.hold(order_id, how_much * 700),
                "gift": lambda: self.hold(order_id, None, "gift_card"),
                "start": lambda: self.start(order_id),
                "cash": lambda: self.cash(order_id),
                "refund": lambda: self.refund(order_id, how_much % 3 + 1),
                "freight": lambda: self.refund(order_id, 0, 100 * how_much),
                "cancel": lambda: self.cancel(order_id),
                "call off": lambda: self.call_off(order_id),
                "reprice": lambda: self.reprice(order_id, how_much * FREIGHT + which),
                "go on": lambda: self.go_on(order_id),
            }
        if self.attempts:
            deeds["pay"] = lambda: self.pays(self.attempts[which % len(self.attempts)])
        if what in deeds:
            try:
                await deeds[what]()
            except DomainError as refused:
                self.done[refused.code] += 1
            else:
                self.done[what] += 1

    async def _feels(self, says: Paid) -> None:
        self.mood.says = says

    # ---- what is so --------------------------------------------------------------------------------------------------

    async def order(self, order_id: OrderId) -> Order:
        async with self.begin() as work:
            found: Order = await work.orders.get(order_id)
            return found

    async def payments(self, order_id: OrderId) -> tuple[Payment, ...]:
        async with self.begin() as work:
            found: tuple[Payment, ...] = await work.payments.claim_of_order(order_id)
            return found

    async def tenders(self, order_id: OrderId) -> dict[str, tuple[str, int, int]]:
        """By tender, how the payment that counts stands: its state or money, its amount, what of it goes back."""
        counts = [one for one in await self.payments(order_id) if one.is_inside or one.money is not MoneyState.NONE]
        return {
            one.tender: (
                (one.money if one.captured else one.state).value, one.amount.minor, one.refunding_minor
            ) for one in counts
        }  # fmt: skip

    async def purse(self, tender: str = "purse") -> int:
        async with self.begin() as work:
            found = await work.hosted(PURSES).claim([(tender, self.buyer.id)])
            return int(found[tender, self.buyer.id].balance_minor)

    async def books(self) -> dict[str, int]:
        return {one.account: one.balance.minor for one in await self.retail.payments.show.balances()}

    async def refunds(self, order_id: OrderId) -> list[Refund]:
        views = await self.retail.payments.show.refunds_of_order(order_id)
        async with self.begin() as work:
            return [await work.refunds.get(view.refund_id) for view in views]

    async def check(self) -> None:
        """Paid = sum of tenders; refunded = sum of parts; per tender refunded <= paid; charged = applied + released + held."""
        every = []
        for order_id in self.orders:
            order, payments = await self.order(order_id), await self.payments(order_id)
            applied = [one for one in payments if one.money is MoneyState.APPLIED]
            every += payments
            assert len({one.tender for one in applied}) == len(applied)
            assert (
                sum(one.captured_minor for one in applied) == order.paid_minor == (order.payable_minor if order.paid_at else 0)
            )
            assert sum(one.freight_minor for one in applied) == (order.freight_minor if applied else 0)
            assert sum(one.refunding_minor for one in applied) == order.refunded_minor
            parts = [
                one for one in await self.refunds(order_id) if one.payment_id in {one.id for one in applied} and one.counts
            ]
            assert sum(one.amount.minor for one in parts) == order.refunded_minor
            assert sum(one.freight_minor for one in parts) == order.freight_refunded_minor
            if order.awaits_payment or order.paid_at is None:
                assert not any(one.refunding_minor for one in payments if one.is_inside)
        books = await self.books()
        assert sum(books.values()) == 0
        for tender, filled in FILLED.items():
            mine = [one for one in every if one.tender == tender]
            held = sum(one.amount.minor for one in mine if one.is_held)
            used = sum(one.amount.minor for one in mine if one.money is MoneyState.APPLIED)
            released = sum(one.amount.minor for one in mine if one.state is PaymentState.CLOSED)
            back = sum(one.refunded_minor for one in mine)
            async with self.begin() as work:
                purse = (await work.hosted(PURSES).claim([(tender, self.buyer.id)]))[tender, self.buyer.id]
            assert purse.charged_minor == held + used + released
            assert purse.given_back_minor == released + back
            assert purse.balance_minor == filled - purse.charged_minor + purse.given_back_minor
            assert books.get(tender, 0) == purse.charged_minor - purse.given_back_minor
        assert -books.get("held", 0) == sum(one.amount.minor for one in every if one.is_held)

    async def settles(self) -> None:
        """Enough time passes: nothing is held, nothing is open, all that goes back has gone (R10)."""
        for _ in range(4):
            await self.works(LONG / 4)
        await self.works()
        await self.check()
        for order_id in self.orders:
            order = await self.order(order_id)
            assert order.status is not OrderStatus.PENDING_PAYMENT
            for one in await self.payments(order_id):
                assert one.state not in (PaymentState.HELD, PaymentState.CREATED, PaymentState.PENDING)
                assert one.refunding_minor == one.refunded_minor
                assert one.money in (MoneyState.NONE, MoneyState.APPLIED) or one.refunded_minor == one.captured_minor
            assert all(one.state is RefundState.SUCCEEDED for one in await self.refunds(order_id))
        books = await self.books()
        assert not any(books.get(name, 0) for name in ("held", "suspense", "refunds_due"))
        assert books.get("gateway:sandbox", 0) == self.provider.moved()
        taken = [one for one in self.provider.charges.values() if one.status is PaymentStatus.SUCCEEDED]
        assert len(taken) <= len(self.attempts)
        assert await self.findings() == []


@asynccontextmanager
async def open_till(
    place: Place,
    refund_order: tuple[str, ...] = ("gateway", "purse", "gift_card"),
    kinds: tuple[AnyFollower, ...] = (),
    open_orders_max: int = OPEN_ORDERS_MAX,
) -> AsyncIterator[Till]:
    """A till on an empty store, with more kinds if there are; the wallet and the gift card of its one buyer are filled."""
    clock, mood, provider = HandClock(), Mood(), PretendGateway()
    means = Outside(
        clock=clock, gateways={"sandbox": provider, "counter": counter_gateway("a secret that only tests know")},
        readers={"sandbox": PretendReader()}, takings=(mood, *kinds), tenders=TENDERS,
        policies=Policies(checkout=CheckoutRules(refund_order=refund_order, open_orders_max=open_orders_max)),
    )  # fmt: skip
    if place.kind == "memory":
        means = evolve(means, hosted={PURSES: in_memory})
        memory = MemoryStore(Memory(_tools(MemoryTools, means)))

        def in_this_process(*kinds: AnyFollower, **more: Any) -> Retail:
            return on_units(memory.begin, MemoryReads(memory.memory), evolve(means, takings=kinds, **more))

        yield await _opened(memory.begin, in_this_process, means, mood, _nothing_found)
        return
    async with open_database(place) as database:
        await make_table(place)
        means, recording = evolve(means, hosted={PURSES: in_sql}), Recording(database)

        async def findings() -> list[str]:
            return [str(one) for one in await audit(database, at=clock.now() + timedelta(hours=1))]

        store = SqlStore(database, _tools(SqlTools, means))

        def of_a_process(*kinds: AnyFollower, **more: Any) -> Retail:
            return on_database(recording, evolve(means, takings=kinds, **more))

        till = await _opened(store.begin, of_a_process, means, mood, findings)
        till.asked = recording.names
        yield till


def _tools(kind: type[Any], means: Outside) -> Any:
    return kind(clock=means.clock, ids=means.ids, codec=EventCodec(EVERY_EVENT), reactions=reactions_to, hosted=means.hosted)


async def _nothing_found() -> list[str]:
    return []


async def _opened(begin: Any, shop: Callable[..., Retail], means: Outside, mood: Mood, findings: Callable[[], Any]) -> Till:
    assert isinstance(means.clock, HandClock)
    retail = shop(*means.takings)
    market = Market(retail, means.clock)
    await retail.inventory.open_location(OpenLocation(code="main", name="W", actor=CLERK))
    await market.freight(FREIGHT)
    sku, buyer = await market.goods("A", price_minor=PRICE, stock=500), await market.buyer()
    for tender, minor in FILLED.items():
        await fill(begin, buyer.id, minor, tender)
    provider = means.gateways["sandbox"]
    assert isinstance(provider, PretendGateway)
    return Till(market, begin, mood, provider, findings, shop, buyer, sku)

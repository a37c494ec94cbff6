"""A whole shop on a database, the provider beside it, and a crew of processes that all open the same shop at once."""

from __future__ import annotations

import asyncio
import multiprocessing
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
from datetime import datetime, timedelta
from operator import attrgetter
from typing import Any, Final

from attrs import define, evolve, field, frozen

from retail_adapters.assemble import Outside, on_database, on_memory
from retail_adapters.assembly.policies import Policies
from retail_adapters.payments import SandboxConfig, SandboxGateway, counter_gateway, sandbox_gateway
from retail_adapters.sms import file_sms
from retail_adapters.sql.audit import audit
from retail_adapters.sql.database import Database
from retail_adapters.system.clock import SystemClock
from retail_adapters.system.coalescer import Queueing
from retail_adapters.system.luck import SystemLuck
from retail_domain.accounts import AccountRules
from retail_domain.accounts.sms import SmsSender
from retail_domain.application import Retail
from retail_domain.catalog import CreateProduct, Listing, SkuWish
from retail_domain.inventory import OpenLocation, ReceiveStock, StockView
from retail_domain.kernel.errors import DomainError
from retail_domain.kernel.ids import SkuId
from retail_domain.kernel.second_person import SecondPerson
from retail_domain.ordering import OrderTimers, OrderView
from retail_domain.payments import Flow, PaymentView, RawReply, StartPayment, TakeNotice
from retail_domain.payments.gateway import RawNotification
from retail_domain.processes.purchase.checkout import CheckoutRules, Placed, PlaceOrder
from retail_domain.reviews import ReviewRules
from retail_domain.testing.people import RememberingSms
from retail_entrypoints.worker import work_once
from tests.support.market import CLERK, Buyer, Market
from tests.support.sandbox import Sandbox
from tests.support.stores import Place, open_database
from tests.support.taking_hooks import TakesAll

NOWHERE: Final = "http://127.0.0.1:9/notices"
COUNTER_SECRET: Final = "a counter secret that only tests know"
CREW: Final = 4
CUT_ALONE_MINOR: Final = 100
"""So much one of staff takes off the price of an order without anybody else."""
"""So many processes make a crew."""

Call = tuple[str, Any]
"""What to call, by its path in the facade, and with which command; a worker's are "work", "deliver" and "timer:NAME"."""


@define
class ShiftedClock:
    """The real time, moved by so much: what a provider signs now is fresh, and days pass in no time."""

    by: timedelta = timedelta(0)

    def now(self) -> datetime:
        return SystemClock().now() + self.by

    def pass_(self, time: timedelta) -> None:
        self.by += time


@frozen
class Where:
    """How any process opens this shop: a store, how far its clock is moved, and where provider and messages are."""

    place: Place
    sandbox_url: str
    shift: timedelta = timedelta(0)
    queueing: Queueing | None = None
    """As a server opens it: orders that come at the same time share a transaction."""
    messages: str = ""
    """The file that text messages are appended to, if any."""
    patience_seconds: float = 2.0
    """How long a call of the provider may take."""
    accounts: AccountRules = field(factory=AccountRules)
    timers: OrderTimers = field(factory=OrderTimers)
    split: bool = False
    """Whether an order may come from several places (STK-R5)."""


@frozen
class Told:
    """What came of a call: an answer, or the code of a refusal; what is neither shows as `broken`."""

    code: str
    answer: Any = None

    @property
    def is_done(self) -> bool:
        return not self.code


async def told(call: Any) -> Told:
    """What comes of a call."""
    try:
        return Told("", await call)
    except DomainError as refused:
        return Told(refused.code)
    except Exception as bug:  # shown as it is, so that the test fails with it
        return Told(f"broken: {type(bug).__name__}: {bug}")


def codes(answers: Sequence[Told]) -> dict[str, int]:
    """How often each outcome came; "" is success."""
    found: dict[str, int] = {}
    for one in answers:
        found[one.code] = found.get(one.code, 0) + 1
    return found


@define
class Shop(Market):
    """A market with a till, its provider, and its database."""

    where: Any = None
    database: Any = None
    sandbox: Any = None

    @property
    def here(self) -> Where:
        """This shop as other processes open it: by its clock of now."""
        where: Where = self.where
        return evolve(where, shift=self.clock.by)

    async def limited_goods(self, code: str, limit: int, stock: int) -> SkuId:
        """Goods of which each member may buy so many."""
        listing = Listing(title=f"Goods {code}", purchase_limit=limit)
        wish = SkuWish(code=code, price_minor=1_000)
        made = await self.retail.catalog.create(CreateProduct(code=f"P-{code}", listing=listing, skus=(wish,), on_sale=True))
        (sku_id,) = made.sku_ids
        arrived = ReceiveStock(sku_id=sku_id, location="main", quantity=stock, reference="note", actor=CLERK)
        await self.retail.inventory.receive(arrived)
        return sku_id

    async def ask(self, buyer: Buyer, *wanted: tuple[SkuId, int], **more: Any) -> PlaceOrder:
        """The acceptance of a fresh quote, not sent yet."""
        quote = await self.quote(buyer, *wanted)
        return PlaceOrder(member_id=buyer.id, quote_id=quote.id, hash=quote.hash, **more)

    async def order(self, buyer: Buyer, *wanted: tuple[SkuId, int]) -> Placed:
        """An order that is placed."""
        return await self.retail.checkout.place(await self.ask(buyer, *wanted))

    async def start(self, buyer: Buyer, placed: Placed, flow: Flow = Flow.DESKTOP_QR, gateway: str = "sandbox") -> PaymentView:
        """Its buyer starts to pay."""
        return await self.retail.payments.start(
            StartPayment(member_id=buyer.id, order_id=placed.order_id, gateway=gateway, flow=flow)
        )

    def buyer_pays(self, view: PaymentView) -> TakeNotice:
        """The buyer pays at the provider; its genuine notice, not delivered yet."""
        return self.notice(self.sandbox.pay(view.payment_id.hex, force=True))

    def notice(self, event_id: str) -> TakeNotice:
        """A genuine notice of the provider, signed now."""
        raw: RawNotification = self.sandbox.signed(event_id)
        return TakeNotice(gateway="sandbox", headers=raw.headers, body=raw.body, received_at=raw.received_at)

    async def hears(self, notice: TakeNotice) -> RawReply:
        """A notice arrives."""
        return await self.retail.payments.take_notice(notice)

    async def paid_order(self, buyer: Buyer, *wanted: tuple[SkuId, int]) -> tuple[Placed, PaymentView]:
        """An order that is placed and paid."""
        placed = await self.order(buyer, *wanted)
        view = await self.start(buyer, placed)
        await self.hears(self.buyer_pays(view))
        return placed, view

    async def see(self, placed: Placed) -> OrderView:
        """An order as staff see it."""
        return await self.retail.ordering.show.show(placed.order_id)

    async def shelf(self, sku_id: SkuId) -> StockView:
        """The shelf of a SKU."""
        (one,) = await self.retail.inventory.show.stock_of([sku_id])
        return one

    async def works(self, rounds: int = 2) -> None:
        """A worker makes its rounds."""
        for _ in range(rounds):
            await work_once(self.retail.background)

    async def works_through(self, times: int = 500) -> None:
        """A worker makes its rounds until there is nothing left to do, but no more than so often."""
        for _ in range(times):
            if not await work_once(self.retail.background):
                return

    async def books(self) -> dict[str, int]:
        """What each account of the ledger holds, where it is not nothing."""
        return {one.account: one.balance.minor for one in await self.retail.payments.show.balances() if one.balance.minor}

    async def is_clean(self) -> None:
        """R43, R6: the audit finds nothing and the ledger balances."""
        found = await audit(self.database, at=self.clock.now())
        assert [str(finding) for finding in found] == []
        assert sum((await self.books()).values()) == 0


@frozen
class Untouched:
    """Nothing is put around what a shop is made of; harnesses put something of theirs instead."""

    def database(self, database: Database) -> Database:
        """The database, as the shop shall see it."""
        return database

    def port(self, port: Any, _name: str) -> Any:
        """A port, as the shop shall see it."""
        return port


@frozen
class Opened:
    """A shop as one process has opened it, and what it is made of."""

    retail: Retail
    database: Any
    clock: ShiftedClock
    outside: Outside


@asynccontextmanager
async def open_shop(
    place: Place,
    sandbox: Sandbox,
    queueing: Queueing | None = None,
    *,
    accounts: AccountRules | None = None,
    timers: OrderTimers | None = None,
    sms: SmsSender | None = None,
    split: bool = False,
) -> AsyncIterator[Shop]:
    """An open shop with a warehouse and nothing in it; notices of the provider go nowhere but by hand (R11)."""
    rules, deadlines = accounts or AccountRules(), timers or OrderTimers()
    where = Where(place, sandbox.url, queueing=queueing, accounts=rules, timers=deadlines, split=split)
    async with opened_shop(where, sms=sms) as opened:
        await opened.retail.inventory.open_location(OpenLocation(code="main", name="Warehouse", actor=CLERK))
        there = evolve(where, place=same(place))
        yield Shop(opened.retail, opened.clock, where=there, database=opened.database, sandbox=sandbox)


def same(place: Place) -> Place:
    """The place as those find it who come later: nothing is laid out anew."""
    return Place("same sqlite", place.address) if place.kind == "sqlite" else place


@asynccontextmanager
async def opened_shop(where: Where, around: Any = Untouched(), sms: SmsSender | None = None) -> AsyncIterator[Opened]:
    """The shop, as any process opens it."""
    clock = ShiftedClock(where.shift)
    config = SandboxConfig(base_url=where.sandbox_url, notify_url=NOWHERE, total_seconds=where.patience_seconds)
    sandbox: SandboxGateway = sandbox_gateway(config, clock=SystemClock(), luck=SystemLuck())
    counter = counter_gateway(COUNTER_SECRET)
    phones = sms or (file_sms(where.messages) if where.messages else RememberingSms())
    outside = Outside(
        clock=clock,
        gateways={"sandbox": around.port(sandbox, "provider"), "counter": around.port(counter, "counter")},
        readers={"sandbox": sandbox},
        sms=around.port(phones, "sms"),
        webhook_sender=around.port(TakesAll(), "webhook"),
        policies=Policies(
            accounts=where.accounts,
            checkout=CheckoutRules(timers=where.timers, split=where.split),
            reviews=ReviewRules(automatic_after_days=1),
            second_person=SecondPerson(limits={"price_cut": CUT_ALONE_MINOR}),
        ),
    )
    try:
        if where.place.kind == "memory":
            yield Opened(on_memory(outside), None, clock, outside)
        else:
            async with open_database(where.place) as database:
                retail = on_database(around.database(database), outside, queueing=where.queueing)
                yield Opened(retail, database, clock, outside)
                await retail.aclose()
    finally:
        await sandbox.aclose()


# ---- the crew ----------------------------------------------------------------------------------------------------------


class Crew:
    """Processes that wait for work; each opens the shop on its own, and all begin at the same moment."""

    def __init__(self, size: int = CREW) -> None:
        context = multiprocessing.get_context("spawn")
        self._barrier = context.Barrier(size)  # kept: a barrier nobody holds is taken down before the others have found it
        self._lines = []
        self._processes = []
        for _ in range(size):
            ours, theirs = context.Pipe()
            process = context.Process(target=_serve, args=(theirs, self._barrier), daemon=True)
            process.start()
            self._lines.append(ours)
            self._processes.append(process)

    async def carry_out(self, where: Where, calls: Sequence[Call]) -> list[Told]:
        """Deal the calls out to the processes, which make them all at once; what came of each, in the order of the calls."""
        (answers,) = await self.carry_out_rounds(where, [calls])
        return answers

    async def carry_out_rounds(self, where: Where, rounds: Sequence[Sequence[Call]]) -> list[list[Told]]:
        """The same, round after round: no process begins a round before all others have ended the one before."""
        return await asyncio.to_thread(self._carry_out, where, rounds)

    def _carry_out(self, where: Where, rounds: Sequence[Sequence[Call]]) -> list[list[Told]]:
        size = len(self._lines)
        for number, line in enumerate(self._lines):
            line.send((where, [calls[number::size] for calls in rounds]))
        answers = [[Told("never answered")] * len(calls) for calls in rounds]
        for number, line in enumerate(self._lines):
            if not line.poll(60 + 60 * len(rounds)):
                raise AssertionError("a process of the crew does not answer")
            for told_here, heard in zip(answers, line.recv(), strict=True):
                told_here[number::size] = heard
        return answers

    def dismiss(self) -> None:
        """Send everybody home."""
        for line in self._lines:
            line.send(None)
        for process in self._processes:
            process.join(10)


@contextmanager
def a_crew(size: int = CREW) -> Iterator[Crew]:
    """A crew until the end of the block."""
    crew = Crew(size)
    try:
        yield crew
    finally:
        crew.dismiss()


def _serve(line: Any, barrier: Any) -> None:
    while (work := line.recv()) is not None:
        line.send(asyncio.run(_carried_out(*work, barrier)))


async def _carried_out(where: Where, rounds: Sequence[Sequence[Call]], barrier: Any) -> list[list[Told]]:
    answers = []
    async with opened_shop(where) as opened:
        for calls in rounds:
            await asyncio.to_thread(barrier.wait, 60)
            answers.append(list(await asyncio.gather(*(told(made(opened.retail, call)) for call in calls))))
    return answers


async def made(retail: Retail, call: Call) -> Any:
    """Make a call, whichever it is."""
    path, command = call
    if path == "work":
        return await work_once(retail.background)
    if path == "deliver":
        return await retail.background.deliver_next()
    if path.startswith("timer:"):
        return await retail.background.timers[path.removeprefix("timer:")]()
    return await attrgetter(path)(retail)(command)

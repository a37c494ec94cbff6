"""R32: the same commands have the same answers and refusals on memory, SQLite and PostgreSQL, and end in the same state."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import timedelta
from random import Random
from typing import Any

import pytest
from attrs import define, field

from retail_domain.kernel.ids import MemberId, OrderId, SkuId
from retail_domain.kernel.once import Once
from retail_domain.kernel.paging import PageRequest
from retail_domain.ordering import CancelOrder, CloseOrder, ConfirmReceipt, RefundOrder, ShipOrder, Units
from retail_domain.payments import ConfirmCounterPayment, Flow, StartPayment
from retail_domain.processes.purchase.checkout import Placed, PlaceOrder
from tests.support.market import CLERK, Buyer
from tests.support.sandbox import Sandbox, running_sandbox
from tests.support.shop import Shop, open_shop, told
from tests.support.stores import Place

LISTS, COMMANDS = 36, 45
LISTS_A_SHOP = 12


@pytest.fixture(scope="module")
def provider() -> Iterator[Sandbox]:
    """The provider, a process of its own."""
    with running_sandbox() as sandbox:
        yield sandbox


@define
class Played:
    """One shop in which a list of commands is played; everything is known by the order in which it came to be."""

    shop: Shop
    goods: list[SkuId] = field(factory=list)
    buyers: list[Buyer] = field(factory=list)
    asks: list[PlaceOrder] = field(factory=list)
    orders: list[Placed] = field(factory=list)
    attempts: list[Any] = field(factory=list)
    owners: dict[OrderId, MemberId] = field(factory=dict)

    async def opened(self, number: int) -> None:
        self.goods = [
            await self.shop.limited_goods(f"tea-{number}", limit=4, stock=6), await self.shop.goods(f"cup-{number}", 333, 5)
        ]  # fmt: skip
        self.buyers = [await self.shop.buyer(10 * number + one) for one in range(2)]
        self.asks, self.orders, self.attempts = [], [], []

    async def play(self, luck: Random) -> list[Any]:
        """Play so many commands; what came of each, without names that differ from store to store."""
        return [await self._one(luck) for _ in range(COMMANDS)]

    async def _one(self, luck: Random) -> Any:
        # Every draw is made, whatever the state, so that all shops draw alike.
        verb = luck.choice(VERBS)
        buyer, sku_id = self.buyers[luck.randrange(2)], self.goods[luck.randrange(2)]
        number, quantity, key = luck.randrange(100), luck.randint(1, 3), luck.randrange(4)
        name = f"{self.goods[0]}{key}"  # a few keys only, so that some are used again
        once = Once(principal=str(self.buyers.index(buyer)), operation=verb, key=name, fingerprint=f"{number}")
        result = await self._made(verb, buyer, sku_id, number, quantity, once if key else None)
        if result is None:
            return verb, "nothing to do"
        return verb, result.code, self._known(result.answer)

    async def _made(self, verb: str, buyer: Buyer, sku_id: SkuId, number: int, quantity: int, once: Once | None) -> Any:
        retail = self.shop.retail
        if verb == "quote":
            asked = await told(self.shop.ask(buyer, (sku_id, quantity), once=once))
            if asked.is_done:
                self.asks.append(asked.answer)
            return asked
        if verb == "place":
            return await self._placed(number)
        if verb == "time":
            self.shop.clock.pass_(timedelta(minutes=number // 10))
            return await told(self.shop.works(1))
        if not self.orders:
            return None
        placed = self._recent(self.orders, number)
        if number % 5:
            buyer = next(one for one in self.buyers if one.id == self.owners[placed.order_id])
        units = (Units(sku_id, quantity),)
        match verb:
            case "start":
                started = await told(retail.payments.start(StartPayment(
                    member_id=buyer.id, order_id=placed.order_id, gateway="counter", flow=Flow.COUNTER, once=once
                )))  # fmt: skip
                if started.is_done:
                    self.attempts.append((started.answer.payment_id, placed))
                return started
            case "confirm":
                return await self._confirmed(number, once)
            case "cancel":
                return await told(retail.ordering.cancel(CancelOrder(member_id=buyer.id, order_id=placed.order_id, once=once)))
            case "ship":
                sent = ShipOrder(
                    order_id=placed.order_id, carrier="SF", tracking_number="1", actor=CLERK, once=once,
                    units=units if number % 2 else (),
                )  # fmt: skip
                return await told(retail.ordering.ship(sent))
            case "sign":
                return await told(
                    retail.ordering.confirm_receipt(ConfirmReceipt(member_id=buyer.id, order_id=placed.order_id, once=once))
                )
            case "refund":
                wish = RefundOrder(order_id=placed.order_id, reason="x", actor=CLERK, units=units, once=once)
                return await told(retail.ordering.refund(wish))
            case _:
                return await told(
                    retail.ordering.close(CloseOrder(order_id=placed.order_id, reason="x", actor=CLERK, once=once))
                )

    async def _placed(self, number: int) -> Any:
        if not self.asks:
            return None
        ask = self._recent(self.asks, number)
        placed = await told(self.shop.retail.checkout.place(ask))
        if placed.is_done and placed.answer not in self.orders:
            self.orders.append(placed.answer)
            self.owners[placed.answer.order_id] = ask.member_id
        return placed

    async def _confirmed(self, number: int, once: Once | None) -> Any:
        if not self.attempts:
            return None
        payment_id, placed = self._recent(self.attempts, number)
        confirm = ConfirmCounterPayment(payment_id=payment_id, amount=placed.payable, actor=CLERK, once=once)
        return await told(self.shop.retail.payments.confirm_counter(confirm))

    @staticmethod
    def _recent(things: list[Any], number: int) -> Any:
        return things[-1 - number % min(3, len(things))]

    def _known(self, answer: Any) -> Any:
        """An answer by what all shops have in common."""
        names = ("status", "payable", "amount", "money", "is_closing", "refunded")
        seen = {name: str(getattr(answer, name)) for name in names if hasattr(answer, name)}
        order_id = getattr(answer, "order_id", None)
        known = [one.order_id for one in self.orders]
        return seen | ({"order": known.index(order_id)} if order_id in known else {})

    async def state(self) -> Any:
        """Everything the shop shows in the end."""
        show = self.shop.retail.ordering.show
        views = [await show.show(placed.order_id) for placed in self.orders]
        shelves = [await self.shop.shelf(sku_id) for sku_id in self.goods]
        steps = [
            [(one.event, one.from_status, one.to_status, one.actor.kind, one.reason) for one in history]
            for history in [await show.history(view.order_id) for view in views]
        ]
        return (
            [(view.status, view.payment, view.paid, view.refunded, view.close_reason) for view in views],
            [(shelf.on_hand, shelf.reserved, shelf.sellable) for shelf in shelves],
            steps,
            await self.shop.books(),
            [len((await show.mine(buyer.id, PageRequest(100))).items) for buyer in self.buyers],
        )


VERBS = (
    "quote", "quote", "place", "place", "start", "start", "start", "confirm", "confirm", "confirm",
    "cancel", "ship", "ship", "sign", "refund", "refund", "close", "time",
)  # fmt: skip


@asynccontextmanager
async def three_shops(places: list[Place], provider: Sandbox) -> AsyncIterator[list[Played]]:
    """The same shop on every store."""
    async with AsyncExitStack() as stack:
        yield [Played(await stack.enter_async_context(open_shop(place, provider))) for place in places]


@pytest.fixture
def places(tmp_path: Any, postgres_url: str) -> list[Place]:
    """Every store."""
    return [Place("memory"), Place("sqlite", str(tmp_path / "shop.db")), Place("postgres", postgres_url)]


@pytest.mark.parametrize("first", range(0, LISTS, LISTS_A_SHOP))
async def test_the_same_commands_have_the_same_answers_and_end_alike_on_every_store(
    places: list[Place], provider: Sandbox, first: int
) -> None:
    """R32, R17, ORD-I1: random lists of placing, paying, shipping, cancelling, refunding, closing, repeats and time."""
    done: set[str] = set()
    async with three_shops(places, provider) as shops:
        for seed in range(first, first + LISTS_A_SHOP):
            heard = []
            for played in shops:
                await played.opened(seed)
                answers = await played.play(Random(seed))
                assert [one for one in answers if one[1].startswith("broken")] == [], seed
                done |= {one[0] for one in answers if one[1] == ""}
                heard.append((answers, await played.state()))
            assert heard[0] == heard[1], seed
            assert heard[1] == heard[2], seed
        for played in shops[1:]:
            await played.shop.works(3)
            await played.shop.is_clean()
    assert done >= {"quote", "place", "start", "confirm", "ship", "refund"}  # the lists are not empty noise

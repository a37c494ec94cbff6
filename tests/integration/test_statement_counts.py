"""No query a line, anywhere: every use case asks the database as often for fifty lines as for two (R46).

One journey through the whole shop is made twice, with little and with much of everything; each use case must take the
same number of statements both times, and no more than `statements.toml` says.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Iterator
from datetime import time, timedelta
from pathlib import Path
from typing import Any, Final

import pytest
from attrs import define, frozen

from retail_adapters.assemble import Outside, on_database
from retail_adapters.assembly.policies import Policies
from retail_adapters.payments import counter_gateway
from retail_domain.accounts import AddAddress, ContactAsTyped
from retail_domain.cart import CartLine, CartOwner
from retail_domain.catalog import CreateProduct, Listing, SkuWish
from retail_domain.catalog.queries import ProductSearch
from retail_domain.inventory import OpenLocation, ReceiveStock
from retail_domain.kernel.contact import Phone
from retail_domain.kernel.ids import ProductId, SkuId
from retail_domain.kernel.once import Once
from retail_domain.kernel.paging import PageRequest
from retail_domain.messages import MessageRules, QuietHours
from retail_domain.ordering import CancelOrder, CloseOrder, ConfirmReceipt, RefundOrder, ShipOrder, Units
from retail_domain.payments import ConfirmCounterPayment, Flow, PaymentView, StartPayment, TakeNotice
from retail_domain.pricing import ShowQuote
from retail_domain.processes.purchase.carting import (
    AddToCart,
    CreateGuestCart,
    MergeGuestCart,
    RemoveFromCart,
    SetCartQuantity,
    ShowCart,
)
from retail_domain.processes.purchase.checkout import Placed, PlaceOrder
from retail_domain.processes.purchase.quoting import QuoteBasket
from retail_domain.testing.people import RememberingSms
from retail_entrypoints.worker import work_once
from tests.support.accounts import Recording
from tests.support.bound import bound_to
from tests.support.market import CLERK, Buyer, Market
from tests.support.postgres import fresh_database
from tests.support.pretend_gateway import PretendGateway, PretendReader, notice
from tests.support.purse import Mood
from tests.support.rarer_calls import call_them
from tests.support.speaking_calls import speak
from tests.support.statements import WRITES, Statements, StatementTable
from tests.support.stores import HandClock, Place, open_database
from tests.support.taking_hooks import TakesAll

pytestmark = pytest.mark.slow
PAGE: Final = PageRequest(100)
FEW, MANY = 2, 50
TABLE: Final = Path(__file__).with_name("statements.toml")
NEVER: Final = QuietHours(begin=time(0), end=time(0))
COUNTER: Final = "a counter secret that only tests know"


@define
class Journey:
    """One journey through the shop with so much of everything."""

    market: Market
    statements: Statements
    provider: PretendGateway
    sms: RememberingSms
    mood: Mood
    lines: int
    number: int

    async def make(self) -> None:
        await self.clear_up()
        goods, product = await self.goods()
        buyer = await self.market.buyer(self.number)
        await self.welcomed()
        for at in range(self.lines):
            typed = ContactAsTyped(
                recipient=f"{at}", phone=Phone.parse("13800138000"), region_code="440305", region="x", detail="y"
            )
            if at < 10:
                await self.market.retail.accounts.add_address(AddAddress(member_id=buyer.id, contact=typed))
        await self.look_at_goods(product)
        await self.fill_cart(buyer, goods)
        await self.buy_together(goods)
        await self.look_at_lists(buyer)
        await self.pay_and_ship(buyer, goods)
        await self.change_minds(buyer, goods)
        await self.let_time_pass(buyer, goods)
        await self.clear_up()
        await call_them(self, buyer, goods, product)

    async def goods(self) -> tuple[list[SkuId], ProductId]:
        """Half the lines are kinds of one product, half are products of their own; all in stock."""
        wishes = tuple(
            SkuWish(code=f"K{self.number}-{at}", price_minor=1_000, options=(("size", f"{at}"),))
            for at in range(self.lines // 2)
        )
        kinds = CreateProduct(code=f"P{self.number}", listing=Listing(title="Tea"), skus=wishes, on_sale=True)
        made = await self.statements.of("create product", self.market.retail.catalog.create(kinds))
        for sku_id in made.sku_ids:
            stock = ReceiveStock(sku_id=sku_id, location="main", quantity=1_000, reference="n", actor=CLERK)
            await self.market.retail.inventory.receive(stock)
        alone = [await self.market.goods(f"S{self.number}-{at}", stock=1_000) for at in range(self.lines // 2)]
        return [*made.sku_ids, *alone], made.product_id

    async def look_at_goods(self, product: ProductId) -> None:
        window, shelves = self.market.retail.catalog.window, self.market.retail.inventory.show
        found = await self.statements.of("browse", window.search(ProductSearch(), PAGE))
        assert len(found.items) > self.lines // 2
        await self.statements.of("product page", window.product(product))
        await self.statements.of("stock list", shelves.stock(PAGE))
        await self.statements.of("alert list", shelves.alerts(PAGE))
        await self.statements.of("staff product list", self.market.retail.catalog.show.search(ProductSearch(), PAGE))

    async def fill_cart(self, buyer: Buyer, goods: list[SkuId]) -> None:
        cart, mine = self.market.retail.cart, buyer.cart
        guest = await cart.create_guest_cart(CreateGuestCart())
        for sku_id in goods[:-1]:
            await cart.put(AddToCart(owner=mine, line=CartLine(sku_id, 1)))
            await cart.put(AddToCart(owner=CartOwner.guest(guest.token), line=CartLine(sku_id, 1)))
        last = AddToCart(owner=mine, line=CartLine(goods[-1], 1))
        await self.statements.of("put into cart", cart.put(last))
        await self.statements.of("set quantity", cart.put(SetCartQuantity(owner=mine, line=CartLine(goods[-1], 2))))
        await self.statements.of("show cart", cart.show(ShowCart(mine)))
        merge = MergeGuestCart(member_id=buyer.id, guest=CartOwner.guest(guest.token))
        await self.statements.of("merge carts", cart.merge(merge))
        await self.statements.of("remove from cart", cart.remove(RemoveFromCart(owner=mine, sku_id=goods[-1])))
        await cart.put(last)
        from_cart = QuoteBasket(member_id=buyer.id, address_id=buyer.home, from_cart=True)
        quote = await self.statements.of("quote a cart", self.market.retail.quoting.quote(from_cart))
        assert len(quote.lines) == self.lines
        await self.statements.of(
            "show quote", self.market.retail.quoting.show(ShowQuote(member_id=buyer.id, quote_id=quote.id))
        )
        once = Once(principal=f"member:{buyer.id}", operation="place", key="k", fingerprint="f")
        ask = PlaceOrder(member_id=buyer.id, quote_id=quote.id, hash=quote.hash, once=once)
        await self.statements.of("place from cart", self.market.retail.checkout.place(ask))
        await self.statements.of("place again with the key", self.market.retail.checkout.place(ask))
        await self.all_is_told()
        await self.statements.of("relay", work_once(self.market.retail.background))

    async def buy_together(self, goods: list[SkuId]) -> None:
        """A batch of one order of one line, or of sixteen of three."""
        size = 1 if self.lines == FEW else 16
        asks = []
        for at in range(size):
            buyer = await self.market.buyer(1_000 * self.number + at)
            asks.append(await self.ask(buyer, goods[at : at + (1 if size == 1 else 3)]))
        await self.welcomed()
        place = bound_to(bound_to(self.market.retail.checkout.place)[0])[0]
        answers = await self.statements.of("a batch of orders", place(asks))
        assert all(isinstance(one, Placed) for one in answers) and len(answers) == size

    async def look_at_lists(self, buyer: Buyer) -> None:
        orders, accounts = self.market.retail.ordering.show, self.market.retail.accounts.show
        await self.statements.of("order list", orders.mine(buyer.id, PAGE))
        await self.statements.of("staff order list", orders.all(PAGE))
        await self.statements.of("member list", accounts.members(PAGE))
        await self.statements.of("address book", accounts.address_book(buyer.id))
        await self.statements.of("every region", accounts.every_region())
        await self.statements.of("suspects", self.market.retail.payments.show.suspects(PAGE))
        await self.statements.of("balances", self.market.retail.payments.show.balances())
        await self.statements.of("outbox list", self.market.retail.background.outbox.open(PAGE))

    async def all_is_told(self) -> None:
        """Whoever is to be told of what happened so far is: what follows is told alone."""
        for name in ("number_events", "tell_messages", "send_messages"):
            while (await self.market.retail.background.timers[name]()).done:
                continue

    async def pay_and_ship(self, buyer: Buyer, goods: list[SkuId]) -> None:
        retail = self.market.retail
        await self.all_is_told()
        placed = await self.place(buyer, goods)
        await self.statements.of("order page", retail.ordering.show.show_mine(buyer.id, placed.order_id))
        start = StartPayment(member_id=buyer.id, order_id=placed.order_id, gateway="sandbox", flow=Flow.DESKTOP_QR)
        view = await self.statements.of("start payment", retail.payments.start(start))
        await self.statements.of("notice", retail.payments.take_notice(self.paid(view)))
        await self.statements.of("relay what was paid", work_once(retail.background))
        parcel = ShipOrder(order_id=placed.order_id, carrier="SF", tracking_number="1", actor=CLERK)
        await self.statements.of("ship", retail.ordering.ship(parcel))
        await self.statements.of("parcels", retail.fulfilment.show.of_order(placed.order_id))
        receipt = ConfirmReceipt(member_id=buyer.id, order_id=placed.order_id)
        await self.statements.of("confirm receipt", retail.ordering.confirm_receipt(receipt))
        product = (await retail.catalog.show.sku_facts(goods))[goods[0]].product_id
        await speak(self.market, self.statements, buyer, placed.order_id, self.lines, product)
        await self.statements.of("order history", retail.ordering.show.history(placed.order_id))
        cash = await self.place(buyer, goods)
        till = StartPayment(member_id=buyer.id, order_id=cash.order_id, gateway="counter", flow=Flow.COUNTER)
        due = await self.statements.of("start counter payment", retail.payments.start(till))
        confirm = ConfirmCounterPayment(payment_id=due.payment_id, amount=cash.payable, actor=CLERK)
        await self.statements.of("confirm counter payment", retail.payments.confirm_counter(confirm))

    async def change_minds(self, buyer: Buyer, goods: list[SkuId]) -> None:
        retail = self.market.retail
        paid = await self.paid_order(buyer, goods)
        units = tuple(Units(sku_id, 1) for sku_id in goods[:-1])
        wish = RefundOrder(order_id=paid.order_id, reason="x", actor=CLERK, units=units)
        await self.statements.of("refund", retail.ordering.refund(wish))
        close = CloseOrder(order_id=paid.order_id, reason="x", actor=CLERK)
        await self.statements.of("close a paid order", retail.ordering.close(close))
        await self.statements.of("refunds of an order", retail.payments.show.refunds_of_order(paid.order_id))
        unpaid = await self.place(buyer, goods)
        cancel = CancelOrder(member_id=buyer.id, order_id=unpaid.order_id)
        await self.statements.of("cancel", retail.ordering.cancel(cancel))

    async def let_time_pass(self, buyer: Buyer, goods: list[SkuId]) -> None:
        """Each timer finds one order that is due, with few lines or many."""
        timers = self.market.retail.background.timers
        await self.statements.of("push refunds", timers["push_refunds"]())
        await self.clear_up()
        await self.place(buyer, goods)
        await self.pass_(timedelta(hours=2))
        await self.statements.of("close unpaid", timers["close_unpaid"]())
        sent = await self.paid_order(buyer, goods)
        parcel = ShipOrder(order_id=sent.order_id, carrier="SF", tracking_number="1", actor=CLERK)
        await self.market.retail.ordering.ship(parcel)
        await self.pass_(timedelta(days=30))
        await self.statements.of("sign by time", timers["sign"]())
        await self.pass_(timedelta(days=30))
        await self.statements.of("complete by time", timers["complete"]())

    async def welcomed(self) -> None:
        """What follows from joining has followed: it is no part of what is counted."""
        while await self.market.retail.background.deliver_next():
            pass

    async def clear_up(self) -> None:
        """Nothing is due any more."""
        await self.pass_(timedelta(days=90))
        for _ in range(4):
            await work_once(self.market.retail.background)

    async def pass_(self, time: timedelta) -> None:
        self.market.clock.pass_(time)

    async def ask(self, buyer: Buyer, goods: list[SkuId]) -> PlaceOrder:
        quote = await self.market.quote(buyer, *((sku_id, 1) for sku_id in goods))
        return PlaceOrder(member_id=buyer.id, quote_id=quote.id, hash=quote.hash)

    async def place(self, buyer: Buyer, goods: list[SkuId]) -> Placed:
        return await self.statements.of("place", self.market.retail.checkout.place(await self.ask(buyer, goods)))

    async def paid_order(self, buyer: Buyer, goods: list[SkuId]) -> Placed:
        placed = await self.place(buyer, goods)
        start = StartPayment(member_id=buyer.id, order_id=placed.order_id, gateway="sandbox", flow=Flow.DESKTOP_QR)
        await self.market.retail.payments.take_notice(self.paid(await self.market.retail.payments.start(start)))
        return placed

    def paid(self, view: PaymentView) -> TakeNotice:
        body = notice(self.provider.pay(view.payment_id.hex), f"evt-{view.payment_id.hex}")
        return TakeNotice(gateway="sandbox", headers={}, body=body)


@frozen
class Measured:
    """What every use case asked with little and with much."""

    on: str
    few: dict[str, tuple[str, ...]]
    many: dict[str, tuple[str, ...]]


async def measured(place: Place) -> Measured:
    async with open_database(place) as database:
        recording, clock, provider, sms = Recording(database), HandClock(), PretendGateway(), RememberingSms()
        gateways: dict[str, Any] = {"sandbox": provider, "counter": counter_gateway(COUNTER)}
        mood = Mood()
        outside = Outside(
            clock=clock, gateways=gateways, readers={"sandbox": PretendReader()}, sms=sms, takings=(mood,),
            webhook_sender=TakesAll(), policies=Policies(messages=MessageRules(quiet=NEVER)),
        )  # fmt: skip
        market = Market(on_database(recording, outside), clock)
        await market.retail.inventory.open_location(OpenLocation(code="main", name="Warehouse", actor=CLERK))
        await market.freight()
        found = []
        for number, lines in enumerate((FEW, MANY), 1):
            statements = Statements(recording)
            await Journey(market, statements, provider, sms, mood, lines, number).make()
            found.append(statements.asked)
    measured = Measured(place.kind, *found)
    if WRITES:
        StatementTable.read(TABLE).renewed(measured.on, measured.few).write(TABLE)
    return measured


@pytest.fixture(scope="module", params=["sqlite", "postgres"])
def shop(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Measured]:
    """Both journeys, made once for each database."""
    if request.param == "sqlite":
        yield asyncio.run(measured(Place("sqlite", str(tmp_path_factory.mktemp("counts") / "shop.db"))))
        return
    server, template = request.getfixturevalue("postgres_server"), request.getfixturevalue("_migrated")
    with fresh_database(server, template=template) as url:
        yield asyncio.run(measured(Place("postgres", url)))


USE_CASES: Final = (
    "create product", "browse", "product page", "stock list", "alert list", "staff product list", "put into cart",
    "make offer", "launch offer", "change offer", "offer", "stop offer", "offers",
    "set quantity", "show cart", "merge carts", "remove from cart", "quote a cart", "show quote", "place from cart",
    "place again with the key", "place", "relay", "relay what was paid", "a batch of orders", "order list",
    "staff order list", "member list", "address book", "every region", "suspects", "balances", "outbox list", "order page",
    "start payment", "notice", "ship", "parcels", "confirm receipt", "order history", "start counter payment",
    "confirm counter payment", "refund", "close a paid order", "refunds of an order", "cancel", "push refunds",
    "close unpaid", "sign by time", "complete by time",
    "take a coupon", "give a coupon", "take a coupon back", "make codes", "redeem a code", "coupons to take", "my coupons",
    "report of coupons", "quote with coupons", "coupons of a quote", "place with coupons", "cancel with coupons",
    "admit member", "add address", "correct address", "remove address", "send code", "log in with code", "authenticate",
    "log out", "update profile", "capture behaviour", "edit product", "add kind", "edit kind", "reprice", "reprice many",
    "label kind", "bound price", "set cost", "sku sheet", "sku by name", "costs", "prices", "sales window",
    "prices by file", "counts by file", "hand in a job", "do a job", "show a job", "report of a job", "job list",
    "cancel a job", "add a favourite", "favourites",
    "count favourites", "remove a favourite", "seen goods", "forget seen goods",
    "take off sale", "create category", "move category", "create brand", "open location", "receive stock", "adjust stock",
    "watch stock", "store freight template", "freight templates", "quote lines", "quote again", "create guest cart",
    "a first note", "more notes", "show notes",
    "move members in", "move members in again",
    "agree to terms", "export a member", "what is in the way", "close an account", "erase a member",
    "make a key", "a key's first use of an hour", "a key is used again", "take a key back",
    "make a role", "change a role", "remove a role", "approval list",
    "check in", "show check-ins", "add points", "show points", "take points", "points history",
    "close the books", "closings of the books", "day book", "entries of a day",
    "change settings", "list settings", "shop front", "first page", "take settings back",
    "send a picture", "show a picture", "prepare a picture", "look at pictures",
    "show pictures", "let go of pictures",
    "review", "edit a review", "follow up a review", "reply to a review", "import reviews", "search reviews",
    "decide about reviews", "review list", "review summary", "my reviews",
    "reviews of an order",
    "create a webhook", "tell a webhook", "a webhook that knows all", "show webhooks", "what a webhook was told",
    "replay to a webhook", "release for a webhook", "rotate a webhook", "pause a webhook", "resume a webhook",
    "remove a webhook",
    "tell messages", "send a message", "nothing to tell", "inbox", "count unread", "read messages", "message settings",
    "sendings", "change message settings", "agree to advertising", "end advertising",
    "give into a wallet", "ask to be paid out", "approve a withdrawal", "pay a withdrawal", "hold from a wallet",
    "take back into a wallet", "show a wallet", "wallet history", "give up a wallet",
    "quote for a member", "place for a member",
    "place limited goods", "redirect an order", "reprice an order", "write a memo", "show memos",
    "buy again", "close an unpaid order of limited goods", "go on", "hide an order",
    "ship in part",
    "refund the units that were not shipped", "refresh a payment", "the same notice again",
    "cancel with an attempt under way", "late notice", "notice of another sum", "refund what was set aside",
    "retry a refund", "correct a refund", "poll a payment that arrived", "a worker's round with nothing to do", "sweep",
)  # fmt: skip


@pytest.mark.parametrize("name", USE_CASES)
def test_much_of_it_takes_as_many_statements_as_little(shop: Measured, name: str) -> None:
    """R46, GEN-R18: two lines or fifty, one order or a batch of sixteen, a short list or a long one."""
    assert Counter(shop.many[name]) == Counter(shop.few[name])


@pytest.mark.parametrize("name", USE_CASES)
def test_no_use_case_asks_more_than_the_table_says(shop: Measured, name: str) -> None:
    """R46: what a use case costs is a decision; it is taken in the table, for each database."""
    may = StatementTable.read(TABLE).of(name, shop.on)

    assert may is not None and len(shop.few[name]) <= len(may), f"{name} asks {list(shop.few[name])}"


@pytest.mark.parametrize("name", USE_CASES)
def test_the_table_says_what_is_asked(shop: Measured, name: str) -> None:
    """A table that is out of date would let the next statement in unnoticed. Its first lines say how it is renewed."""
    assert StatementTable.read(TABLE).of(name, shop.on) == shop.few[name]


def test_every_use_case_of_the_journey_is_judged(shop: Measured) -> None:
    assert shop.few.keys() == shop.many.keys() == set(USE_CASES)
    assert StatementTable.read(TABLE).rows.keys() == set(USE_CASES)

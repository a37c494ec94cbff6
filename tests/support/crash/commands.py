"""The commands that are killed at every point: for each, what is given, the call, and what must be so in the end."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any, Final

from attrs import evolve, frozen
from sqlalchemy import bindparam, func, select

from retail_adapters.sql.statement import Statement
from retail_adapters.sql.tables.outbox import events as events_table
from retail_domain.accounts import Purpose
from retail_domain.accounts.use_cases.send_code import SendCode
from retail_domain.cart import CartLine
from retail_domain.catalog import CreateProduct, Listing, SkuWish
from retail_domain.inventory import ReceiveStock, WatchStock
from retail_domain.kernel.contact import Phone
from retail_domain.kernel.once import Once
from retail_domain.kernel.paging import PageRequest
from retail_domain.ordering import CancelOrder, CloseOrder, ConfirmReceipt, OrderStatus, RefundOrder, ShipOrder, Units
from retail_domain.payments import (
    AskedTooOften,
    ConfirmCounterPayment,
    Flow,
    PaymentState,
    PaymentView,
    RefreshPayment,
    RefundState,
    StartPayment,
)
from retail_domain.processes.carting import AddToCart, ShowCart
from retail_domain.processes.checkout import Placed, PlaceOrder
from retail_domain.processes.quoting import QuoteBasket
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
"""What `make test` kills at every point (rulings 7)."""


def _command(prepare: Prepare) -> Prepare:
    COMMANDS[prepare.__name__] = prepare
    return prepare


@frozen(kw_only=True)
class _Sold:
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
        stands = await _shelf(shop)
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


async def _shelf(shop: Shop) -> tuple[int, int]:
    shelf = await shop.shelf(next(iter(shop.products)))
    return shelf.on_hand, shelf.reserved


def _tea(shop: Shop) -> Any:
    return next(iter(shop.products))


async def _ordered(shop: Shop, number: int) -> _Sold:
    buyer = await shop.buyer(number)
    placed = await shop.order(buyer, (_tea(shop), UNITS))
    return await _now(shop, buyer, placed)


async def _now(shop: Shop, buyer: Buyer, placed: Placed) -> _Sold:
    shelf, books, charges = await _shelf(shop), await shop.books(), len(shop.sandbox.payments())
    return _Sold(buyer=buyer, placed=placed, shelf=shelf, books=books, charges=charges)


async def _started(shop: Shop, number: int, gateway: str = "sandbox", flow: Flow = Flow.DESKTOP_QR) -> _Sold:
    sold = await _ordered(shop, number)
    view = await shop.start(sold.buyer, sold.placed, flow, gateway)
    return evolve(await _now(shop, sold.buyer, sold.placed), payment=view)


async def _paid(shop: Shop, number: int) -> _Sold:
    sold = await _started(shop, number)
    assert sold.payment is not None
    await shop.hears(shop.buyer_pays(sold.payment))
    await shop.works(1)
    return evolve(await _now(shop, sold.buyer, sold.placed), payment=sold.payment)


async def _sent(shop: Shop, number: int) -> _Sold:
    sold = await _paid(shop, number)
    await shop.retail.ordering.ship(_parcel(sold))
    return evolve(await _now(shop, sold.buyer, sold.placed), payment=sold.payment)


def _parcel(sold: _Sold, **more: Any) -> ShipOrder:
    return ShipOrder(order_id=sold.placed.order_id, carrier="SF", tracking_number="1", actor=CLERK, **more)


def _money_back(shop: Shop, sold: _Sold, **more: Any) -> RefundOrder:
    units = (Units(_tea(shop), UNITS),)
    return RefundOrder(order_id=sold.placed.order_id, reason="unwanted", actor=CLERK, units=units, **more)


# ---- members and staff -------------------------------------------------------------------------------------------------


@_command
async def place(shop: Shop, number: int) -> Danger:
    """R15, R16, R18: a quote becomes one order."""
    buyer = await shop.buyer(number)
    ask = await shop.ask(buyer, (_tea(shop), UNITS), once=once(buyer, "place"))
    before = await _shelf(shop)

    async def check(shop: Shop) -> None:
        (order,) = (await shop.retail.ordering.show.mine(buyer.id, PageRequest(10))).items
        assert await events_of(shop, order.order_id) == {"order.placed": 1}
        assert await _shelf(shop) == (before[0], before[1] + UNITS)

    return Danger(call=("checkout.place", ask), check=check)


@_command
async def place_three(shop: Shop, number: int) -> Danger:
    """R16, rulings 26: a batch of three orders happens wholly or not at all."""
    buyers = [await shop.buyer(3 * number + each) for each in range(3)]
    asks = [await shop.ask(buyer, (_tea(shop), UNITS), once=once(buyer, "place")) for buyer in buyers]
    before = await _shelf(shop)

    async def check(shop: Shop) -> None:
        for buyer in buyers:
            (order,) = (await shop.retail.ordering.show.mine(buyer.id, PageRequest(10))).items
            assert await events_of(shop, order.order_id) == {"order.placed": 1}
        assert await _shelf(shop) == (before[0], before[1] + 3 * UNITS)

    return Danger(call=("batch", asks), check=check)


@_command
async def pay(shop: Shop, number: int) -> Danger:
    """R12: the attempt is stored, its provider called, the answer recorded; the provider hears of one payment."""
    sold = await _ordered(shop, number)

    async def check(shop: Shop) -> None:
        (attempt,) = await shop.retail.payments.show.of_order(sold.placed.order_id)
        assert (attempt.status, await events_of(shop, attempt.payment_id)) == (PaymentState.PENDING, {"payment.started": 1})
        evolve(sold, payment=attempt).is_charged_once(shop)
        await sold.ends(shop, OrderStatus.PENDING_PAYMENT)

    return Danger(call=("payments.start", _way(sold, Flow.DESKTOP_QR)), check=check)


def _way(sold: _Sold, flow: Flow, gateway: str = "sandbox") -> StartPayment:
    start = StartPayment(member_id=sold.buyer.id, order_id=sold.placed.order_id, gateway=gateway, flow=flow)
    return evolve(start, once=once(sold.buyer, f"pay {flow.value}"))


@_command
async def pay_otherwise(shop: Shop, number: int) -> Danger:
    """R12, PAY-R6: an open attempt is closed at its provider before another one begins."""
    sold = await _started(shop, number)

    async def check(shop: Shop) -> None:
        first, second = await shop.retail.payments.show.of_order(sold.placed.order_id)
        assert (first.status, second.status) == (PaymentState.CLOSED, PaymentState.PENDING)
        evolve(sold, payment=second).is_charged_once(shop)
        (theirs,) = [one for one in shop.sandbox.payments() if one["ref"] == first.payment_id.hex]
        assert theirs["status"] == "closed"

    return Danger(call=("payments.start", _way(sold, Flow.MOBILE_WEB)), check=check)


@_command
async def notice(shop: Shop, number: int) -> Danger:
    """R8, R10, rulings 10: a notice that is not acknowledged comes again, and the order is paid once."""
    sold = await _started(shop, number)
    assert sold.payment is not None
    heard = shop.buyer_pays(sold.payment)

    async def check(shop: Shop) -> None:
        await sold.ends(shop, OrderStatus.TO_SHIP, "paid")
        await sold.holds(shop, "sandbox", sold.placed.payable.minor)

    return Danger(call=("payments.take_notice", heard), check=check)


@_command
async def confirm_counter(shop: Shop, number: int) -> Danger:
    """R8: what a clerk takes at the counter is taken once."""
    sold = await _started(shop, number, "counter", Flow.COUNTER)
    assert sold.payment is not None
    confirm = ConfirmCounterPayment(
        payment_id=sold.payment.payment_id, amount=sold.placed.payable, actor=CLERK, once=sold.once
    )

    async def check(shop: Shop) -> None:
        await sold.ends(shop, OrderStatus.TO_SHIP, "paid")
        assert sum((await shop.books()).values()) == 0

    return Danger(call=("payments.confirm_counter", confirm), check=check)


@_command
async def ship(shop: Shop, number: int) -> Danger:
    """R3, R15: one parcel leaves, its units leave the shelf once."""
    sold = await _paid(shop, number)

    async def check(shop: Shop) -> None:
        assert len(await shop.retail.fulfilment.show.of_order(sold.placed.order_id)) == 1
        await sold.ends(shop, OrderStatus.SHIPPED, "paid", "shipped", shelf=(-UNITS, -UNITS))

    return Danger(call=("ordering.ship", _parcel(sold, once=sold.once)), check=check)


@_command
async def receive(shop: Shop, number: int) -> Danger:
    """R13: a receipt is confirmed once."""
    sold = await _sent(shop, number)
    wish = ConfirmReceipt(member_id=sold.buyer.id, order_id=sold.placed.order_id, once=sold.once)

    async def check(shop: Shop) -> None:
        await sold.ends(shop, OrderStatus.SIGNED, "paid", "shipped", "signed")

    return Danger(call=("ordering.confirm_receipt", wish), check=check)


@_command
async def refund(shop: Shop, number: int) -> Danger:
    """R5, R12: the money goes back once, and the worker sends it."""
    sold = await _paid(shop, number)

    async def check(shop: Shop) -> None:
        await _gone_back_once(shop, sold)
        await sold.ends(shop, OrderStatus.CLOSED, "paid", "refunded", "closed", shelf=(0, -UNITS))

    return Danger(call=("ordering.refund", _money_back(shop, sold, once=sold.once)), check=check)


async def _gone_back_once(shop: Shop, sold: _Sold) -> None:
    assert sold.payment is not None
    (ours,) = await shop.retail.payments.show.refunds_of_order(sold.placed.order_id)
    (theirs,) = shop.sandbox.refunds(sold.payment.payment_id.hex)
    assert (ours.state, theirs["status"]) == (RefundState.SUCCEEDED, "succeeded")
    assert ours.amount.minor == theirs["amount"]["minor"] == sold.placed.payable.minor
    await sold.holds(shop, "sandbox", -sold.placed.payable.minor)


@_command
async def call_off(shop: Shop, number: int) -> Danger:
    """T11, R5: staff call a paid order off; everything goes back once."""
    sold = await _paid(shop, number)
    wish = CloseOrder(order_id=sold.placed.order_id, reason="broken", actor=CLERK, once=sold.once)

    async def check(shop: Shop) -> None:
        await _gone_back_once(shop, sold)
        await sold.ends(shop, OrderStatus.CLOSED, "paid", "refunded", "closed", shelf=(0, -UNITS))

    return Danger(call=("ordering.close", wish), check=check)


@_command
async def cancel(shop: Shop, number: int) -> Danger:
    """R3: an order nobody pays is closed at once, and its units are free again, once."""
    sold = await _ordered(shop, number)
    wish = CancelOrder(member_id=sold.buyer.id, order_id=sold.placed.order_id, once=sold.once)

    async def check(shop: Shop) -> None:
        await sold.ends(shop, OrderStatus.CLOSED, "closing", "closed", shelf=(0, -UNITS))

    return Danger(call=("ordering.cancel", wish), check=check)


@_command
async def cancel_while_paying(shop: Shop, number: int) -> Danger:
    """R11, rulings 11: an open attempt is closed at its provider before the order is."""
    sold = await _started(shop, number)
    wish = CancelOrder(member_id=sold.buyer.id, order_id=sold.placed.order_id, once=sold.once)
    return Danger(call=("ordering.cancel", wish), check=_closed_here_and_there(sold), later=timedelta(minutes=3))


def _closed_here_and_there(sold: _Sold) -> Check:
    async def check(shop: Shop) -> None:
        await sold.ends(shop, OrderStatus.CLOSED, "closing", "closed", shelf=(0, -UNITS))
        (attempt,) = await shop.retail.payments.show.of_order(sold.placed.order_id)
        (theirs,) = [one for one in shop.sandbox.payments() if one["ref"] == attempt.payment_id.hex]
        assert (attempt.status, theirs["status"]) == (PaymentState.CLOSED, "closed")

    return check


@_command
async def refresh(shop: Shop, number: int) -> Danger:
    """R8, R11: a member asks whether the money has come; it is taken once."""
    sold = await _started(shop, number)
    assert sold.payment is not None
    shop.sandbox.pay(sold.payment.payment_id.hex)
    wish = RefreshPayment(member_id=sold.buyer.id, payment_id=sold.payment.payment_id)

    async def check(shop: Shop) -> None:
        await sold.ends(shop, OrderStatus.TO_SHIP, "paid")
        await sold.holds(shop, "sandbox", sold.placed.payable.minor)

    call, later = ("payments.refresh", wish), timedelta(minutes=1)
    return Danger(call=call, check=check, later=later, same_answer=False, or_refused=AskedTooOften.code)


@_command
async def send_code(shop: Shop, number: int) -> Danger:
    """R17, R36: a code is sent at most once, and the same request names the same challenge."""
    phone = Phone.parse(f"1380014{number:04d}")
    wish = SendCode(phone=phone, purpose=Purpose.LOGIN, client=f"10.1.{number // 200}.{number % 200}")
    key = Once(principal=f"guest:{number}", operation="code", key="the-key", fingerprint="one")

    async def check(shop: Shop) -> None:
        sent = Path(shop.where.messages)
        assert (sent.read_text() if sent.exists() else "").count(phone.e164) <= 1

    return Danger(call=("accounts.send_code", evolve(wish, once=key)), check=check)


# ---- timers ------------------------------------------------------------------------------------------------------------


@_command
async def poll_payments(shop: Shop, number: int) -> Danger:
    """R11: the provider is asked, since its notice never came; the order is paid once."""
    sold = await _started(shop, number)
    assert sold.payment is not None
    shop.sandbox.pay(sold.payment.payment_id.hex)

    async def check(shop: Shop) -> None:
        await sold.ends(shop, OrderStatus.TO_SHIP, "paid")
        await sold.holds(shop, "sandbox", sold.placed.payable.minor)

    return _timer("poll_payments", check, shift=timedelta(seconds=70), later=timedelta(minutes=3))


def _timer(name: str, check: Check, **times: timedelta) -> Danger:
    return Danger(call=(f"timer:{name}", None), check=check, same_answer=False, **times)


@_command
async def close_unpaid(shop: Shop, number: int) -> Danger:
    """R11, R14: an overdue order's attempt is closed at its provider, then the order, once."""
    sold = await _started(shop, number)
    return _timer(
        "close_unpaid", _closed_here_and_there(sold), shift=timedelta(hours=2, seconds=5), later=timedelta(minutes=3)
    )


@_command
async def close_unpaid_but_paid(shop: Shop, number: int) -> Danger:
    """R10, R14: closing finds at the provider that the buyer was faster; the order is paid, once."""
    sold = await _started(shop, number)
    assert sold.payment is not None
    shop.sandbox.pay(sold.payment.payment_id.hex)

    async def check(shop: Shop) -> None:
        await sold.ends(shop, OrderStatus.TO_SHIP, "closing", "paid")
        await sold.holds(shop, "sandbox", sold.placed.payable.minor)

    return _timer("close_unpaid", check, shift=timedelta(hours=2, seconds=5), later=timedelta(minutes=3))


@_command
async def push_refunds(shop: Shop, number: int) -> Danger:
    """R12: a refund is sent under a stored reference; the provider pays back once."""
    sold = await _paid(shop, number)
    await shop.retail.ordering.refund(_money_back(shop, sold))

    async def check(shop: Shop) -> None:
        await _gone_back_once(shop, sold)

    return _timer("push_refunds", check, later=timedelta(minutes=3))


@_command
async def sign(shop: Shop, number: int) -> Danger:
    """R28: a parcel nobody confirms is signed for by time, once."""
    sold = await _sent(shop, number)

    async def check(shop: Shop) -> None:
        await sold.ends(shop, OrderStatus.SIGNED, "paid", "shipped", "signed")

    return _timer("sign", check, shift=timedelta(days=14, seconds=5))


@_command
async def complete(shop: Shop, number: int) -> Danger:
    """R28: a signed order is completed by time, once."""
    sold = await _sent(shop, number)
    await shop.retail.ordering.confirm_receipt(ConfirmReceipt(member_id=sold.buyer.id, order_id=sold.placed.order_id))

    async def check(shop: Shop) -> None:
        await sold.ends(shop, OrderStatus.COMPLETED, "paid", "shipped", "signed", "completed")

    return _timer("complete", check, shift=timedelta(days=7, seconds=5))


@_command
async def sweep(shop: Shop, number: int) -> Danger:
    """R40: what ended is cleared away, however often that is interrupted; what is ordered stays."""
    sold = await _ordered(shop, number)
    await shop.quote(sold.buyer, (_tea(shop), UNITS))
    cancelled = CancelOrder(member_id=sold.buyer.id, order_id=sold.placed.order_id, once=sold.once)
    await shop.retail.ordering.cancel(cancelled)

    async def check(shop: Shop) -> None:
        await sold.ends(shop, OrderStatus.CLOSED, "closing", "closed", shelf=(0, -UNITS))

    return _timer("sweep", check, shift=timedelta(days=3))


# ---- the relay ---------------------------------------------------------------------------------------------------------


@_command
async def count_sold(shop: Shop, number: int) -> Danger:
    """R25, R26: what follows from a paid order happens once."""
    sold = await _started(shop, number)
    assert sold.payment is not None
    await shop.hears(shop.buyer_pays(sold.payment))
    return await _counted(shop, UNITS)


@_command
async def count_back(shop: Shop, number: int) -> Danger:
    """R25, R26: what follows from a refund happens once."""
    sold = await _paid(shop, number)
    await shop.retail.ordering.refund(_money_back(shop, sold))
    return await _counted(shop, -UNITS)


async def _counted(shop: Shop, units: int) -> Danger:
    product_id = shop.products[_tea(shop)]
    before = (await shop.retail.catalog.show.product(product_id)).card.sold

    async def check(shop: Shop) -> None:
        assert (await shop.retail.catalog.show.product(product_id)).card.sold == before + units

    return _delivery(check)


def _delivery(check: Check) -> Danger:
    return Danger(call=("deliver", None), check=check, same_answer=False)


@_command
async def take_out_ordered(shop: Shop, number: int) -> Danger:
    """R25, R26: what was ordered from a cart is taken out of it once; what was added meanwhile stays."""
    buyer = await shop.buyer(number)
    await shop.retail.cart.put(AddToCart(owner=buyer.cart, line=CartLine(_tea(shop), UNITS)))
    quote = await shop.retail.quoting.quote(QuoteBasket(member_id=buyer.id, address_id=buyer.home, from_cart=True))
    await shop.retail.checkout.place(PlaceOrder(member_id=buyer.id, quote_id=quote.id, hash=quote.hash))
    await shop.retail.cart.put(AddToCart(owner=buyer.cart, line=CartLine(_tea(shop), 1)))

    async def check(shop: Shop) -> None:
        (line,) = (await shop.retail.cart.show(ShowCart(buyer.cart))).basket.lines
        assert line.quantity == 1

    return _delivery(check)


@_command
async def watch_stock(shop: Shop, number: int) -> Danger:
    """R25, R26, STK-R9: goods that run low raise one alert."""
    wish = SkuWish(code=f"low-{number}", price_minor=1_000, weight_grams=500, options=(("size", "M"),))
    goods = CreateProduct(code=f"P-low-{number}", listing=Listing(title="Rare goods"), skus=(wish,), on_sale=True)
    (sku_id,) = (await shop.retail.catalog.create(goods)).sku_ids
    arrived = ReceiveStock(sku_id=sku_id, location="main", quantity=10, reference="note", actor=CLERK)
    await shop.retail.inventory.receive(arrived)
    await shop.retail.inventory.watch(WatchStock(sku_id=sku_id, location="main", actor=CLERK, alert_threshold=9))
    await shop.order(await shop.buyer(number), (sku_id, UNITS))

    async def check(shop: Shop) -> None:
        alerts = (await shop.retail.inventory.show.alerts(PageRequest(100))).items
        assert [one.available for one in alerts if one.sku_id == sku_id] == [10 - UNITS]

    return _delivery(check)



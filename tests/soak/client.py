"""A client of the soak: one of many in one of several processes, who does what people do and writes down what came of it."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from random import Random
from typing import Any, Final

from attrs import define, field, frozen

from retail_domain.cart import CartLine, CartOwner
from retail_domain.inventory import ReceiveStock
from retail_domain.kernel.actor import Actor
from retail_domain.kernel.errors import DomainError
from retail_domain.kernel.ids import OrderId, SkuId
from retail_domain.kernel.paging import PageRequest
from retail_domain.ordering import CancelOrder, CloseOrder, OrderStatus, RefundOrder, ShipOrder, Units
from retail_domain.payments import ConfirmCounterPayment, Flow, StartPayment
from retail_domain.processes.purchase.carting import AddToCart, CreateGuestCart, MergeGuestCart, ShowCart
from retail_domain.processes.purchase.checkout import PlaceOrder
from retail_domain.processes.purchase.quoting import QuoteBasket, WantedLine
from retail_entrypoints.worker import work_once
from tests.soak.checker import BUSY
from tests.soak.history import Act
from tests.support.market import Buyer
from tests.support.shop import Shop

_NOTICE_CODES: Final = {200: "", 503: "store.busy"}

_RECENT: Final = 40
"""Among so many orders clients choose whom to quarrel over."""


@frozen(kw_only=True)
class Known:
    """An order as far as any client must know it."""

    order_id: OrderId
    buyer: Buyer
    payable: Any


@frozen(kw_only=True)
class Task:
    """What a process of the soak is given; it is sent to it as it is."""

    process: int
    clients: int
    seconds: float
    seed: int
    buyers: Sequence[Buyer]
    goods: Sequence[SkuId]
    """The first is the one everybody wants."""
    carts: Sequence[tuple[Buyer, SkuId]]


@define
class Crowd:
    """What the clients of one process share: what they have seen, and what they wrote down."""

    shop: Shop
    task: Task
    acts: list[Act] = field(factory=list)
    orders: list[Known] = field(factory=list)
    notices: list[Any] = field(factory=list)

    def knows(self, order: Known) -> None:
        """Another order to quarrel over."""
        self.orders.append(order)
        del self.orders[:-_RECENT]


@define
class Client:
    """One of them."""

    crowd: Crowd
    name: str
    luck: Random
    _acts: int = 0

    async def run(self, until: float) -> None:
        """Act until the time is over."""
        wishes: Mapping[Callable[[], Awaitable[None]], int] = {
            self.place: 26, self.pay_cash: 18, self.pay_there: 9, self.hear_again: 4, self.cancel: 10, self.close: 3,
            self.ship: 9, self.refund: 9, self.look: 14, self.look_at_shelf: 9, self.receive: 2, self.add: 4,
            self.merge: 2, self.cart: 3, self.books: 1, self.look_around: 3,
        }  # fmt: skip
        while time.monotonic() < until:
            (wish,) = self.luck.choices(list(wishes), list(wishes.values()))
            await wish()

    # ---- what is written down ----------------------------------------------------------------------------------------

    async def act(self, verb: str, on: object, call: Awaitable[Any], **facts: Any) -> Any:
        """Carry it out; the answer, or None when it was refused."""
        began = time.monotonic()
        answer, code = None, ""
        try:
            answer = await call
        except DomainError as refused:
            code = refused.code
        except Exception as bug:
            code = f"broken: {type(bug).__name__}: {bug}"
        seen = {"on": on, "code": code, **facts, **_seen(verb, answer)}
        self.crowd.acts.append(Act(verb=verb, began=began, ended=time.monotonic(), **{**seen, "on": str(seen["on"])}))
        return answer

    def tag(self) -> Actor:
        """A name nobody else acts under."""
        self._acts += 1
        return Actor.system(f"{self.name}-{self._acts}")

    def some_order(self) -> Known | None:
        """One that is fought over."""
        return self.luck.choice(self.crowd.orders) if self.crowd.orders else None

    # ---- what people do ----------------------------------------------------------------------------------------------

    async def place(self) -> None:
        """Somebody orders, most often what everybody wants."""
        task, retail = self.crowd.task, self.crowd.shop.retail
        buyer = self.luck.choice(task.buyers)
        goods = {task.goods[0]} if self.luck.random() < 0.6 else set(self.luck.sample(task.goods, self.luck.choice((1, 2))))
        wanted = {sku_id: self.luck.choice((1, 1, 2, 3)) for sku_id in goods}
        lines = tuple(WantedLine(sku_id, units) for sku_id, units in wanted.items())
        basket = QuoteBasket(member_id=buyer.id, address_id=buyer.home, lines=lines)
        quote = await self.act("quote", "", retail.quoting.quote(basket))
        if quote is None or len(quote.lines) != len(wanted):
            return
        ask = PlaceOrder(member_id=buyer.id, quote_id=quote.id, hash=quote.hash)
        units = {str(sku_id): count for sku_id, count in wanted.items()}
        placed = await self.act("place", "", retail.checkout.place(ask), units=units)
        if placed is not None:
            self.crowd.knows(Known(order_id=placed.order_id, buyer=buyer, payable=placed.payable))
        elif self.crowd.acts[-1].code == "order.too_many_open":
            await self._make_room(buyer)

    async def _make_room(self, buyer: Buyer) -> None:
        """Do what the shop says: cancel an order that nobody pays. Everybody has long lost sight of the oldest."""
        shown = self.crowd.shop.retail.ordering.show.mine(buyer.id, PageRequest(100), OrderStatus.PENDING_PAYMENT)
        page = await self.act("list", "", shown)
        if page is not None and page.items:
            wish = CancelOrder(member_id=buyer.id, order_id=page.items[-1].order_id)
            await self.act("cancel", wish.order_id, self.crowd.shop.retail.ordering.cancel(wish))

    async def pay_cash(self) -> None:
        """The buyer pays at the counter."""
        order = self.some_order()
        if order is None:
            return
        view = await self._start(order, "counter", Flow.COUNTER)
        if view is not None:
            actor = self.tag()
            confirm = ConfirmCounterPayment(payment_id=view.payment_id, amount=order.payable, actor=actor)
            await self.act("confirm", order.order_id, self.crowd.shop.retail.payments.confirm_counter(confirm), tag=actor.ref)

    async def pay_there(self) -> None:
        """The buyer pays at the provider, whose notice arrives several times at once."""
        order = self.some_order()
        if order is None:
            return
        view = await self._start(order, "sandbox", Flow.DESKTOP_QR)
        if view is None or view.gateway != "sandbox":
            return
        paying = asyncio.to_thread(self.crowd.shop.buyer_pays, view)
        notice = await self.act("pay", order.order_id, paying)
        if notice is None:
            return
        self.crowd.notices.append((order, notice))
        del self.crowd.notices[:-_RECENT]
        await asyncio.gather(*(self._hear(order, notice) for _ in range(self.luck.randint(1, 4))))

    async def hear_again(self) -> None:
        """The provider repeats itself."""
        if self.crowd.notices:
            await self._hear(*self.luck.choice(self.crowd.notices))

    async def _hear(self, order: Known, notice: Any) -> None:
        await self.act("notice", order.order_id, self.crowd.shop.hears(notice))

    async def _start(self, order: Known, gateway: str, flow: Flow) -> Any:
        start = StartPayment(member_id=order.buyer.id, order_id=order.order_id, gateway=gateway, flow=flow)
        return await self.act("start", order.order_id, self.crowd.shop.retail.payments.start(start))

    async def cancel(self) -> None:
        """The buyer does not want it any more."""
        order = self.some_order()
        if order is not None:
            wish = CancelOrder(member_id=order.buyer.id, order_id=order.order_id)
            await self.act("cancel", order.order_id, self.crowd.shop.retail.ordering.cancel(wish))

    async def close(self) -> None:
        """Staff call it off."""
        order, actor = self.some_order(), self.tag()
        if order is not None:
            wish = CloseOrder(order_id=order.order_id, reason="no more", actor=actor)
            await self.act("close", order.order_id, self.crowd.shop.retail.ordering.close(wish), tag=actor.ref)

    async def ship(self) -> None:
        """Staff send a unit or two."""
        order, actor = self.some_order(), self.tag()
        units = await self._units_of(order)
        if order is not None and units:
            sent = ShipOrder(order_id=order.order_id, carrier="SF", tracking_number="1", actor=actor, units=units)
            told = {str(one.sku_id): one.quantity for one in units}
            await self.act("ship", order.order_id, self.crowd.shop.retail.ordering.ship(sent), tag=actor.ref, units=told)

    async def refund(self) -> None:
        """Staff pay a unit or two back."""
        order, actor = self.some_order(), self.tag()
        units = await self._units_of(order)
        if order is not None and units:
            back = RefundOrder(order_id=order.order_id, reason="broken", actor=actor, units=units)
            told = {str(one.sku_id): one.quantity for one in units}
            await self.act("refund", order.order_id, self.crowd.shop.retail.ordering.refund(back), tag=actor.ref, units=told)

    async def _units_of(self, order: Known | None) -> tuple[Units, ...]:
        if order is None:
            return ()
        seen = await self.act("look", order.order_id, self.crowd.shop.retail.ordering.show.show(order.order_id))
        if seen is None:
            return ()
        line = self.luck.choice(seen.lines)
        return (Units(line.sku_id, self.luck.randint(1, line.quantity)),)

    async def receive(self) -> None:
        """Goods arrive."""
        sku_id, actor = self.luck.choice(self.crowd.task.goods), self.tag()
        arrived = ReceiveStock(sku_id=sku_id, location="main", quantity=5, reference="note", actor=actor)
        await self.act("receive", sku_id, self.crowd.shop.retail.inventory.receive(arrived), units={str(sku_id): 5})

    async def add(self) -> None:
        """A unit more into a cart that several people share."""
        buyer, sku_id = self.luck.choice(self.crowd.task.carts)
        more = AddToCart(owner=buyer.cart, line=CartLine(sku_id, 1))
        await self.act("add", buyer.id, self.crowd.shop.retail.cart.put(more))

    async def merge(self) -> None:
        """One of those people logs in with a guest's cart, which has a unit as well; both devices of theirs send it."""
        cart, (buyer, sku_id) = self.crowd.shop.retail.cart, self.luck.choice(self.crowd.task.carts)
        guest = await self.act("guest", "", cart.create_guest_cart(CreateGuestCart()))
        if guest is None:
            return
        owner = CartOwner.guest(guest.token)
        if await self.act("fill", "", cart.put(AddToCart(owner=owner, line=CartLine(sku_id, 1)))) is not None:
            merge = MergeGuestCart(member_id=buyer.id, guest=owner)
            await self.act("add", buyer.id, _both(cart.merge(merge), cart.merge(merge)))

    # ---- what people see ---------------------------------------------------------------------------------------------

    async def look(self) -> None:
        """The page of an order."""
        await self._units_of(self.some_order())

    async def look_at_shelf(self) -> None:
        """What staff see of a shelf."""
        sku_id = self.luck.choice(self.crowd.task.goods)
        await self.act("shelf", sku_id, self.crowd.shop.shelf(sku_id))

    async def cart(self) -> None:
        """What lies in a shared cart."""
        buyer, _ = self.luck.choice(self.crowd.task.carts)
        await self.act("cart", buyer.id, self.crowd.shop.retail.cart.show(ShowCart(buyer.cart)))

    async def books(self) -> None:
        """Whether the books balance now."""
        await self.act("books", "", self.crowd.shop.retail.payments.show.balances())

    async def look_around(self) -> None:
        """The newest orders of everybody, so that several processes fight over the same ones."""
        page = await self.act("list", "", self.crowd.shop.retail.ordering.show.all(PageRequest(20)))
        mine = {one.order_id for one in self.crowd.orders}
        buyers = {buyer.id: buyer for buyer in self.crowd.task.buyers}
        for one in page.items if page is not None else ():
            if one.order_id not in mine and one.member_id in buyers:
                self.crowd.knows(Known(order_id=one.order_id, buyer=buyers[one.member_id], payable=one.payable))


async def _both(one: Awaitable[Any], other: Awaitable[Any]) -> Any:
    """What either was told, when both ask for the same; raises what none may be told, and what both were."""
    told = await asyncio.gather(one, other, return_exceptions=True)
    wrong = [answer for answer in told if isinstance(answer, BaseException)]
    if len(wrong) == len(told) or any(getattr(each, "code", "") not in BUSY for each in wrong):
        raise wrong[0]
    return next(answer for answer in told if answer not in wrong)


def _seen(verb: str, answer: Any) -> dict[str, Any]:
    """What an answer tells, as it is written down."""
    if answer is None:
        return {}
    match verb:
        case "place":
            return {"on": answer.order_id, "minor": answer.payable.minor, "status": answer.status}
        case "look":
            shipped = {str(line.sku_id): line.shipped for line in answer.lines}
            status, back, paid = answer.status.value, answer.given_back.decided.minor, answer.paid.minor
            return {"status": status, "units": shipped, "minor": back, "paid": paid}
        case "cancel" | "close" | "ship":
            return {"status": answer.status}
        case "confirm":
            return {"status": answer.money.value}
        case "refund":
            return {"status": answer.status, "minor": answer.amount.minor}
        case "shelf":
            return {"units": {"on_hand": answer.on_hand, "reserved": answer.reserved}}
        case "cart":
            lines = answer.basket.lines
            return {"units": {"quantity": sum(line.quantity for line in lines)}} if not answer.unavailable else {}
        case "books":
            return {"minor": sum(one.balance.minor for one in answer)}
        case "notice":
            return {"code": _NOTICE_CODES.get(answer.status, f"answered {answer.status}")}
        case _:
            return {}


async def worker(shop: Shop, until: float) -> None:
    """What a worker of the shop does meanwhile."""
    while time.monotonic() < until:
        await work_once(shop.retail.background)
        await asyncio.sleep(0.2)

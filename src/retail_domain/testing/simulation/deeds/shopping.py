"""What buyers do: they ask for quotes, order, several at once too, and change their minds (R1, R2, R4, R7, R17, R18)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any, Final

from retail_domain.cart import CartLine
from retail_domain.kernel.actor import Actor
from retail_domain.kernel.errors import DomainError
from retail_domain.kernel.once import Once
from retail_domain.ordering import CancelOrder, ConfirmReceipt, HideOrder, OrderOutcome
from retail_domain.pricing import Quote, WantedLine
from retail_domain.processes.purchase.carting import SetCartQuantity
from retail_domain.processes.purchase.checkout import Placed, PlaceOrder
from retail_domain.processes.purchase.placing_for import PlaceFor, QuoteFor
from retail_domain.processes.purchase.quoting import QuoteBasket
from retail_domain.testing.simulation.book import NEVER, Promise
from retail_domain.testing.simulation.deeds.deed import Deed, some, some_buyer, some_order
from retail_domain.testing.simulation.deeds.paying import pay_for
from retail_domain.testing.simulation.mix import between, one_of
from retail_domain.testing.simulation.requests import Request, ask, judge, keyed, new_effect
from retail_domain.testing.simulation.scheduler import Sleep
from retail_domain.testing.simulation.trouble import Fault, Rare
from retail_domain.testing.simulation.world import Buyer, Shop, World

FREIGHT_FIRST_MINOR: Final = 500
FREIGHT_NEXT_MINOR: Final = 100
"""What delivery costs everywhere: the first piece, and every further one."""


async def order_goods(world: World) -> None:
    """Ask what some goods cost, think, and order them."""
    buyer = some_buyer(world)
    lines = tuple(WantedLine(sku_id, _quantity(world)) for sku_id in some(world, world.skus, 3))
    if world.dice.random() < 0.1:
        lines = (*lines, lines[0])  # the same goods on two lines are judged on their sum (R2)
    quote = await quoted(world, buyer, lines)
    if quote is not None:
        await _think(world)
        placed = await ask(world, placing(world, buyer, quote))
        if isinstance(placed, Placed) and world.dice.random() < world.mix.eagerness:
            await pay_for(world, world.auditor.book.orders[placed.order_id])


async def order_cart(world: World) -> None:
    """Put goods into the cart, ask what it costs, order it; perhaps from two tabs at once (R18)."""
    buyer = some_buyer(world)
    for sku_id in some(world, world.skus, 2):
        await _put(world, buyer, CartLine(sku_id, _quantity(world)))
    quote = await quoted(world, buyer, ())
    if quote is None:
        return
    if world.dice.random() < 0.3:
        again = await quoted(world, buyer, ())
        if again is not None:
            world.spawn("other tab", lambda: ask(world, placing(world, buyer, again)))
    await ask(world, placing(world, buyer, quote))


async def order_in_a_batch(world: World) -> None:
    """Several buyers order at the same moment: their orders are one batch (GEN-R19)."""
    asks = list[Request]()
    for _ in range(between(world.dice, 2, 5)):
        buyer = some_buyer(world)
        quote = await quoted(world, buyer, (WantedLine(one_of(world.dice, world.skus), _quantity(world)),))
        if quote is not None:
            asks.append(placing(world, buyer, quote))
    if asks and world.trouble.strikes(Fault.CLIENT_REPEATS):
        asks.append(asks[0])
    if asks:
        await _deliver_batch(world, asks)


async def change_their_mind(world: World) -> None:
    """Cancel an order."""
    order = some_order(world, "pending_payment")
    if order is None or order.order_id is None:
        return
    effect, order_id = new_effect(world), order.order_id
    order.calling_off.append(effect)
    once = keyed(world, order.member_id, "orders.cancel")
    wish = CancelOrder(member_id=order.member_id, order_id=order_id, once=once)
    await ask(world, Request(
        name=f"cancel {_short(order_id)}", once=once, effect=effect,
        send=lambda shop, _: shop.retail.ordering.cancel(wish),
        certain=lambda request, said: _hear_outcome(world, order, request, said),
    ))  # fmt: skip


async def confirm_receipt(world: World) -> None:
    """The goods have come."""
    order = some_order(world, "shipped")
    if order is None or order.order_id is None:
        return
    once, order_id = keyed(world, order.member_id, "orders.receipt"), order.order_id
    wish = ConfirmReceipt(member_id=order.member_id, order_id=order_id, once=once)
    await ask(world, Request(
        name=f"receipt {_short(order_id)}", once=once, effect=new_effect(world),
        send=lambda shop, _: shop.retail.ordering.confirm_receipt(wish),
        certain=lambda request, said: _hear_outcome(world, order, request, said),
    ))  # fmt: skip


async def hide_an_order(world: World) -> None:
    """Take an order that is over out of the list (ORD-R6)."""
    order = some_order(world, "closed", "completed")
    if order is None or order.order_id is None:
        return
    order_id = order.order_id
    wish = HideOrder(member_id=order.member_id, order_id=order_id)
    order.hiding = order.hiding or new_effect(world)
    await ask(world, Request(
        name=f"hide {_short(order_id)}", effect=order.hiding, same=lambda _: None,
        send=lambda shop, _: shop.retail.ordering.hide(wish), certain=lambda request, said: None,
    ))  # fmt: skip


# ---- quotes ---------------------------------------------------------------------------------------------------------


async def quoted(world: World, buyer: Buyer, lines: tuple[WantedLine, ...], by: Actor | None = None) -> Quote | None:
    """What these goods, or those of the cart, cost; None when there is no quote to be had. Staff may ask for the buyer."""
    once = keyed(world, by.ref if by is not None else buyer.member_id, "quotes.quote")
    said = await ask(world, Request(
        name="quote", once=once, effect=new_effect(world), same=lambda quote: (quote.id, quote.hash, quote.payable),
        send=lambda shop, once: _quoted(shop, buyer, lines, once, by),
        certain=lambda request, said: _judge_quote(world, request, said, lines),
    ))  # fmt: skip
    return said if isinstance(said, Quote) else None


async def _quoted(shop: Shop, buyer: Buyer, lines: tuple[WantedLine, ...], once: Once | None, by: Actor | None) -> Quote:
    if by is None:
        asked = QuoteBasket(
            member_id=buyer.member_id, address_id=buyer.address_id, lines=lines, from_cart=not lines, once=once,
        )  # fmt: skip
        return await shop.retail.quoting.quote(asked)
    return await shop.retail.checkout.quote_for(QuoteFor(member_id=buyer.member_id, lines=lines, actor=by, once=once))


def _judge_quote(world: World, request: Request, quote: Any, lines: Sequence[WantedLine]) -> None:
    if isinstance(quote, DomainError):
        return
    auditor, goods = world.auditor, world.auditor.book.goods
    auditor.book.quoted[quote.id] = request.begun
    wanted = Counter[Any]()
    for line in lines:
        wanted[line.sku_id] += line.quantity
    total = 0
    for line in quote.lines:
        sku_id, minor = line.goods.sku_id, line.goods.unit_price_minor
        possible = goods[sku_id].possible_prices(request.begun, request.ended)
        auditor.expect(minor in possible, "R7", f"quoted {minor} for {sku_id}, which costs {sorted(possible)}")
        auditor.expect(not lines or line.quantity == wanted[sku_id], "R2", f"quoted {line.quantity} of {wanted[sku_id]}")
        total += minor * line.quantity
    pieces = sum(line.quantity for line in quote.lines)
    total += FREIGHT_FIRST_MINOR + FREIGHT_NEXT_MINOR * (pieces - 1)
    auditor.expect(quote.payable.minor == total, "R4", f"a quote adds up to {quote.payable}, not {total}")


# ---- placing --------------------------------------------------------------------------------------------------------


def placing(world: World, buyer: Buyer, quote: Quote, by: Actor | None = None) -> Request:
    """The wish to order what was quoted, with a key or without (R18); staff may have it for the buyer (ORD-R16)."""
    effect, book = new_effect(world), world.auditor.book
    units = {line.goods.sku_id: line.quantity for line in quote.lines}
    promise = book.promises.setdefault(quote.id, Promise(buyer.member_id, quote.id, units, quote.payable.minor))
    promise.placings.append(effect)
    if by is not None:
        promise.staff_asked.append(effect)
    once = keyed(world, by.ref if by is not None else buyer.member_id, "orders.place") if world.dice.random() < 0.7 else None
    quoted_at = world.scheduler.steps
    return Request(
        name=f"place {_short(quote.id)}", once=once, effect=effect, wish=_wish(buyer, quote, once),
        same=lambda placed: placed if once is not None else (placed.order_id, placed.number),
        send=lambda shop, once: _placed(shop, buyer, quote, once, by),
        certain=lambda request, said: _judge_placed(world, promise, quoted_at, request, said),
    )  # fmt: skip


async def _placed(shop: Shop, buyer: Buyer, quote: Quote, once: Once | None, by: Actor | None) -> Placed:
    if by is None:
        return await shop.retail.checkout.place(_wish(buyer, quote, once))
    asked = PlaceFor(member_id=buyer.member_id, quote_id=quote.id, hash=quote.hash, actor=by, once=once)
    return await shop.retail.checkout.place_for(asked)


def _wish(buyer: Buyer, quote: Quote, once: Any) -> PlaceOrder:
    return PlaceOrder(member_id=buyer.member_id, quote_id=quote.id, hash=quote.hash, once=once)


def _judge_placed(world: World, promise: Promise, quoted_at: int, request: Request, said: Any) -> None:
    if isinstance(said, Placed):
        _judge_order(world, promise, quoted_at, request, said)
    elif isinstance(said, DomainError):
        _judge_refused(world, promise, request, said)


def _judge_order(world: World, promise: Promise, quoted_at: int, request: Request, placed: Placed) -> None:
    auditor, book = world.auditor, world.auditor.book
    auditor.expect(placed.payable.minor in promise.all_costs(), "R7", f"ordered at {placed.payable}, quoted otherwise")
    auditor.expect(promise.order_id in (None, placed.order_id), "R18", f"two orders of one quote: {placed.order_id}")
    if promise.order_id is None:
        for sku_id in promise.units:
            changed = book.goods[sku_id].surely_changed(quoted_at, request.begun)
            auditor.expect(not changed, "R7", f"ordered {sku_id} at a price that had changed since the quote")
        book.numbers[placed.number] += 1
        auditor.expect(book.numbers[placed.number] == 1, "R17", f"two orders are number {placed.number}")
        promise.order_id, promise.number, promise.known_at = placed.order_id, placed.number, request.ended
        book.orders[placed.order_id] = promise
        world.orders.append(placed.order_id)


def _judge_refused(world: World, promise: Promise, request: Request, refusal: DomainError) -> None:
    auditor, book = world.auditor, world.auditor.book
    begun, ended = request.begun, request.ended
    if refusal.code == "stock.sold_out" and _somebody_else_got_it(world, promise, request):
        world.trouble.happened(Rare.LAST_UNIT)
    match refusal.code:
        case "stock.sold_out" if _counts_all_places(world) and not _of_a_campaign(world, promise, 0, ended):
            there = all(
                book.on_hand_least(sku, begun, ended) - book.reserved_most(sku, begun, ended, promise) >= units
                for sku, units in promise.units.items()
            )
            auditor.expect(not there, "R1", f"{request.name} was told sold out, and there was enough all the time")
        case "quote.price_changed":
            world.trouble.happened(Rare.PRICE_CHANGED)
            since = book.quoted[promise.quote_id]
            changed = any(book.goods[sku].perhaps_changed(since, ended) for sku in promise.units)
            if not changed and _of_a_campaign(world, promise, since, ended):
                world.trouble.happened(Rare.CAMPAIGN_CHANGED)
                changed = True
            auditor.expect(changed, "R7", f"{request.name} was told of another price, and nobody had asked for one")
        case "catalog.purchase_limit":
            world.trouble.happened(Rare.LIMIT_REACHED)
        case "quote.not_found" if any(night >= book.quoted[promise.quote_id] for night in book.nights):
            pass  # it expired long ago, and was forgotten
        case "quote.hash_mismatch" | "quote.not_found":
            auditor.blame("R15", f"{request.name}: the quote was acknowledged, and is gone: {refusal.code}")


def _counts_all_places(world: World) -> bool:
    return world.mix.places == 1 or world.mix.split


def _of_a_campaign(world: World, promise: Promise, since: int, by: int) -> bool:
    return any(world.auditor.book.goods[sku].perhaps_had_campaigns(since, by) for sku in promise.units)


def _somebody_else_got_it(world: World, promise: Promise, request: Request) -> bool:
    rivals = (one for sku in promise.units for other in world.auditor.book.of_sku(sku) for one in other.placings)
    return any(one.begun <= request.ended and request.begun <= one.done < NEVER for one in rivals)


async def _deliver_batch(world: World, asks: list[Request]) -> None:
    node, task = world.some_node(), world.scheduler.current
    assert task is not None
    node.running[task] = lambda: world.in_doubt.extend(one for one in asks if not one.is_settled)
    for one in asks:
        one.in_flight += 1
    began = world.scheduler.steps
    world.commands += len(asks)
    try:
        answers: Sequence[Any] = await node.shop.place([one.wish for one in asks])
    except DomainError as refusal:
        answers = [refusal] * len(asks)
    finally:
        node.running.pop(task, None)
        for one in asks:
            one.in_flight -= 1
    _hear_batch(world, asks, answers, began)


def _hear_batch(world: World, asks: list[Request], answers: Sequence[Any], began: int) -> None:
    codes = {getattr(answer, "code", "placed") for answer in answers}
    if {"placed", "stock.sold_out"} <= codes:
        world.trouble.happened(Rare.SOLD_OUT_IN_BATCH)
    if len(set(asks)) < len(asks) and "placed" in codes and asks[0].once is not None:
        world.trouble.happened(Rare.SAME_KEY_IN_BATCH)
    for one, answer in zip(asks, answers, strict=True):
        if isinstance(answer, Exception) and not isinstance(answer, DomainError):
            world.auditor.blame("R47", f"{one.name} broke: {answer!r}")
        judge(world, one, answer, began)
        if not one.is_settled and one not in world.in_doubt:
            world.in_doubt.append(one)


# ---- helpers --------------------------------------------------------------------------------------------------------


async def _put(world: World, buyer: Buyer, line: CartLine) -> None:
    once = keyed(world, buyer.member_id, "cart.put")
    wish = SetCartQuantity(owner=buyer.cart, line=line, once=once)
    await ask(world, Request(
        name="put", once=once, effect=new_effect(world), send=lambda shop, _: shop.retail.cart.put(wish),
        certain=lambda request, said: None,
    ))  # fmt: skip


def _hear_outcome(world: World, order: Promise, request: Request, said: Any) -> None:
    if isinstance(said, OrderOutcome):
        world.auditor.see_status(order, said.status, request.begun, request.ended)


async def _think(world: World) -> None:
    await Sleep(world.dice.random() * world.mix.seconds_a_step * one_of(world.dice, (1, 10, 100)))


def _quantity(world: World) -> int:
    return one_of(world.dice, (1, 1, 1, 2, 3))


def _short(id: Any) -> str:
    return str(id.int >> 80)


DEEDS: Final = (
    Deed("order goods", 4.0, order_goods),
    Deed("order the cart", 1.0, order_cart),
    Deed("order in a batch", 1.0, order_in_a_batch),
    Deed("change their mind", 1.0, change_their_mind),
    Deed("confirm receipt", 1.0, confirm_receipt),
    Deed("hide an order", 0.3, hide_an_order),
)

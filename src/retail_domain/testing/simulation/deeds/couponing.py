"""Coupons under fire: few of a kind and many who want one, one coupon in two orders, orders that come to nothing (CPN)."""

from __future__ import annotations

from functools import partial
from typing import Any, Final

from retail_domain.coupons import (
    Coupon,
    CouponIs,
    CouponTemplate,
    CouponValidity,
    CouponWay,
    StoreCouponTemplate,
    TakeCoupon,
    TemplateWish,
)
from retail_domain.kernel.coupon_terms import COUPON, CouponKind, CouponTerms
from retail_domain.kernel.errors import DomainError
from retail_domain.pricing import Quote, WantedLine, Wish
from retail_domain.processes.purchase.checkout import Placed
from retail_domain.processes.purchase.quoting import QuoteBasket
from retail_domain.testing.simulation.deeds.deed import CLERK, Deed, some, some_buyer
from retail_domain.testing.simulation.deeds.paying import pay_for
from retail_domain.testing.simulation.deeds.shopping import placing
from retail_domain.testing.simulation.mix import between, one_of
from retail_domain.testing.simulation.requests import Request, ask, keyed, new_effect
from retail_domain.testing.simulation.scheduler import Sleep
from retail_domain.testing.simulation.world import Buyer, World

_TO_TAKE: Final = ("coupon.gone", "coupon.limit_reached", "coupon.not_now", "coupon.too_many_held")


async def make_coupons(world: World) -> None:
    """A kind of which there are few, off goods or off freight, for a day or for weeks."""
    kind = one_of(world.dice, (CouponKind.FIXED, CouponKind.FIXED, CouponKind.FREIGHT))
    once = keyed(world, "clerk", "coupons.template")
    wish = TemplateWish(
        name="coupon", way=CouponWay.SELF, terms=CouponTerms(kind=kind, value_minor=between(world.dice, 1, 400)),
        validity=CouponValidity(days=between(world.dice, 1, 30)), total=between(world.dice, 1, 12),
        per_member=between(world.dice, 1, 3),
    )  # fmt: skip
    store = StoreCouponTemplate(wish=wish, actor=CLERK, once=once)
    await ask(world, Request(
        name="make coupons", once=once, effect=new_effect(world),
        send=lambda shop, _: shop.retail.coupons.store_template(store), certain=lambda request, said: None,
    ))  # fmt: skip


async def take_a_coupon(world: World) -> None:
    """Somebody takes one, whether any are left or not."""
    known: list[CouponTemplate] = list(world.auditor.mirror.tables["coupon_templates"].values())
    if not known:
        return
    buyer, template = some_buyer(world), one_of(world.dice, known)
    once = keyed(world, buyer.member_id, "coupons.take")
    wish = TakeCoupon(member_id=buyer.member_id, template_id=template.id, once=once)
    await ask(world, Request(
        name="take a coupon", once=once, effect=new_effect(world), send=lambda shop, _: shop.retail.coupons.take(wish),
        certain=lambda request, said: _only(world, request, said),
    ))  # fmt: skip


async def order_with_coupons(world: World) -> None:
    """Somebody orders with what they have; perhaps from two devices at once, with the same ones (CPN-I2)."""
    buyer = some_buyer(world)
    mine = [one for one in _coupons(world) if one.member_id == buyer.member_id and one.stands is not CouponIs.VOID]
    if not mine:
        return
    chosen = some(world, mine, 2)
    quotes = [await _quoted(world, buyer, chosen) for _ in range(2 if world.dice.random() < 0.5 else 1)]
    asks = [_placing(world, buyer, quote) for quote in quotes if quote is not None]
    for other in asks[1:]:
        world.spawn("other device", partial(ask, world, other))
    if asks:
        await Sleep(world.dice.random() * world.mix.seconds_a_step * 20)
        placed = await ask(world, asks[0])
        if isinstance(placed, Placed) and world.dice.random() < world.mix.eagerness:
            await pay_for(world, world.auditor.book.orders[placed.order_id])


async def _quoted(world: World, buyer: Buyer, coupons: list[Coupon]) -> Quote | None:
    lines = tuple(WantedLine(sku_id, between(world.dice, 1, 3)) for sku_id in some(world, world.skus, 2))
    wishes = tuple(Wish(COUPON, str(one.id)) for one in coupons)
    once = keyed(world, buyer.member_id, "quotes.quote")
    wish = QuoteBasket(member_id=buyer.member_id, address_id=buyer.address_id, lines=lines, wishes=wishes, once=once)
    said = await ask(world, Request(
        name="quote with coupons", once=once, effect=new_effect(world), same=lambda quote: (quote.id, quote.hash),
        send=lambda shop, _: shop.retail.quoting.quote(wish),
        certain=lambda request, said: _judge_quote(world, request, said, coupons),
    ))  # fmt: skip
    return said if isinstance(said, Quote) else None


def _judge_quote(world: World, request: Request, quote: Any, coupons: list[Coupon]) -> None:
    if isinstance(quote, DomainError):
        return
    world.auditor.book.quoted[quote.id] = request.begun
    editions = world.auditor.mirror.tables["coupon_templates"]
    off: dict[str, int] = {}
    for share in quote.basket.by_source():
        if share.source_kind == COUPON:
            off[share.source_id] = off.get(share.source_id, 0) - share.amount_minor
    wished = {str(one.id): one for one in coupons}
    for id, minor in off.items():
        face = editions[wished[id].template_id].terms.face_minor
        world.auditor.expect(0 < minor <= face, "CPN-I4", f"coupon {id} of {face} takes off {minor}")
    world.auditor.expect(len(off) <= 2, "CPN-I4", f"{len(off)} coupons are used at once")


def _placing(world: World, buyer: Buyer, quote: Quote) -> Request:
    request = placing(world, buyer, quote)
    judged = request.certain

    def certain(request: Request, said: Any) -> None:
        if isinstance(said, DomainError) and said.code == "quote.price_changed":
            return  # a coupon that is used, or over, changes the price as well
        judged(request, said)

    request.certain = certain
    return request


def _only(world: World, request: Request, said: Any) -> None:
    if isinstance(said, DomainError):
        world.auditor.expect(said.code in _TO_TAKE, "CPN-R2", f"{request.name} was told {said.code}")


def _coupons(world: World) -> list[Coupon]:
    known: list[Coupon] = list(world.auditor.mirror.tables["coupons"].values())
    return known


COUPONING: Final = (
    Deed("make coupons", 1.5, make_coupons),
    Deed("take a coupon", 6.0, take_a_coupon),
    Deed("order with coupons", 8.0, order_with_coupons),
)
"""Not in every history: whoever wants them names them."""

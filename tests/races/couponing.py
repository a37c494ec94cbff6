"""Races for coupons: the last ones of a kind, those of one member, one coupon on many devices, a code that everybody knows."""

from __future__ import annotations

from retail_domain.coupons import CouponWay, MakeCouponCodes, RedeemCouponCode, TakeCoupon
from retail_domain.processes.purchase.checkout import PlaceOrder
from retail_domain.settings import ChangeSettings
from tests.races.race import Heat, Race, Scene
from tests.support.coupons import ANY_OFF, kind_of, quote_with, taken_by
from tests.support.market import CLERK


async def _may_hold(scene: Scene, most: int = 200) -> None:
    """The crowd is used again, and the shop is the same for every race."""
    values = {"coupons.held_most": most}
    await scene.shop.retail.settings.change(ChangeSettings(actor=CLERK, values=values, reason="because"))


async def _coupons_of_a_kind(scene: Scene) -> Heat:
    await _may_hold(scene)
    kind = await kind_of(scene.shop.retail, ANY_OFF, total=7)
    calls = [("coupons.take", TakeCoupon(member_id=one.id, template_id=kind.id)) for one in await scene.crowd()]
    return Heat(calls=calls, allowed=7, refusals=("coupon.gone",))


async def _coupons_of_a_kind_a_member_may_have(scene: Scene) -> Heat:
    await _may_hold(scene)
    kind, buyer = await kind_of(scene.shop.retail, ANY_OFF, per_member=3), await scene.buyer()
    take = TakeCoupon(member_id=buyer.id, template_id=kind.id)
    return Heat(calls=scene.dealt(("coupons.take", take)), allowed=3, refusals=("coupon.limit_reached",))


async def _coupons_a_member_may_hold(scene: Scene) -> Heat:
    retail, buyer = scene.shop.retail, await scene.buyer()
    await _may_hold(scene, 5)
    kinds = [await kind_of(retail, ANY_OFF, total=2) for _ in range(10)]
    calls = [("coupons.take", TakeCoupon(member_id=buyer.id, template_id=one.id)) for one in kinds]
    return Heat(calls=scene.dealt(*calls), allowed=5, refusals=("coupon.too_many_held", "coupon.limit_reached"))


async def _orders_with_one_coupon(scene: Scene) -> Heat:
    """Each for goods of its own kind, so that nothing but the coupon puts them in a row."""
    await _may_hold(scene)
    retail, buyer = scene.shop.retail, await scene.buyer()
    given = await taken_by(retail, buyer.id, await kind_of(retail, ANY_OFF))
    asks = []
    for _ in range(scene.rivals):
        quote = await quote_with(retail, buyer, (await scene.goods(), 1), use=[given.coupon_id])
        asks.append(PlaceOrder(member_id=buyer.id, quote_id=quote.id, hash=quote.hash))
    return Heat(calls=[("checkout.place", ask) for ask in asks], allowed=1, refusals=("quote.price_changed",))


async def _takers_of_a_mass_code(scene: Scene) -> Heat:
    await _may_hold(scene)
    retail = scene.shop.retail
    kind = await kind_of(retail, ANY_OFF, total=6, way=CouponWay.CODE)
    make = MakeCouponCodes(template_id=kind.id, actor=CLERK, for_everybody=True)
    (code,) = (await retail.coupons.make_codes(make)).codes
    calls = [
        ("coupons.redeem", RedeemCouponCode(member_id=one.id, code=code, client=f"203.0.113.{at}"))
        for at, one in enumerate(await scene.crowd())
    ]
    return Heat(calls=calls, allowed=6, refusals=("coupon.gone",))


async def _uses_of_a_personal_code(scene: Scene) -> Heat:
    await _may_hold(scene)
    retail = scene.shop.retail
    kind = await kind_of(retail, ANY_OFF, way=CouponWay.CODE)
    (code,) = (await retail.coupons.make_codes(MakeCouponCodes(template_id=kind.id, actor=CLERK))).codes
    calls = [
        ("coupons.redeem", RedeemCouponCode(member_id=one.id, code=code, client=f"203.0.113.{at}"))
        for at, one in enumerate(await scene.crowd())
    ]
    return Heat(calls=calls, allowed=1, refusals=("coupon.code_used",))


RACES = (
    Race(limit="coupons of a kind", rules="CPN-I1 CPN-R2 R19", prepare=_coupons_of_a_kind),
    Race(limit="coupons of a kind for a member", rules="CPN-I1 R19", prepare=_coupons_of_a_kind_a_member_may_have),
    Race(limit="coupons that a member holds", rules="CPN-I1", prepare=_coupons_a_member_may_hold),
    Race(limit="orders with one coupon", rules="CPN-I2 R19", prepare=_orders_with_one_coupon),
    Race(limit="takers of a mass code", rules="CPN-I1 CPN-R1", prepare=_takers_of_a_mass_code),
    Race(limit="uses of a personal code", rules="CPN-R1", prepare=_uses_of_a_personal_code),
)
"""Everything that can be had of coupons once, or a few times."""

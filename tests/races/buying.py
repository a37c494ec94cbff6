"""Races for goods: units, limits, quotes, carts, keys."""

from __future__ import annotations

from collections.abc import Sequence

from attrs import evolve

from retail_domain.cart import CartLine
from retail_domain.catalog import (
    AddSku,
    CreateBrand,
    CreateCategory,
    CreateProduct,
    Listing,
    MoveCategory,
    RepriceSku,
    SkuWish,
)
from retail_domain.inventory import AdjustStock, OpenLocation, ReceiveStock, WatchStock
from retail_domain.kernel.ids import SkuId
from retail_domain.kernel.limits import OPEN_ORDERS_MAX
from retail_domain.kernel.once import Once
from retail_domain.kernel.paging import PageRequest
from retail_domain.ordering import OrderStatus
from retail_domain.pricing import ChargeBy, FreightZone
from retail_domain.processes.purchase.carting import AddToCart, CartOwner, CreateGuestCart, MergeGuestCart, ShowCart
from retail_domain.processes.purchase.checkout import PlaceOrder
from retail_domain.processes.purchase.quoting import QuoteBasket, StoreFreightTemplate
from tests.races.race import Count, Heat, Race, Scene, different
from tests.support.market import CLERK
from tests.support.shop import Shop, Told

PAGE = PageRequest(100)


async def _units(scene: Scene) -> Heat:
    tea = await scene.goods(stock=10)
    asks = [await scene.shop.ask(buyer, (tea, 1)) for buyer in await scene.crowd()]
    return Heat(calls=[("checkout.place", ask) for ask in asks], allowed=10, refusals=("stock.sold_out",))


async def _units_sold_and_counted_away(scene: Scene) -> Heat:
    tea = await scene.goods(stock=10)
    away = AdjustStock(sku_id=tea, location="main", change=-1, reason="broken", actor=CLERK)
    crowd = (await scene.crowd())[: scene.rivals // 2]
    calls = [("checkout.place", await scene.shop.ask(buyer, (tea, 1))) for buyer in crowd]
    return Heat(
        calls=[call for sold in calls for call in (sold, ("inventory.adjust", away))], allowed=10,
        refusals=("stock.sold_out", "stock.adjustment_too_large"),
    )  # fmt: skip


async def _units_a_member_may_buy(scene: Scene) -> Heat:
    buyer = await scene.buyer()
    tea = await scene.shop.limited_goods(f"limited{scene.number()}", limit=3, stock=100)
    asks = [await scene.shop.ask(buyer, (tea, 1)) for _ in range(scene.rivals)]
    return Heat(calls=[("checkout.place", ask) for ask in asks], allowed=3, refusals=("catalog.purchase_limit",))


async def _places_for_unpaid_orders(scene: Scene) -> Heat:
    """Each for goods of its own kind, so that no shelf puts them in a row."""
    buyer = await scene.buyer()
    asks = [await scene.shop.ask(buyer, (await scene.goods(), 1)) for _ in range(scene.rivals)]

    async def unpaid(shop: Shop, answers: Sequence[Told]) -> int:
        orders = [await shop.see(one.answer) for one in answers if one.is_done]
        assert all(one.status is OrderStatus.PENDING_PAYMENT for one in orders)
        return len({one.order_id for one in orders})

    calls = [("checkout.place", ask) for ask in asks]
    return Heat(calls=calls, allowed=OPEN_ORDERS_MAX, refusals=("order.too_many_open",), won=unpaid)


async def _orders_of_a_quote(scene: Scene) -> Heat:
    ask = await scene.shop.ask(await scene.buyer(), (await scene.goods(), 1))
    return Heat(calls=scene.dealt(("checkout.place", ask)), allowed=1, won=different)


async def _orders_of_a_cart_version(scene: Scene) -> Heat:
    buyer, tea = await scene.newcomer(), await scene.goods()
    await scene.shop.retail.cart.put(AddToCart(owner=buyer.cart, line=CartLine(tea, 1)))
    asks = []
    for _ in range(scene.rivals):
        quote = await scene.shop.retail.quoting.quote(QuoteBasket(member_id=buyer.id, address_id=buyer.home, from_cart=True))
        asks.append(PlaceOrder(member_id=buyer.id, quote_id=quote.id, hash=quote.hash))
    return Heat(calls=[("checkout.place", ask) for ask in asks], allowed=1, refusals=("order.cart_already_ordered",))


async def _effects_of_a_key(scene: Scene) -> Heat:
    tea, buyer = await scene.goods(stock=100), await scene.buyer()
    once = Once(principal=f"member:{buyer.id}", operation="place", key=f"k{scene.number()}", fingerprint="a")
    ask = await scene.shop.ask(buyer, (tea, 1), once=once)

    async def reserved(shop: Shop, answers: Sequence[Told]) -> int:
        assert await different(shop, answers) == 1
        return (await shop.shelf(tea)).reserved

    return Heat(calls=scene.dealt(("checkout.place", ask)), allowed=1, won=reserved)


async def _requests_under_a_key(scene: Scene) -> Heat:
    tea = await scene.goods(stock=100)
    once = Once(principal="clerk", operation="receive", key=f"k{scene.number()}", fingerprint="0")
    arrived = ReceiveStock(sku_id=tea, location="main", quantity=1, reference="note", actor=CLERK)
    calls = [
        ("inventory.receive", evolve(arrived, once=evolve(once, fingerprint=f"{number}"), quantity=number + 1))
        for number in range(scene.rivals)
    ]
    return Heat(calls=calls, allowed=1, refusals=("idempotency.key_reused",))


async def _units_in_a_cart(scene: Scene) -> Heat:
    buyer, tea = await scene.newcomer(), await scene.goods(stock=1_000)
    more = AddToCart(owner=buyer.cart, line=CartLine(tea, 1))

    async def in_cart(shop: Shop, _answers: Sequence[Told]) -> int:
        (line,) = (await shop.retail.cart.show(ShowCart(buyer.cart))).basket.lines
        return line.quantity

    return Heat(calls=scene.dealt(("cart.put", more)), allowed=scene.rivals, won=in_cart)


async def _takers_of_a_guests_cart(scene: Scene) -> Heat:
    guest = await scene.shop.retail.cart.create_guest_cart(CreateGuestCart())
    owner = CartOwner.guest(guest.token)
    await scene.shop.retail.cart.put(AddToCart(owner=owner, line=CartLine(await scene.goods(), 1)))
    calls = [("cart.merge", MergeGuestCart(member_id=buyer.id, guest=owner)) for buyer in await scene.crowd()]
    return Heat(calls=calls, allowed=1, refusals=("cart.not_found",))


async def _alerts_of_a_shelf(scene: Scene) -> Heat:
    tea = await scene.goods(stock=1)
    for _ in range(2):  # falls low, recovers, falls low: three facts for the workers to quarrel over
        for threshold in (1, 0):
            watched = WatchStock(sku_id=tea, location="main", alert_threshold=threshold, actor=CLERK)
            await scene.shop.retail.inventory.watch(watched)
    await scene.shop.retail.inventory.watch(WatchStock(sku_id=tea, location="main", alert_threshold=5, actor=CLERK))
    return Heat(calls=scene.dealt(("deliver", None)), allowed=1, won=_open_alerts(tea))


def _open_alerts(sku_id: SkuId) -> Count:
    async def open_alerts(shop: Shop, _answers: Sequence[Told]) -> int:
        while await shop.retail.background.deliver_next():
            continue
        return sum(1 for one in (await shop.retail.inventory.show.alerts(PAGE)).items if one.sku_id == sku_id)

    return open_alerts


async def _goods_of_a_code(scene: Scene) -> Heat:
    code = f"code{scene.number()}"
    wish = CreateProduct(code=code, listing=Listing(title="Tea"), skus=(SkuWish(code=f"{code}-S", price_minor=1),))
    return Heat(calls=scene.dealt(("catalog.create", wish)), allowed=1, refusals=("catalog.code_in_use",))


async def _skus_of_a_code(scene: Scene) -> Heat:
    sku = SkuWish(code=f"sku{scene.number()}", price_minor=1)
    calls = [
        ("catalog.create", CreateProduct(code=f"p{scene.number()}", listing=Listing(title="Tea"), skus=(sku,)))
        for _ in range(scene.rivals)
    ]
    return Heat(calls=calls, allowed=1, refusals=("catalog.code_in_use",))


async def _brands_of_a_name(scene: Scene) -> Heat:
    made = CreateBrand(name=f"Brand {scene.number()}")
    return Heat(calls=scene.dealt(("catalog.create_brand", made)), allowed=1, refusals=("catalog.code_in_use",))


async def _locations_of_a_code(scene: Scene) -> Heat:
    opened = OpenLocation(code=f"store{scene.number()}", name="Store", sells_online=False, actor=CLERK)
    return Heat(calls=scene.dealt(("inventory.open_location", opened)), allowed=1, refusals=("stock.location_exists",))


async def _prices_of_a_sku(scene: Scene) -> Heat:
    tea = await scene.goods()
    first = (await scene.shop.retail.catalog.show.sku_facts([tea]))[tea].price_version
    prices = [RepriceSku(sku_id=tea, price_minor=2_000 + number) for number in range(scene.rivals)]

    async def versions(shop: Shop, _answers: Sequence[Told]) -> int:
        return (await shop.retail.catalog.show.sku_facts([tea]))[tea].price_version - first

    return Heat(calls=[("catalog.reprice", price) for price in prices], allowed=scene.rivals, won=versions)


async def _kinds_of_goods(scene: Scene) -> Heat:
    made = await scene.shop.retail.catalog.create(
        CreateProduct(
            code=f"p{scene.number()}", listing=Listing(title="Tea"),
            skus=(SkuWish(code=f"s{scene.number()}", price_minor=1, options=(("size", "0"),)),),
        )
    )  # fmt: skip
    kinds = [
        SkuWish(code=f"s{scene.number()}", price_minor=1, options=(("size", f"{number + 1}"),))
        for number in range(scene.rivals)
    ]

    async def there(shop: Shop, answers: Sequence[Told]) -> int:
        kinds = (await shop.retail.catalog.show.product(made.product_id)).card.skus
        assert len(kinds) == 1 + sum(1 for one in answers if one.is_done)
        return len(kinds) - 1

    calls = [("catalog.add_sku", AddSku(product_id=made.product_id, sku=kind)) for kind in kinds]
    return Heat(calls=calls, allowed=scene.rivals, won=there)


async def _first_deliveries(scene: Scene) -> Heat:
    tea = await scene.goods(stock=0)
    arrived = ReceiveStock(sku_id=tea, location="main", quantity=1, reference="note", actor=CLERK)

    async def there(shop: Shop, _answers: Sequence[Told]) -> int:
        return (await shop.shelf(tea)).on_hand

    return Heat(calls=scene.dealt(("inventory.receive", arrived)), allowed=scene.rivals, won=there)


async def _categories_of_a_code(scene: Scene) -> Heat:
    made = CreateCategory(code=f"kind{scene.number()}", name="Kind")
    return Heat(calls=scene.dealt(("catalog.create_category", made)), allowed=1, refusals=("catalog.code_in_use",))


async def _moves_without_a_loop(scene: Scene) -> Heat:
    one, other = [
        (await scene.shop.retail.catalog.create_category(CreateCategory(code=f"kind{scene.number()}", name="Kind"))).category_id
        for _ in range(2)
    ]
    below = [MoveCategory(category_id=one, parent_id=other), MoveCategory(category_id=other, parent_id=one)]

    async def hangs(shop: Shop, _answers: Sequence[Told]) -> int:
        tree = {view.id: view.parent_id for view in await shop.retail.catalog.show.categories()}
        return (tree[one] is not None) + (tree[other] is not None)

    calls = scene.dealt(*(("catalog.move_category", move) for move in below))
    return Heat(calls=calls, allowed=1, refusals=("catalog.category_loop",), won=hangs)


async def _default_freight_templates(scene: Scene) -> Heat:
    zone = FreightZone(regions=("",), first_minor=0)
    calls = [
        ("quoting.store_freight_template", StoreFreightTemplate(
            name=f"Parcel {number % 5}", charge_by=ChargeBy.PIECE, zones=(zone,), is_default=True, actor=CLERK))
        for number in range(5)
    ]  # fmt: skip

    async def defaults(shop: Shop, _answers: Sequence[Told]) -> int:
        return sum(1 for one in await shop.retail.quoting.freight_templates() if one.is_default)

    return Heat(calls=scene.dealt(*calls), allowed=1, won=defaults, refusals=("freight_template.too_many",))


RACES = (
    Race(limit="units on a shelf", rules="R1 STK-R4 R31", prepare=_units),
    Race(limit="units sold and counted away", rules="R1 STK-R3", prepare=_units_sold_and_counted_away),
    Race(limit="units a member may buy", rules="GEN-R9 ORD-I5", prepare=_units_a_member_may_buy),
    Race(limit="places for unpaid orders", rules="STK-R12", prepare=_places_for_unpaid_orders),
    Race(limit="orders of a quote", rules="R18", prepare=_orders_of_a_quote),
    Race(limit="orders of a cart's version", rules="R18", prepare=_orders_of_a_cart_version),
    Race(limit="effects of an idempotency key", rules="R17 GEN-R7", prepare=_effects_of_a_key),
    Race(limit="requests under an idempotency key", rules="R17", prepare=_requests_under_a_key),
    Race(limit="units put into a cart (none lost)", rules="CRT-R1 R30", prepare=_units_in_a_cart),
    Race(limit="takers of a guest's cart", rules="CRT-R6", prepare=_takers_of_a_guests_cart),
    Race(limit="open alerts of a shelf", rules="STK-R9 STK-I7 R26", prepare=_alerts_of_a_shelf),
    Race(limit="goods of a code", rules="GEN-R10", prepare=_goods_of_a_code),
    Race(limit="SKUs of a code", rules="GEN-R10", prepare=_skus_of_a_code),
    Race(limit="prices of a SKU (none lost)", rules="R7 R30 CAT-R1", prepare=_prices_of_a_sku),
    Race(limit="kinds added to goods (none lost)", rules="R30", prepare=_kinds_of_goods),
    Race(limit="units of the first delivery (none lost)", rules="R1 STK-R3 R30", prepare=_first_deliveries),
    Race(limit="categories of a code", rules="GEN-R10", prepare=_categories_of_a_code),
    Race(limit="categories moved below each other", rules="R30", prepare=_moves_without_a_loop),
    Race(limit="brands of a name", rules="GEN-R10", prepare=_brands_of_a_name),
    Race(limit="locations of a code", rules="GEN-R10", prepare=_locations_of_a_code),
    Race(limit="default freight templates", rules="CAT-R1", prepare=_default_freight_templates),
)
"""Everything a buyer or a clerk can be too late for."""

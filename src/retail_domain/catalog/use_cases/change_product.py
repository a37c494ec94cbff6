"""Change goods that are in the catalogue: describe, reprice, add and edit kinds, put on and take off sale."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import partial

from attrs import evolve, frozen

from retail_domain.catalog.errors import ProductNotFound, SkuNotFound
from retail_domain.catalog.model import Listing, Product, Sku, SkuWish
from retail_domain.catalog.ports import CatalogWork
from retail_domain.catalog.use_cases.checks import (
    as_granted,
    require,
    require_free_sku_codes,
    require_same_charge,
    require_shelves,
    require_sound,
    wishes_of,
)
from retail_domain.catalog.use_cases.storing_prices import NOBODY, THE_HOST, Told, store
from retail_domain.kernel.actor import Actor
from retail_domain.kernel.change import Change
from retail_domain.kernel.checked import NoneOrMore, checked
from retail_domain.kernel.effects import EVERYTHING, Effect, Granted, brings
from retail_domain.kernel.errors import require_seen
from retail_domain.kernel.ids import ProductId, SkuId
from retail_domain.kernel.means import Means
from retail_domain.kernel.once import Once


@frozen(kw_only=True)
@checked
class EditProduct:
    """Describe goods anew, in full."""

    product_id: ProductId
    listing: Listing
    granted: Granted = EVERYTHING
    """What whoever acts may bring about; who may not set prices leaves the freight template of goods with a price alone."""
    seen: NoneOrMore | None = None
    """The version that was looked at: with it, nobody may have changed the goods since."""
    once: Once | None = None


@frozen(kw_only=True)
@checked
class AddSku:
    """Offer goods in one more kind."""

    product_id: ProductId
    sku: SkuWish
    granted: Granted = EVERYTHING
    """What whoever acts may bring about; who may not set prices adds a kind without one."""
    actor: Actor = THE_HOST
    once: Once | None = None


@frozen(kw_only=True)
@checked
class EditSku:
    """Change a kind's particulars; its code stays and its price is changed by `RepriceSku`."""

    sku_id: SkuId
    list_price_minor: int | None = None
    options: tuple[tuple[str, str], ...] = ()
    weight_grams: int = 0
    volume_cm3: int = 0
    image: str | None = None
    on_sale: bool = True
    granted: Granted = EVERYTHING
    """What whoever acts may bring about; who may not set prices leaves weight and volume of a kind with a price alone."""
    seen: NoneOrMore | None = None
    """The version of the goods that was looked at: with it, nobody may have changed them since."""
    once: Once | None = None


@frozen(kw_only=True)
@checked
class RepriceSku:
    """Ask another price for one kind of goods from now on."""

    sku_id: SkuId
    price_minor: int
    actor: Actor = THE_HOST
    reason: str = ""
    """Why, for whoever looks at the history of the price."""
    once: Once | None = None


@frozen(kw_only=True)
@checked
class RepriceSkus:
    """Ask other prices for many kinds of goods at once: all of them or none."""

    prices: tuple[tuple[SkuId, int], ...]
    actor: Actor = THE_HOST
    reason: str = ""
    once: Once | None = None


@frozen(kw_only=True)
class Repriced:
    """How many kinds cost something else now."""

    changed: int


@frozen(kw_only=True)
@checked
class SetOnSale:
    """Put goods on sale, or take them off."""

    product_id: ProductId
    on_sale: bool
    once: Once | None = None


@frozen(kw_only=True)
class ProductState:
    """How the goods stand after a change."""

    product_id: ProductId
    version: int
    sku_id: SkuId | None = None
    price_version: int | None = None
    price_before_minor: int | None = None
    """What was asked before, where a price was changed."""


async def claimed(work: CatalogWork, product_id: ProductId) -> Product:
    """The product, locked. Raises ProductNotFound."""
    found = await work.products.claim((product_id,))
    if product_id not in found:
        raise ProductNotFound(product_id=product_id)
    return found[product_id]


def stored(work: CatalogWork, change: Change[Product], sku: Sku | None = None, told: Told = NOBODY) -> ProductState:
    """Stage what changed, and say how the goods stand."""
    changed = change.state != change.before
    if changed:
        store(work, change, told)
    return ProductState(
        product_id=change.state.id,
        version=change.state.version + changed,
        sku_id=sku.id if sku else None,
        price_version=sku.price_version if sku else None,
    )


@brings(Effect.GOODS, at_times=(Effect.SELLING_PRICE,))
async def edit_product(work: CatalogWork, command: EditProduct, means: Means) -> ProductState:
    """The description is replaced as a whole. Answers how the goods stand.

    Raises InvalidInput, ProductNotFound, ChangedMeanwhile, CategoryNotFound, BrandNotFound, MayNotPrice.
    """
    require(command.listing.problems())
    product = await claimed(work, command.product_id)
    require_seen(command.seen, product.version)
    if any(sku.is_priced for sku in product.skus):
        require_same_charge(product.listing, command.listing, command.granted)
    await require_shelves(work, command.listing)
    change = product.edit(command.listing, at=means.clock.now())
    return stored(work, change)


@brings(Effect.GOODS, at_times=(Effect.SELLING_PRICE,))
async def add_sku(work: CatalogWork, command: AddSku, means: Means) -> ProductState:
    """Answers how the goods stand, and the new kind. Raises InvalidInput, ProductNotFound, CodeInUse."""
    product = await claimed(work, command.product_id)
    require_sound(product.code, product.listing, (*wishes_of(product), command.sku))
    await require_free_sku_codes(work, [command.sku.code])
    sku = Sku.wished(SkuId(means.ids.new()), as_granted(command.sku, command.granted))
    change = product.add_sku(sku, at=means.clock.now())
    return stored(work, change, sku, Told(command.actor))


@brings(Effect.GOODS, at_times=(Effect.SELLING_PRICE,))
async def edit_sku(work: CatalogWork, command: EditSku, means: Means) -> ProductState:
    """The particulars are replaced as a whole. Answers how the goods stand.

    Raises InvalidInput, SkuNotFound, ProductNotFound, ChangedMeanwhile, NoPriceYet, MayNotPrice.
    """
    product = await claimed(work, await work.products.product_of(command.sku_id))
    require_seen(command.seen, product.version)
    sku = product.sku(command.sku_id)
    wish = _wish(sku, command)
    if sku.is_priced:
        require_same_charge(sku.wish, wish, command.granted)
    rest = (other.wish for other in product.skus if other.id != command.sku_id)
    require_sound(product.code, product.listing, (wish, *rest))
    change = product.edit_sku(command.sku_id, wish, at=means.clock.now())
    return stored(work, change, change.state.sku(command.sku_id))


@brings(Effect.SELLING_PRICE)
async def reprice_sku(work: CatalogWork, command: RepriceSku, means: Means) -> ProductState:
    """Answers how the goods stand, the version of the price and the price before.

    Raises InvalidInput, SkuNotFound, ProductNotFound, PriceBelowFloor.
    """
    require(SkuWish(code="price", price_minor=command.price_minor).problems())
    product = await claimed(work, await work.products.product_of(command.sku_id))
    change = product.reprice(command.sku_id, command.price_minor, at=means.clock.now())
    before = product.sku(command.sku_id).price_minor
    told = Told(command.actor, command.reason)
    return evolve(stored(work, change, change.state.sku(command.sku_id), told), price_before_minor=before)


@brings(Effect.SELLING_PRICE)
async def reprice_skus(work: CatalogWork, command: RepriceSkus, means: Means) -> Repriced:
    """All of them or none, with one statement for all products. Answers how many cost something else now.

    Raises InvalidInput, SkuNotFound, PriceBelowFloor.
    """
    for _, price_minor in command.prices:
        require(SkuWish(code="price", price_minor=price_minor).problems())
    told = Told(command.actor, command.reason)
    changes = await _changes(work, dict(command.prices), means)
    for change in changes:
        store(work, change, told)
    return Repriced(changed=sum(len(change.events) for change in changes))


async def _changes(work: CatalogWork, prices: Mapping[SkuId, int], means: Means) -> Sequence[Change[Product]]:
    facts = await work.products.skus_for_placing(prices)
    for sku_id in prices:
        if sku_id not in facts:
            raise SkuNotFound(sku_id=sku_id)
    products = await work.products.claim({fact.product_id for fact in facts.values()})
    changes = {id: Change(product, product) for id, product in products.items()}
    for sku_id, price in prices.items():
        owner = facts[sku_id].product_id
        changes[owner] = changes[owner].then(partial(_repriced, sku_id=sku_id, price=price, at=means.clock.now()))
    return [change for change in changes.values() if change.events]


def _repriced(product: Product, *, sku_id: SkuId, price: int, at: datetime) -> Change[Product]:
    return product.reprice(sku_id, price, at=at)


@frozen(kw_only=True)
@checked
class SetSalesWindow:
    """When goods that are on sale can be bought: from a moment on, until another; None is no bound."""

    product_id: ProductId
    sale_from: datetime | None = None
    sale_until: datetime | None = None
    once: Once | None = None


@brings(Effect.GOODS)
async def set_sales_window(work: CatalogWork, command: SetSalesWindow, means: Means) -> ProductState:
    """Outside of it goods are off sale for buyers. Answers how the goods stand. Raises InvalidInput, ProductNotFound."""
    product = await claimed(work, command.product_id)
    listing = evolve(product.listing, sale_from=command.sale_from, sale_until=command.sale_until)
    require(listing.problems())
    return stored(work, product.edit(listing, at=means.clock.now()))


@brings(Effect.GOODS)
async def set_on_sale(work: CatalogWork, command: SetOnSale, means: Means) -> ProductState:
    """Answers how the goods stand. Raises ProductNotFound, NothingToSell."""
    at = means.clock.now()
    product = await claimed(work, command.product_id)
    change = product.put_on_sale(at=at) if command.on_sale else product.take_off_sale(at=at)
    return stored(work, change)


def _wish(sku: Sku, command: EditSku) -> SkuWish:
    return evolve(
        sku.wish,
        list_price_minor=command.list_price_minor,
        options=command.options,
        weight_grams=command.weight_grams,
        volume_cm3=command.volume_cm3,
        image=command.image,
        on_sale=command.on_sale,
    )

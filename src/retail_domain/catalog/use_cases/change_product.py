"""Change goods that are in the catalogue: describe, reprice, add and edit kinds, put on and take off sale."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial

from attrs import frozen

from retail_domain.catalog.errors import ProductNotFound, SkuNotFound
from retail_domain.catalog.model import Listing, Product, Sku, SkuWish
from retail_domain.catalog.ports import CatalogWork
from retail_domain.catalog.use_cases.checks import require, require_free_sku_codes, require_shelves, require_sound, wishes_of
from retail_domain.kernel.change import Change
from retail_domain.kernel.clock import Clock
from retail_domain.kernel.ids import Ids, ProductId, SkuId
from retail_domain.kernel.once import Once
from retail_domain.kernel.units import Begin


@frozen(kw_only=True)
class EditProduct:
    """Describe goods anew, in full."""

    product_id: ProductId
    listing: Listing
    once: Once | None = None


@frozen(kw_only=True)
class AddSku:
    """Offer goods in one more kind."""

    product_id: ProductId
    sku: SkuWish
    once: Once | None = None


@frozen(kw_only=True)
class EditSku:
    """Change a kind's particulars; its code stays and its price is changed by `RepriceSku`."""

    sku_id: SkuId
    list_price_minor: int | None = None
    options: tuple[tuple[str, str], ...] = ()
    weight_grams: int = 0
    volume_cm3: int = 0
    image: str | None = None
    on_sale: bool = True
    once: Once | None = None


@frozen(kw_only=True)
class RepriceSku:
    """Ask another price for one kind of goods from now on."""

    sku_id: SkuId
    price_minor: int
    once: Once | None = None


@frozen(kw_only=True)
class RepriceSkus:
    """Ask other prices for many kinds of goods at once: all of them or none."""

    prices: tuple[tuple[SkuId, int], ...]
    once: Once | None = None


@frozen(kw_only=True)
class Repriced:
    """How many kinds cost something else now."""

    changed: int


@frozen(kw_only=True)
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


async def claimed(work: CatalogWork, product_id: ProductId) -> Product:
    """The product, locked. Raises ProductNotFound."""
    found = await work.products.claim((product_id,))
    if product_id not in found:
        raise ProductNotFound(product_id=product_id)
    return found[product_id]


async def _stored(work: CatalogWork, change: Change[Product], once: Once | None, sku: Sku | None = None) -> ProductState:
    changed = change.state != change.before
    answer = ProductState(
        product_id=change.state.id,
        version=change.state.version + changed,
        sku_id=sku.id if sku else None,
        price_version=sku.price_version if sku else None,
    )
    if changed:
        work.products.save(change)
    work.answers.remember(once, answer)
    await work.commit()
    return answer


@frozen
class EditProductHandler:
    """Raises InvalidInput, ProductNotFound, CategoryNotFound, BrandNotFound."""

    begin: Begin[CatalogWork]
    clock: Clock

    async def __call__(self, command: EditProduct) -> ProductState:
        """Replace the description."""
        require(command.listing.problems())
        async with self.begin() as work:
            told = await work.answers.recall(command.once, ProductState)
            if told is not None:
                return told
            product = await claimed(work, command.product_id)
            await require_shelves(work, command.listing)
            change = product.edit(command.listing, at=self.clock.now())
            return await _stored(work, change, command.once)


@frozen
class AddSkuHandler:
    """Raises InvalidInput, ProductNotFound, CodeInUse."""

    begin: Begin[CatalogWork]
    clock: Clock
    ids: Ids

    async def __call__(self, command: AddSku) -> ProductState:
        """Add the kind."""
        async with self.begin() as work:
            told = await work.answers.recall(command.once, ProductState)
            if told is not None:
                return told
            product = await claimed(work, command.product_id)
            require_sound(product.code, product.listing, (*wishes_of(product), command.sku))
            await require_free_sku_codes(work, [command.sku.code])
            sku = Sku.wished(SkuId(self.ids.new()), command.sku)
            change = product.add_sku(sku, at=self.clock.now())
            return await _stored(work, change, command.once, sku)


@frozen
class EditSkuHandler:
    """Raises InvalidInput, SkuNotFound."""

    begin: Begin[CatalogWork]
    clock: Clock

    async def __call__(self, command: EditSku) -> ProductState:
        """Replace the particulars."""
        async with self.begin() as work:
            told = await work.answers.recall(command.once, ProductState)
            if told is not None:
                return told
            product = await claimed(work, await work.products.product_of(command.sku_id))
            wish = _wish(product.sku(command.sku_id), command)
            rest = (sku.wish for sku in product.skus if sku.id != command.sku_id)
            require_sound(product.code, product.listing, (wish, *rest))
            change = product.edit_sku(command.sku_id, wish, at=self.clock.now())
            return await _stored(work, change, command.once, change.state.sku(command.sku_id))


@frozen
class RepriceSkuHandler:
    """Raises InvalidInput, SkuNotFound."""

    begin: Begin[CatalogWork]
    clock: Clock

    async def __call__(self, command: RepriceSku) -> ProductState:
        """Set the price."""
        require(SkuWish(code="price", price_minor=command.price_minor).problems())
        async with self.begin() as work:
            told = await work.answers.recall(command.once, ProductState)
            if told is not None:
                return told
            product = await claimed(work, await work.products.product_of(command.sku_id))
            change = product.reprice(command.sku_id, command.price_minor, at=self.clock.now())
            return await _stored(work, change, command.once, change.state.sku(command.sku_id))


@frozen
class RepriceSkusHandler:
    """Raises InvalidInput, SkuNotFound."""

    begin: Begin[CatalogWork]
    clock: Clock

    async def __call__(self, command: RepriceSkus) -> Repriced:
        """Set the prices, with one statement for all products."""
        for _, price_minor in command.prices:
            require(SkuWish(code="price", price_minor=price_minor).problems())
        async with self.begin() as work:
            told = await work.answers.recall(command.once, Repriced)
            if told is not None:
                return told
            changes = await self._changes(work, dict(command.prices))
            for change in changes:
                work.products.save(change)
            answer = Repriced(changed=sum(len(change.events) for change in changes))
            work.answers.remember(command.once, answer)
            await work.commit()
        return answer

    async def _changes(self, work: CatalogWork, prices: Mapping[SkuId, int]) -> Sequence[Change[Product]]:
        facts = await work.products.skus_for_placing(prices)
        for sku_id in prices:
            if sku_id not in facts:
                raise SkuNotFound(sku_id=sku_id)
        products = await work.products.claim({fact.product_id for fact in facts.values()})
        changes = {id: Change(product, product) for id, product in products.items()}
        for sku_id, price in prices.items():
            owner = facts[sku_id].product_id
            changes[owner] = changes[owner].then(partial(self._reprice, sku_id=sku_id, price=price))
        return [change for change in changes.values() if change.events]

    def _reprice(self, product: Product, *, sku_id: SkuId, price: int) -> Change[Product]:
        return product.reprice(sku_id, price, at=self.clock.now())


@frozen
class SetOnSaleHandler:
    """Raises ProductNotFound, NothingToSell."""

    begin: Begin[CatalogWork]
    clock: Clock

    async def __call__(self, command: SetOnSale) -> ProductState:
        """Put on sale or take off."""
        at = self.clock.now()
        async with self.begin() as work:
            told = await work.answers.recall(command.once, ProductState)
            if told is not None:
                return told
            product = await claimed(work, command.product_id)
            change = product.put_on_sale(at=at) if command.on_sale else product.take_off_sale(at=at)
            return await _stored(work, change, command.once)


def _wish(sku: Sku, command: EditSku) -> SkuWish:
    return SkuWish(
        code=sku.code,
        price_minor=sku.price_minor,
        list_price_minor=command.list_price_minor,
        options=command.options,
        weight_grams=command.weight_grams,
        volume_cm3=command.volume_cm3,
        image=command.image,
        on_sale=command.on_sale,
    )

"""Enter goods into the catalogue."""

from __future__ import annotations

from attrs import frozen

from retail_domain.catalog.errors import CodeInUse
from retail_domain.catalog.model import Listing, Product, Sku, SkuWish
from retail_domain.catalog.ports import CatalogWork
from retail_domain.catalog.use_cases.checks import require_free_sku_codes, require_shelves, require_sound
from retail_domain.kernel.change import Change
from retail_domain.kernel.clock import Clock
from retail_domain.kernel.ids import Ids, ProductId, SkuId
from retail_domain.kernel.once import Once
from retail_domain.kernel.units import Begin


@frozen(kw_only=True)
class CreateProduct:
    """Somebody on the staff wants to sell new goods."""

    code: str
    listing: Listing
    skus: tuple[SkuWish, ...]
    on_sale: bool = False
    once: Once | None = None


@frozen(kw_only=True)
class ProductReceipt:
    """The goods and their kinds as the shop knows them from now on."""

    product_id: ProductId
    sku_ids: tuple[SkuId, ...]


@frozen
class CreateProductHandler:
    """Raises InvalidInput, CodeInUse, CategoryNotFound, BrandNotFound, NothingToSell."""

    begin: Begin[CatalogWork]
    clock: Clock
    ids: Ids

    async def __call__(self, command: CreateProduct) -> ProductReceipt:
        """Create the product with its kinds."""
        require_sound(command.code, command.listing, command.skus)
        async with self.begin() as work:
            told = await work.answers.recall(command.once, ProductReceipt)
            if told is not None:
                return told
            if await work.products.claim_codes((command.code,)):
                raise CodeInUse(what="product", taken=(command.code,))
            await require_free_sku_codes(work, [sku.code for sku in command.skus])
            await require_shelves(work, command.listing)
            change = self._create(command)
            work.products.save(change)
            product = change.state
            answer = ProductReceipt(product_id=product.id, sku_ids=tuple(sku.id for sku in product.skus))
            work.answers.remember(command.once, answer)
            await work.commit()
        return answer

    def _create(self, command: CreateProduct) -> Change[Product]:
        at = self.clock.now()
        change = Product.created(
            id=ProductId(self.ids.new()),
            code=command.code,
            listing=command.listing,
            skus=[Sku.wished(SkuId(self.ids.new()), wish) for wish in command.skus],
            at=at,
        )
        return change.then(lambda product: product.put_on_sale(at=at)) if command.on_sale else change

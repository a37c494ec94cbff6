"""Enter goods into the catalogue."""

from __future__ import annotations

from attrs import field, frozen

from retail_domain.catalog.errors import CodeInUse
from retail_domain.catalog.model import Listing, Product, Sku, SkuWish
from retail_domain.catalog.ports import CatalogWork
from retail_domain.catalog.use_cases.checks import as_granted, require_free_sku_codes, require_shelves, require_sound
from retail_domain.catalog.use_cases.storing_prices import THE_HOST, Told, store
from retail_domain.kernel.actor import Actor
from retail_domain.kernel.change import Change
from retail_domain.kernel.checked import checked
from retail_domain.kernel.effects import EVERYTHING, Effect, Granted, brings
from retail_domain.kernel.ids import ProductId, SkuId
from retail_domain.kernel.means import Means
from retail_domain.kernel.once import Once
from retail_domain.kernel.reading import spelled_code


@frozen(kw_only=True)
@checked
class CreateProduct:
    """Somebody on the staff wants to sell new goods."""

    code: str = field(converter=spelled_code)
    listing: Listing
    skus: tuple[SkuWish, ...]
    on_sale: bool = False
    granted: Granted = EVERYTHING
    """What whoever acts may bring about; who may not set prices enters goods without."""
    actor: Actor = THE_HOST
    once: Once | None = None


@frozen(kw_only=True)
class ProductReceipt:
    """The goods and their kinds as the shop knows them from now on."""

    product_id: ProductId
    sku_ids: tuple[SkuId, ...]
    unpriced_sku_ids: tuple[SkuId, ...] = ()
    """Those that wait for a price, and are off sale."""


@brings(Effect.GOODS, at_times=(Effect.SELLING_PRICE,))
async def create_product(work: CatalogWork, command: CreateProduct, means: Means) -> ProductReceipt:
    """Answers the ids of the goods and of their kinds.

    Raises InvalidInput, CodeInUse, CategoryNotFound, BrandNotFound, NothingToSell.
    """
    require_sound(command.code, command.listing, command.skus)
    if await work.products.claim_codes((command.code,)):
        raise CodeInUse(what="product", taken=(command.code,))
    await require_free_sku_codes(work, [sku.code for sku in command.skus])
    await require_shelves(work, command.listing)
    change = _created(command, means)
    store(work, change, Told(command.actor))
    product = change.state
    return ProductReceipt(
        product_id=product.id, sku_ids=tuple(sku.id for sku in product.skus),
        unpriced_sku_ids=tuple(sku.id for sku in product.skus if not sku.is_priced),
    )  # fmt: skip


def _created(command: CreateProduct, means: Means) -> Change[Product]:
    at = means.clock.now()
    change = Product.created(
        id=ProductId(means.ids.new()),
        code=command.code,
        listing=command.listing,
        skus=[Sku.wished(SkuId(means.ids.new()), as_granted(wish, command.granted)) for wish in command.skus],
        at=at,
    )
    is_sold = command.on_sale and (Effect.SELLING_PRICE in command.granted or any(sku.on_sale for sku in change.state.skus))
    return change.then(lambda product: product.put_on_sale(at=at)) if is_sold else change

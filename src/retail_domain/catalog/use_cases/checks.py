"""What must hold before a wish about goods is carried out."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from attrs import evolve

from retail_domain.catalog.errors import BrandNotFound, CategoryNotFound, CodeInUse
from retail_domain.catalog.model import Listing, Product, SkuWish, product_problems
from retail_domain.catalog.ports import CatalogWork
from retail_domain.kernel.effects import Effect, Granted
from retail_domain.kernel.errors import FieldProblem, InvalidInput
from retail_domain.kernel.ids import ProductId


def require(problems: Iterable[FieldProblem]) -> None:
    """Raise InvalidInput with every problem, if there is one."""
    found = tuple(problems)
    if found:
        raise InvalidInput(problems=found)


def require_sound(code: str, listing: Listing, skus: Sequence[SkuWish]) -> None:
    """Raise InvalidInput unless these make a product."""
    require(product_problems(code, listing, skus))


def as_granted(wish: SkuWish, granted: Granted) -> SkuWish:
    """A new kind of goods as whoever acts may enter it: without a price from those who may not set prices (R35)."""
    return wish if Effect.SELLING_PRICE in granted else evolve(wish, price_minor=None)


def wishes_of(product: Product) -> tuple[SkuWish, ...]:
    """The kinds of a product as wishes, to be checked together with a new one."""
    return tuple(sku.wish for sku in product.skus)


async def require_shelves(work: CatalogWork, listing: Listing) -> None:
    """The category and the brand exist. Raises CategoryNotFound, BrandNotFound."""
    if listing.category_id is not None and not await work.categories.claim((listing.category_id,)):
        raise CategoryNotFound(category=str(listing.category_id))
    if listing.brand_id is not None and not await work.brands.claim((listing.brand_id,)):
        raise BrandNotFound(brand=str(listing.brand_id))


async def require_free_sku_codes(work: CatalogWork, codes: Sequence[str], product_id: ProductId | None = None) -> None:
    """No other product has a SKU of these codes. Raises CodeInUse; a rival who is faster makes the commit raise Taken."""
    owners = await work.products.owners_of_sku_codes(codes)
    taken = tuple(sorted(code for code, owner in owners.items() if owner != product_id))
    if taken:
        raise CodeInUse(what="sku", taken=taken)

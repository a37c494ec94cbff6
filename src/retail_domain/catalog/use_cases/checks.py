"""What must hold before a wish about goods is carried out."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

from attrs import evolve, fields

from retail_domain.catalog.errors import BrandNotFound, CategoryNotFound, CodeInUse, MayNotPrice
from retail_domain.catalog.model import Listing, Product, SkuWish, barcode_key, product_problems
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


PRICED_BY: Final = frozenset({"freight_template_id", "weight_grams", "volume_cm3"})
"""What delivery is charged by: fields of goods that prices are worked out from, besides the price itself."""


def require_same_charge(before: Listing | SkuWish, after: Listing | SkuWish, granted: Granted) -> None:
    """Goods that have a price are charged as before, unless whoever acts may set prices (R35). Raises MayNotPrice."""
    if Effect.SELLING_PRICE not in granted:
        names = sorted(PRICED_BY & {one.name for one in fields(type(before))})
        changed = tuple(name for name in names if getattr(before, name) != getattr(after, name))
        if changed:
            raise MayNotPrice(fields=changed)


def charged_as_before(wish: SkuWish, values: Mapping[str, Any], granted: Granted) -> Mapping[str, Any]:
    """What is said of a kind with a price, without what its delivery is charged by if whoever acts may not set prices (R35)."""
    if wish.price_minor is None or Effect.SELLING_PRICE in granted:
        return values
    return {name: value for name, value in values.items() if name not in PRICED_BY}


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
    """No other product has a SKU of these codes, and none of them is a barcode.

    Raises CodeInUse; a rival who is faster makes the commit raise Taken.
    """
    owners = await work.products.owners_of_sku_codes(codes)
    barred = await work.products.skus_barred(codes)
    taken = {code for code, owner in owners.items() if owner != product_id}
    taken |= {one for one in codes if barcode_key(one) in barred}
    if taken:
        raise CodeInUse(what="sku", taken=tuple(sorted(taken)))

"""Favouring (收藏): only goods that the catalogue knows are marked; membership itself knows nothing but ids."""

from __future__ import annotations

from typing import Protocol

from retail_domain.catalog import Products
from retail_domain.kernel.frames import Called
from retail_domain.kernel.ids import ProductId
from retail_domain.membership import AddFavourite, FavouriteCount


class FavouringWork(Protocol):
    """What the catalogue is asked in."""

    @property
    def products(self) -> Products:
        """What the catalogue knows."""
        ...


async def check_goods(work: FavouringWork, product_id: ProductId) -> None:
    """The catalogue knows these goods, on sale or not. Raises ProductNotFound."""
    await work.products.get(product_id)


async def favour_known_goods(
    wish: AddFavourite, check: Called[ProductId, None], add: Called[AddFavourite, FavouriteCount]
) -> FavouriteCount:
    """Marks goods that there are; goods never go away, so asking first is enough. Raises ProductNotFound, TooManyFavourites."""
    await check(wish.product_id)
    return await add(wish)

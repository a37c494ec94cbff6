"""So many goods one member marks, and no more."""

from __future__ import annotations

from uuid import UUID

import pytest

from retail_adapters.assemble import on_memory
from retail_domain.catalog import CreateProduct, Listing, SkuWish
from retail_domain.kernel.change import Change
from retail_domain.kernel.ids import ProductId
from retail_domain.membership import AddFavourite, GoodsMark, TooManyFavourites
from retail_domain.membership.favourites import FAVOURITES_MAX
from retail_domain.testing.goods import NOON, member_id


async def test_one_more_than_there_is_room_for_is_refused_and_one_that_is_marked_is_not() -> None:
    """MEM-R1"""
    shop = on_memory()
    skus = {code: (SkuWish(code=code, price_minor=1),) for code in "TU"}
    made = await shop.catalog.create(CreateProduct(code="T", listing=Listing(title="茶"), skus=skus["T"]))
    async with shop.begin() as work:
        for number in range(FAVOURITES_MAX):
            known = made.product_id if number == 0 else ProductId(UUID(int=number))
            work.favourites.save(Change(None, GoodsMark(member_id=member_id(1), product_id=known, at=NOON)))  # type: ignore[attr-defined]
        await work.commit()
    more = await shop.catalog.create(CreateProduct(code="U", listing=Listing(title="茶"), skus=skus["U"]))

    again = await shop.membership.add_favourite(AddFavourite(member_id=member_id(1), product_id=made.product_id))
    with pytest.raises(TooManyFavourites):
        await shop.membership.add_favourite(AddFavourite(member_id=member_id(1), product_id=more.product_id))
    assert again.count == FAVOURITES_MAX

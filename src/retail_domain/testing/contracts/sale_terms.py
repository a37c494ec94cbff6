"""The examination of who tells on what terms goods are sold (`processes.purchase.checkout.SaleTerms`).

An adapter's author subclasses it with a fixture `begin` that opens units of work on an empty store; besides the terms they
have the products and the price book.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from retail_domain.catalog import Listing, SkuTerms
from retail_domain.kernel.actor import Actor
from retail_domain.kernel.ids import SkuId
from retail_domain.kernel.units import Begin
from retail_domain.pricing import PriceBook
from retail_domain.processes.purchase.checkout import Terms
from retail_domain.testing.baskets import a_template
from retail_domain.testing.goods import NOON, a_kind, a_product, product_id, sku_id

LATER = NOON + timedelta(hours=1)
NOBODYS = SkuId(UUID(int=9))


@pytest.mark.asyncio
class SaleTermsContract:
    """What every source of terms promises."""

    async def test_terms_are_those_of_now_with_the_version_of_the_book(self, begin: Begin[Any]) -> None:
        """CRT-R4: a price that was changed has another version, and so has the book."""
        listing = Listing(title="限购", purchase_limit=2, sale_until=LATER)
        kinds = (a_kind(1, color="红"), a_kind(2, color="蓝", on_sale=False))
        await _kept(begin, "products", a_product(1, *kinds, listing=listing))
        await _kept(begin, "products", (await self._product(begin)).reprice(sku_id(1), 1_500, at=NOON))
        await _kept(begin, "price_book", PriceBook().store_template(a_template(1), actor=Actor.system("clerk"), at=NOON))

        terms = await _terms(begin, sku_id(1), sku_id(2), NOBODYS)

        assert terms.offers_version == 1
        assert terms.goods.keys() == {sku_id(1), sku_id(2)}
        assert terms.goods[sku_id(1)] == SkuTerms(
            product_id=product_id(1), price_version=2, purchase_limit=2, for_sale=True, sale_from=None, sale_until=LATER
        )
        assert [terms.goods[sku_id(1)].is_on_sale(at) for at in (NOON, LATER)] == [True, False]
        assert not terms.goods[sku_id(2)].is_on_sale(NOON)

    async def test_before_there_is_a_book_its_version_is_none_at_all(self, begin: Begin[Any]) -> None:
        await _kept(begin, "products", a_product(1))

        assert (await _terms(begin, sku_id(1))).offers_version == 0
        assert await _terms(begin, NOBODYS) == Terms(goods={}, offers_version=0)

    async def _product(self, begin: Begin[Any]) -> Any:
        async with begin() as work:
            return await work.products.get(product_id(1))


async def _kept(begin: Begin[Any], collection: str, change: Any) -> None:
    async with begin() as work:
        getattr(work, collection).save(change)
        await work.commit()


async def _terms(begin: Begin[Any], *sku_ids: SkuId) -> Terms:
    async with begin() as work:
        terms: Terms = await work.sale_terms.of(sku_ids)
    return terms

"""Whoever waited for a lock sees everything the rival wrote, children included, not the half of an old moment (R7, R30).

On PostgreSQL a statement that locks a row and joins others reads, after the wait, the newest version of the locked row and
the old versions of all others. So collections lock first and read afterwards.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest

from retail_adapters.serialization.events import EVERY_EVENT
from retail_domain.cart import CartLine
from retail_domain.kernel.limits import Limits
from retail_domain.pricing import PriceBook
from retail_domain.testing.baskets import NOON, a_template, sku
from retail_domain.testing.contracts.carts import ALICE, GUEST, opened
from retail_domain.testing.goods import a_product, product_id, sku_id
from retail_domain.testing.orders import CLERK
from tests.support.stores import Place, Surroundings, open_store, place_of


@pytest.fixture(params=("sqlite", "postgres"))
def place(request: pytest.FixtureRequest) -> Place:
    """Where the store lies."""
    return place_of(request)


@asynccontextmanager
async def store_at(place: Place) -> AsyncIterator[Any]:
    async with open_store(place, Surroundings(EVERY_EVENT)) as store:
        yield store


async def seen_after_waiting(store: Any, claim: Any, change: Any) -> Any:
    """What a second unit claims, having waited until a first one had claimed, changed and committed."""

    async def second() -> Any:
        async with store.begin() as work:
            return await claim(work)

    async with store.begin() as work:
        change(work, await claim(work))
        waiting = asyncio.create_task(second())
        await asyncio.sleep(0.2)  # so that it waits for the lock; on a quick machine or a slow one it must not see less
        await work.commit()
    return await waiting


async def test_a_price_changed_meanwhile_is_seen_with_its_version(place: Place) -> None:
    """R7, CAT-R1: else two prices would share a version, and a quote of the one would be accepted as the other."""
    async with store_at(place) as store:
        async with store.begin() as work:
            work.products.save(a_product(1))
            await work.commit()

        seen = await seen_after_waiting(
            store,
            lambda work: work.products.claim([product_id(1)]),
            lambda work, found: work.products.save(found[product_id(1)].reprice(sku_id(1), 7_777, at=NOON)),
        )

        (kind,) = seen[product_id(1)].skus
        assert (kind.price_minor, kind.price_version) == (7_777, 2)


@pytest.mark.parametrize("owner", [ALICE, GUEST], ids=["member", "guest"])
async def test_goods_put_into_a_cart_meanwhile_are_seen(place: Place, owner: Any) -> None:
    """CRT-R1, R30."""
    async with store_at(place) as store:
        async with store.begin() as work:
            work.carts.save(opened(1, owner, s1=1))
            await work.commit()

        seen = await seen_after_waiting(
            store,
            lambda work: work.carts.claim(owner),
            lambda work, cart: work.carts.save(cart.add(CartLine(sku(2), 5), sellable=9, limits=Limits(), at=NOON)),
        )

        assert [(line.sku_id, line.quantity) for line in seen.lines] == [(sku(1), 1), (sku(2), 5)]
        assert seen.version == 2


async def test_a_freight_template_stored_meanwhile_is_seen(place: Place) -> None:
    """CAT-R1: a version of the book never goes with the templates of another."""
    async with store_at(place) as store:
        async with store.begin() as work:
            work.price_book.save(PriceBook().store_template(a_template(1), actor=CLERK, at=NOON))
            await work.commit()

        seen = await seen_after_waiting(
            store,
            lambda work: work.price_book.claim(),
            lambda work, book: work.price_book.save(book.store_template(a_template(2), actor=CLERK, at=NOON)),
        )

        assert (len(seen.templates), seen.version) == (2, 2)

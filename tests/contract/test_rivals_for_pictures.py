"""Pictures of reviews are locked in one order, however many reviews and pictures a decision is about (R13, REV-R9)."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import suppress
from typing import Any

import pytest

from retail_adapters.assemble import Outside, on_units
from retail_adapters.serialization.events import EVERY_EVENT
from retail_domain.kernel.actor import Actor
from retail_domain.kernel.ids import PictureId
from retail_domain.ordering import Order
from retail_domain.reviews import EditReview, PostReview, ReviewDesk
from retail_domain.testing.contracts.pictures import picture_id, stored
from retail_domain.testing.contracts.reviews import arrived
from retail_domain.testing.orders import ALICE, order_id
from tests.support.stores import HandClock, Place, Surroundings, open_store, place_of

ONE, TWO = picture_id(1), picture_id(2)


class Crossing:
    """Two units that wait for each other once each has claimed some pictures; `begun` counts units."""

    def __init__(self, begin: Callable[[], Any]) -> None:
        self.begin, self.begun, self.is_narrow, self._there = begin, 0, False, asyncio.Event()
        self._waits = 0

    def __call__(self) -> Any:
        self.begun += self.is_narrow
        return _Unit(self.begin(), self)

    async def meet(self) -> None:
        """Whoever holds a lock that the other needs never meets him: that ends after a while."""
        self._waits += 1
        if self._waits == 2:
            self._there.set()
        with suppress(TimeoutError):
            await asyncio.wait_for(self._there.wait(), 0.5)


class _Unit:
    def __init__(self, unit: Any, crossing: Crossing) -> None:
        self._unit, self._crossing, self._work = unit, crossing, unit

    async def __aenter__(self) -> _Unit:
        self._work = await self._unit.__aenter__()
        return self

    async def __aexit__(self, *error: Any) -> Any:
        return await self._unit.__aexit__(*error)

    def __getattr__(self, name: str) -> Any:
        found = getattr(self._work, name)
        return _Pictures(found, self._crossing) if name == "pictures" else found


class _Pictures:
    def __init__(self, pictures: Any, crossing: Crossing) -> None:
        self._pictures, self._crossing = pictures, crossing

    async def claim_for(self, *what: Any) -> Any:
        found = await self._pictures.claim_for(*what)
        if self._crossing.is_narrow:
            await self._crossing.meet()
        return found

    def __getattr__(self, name: str) -> Any:
        return getattr(self._pictures, name)


@pytest.fixture(params=["sqlite", "postgres"])
def place(request: pytest.FixtureRequest) -> Place:
    """Where the store lies: both databases."""
    return place_of(request)


@pytest.fixture
async def crossing(place: Place) -> AsyncIterator[Crossing]:
    """The way into an empty store."""
    async with open_store(place, Surroundings(EVERY_EVENT)) as store:
        yield Crossing(store.begin)


@pytest.fixture
async def order(crossing: Crossing) -> Order:
    """Two lines that have arrived, and two pictures of their buyer's."""
    await stored(crossing.begin, 1, 2, owner=Actor.member(ALICE))
    return await arrived(crossing.begin, lines=2)


def showing(line: int, *pictures: PictureId) -> PostReview:
    return PostReview(member_id=ALICE, order_id=order_id(1), line=line, stars=5, text="很好", pictures=pictures)


def instead(line: int, *pictures: PictureId) -> EditReview:
    return EditReview(member_id=ALICE, order_id=order_id(1), line=line, stars=5, text="还好", pictures=pictures)


async def test_two_reviews_that_change_places_with_their_pictures_do_not_wait_for_each_other(
    crossing: Crossing, order: Order
) -> None:
    """R13, REV-R9: one lets go of what the other takes up, and the other way round; neither is run again."""
    desk: ReviewDesk = on_units(crossing, Nothing(), Outside(clock=HandClock())).reviews
    await desk.post(showing(1, ONE))
    await desk.post(showing(2, TWO))

    crossing.is_narrow = True
    async with asyncio.timeout(20):
        await asyncio.gather(desk.edit(instead(1, TWO)), desk.edit(instead(2, ONE)))

    assert crossing.begun == 2
    for id in (ONE, TWO):
        async with crossing.begin() as work:
            assert (await work.pictures.get(id)).uses == 1


class Nothing:
    """Nobody asks for views here."""

    def __getattr__(self, name: str) -> Any:
        return self

"""The first try hopes that it has no rival and locks nothing; who lost a race locks, and loses no more (R31, decision 0030)."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial
from typing import Any

import pytest
from attrs import define, field

from retail_adapters.serialization.events import EVERY_EVENT
from retail_adapters.sql.session import SqlTools
from retail_adapters.sql.unit_of_work import SqlStore
from retail_adapters.system.retry import retrying
from retail_domain.accounts.model.addresses import AddressBook, Contact
from retail_domain.cart import CartLine
from retail_domain.kernel.contact import Phone
from retail_domain.kernel.ids import AddressId, MemberId
from retail_domain.kernel.limits import Limits
from retail_domain.testing.baskets import NOON, sku
from retail_domain.testing.contracts.carts import ALICE, GUEST, opened
from tests.support.accounts import Recording
from tests.support.stores import Place, Surroundings, open_database, place_of

HOME = Contact(recipient="小明", phone=Phone("+8613800138000"), region_code="310000", region="上海市", detail="南京东路1号")
BUYER = MemberId(sku(1))


@pytest.fixture(params=("sqlite", "postgres"))
def place(request: pytest.FixtureRequest) -> Place:
    """Where the store lies."""
    return place_of(request)


@define
class Noted:
    """A store, and the names of the statements it made."""

    store: SqlStore
    recording: Recording

    def locks(self) -> list[str]:
        """Which of them lock."""
        return [name for name in self.recording.names if "lock" in name or "claim" in name]


@asynccontextmanager
async def noted_at(place: Place) -> AsyncIterator[Noted]:
    async with open_database(place) as database:
        recording = Recording(database)
        yield Noted(SqlStore(recording, Surroundings(EVERY_EVENT).tools(SqlTools)), recording)


@define
class PutOne:
    """Puts a unit of some goods into a cart; the first time, rivals are quicker."""

    store: SqlStore
    owner: Any
    rivals: list[Any] = field(factory=list)
    runs: int = 0

    async def __call__(self, number: int) -> None:
        self.runs += 1
        async with self.store.begin() as work:
            cart = await work.carts.claim(self.owner)
            assert cart is not None
            while self.rivals:
                await self.rivals.pop()()
            work.carts.save(cart.add(CartLine(sku(number), 1), sellable=9, limits=Limits(), at=NOON))
            await work.commit()


async def a_cart(store: SqlStore, owner: Any) -> None:
    async with store.begin() as work:
        work.carts.save(opened(1, owner, s1=1))
        await work.commit()


@pytest.mark.parametrize("owner", [ALICE, GUEST], ids=["member", "guest"])
async def test_who_has_no_rival_changes_a_cart_without_a_lock(place: Place, owner: Any) -> None:
    async with noted_at(place) as noted:
        await a_cart(noted.store, owner)
        noted.recording.names.clear()

        await retrying(PutOne(noted.store, owner))(2)

        assert noted.locks() == []


@pytest.mark.postgres
async def test_who_lost_to_a_rival_locks_and_both_units_are_in_the_cart(request: pytest.FixtureRequest) -> None:
    """R31, CRT-R1: the version of the cart notices the rival, so that nothing is lost."""
    async with noted_at(Place("postgres", request.getfixturevalue("postgres_url"))) as noted:
        await a_cart(noted.store, ALICE)
        put = PutOne(noted.store, ALICE, [partial(PutOne(noted.store, ALICE), 2)])
        noted.recording.names.clear()

        await retrying(put)(2)

        async with noted.store.begin() as work:
            cart = await work.carts.of(ALICE)
        assert put.runs == 2
        assert noted.locks() == ["carts.lock_of_member"]
        assert cart is not None and cart.quantities[sku(2)] == 2


async def test_an_address_book_is_read_whole_without_a_lock(place: Place) -> None:
    """The entries come with their book, in order, and those of nobody else."""
    async with noted_at(place) as noted:
        for member, entries in ((BUYER, (1, 2)), (MemberId(sku(9)), (3,))):
            for entry in entries:
                async with noted.store.begin() as work:
                    book = await work.addresses.find(member) or AddressBook(member_id=member)
                    work.addresses.save(book.add(AddressId(sku(entry)), HOME, at=NOON))
                    await work.commit()
        noted.recording.names.clear()

        async def read(_: None) -> AddressBook | None:
            async with noted.store.begin() as work:
                return (await work.addresses.claim([BUYER])).get(BUYER)

        found = await retrying(read)(None)

        assert noted.locks() == []
        async with noted.store.begin() as work:
            assert found == await work.addresses.find(BUYER)
        assert found is not None and [one.id for one in found.addresses] == [AddressId(sku(1)), AddressId(sku(2))]

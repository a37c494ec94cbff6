"""The examination every store of addresses passes: books, copies for orders, and the tree of regions (R32, R36)."""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import partial
from uuid import UUID

import pytest

from retail_domain.accounts import (
    AccountsQueries,
    AddressBook,
    OrderContact,
    Region,
)
from retail_domain.kernel.change import Change
from retail_domain.kernel.errors import Stale
from retail_domain.kernel.ids import AddressId, OrderId
from retail_domain.testing.contracts.accounts import ALICE, BOB, Opens, save
from retail_domain.testing.people import (
    NOON,
    a_contact,
)


@pytest.mark.asyncio
class AddressesContract:
    """What every store of addresses promises."""

    async def test_an_address_book_keeps_order_default_and_corrections(self, begin: Opens, show: AccountsQueries) -> None:
        """R32"""
        ids = [AddressId(UUID(int=number)) for number in (3, 1, 2)]
        book = AddressBook(member_id=ALICE)
        change = Change[AddressBook](None, book)
        for step, id in enumerate(ids):
            change = change.then(partial(_add, id, NOON + timedelta(minutes=step)))
        await save(begin, addresses=change)

        async with begin() as work:
            stored = (await work.addresses.claim([ALICE, BOB]))[ALICE]
            changed = stored.correct(ids[1], a_contact("李雷")).then(lambda one: one.prefer(ids[1]))
            work.addresses.save(changed.then(lambda one: one.remove(ids[0])))
            await work.commit()

        after = await show.address_book(ALICE)
        assert [one.id for one in after.addresses] == ids[1:]
        assert [one.contact.recipient for one in after.addresses] == ["李雷", "韩梅梅"]
        assert (after.default_id, after.version) == (ids[1], 2)
        assert (await show.address_book(BOB)).addresses == ()
        async with begin() as work:
            assert await work.addresses.find(ALICE) == after
            assert await work.addresses.find(BOB) is None

    async def test_of_two_who_change_one_book_the_second_is_stale(self, begin: Opens) -> None:
        """GEN-R8"""
        await save(begin, addresses=AddressBook(member_id=ALICE).add(AddressId(UUID(int=1)), a_contact(), at=NOON))
        async with begin() as work:
            book = await work.addresses.find(ALICE)
        assert book is not None
        await save(begin, addresses=book.add(AddressId(UUID(int=2)), a_contact(), at=NOON))

        with pytest.raises(Stale):
            await save(begin, addresses=book.remove(AddressId(UUID(int=1))))

    async def test_an_order_keeps_the_address_as_it_was(self, begin: Opens, show: AccountsQueries) -> None:
        """T1, FUL-R2, R40"""
        entry, order = AddressId(UUID(int=1)), OrderId(UUID(int=9))
        await save(begin, addresses=AddressBook(member_id=ALICE).add(entry, a_contact(), at=NOON))
        async with begin() as work:
            known = await work.delivery_contacts.regions([entry, AddressId(UUID(int=2))])
            assert known == {entry: (ALICE, "440305")}
            work.delivery_contacts.copy_to_order(entry, order)
            await work.commit()
        async with begin() as work:
            book = await work.addresses.find(ALICE)
            assert book is not None
            work.addresses.save(book.remove(entry))
            await work.commit()

        assert await show.order_contact(order) == a_contact()
        assert await show.order_contact(OrderId(UUID(int=8))) is None
        async with begin() as work:
            contact: OrderContact = (await work.delivery_contacts.claim([order]))[order]
            assert (contact.member_id, contact.version) == (ALICE, 1)
            work.delivery_contacts.save(contact.redirect(a_contact("李雷")))
            await work.commit()
        async with begin() as work:
            redirected = await work.delivery_contacts.find(order)
            assert redirected is not None and redirected.contact.recipient == "李雷"

    async def test_regions_are_replaced_as_a_whole_and_know_their_path(self, begin: Opens, show: AccountsQueries) -> None:
        async with begin() as work:
            assert not await work.regions.are_loaded()
            await work.regions.replace_all([Region(code="110101", name="东城区", parent="110000")])
            await work.commit()
        shenzhen = Region(code="440300", name="深圳市", parent="440000")
        nanshan = Region(code="440305", name="南山区", parent="440300")
        async with begin() as work:
            await work.regions.replace_all([shenzhen, nanshan])
            await work.commit()

        async with begin() as work:
            assert await work.regions.are_loaded()
            assert [one.name for one in await work.regions.path_of("440305")] == ["广东省", "深圳市", "南山区"]
            assert await work.regions.path_of("110101") == ()
        assert len(await show.regions(None)) == 34
        assert list(await show.regions("440300")) == [nanshan]
        every = await show.every_region()
        assert len(every) == 36 and [one.code for one in every] == sorted(one.code for one in every)
        assert nanshan in every and shenzhen in every


def _add(id: AddressId, at: datetime, book: AddressBook) -> Change[AddressBook]:
    return book.add(id, a_contact(), at=at)

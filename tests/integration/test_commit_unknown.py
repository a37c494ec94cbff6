"""The wire to PostgreSQL is cut at COMMIT: nobody knows, everybody says so, and the key finds out (R15, R17, R31, F3)."""

from __future__ import annotations

import pytest

from retail_adapters.sql.reads import SqlReads
from retail_adapters.sql.unit_of_work import SqlStore
from retail_domain.kernel.change import Change
from retail_domain.kernel.errors import CommitUnknown
from retail_domain.kernel.paging import PageRequest
from retail_domain.testing.baskets import NOON, sku
from retail_domain.testing.contracts.answers import ONCE
from retail_domain.testing.contracts.inventory import a_location, a_shelf, key, shelf_at, stocked
from tests.support.proxy import Wire, wire_to
from tests.support.rivals import Bought, Buyer, Reserve, tools
from tests.support.stores import Place, open_database

DRIVERS = pytest.mark.parametrize("kind", ["postgres", "sqlalchemy"])


@DRIVERS
@pytest.mark.parametrize(("cut", "reserved"), [("before", 0), ("after", 2)])
async def test_a_commit_whose_answer_got_lost_is_unknown_and_the_same_key_finds_out(
    kind: str, cut: str, reserved: int, postgres_url: str
) -> None:
    """R15, R17: whether or not it was stored, repeating with the same key ends in exactly one effect."""
    buyer = Buyer(number=1, lines=((sku(1), 2),), once=ONCE)
    async with wire_to(postgres_url) as wire, open_database(Place(kind, wire.url)) as database:
        store = SqlStore(database, tools())
        await stocked(store.begin, a_shelf(1, 10))

        await cut_off(wire, store, buyer, cut)
        assert (await shelf_at(store.begin, key(1))).reserved == reserved

        first = await Reserve(store)(buyer)
        assert await Reserve(store)(buyer) == first and isinstance(first, Bought)
        assert (await shelf_at(store.begin, key(1))).reserved == 2


async def cut_off(wire: Wire, store: SqlStore, buyer: Buyer, cut: str) -> None:
    wire.cut = cut
    with pytest.raises(CommitUnknown):
        await Reserve(store)(buyer)
    wire.cut = None
    assert wire.cuts == 1


@DRIVERS
async def test_a_unit_of_unknown_outcome_takes_nothing_more(kind: str, postgres_url: str) -> None:
    """GEN-R20: after any error the transaction is dead."""
    async with wire_to(postgres_url) as wire, open_database(Place(kind, wire.url)) as database:
        store = SqlStore(database, tools())
        async with store.begin() as work:
            work.locations.save(Change(None, a_location()))
            wire.cut = "before"
            with pytest.raises(CommitUnknown):
                await work.commit()
            with pytest.raises(Exception, match="over"):
                await work.commit()
        wire.cut = None
        async with store.begin() as work:
            assert await work.locations.all() == ()


@DRIVERS
@pytest.mark.parametrize(("cut", "told"), [("before", 0), ("after", 1)])
async def test_what_must_follow_from_a_change_is_stored_with_it_or_not_at_all(
    kind: str, cut: str, told: int, postgres_url: str
) -> None:
    """R16, R25, GEN-R12: an event is part of the commit, so a commit whose answer got lost neither loses nor invents one."""
    buyer = Buyer(number=1, lines=((sku(1), 2),), once=ONCE)
    async with wire_to(postgres_url) as wire, open_database(Place(kind, wire.url)) as database:
        store, outbox = SqlStore(database, tools()), SqlReads(database).outbox
        watched = a_shelf(1, 10).then(lambda shelf: shelf.watch(9, at=NOON))
        await stocked(store.begin, watched)  # eight left is low

        await cut_off(wire, store, buyer, cut)

        due = (await outbox.open(PageRequest())).items
        assert [one.reaction for one in due] == ["inventory.watch_stock"] * told

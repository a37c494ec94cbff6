"""Rivals for the last units, in several processes, on both databases (R1, R2, R3, R17, R31)."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Sequence
from typing import Any

import pytest
from attrs import frozen
from sqlalchemy import func, select

from retail_adapters.sql.statement import Statement
from retail_adapters.sql.tables.inventory import reservations, stock_items
from retail_domain.kernel.change import Change
from retail_domain.kernel.errors import Broken
from retail_domain.kernel.once import Once
from retail_domain.testing.baskets import sku
from retail_domain.testing.contracts.inventory import a_location, a_shelf, place
from tests.support.postgres import fresh_database
from tests.support.rivals import Buyer, buy, let_loose, order_of
from tests.support.stores import Place, Surroundings, open_store

pytestmark = pytest.mark.slow
PROCESSES = 3
EVENTS: tuple[Any, ...] = ()


@frozen(kw_only=True)
class Round:
    """So many buyers at once, and how many of them get what they want."""

    buyers: int
    lines: tuple[tuple[Any, int], ...]
    sold: int
    key: str | None = None

    def crowd(self) -> list[Buyer]:
        once = Once(principal="member:1", operation="reserve", key=self.key, fingerprint="f") if self.key else None
        turned = tuple(reversed(self.lines))
        return [Buyer(number=n, lines=self.lines if n % 2 else turned, once=once) for n in range(self.buyers)]


SHELVES = (
    a_shelf(1, 4), a_shelf(2, 37), a_shelf(3, 10), a_shelf(4, 5), a_shelf(5, 9), a_shelf(6, 3), a_shelf(6, 4, at=2),
    a_shelf(7, 9),
)  # fmt: skip
ROUNDS = {
    "ten": Round(buyers=10, lines=((sku(1), 1),), sold=4),
    "hundred": Round(buyers=100, lines=((sku(2), 1),), sold=37),
    "two lines": Round(buyers=9, lines=((sku(3), 2), (sku(3), 1)), sold=3),
    "two goods": Round(buyers=30, lines=((sku(4), 1), (sku(5), 1)), sold=5),
    "two places": Round(buyers=15, lines=((sku(6), 1),), sold=7),
    "too many": Round(buyers=6, lines=((sku(7), 5),), sold=1),
    "one key": Round(buyers=12, lines=((sku(7), 1),), sold=12, key="k-1"),
}


@frozen
class Outcome:
    """What every buyer was told, and what the database says afterwards."""

    place: Place
    told: dict[str, list[tuple[str, str]]]

    def orders(self, name: str) -> list[str]:
        return [order for order, _ in self.told[name] if order_of(order)]

    def refusals(self, name: str) -> list[str]:
        return [order for order, _ in self.told[name] if not order_of(order)]

    def rows(self, clause: Any) -> Sequence[Any]:
        async def read() -> Sequence[Any]:
            async with reopened(self.place) as store:
                return await store.database.rows(Statement("read", clause))  # type: ignore[no-any-return]

        return asyncio.run(read())


def reopened(place: Place) -> Any:
    return open_store(Place(f"same {place.kind}", place.address), Surroundings(EVENTS))


async def stocked(place: Place) -> None:
    async with open_store(place, Surroundings(EVENTS)) as store, store.begin() as work:
        work.locations.save(Change(None, a_location(1)))
        work.locations.save(Change(None, a_location(2)))
        for shelf in SHELVES:
            work.stock.save(shelf)
        await work.commit()


@pytest.fixture(scope="module", params=["sqlite", "postgres"])
def where(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    """One database for the whole race."""
    if request.param == "sqlite":
        yield Place("sqlite", str(tmp_path_factory.mktemp("race") / "shop.db"))
        return
    server, template = request.getfixturevalue("postgres_server"), request.getfixturevalue("_migrated")
    with fresh_database(server, template=template) as url:
        yield Place("postgres", url)


@pytest.fixture(scope="module")
def race(where: Place) -> Outcome:
    """All rounds, each with buyers in several processes that start together."""
    asyncio.run(stocked(where))
    crowds = [one.crowd() for one in ROUNDS.values()]
    arguments = [(where.kind, where.address, [crowd[n::PROCESSES] for crowd in crowds]) for n in range(PROCESSES)]
    told: dict[str, list[tuple[str, str]]] = {name: [] for name in ROUNDS}
    for number, answers in let_loose(buy, arguments):
        told[list(ROUNDS)[number]] += answers
    return Outcome(where, told)


@pytest.mark.parametrize("name", ["ten", "hundred"])
def test_of_many_buyers_of_k_units_exactly_k_succeed(race: Outcome, name: str) -> None:
    """R1, R31: the others are told it is sold out; nobody sees a server error."""
    assert len(set(race.orders(name))) == len(race.orders(name)) == ROUNDS[name].sold
    assert race.refusals(name) == ["SoldOut"] * (ROUNDS[name].buyers - ROUNDS[name].sold)


def test_lines_of_one_sku_are_judged_on_their_sum(race: Outcome) -> None:
    """R2: three units in two lines, ten on the shelf: three buyers."""
    assert len(race.orders("two lines")) == 3
    assert set(race.refusals("two lines")) == {"SoldOut"}


def test_all_lines_or_none_whatever_their_order(race: Outcome) -> None:
    """R2, STK-R4: buyers list the goods in opposite orders, and nobody waits for ever or fails for it (R31)."""
    assert len(race.orders("two goods")) == 5
    assert race.refusals("two goods") == ["SoldOut"] * 25
    held = race.rows(select(stock_items.c.sku_id, stock_items.c.reserved).order_by(stock_items.c.sku_id))
    assert {row["reserved"] for row in held if row["sku_id"] in (sku(4), sku(5))} == {5}


def test_two_places_sell_what_they_both_have_and_no_order_is_split(race: Outcome) -> None:
    """STK-R5, R1."""
    sold = [location for order, location in race.told["two places"] if order_of(order)]
    assert sorted(sold) == [str(place(1))] * 3 + [str(place(2))] * 4


def test_what_no_place_has_enough_of_is_refused(race: Outcome) -> None:
    """R1: nine on the shelf, buyers of five: one."""
    assert len(race.orders("too many")) == 1


def test_one_key_pressed_many_times_at_once_is_one_order(race: Outcome) -> None:
    """R17: every caller in every process gets the same answer, and the effect is there once."""
    assert len(race.orders("one key")) == 12 and len(set(race.orders("one key"))) == 1
    (row,) = race.rows(select(stock_items.c.reserved).where(stock_items.c.sku_id == sku(7)))
    assert row["reserved"] == 5 + 1


def test_afterwards_every_promise_is_accounted_for(race: Outcome) -> None:
    """R1, R3, STK-I1, STK-I2: reserved is the sum of open reservations, and within what is there."""
    shelves = {(row["sku_id"], row["location_id"]): row for row in race.rows(select(stock_items))}
    promised = {
        (row["sku_id"], row["location_id"]): row["units"]
        for row in race.rows(
            select(
                reservations.c.sku_id, reservations.c.location_id,
                func.sum(reservations.c.open, type_=reservations.c.open.type).label("units"),
            ).group_by(reservations.c.sku_id, reservations.c.location_id)
        )
    }  # fmt: skip
    assert len(shelves) == len(SHELVES)
    for at, row in shelves.items():
        assert row["reserved"] == int(promised.get(at, 0)) <= row["on_hand"]


@pytest.mark.parametrize(
    ("settings", "checks"),
    [
        ({"reserved": stock_items.c.on_hand + 1}, {"ck_stock_items_reserved"}),
        ({"reserved": -1}, {"ck_stock_items_reserved"}),
        ({"on_hand": -1}, {"ck_stock_items_on_hand", "ck_stock_items_reserved"}),  # it breaks both laws
        ({"safety": -1}, {"ck_stock_items_limits"}),
    ],
)
def test_without_the_application_the_database_still_refuses(race: Outcome, settings: Any, checks: set[str]) -> None:
    """R1, R47: the CHECKs of STK-I1 exist on both databases and stop the transaction."""

    async def cheat() -> None:
        async with reopened(race.place) as store, store.database.begin() as transaction:
            update = stock_items.update().where(stock_items.c.sku_id == sku(1)).values(settings)
            await transaction.changed(Statement("cheat", update))
            await transaction.commit()

    before = race.rows(select(stock_items).order_by(stock_items.c.sku_id, stock_items.c.location_id))
    with pytest.raises(Broken) as broken:
        asyncio.run(cheat())

    assert broken.value.check in checks
    assert race.rows(select(stock_items).order_by(stock_items.c.sku_id, stock_items.c.location_id)) == before


def test_nobody_was_sent_away_because_the_shop_was_busy(race: Outcome) -> None:
    """R31: a busy file or a deadlock is tried again, and every caller got an order or a refusal of the shop."""
    everyone = [answer for answers in race.told.values() for answer, _ in answers]
    assert len(everyone) == sum(one.buyers for one in ROUNDS.values())
    assert {answer for answer in everyone if not order_of(answer)} == {"SoldOut"}

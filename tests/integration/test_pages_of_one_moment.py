"""A page shows one moment: what is changed while it is read is seen wholly or not at all (R16, R30)."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from typing import Any

import pytest
from attrs import define

from retail_adapters.sql.reads import SqlReads
from retail_domain.ordering import OrderQueries, OrderStatus, OrderView, ShipOrder
from retail_domain.testing.orders import ALICE, CLERK, units
from tests.support.counting_house import House, open_house
from tests.support.stores import Place, place_of


@define
class Meddled:
    """A database where somebody else changes something after each statement of a reader, once."""

    inner: Any
    meddle: Callable[[], Awaitable[object]] | None

    async def rows(self, statement: Any, **values: Any) -> Sequence[Any]:
        """One statement, then the change."""
        found: Sequence[Any] = await self.inner.rows(statement, **values)
        await self._meddle()
        return found

    @asynccontextmanager
    async def begin(self, **options: Any) -> AsyncIterator[Any]:
        """Several statements, the change after the first."""
        async with self.inner.begin(**options) as transaction:
            yield Meddled(transaction, self._meddle)

    async def _meddle(self) -> None:
        meddle, self.meddle = self.meddle, None
        if meddle is not None:
            await meddle()


@pytest.fixture(params=("sqlite", "postgres"))
def place(request: pytest.FixtureRequest) -> Place:
    """Where the store lies."""
    return place_of(request)


@pytest.fixture
async def house(place: Place) -> AsyncIterator[House]:
    """A shop on that store."""
    async with open_house(place) as house:
        yield house


@pytest.mark.parametrize("page", ["show", "show_mine", "by_number"])
async def test_an_order_that_is_shipped_while_its_page_is_read_is_seen_before_or_after(house: House, page: str) -> None:
    """R30: never as waiting to be shipped with units that have left."""
    order = await house.paid_order()
    shipped = ShipOrder(order_id=order.id, carrier="SF", tracking_number="1", actor=CLERK, units=units(s1=1))
    orders = SqlReads(Meddled(house.store.database, lambda: house.orders.ship(shipped))).ordering  # type: ignore[arg-type]

    seen = await _opened(orders, page, order)

    unshipped, one_shipped = (OrderStatus.TO_SHIP, 0), (OrderStatus.PARTLY_SHIPPED, 1)
    assert (seen.status, sum(line.shipped for line in seen.lines)) in (unshipped, one_shipped)
    assert (await house.see(order)).status is OrderStatus.PARTLY_SHIPPED  # it did happen meanwhile


async def _opened(orders: OrderQueries, page: str, order: Any) -> OrderView:
    match page:
        case "show":
            return await orders.show(order.id)
        case "show_mine":
            return await orders.show_mine(ALICE, order.id)
        case _:
            return await orders.by_number(order.number)

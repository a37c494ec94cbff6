"""Whatever a shelf, a promise, a place, a quota or a share can be, both kinds of database give it back as it was (R32)."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from attrs import evolve
from hypothesis import HealthCheck, given, settings, strategies as st
from sqlalchemy import delete

from retail_adapters.sql.statement import Statement
from retail_adapters.sql.tables import inventory as tables
from retail_adapters.sql.tables.ordering import order_lines, orders
from retail_domain import inventory
from retail_domain.inventory import (
    Location,
    LocationKind,
    Owner,
    Quota,
    QuotaShare,
    Reservation,
    ReservationState,
    StockItem,
)
from retail_domain.kernel.change import Change
from retail_domain.kernel.ids import LocationId, MemberId, SkuId
from retail_domain.testing.contracts.inventory import key
from retail_domain.testing.orders import order_id, placed
from tests.support.stores import Place, Surroundings, open_store, place_of

counts = st.integers(0, 10**6)
words = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), min_size=1, max_size=20)


@st.composite
def shelves(draw: st.DrawFn) -> StockItem:
    on_hand, backorder, shortfall = draw(counts), draw(counts), draw(counts)
    return StockItem(
        key=key(), on_hand=on_hand, reserved=draw(st.integers(0, on_hand + backorder + shortfall)), safety=draw(counts),
        backorder_limit=backorder, shortfall=shortfall, alert_threshold=draw(st.none() | st.integers(-5, 10**6)),
    )  # fmt: skip


@st.composite
def reservations(draw: st.DrawFn) -> Reservation:
    left, released, consumed = draw(counts), draw(counts), draw(st.integers(1, 10**6))
    state = draw(st.sampled_from([ReservationState.HELD, ReservationState.COMMITTED])) if left else ReservationState.ENDED
    return Reservation(
        owner=Owner(draw(st.sampled_from(["order", "transfer"])), draw(st.uuids())), line=draw(st.integers(0, 200)), key=key(),
        quantity=left + released + consumed, open=left, released=released, consumed=consumed, state=state,
    )  # fmt: skip


@st.composite
def quotas(draw: st.DrawFn) -> Quota:
    size = draw(counts)
    return Quota(
        sku_id=key().sku_id, size=size, taken=draw(st.integers(0, size)), is_open=draw(st.booleans()),
        edition=draw(st.integers(1, 10**6)),
    )  # fmt: skip


@st.composite
def shares(draw: st.DrawFn) -> QuotaShare:
    left, used, back = draw(counts), draw(counts), draw(st.integers(1, 10**6))
    return QuotaShare(
        order_id=order_id(), line=draw(st.integers(1, 200)), sku_id=draw(st.uuids().map(SkuId)),
        member_id=draw(st.uuids().map(MemberId)), quantity=left + used + back, open=left, used=used, back=back,
    )  # fmt: skip


places = st.builds(
    Location, id=st.uuids().map(LocationId), code=words, name=words, kind=st.sampled_from(LocationKind),
    sells_online=st.booleans(), priority=st.integers(-(2**31), 2**31), version=st.just(0),
)  # fmt: skip


@pytest.fixture(params=["sqlite", "postgres"])
def a_place(request: pytest.FixtureRequest) -> Place:
    return place_of(request)


def test_stock_comes_back_as_it_was(a_place: Place) -> None:
    """R32: every field of every aggregate, changed again and read again."""

    async def there_and_back(
        store: Any, shelf: StockItem, promise: Reservation, location: Location, quota: Quota, share: QuotaShare
    ) -> None:
        async with store.begin() as work:
            work.orders.save(Change(None, placed().state))
            work.quotas.save(Change(None, quota))
            work.quota_shares.save(Change(None, share))
            work.stock.save(Change(None, shelf))
            work.reservations.save(Change(None, promise))
            work.locations.save(Change(None, location))
            await work.commit()
        async with store.begin() as work:
            assert (await work.stock.claim([key()]))[key()] == evolve(shelf, version=1)
            assert await work.reservations.of(promise.owner) == (evolve(promise, version=1),)
            assert await work.locations.all() == (evolve(location, version=1),)
            assert await work.quota_shares.of_order(share.order_id) == (evolve(share, version=1),)
        async with store.begin() as work:
            assert (await work.quotas.claim([quota.sku_id]))[quota.sku_id] == evolve(quota, version=1)

    async def emptied(store: Any) -> None:
        async with store.database.begin() as transaction:
            for table in (
                tables.quota_shares, tables.quotas, order_lines, orders, tables.reservations, tables.stock_items,
                tables.locations,
            ):  # fmt: skip
                await transaction.changed(Statement("empty", delete(table)))
            await transaction.commit()

    with asyncio.Runner() as runner:
        opened = open_store(a_place, Surroundings(inventory.EVENTS))
        store = runner.run(opened.__aenter__())

        @given(shelves(), reservations(), places, quotas(), shares())
        @settings(max_examples=40, suppress_health_check=[HealthCheck.too_slow])
        def law(shelf: StockItem, promise: Reservation, location: Location, quota: Quota, share: QuotaShare) -> None:
            runner.run(emptied(store))
            runner.run(there_and_back(store, shelf, promise, location, quota, share))

        law()
        runner.run(opened.__aexit__(None, None, None))

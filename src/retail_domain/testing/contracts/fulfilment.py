"""The examination every store of parcels passes: the promises of `Parcels` as tests.

An adapter's author subclasses it with a fixture `begin` that opens units of work on an empty store, which has orders too.
"""

from __future__ import annotations

from typing import Protocol
from uuid import UUID

import pytest
from attrs import evolve

from retail_domain.fulfilment import PackedUnits, Parcel
from retail_domain.kernel.ids import ParcelId
from retail_domain.kernel.units import Begin, Unit
from retail_domain.processes.delivery.shipping import ShippingWork
from retail_domain.testing.orders import CLERK, NOON, WAREHOUSE, order_id, placed, sku


def a_parcel(number: int) -> Parcel:
    """A parcel of that number."""
    packed = (PackedUnits(sku(1), 2, 1), PackedUnits(sku(2), 1, 2, WAREHOUSE))
    return Parcel(
        id=ParcelId(UUID(int=number)), order_id=order_id(1), carrier="顺丰", tracking_number=f"SF{number}", units=packed,
        sent_by=CLERK, sent_at=NOON,
    )  # fmt: skip


class ParcelsWork(ShippingWork, Unit, Protocol):
    """A unit of work with orders and parcels."""


@pytest.mark.asyncio
class ParcelsContract:
    """What every store of parcels promises."""

    async def test_parcels_come_back_as_they_were_the_oldest_first(self, begin: Begin[ParcelsWork]) -> None:
        """R32."""
        async with begin() as work:
            work.orders.save(placed(which=1))
            for number in (2, 1):
                work.parcels.save(Parcel.sent(a_parcel(number)))
            assert [one.id for one in await work.parcels.of_order(order_id(1))] == [a_parcel(1).id, a_parcel(2).id]
            await work.commit()

        async with begin() as work:
            assert await work.parcels.of_order(order_id(1)) == (evolve(a_parcel(1), version=1), evolve(a_parcel(2), version=1))
            assert await work.parcels.of_order(order_id(2)) == ()

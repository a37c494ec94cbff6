"""The doubles of tenders pass the examination that wallets and gift cards will, on every store (PAY-R11)."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import pytest

from retail_domain.kernel.ids import MemberId
from retail_domain.payments import Tender
from retail_domain.testing.contracts.tenders import Fill, TenderContract
from tests.support.purse import TENDERS, fill as fill_purse
from tests.support.stores import STORES, Place, place_of
from tests.support.till import Till, open_till


class TestPurses(TenderContract):
    """Each double on each store."""

    @pytest.fixture(params=STORES)
    def place(self, request: pytest.FixtureRequest) -> Place:
        """Where the store lies."""
        return place_of(request)

    @pytest.fixture
    async def till(self, place: Place) -> AsyncIterator[Till]:
        """A shop with purses."""
        async with open_till(place) as opened:
            yield opened

    @pytest.fixture
    def begin(self, till: Till) -> Any:
        """Its units of work."""
        return till.begin

    @pytest.fixture(params=TENDERS, ids=lambda one: one.name)
    def tender(self, request: pytest.FixtureRequest) -> Tender[Any, Any]:
        """A wallet, a gift card."""
        double: Tender[Any, Any] = request.param
        return double

    @pytest.fixture
    def fill(self, till: Till, tender: Tender[Any, Any]) -> Fill:
        """Money comes in."""

        async def filling(member_id: MemberId, minor: int) -> None:
            await fill_purse(till.begin, member_id, minor, tender.name)

        return filling

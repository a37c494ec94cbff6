"""Wallets on every store: the ledger comes back as it was, rivals are told apart, and what is shown is what is there."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import pytest

from retail_adapters.memory.reads import MemoryReads
from retail_adapters.sql.reads import SqlReads
from retail_domain import wallet
from retail_domain.kernel.ids import MemberId
from retail_domain.kernel.money import Money
from retail_domain.processes.rewards.wallet_tender import WalletTender
from retail_domain.testing.contracts.tenders import CURRENCY, Fill, TenderContract
from retail_domain.testing.contracts.wallet import STAFF, WalletContract
from retail_domain.testing.goods import NOON
from retail_domain.wallet import WalletLot, WalletLotKey, Whence, claimed, keep
from tests.support.stores import STORES, Place, Surroundings, open_store, place_of


@pytest.fixture(params=STORES)
def place(request: pytest.FixtureRequest) -> Place:
    """Where the store lies."""
    return place_of(request)


@pytest.fixture
async def store(place: Place) -> AsyncIterator[Any]:
    """An empty store."""
    async with open_store(place, Surroundings(wallet.EVENTS)) as store:
        yield store


@pytest.fixture
def begin(store: Any) -> Any:
    """Units of work on it."""
    return store.begin


@pytest.fixture
def show(store: Any) -> Any:
    """What is shown of it."""
    return (MemoryReads(store.memory) if hasattr(store, "memory") else SqlReads(store.database)).wallet


class TestWallet(WalletContract):
    """Wallets, on every store."""


class TestWalletTender(TenderContract):
    """A wallet pays orders as every account does (PAY-R11)."""

    @pytest.fixture
    def tender(self) -> WalletTender:
        """Ours."""
        return WalletTender()

    @pytest.fixture
    def fill(self, store: Any) -> Fill:
        """Money comes in, half of it given and half paid in."""

        async def filling(member_id: MemberId, minor: int) -> None:
            async with store.begin() as work:
                ledger = await claimed(work, member_id)
                for whence, part in ((Whence.PAID_IN, minor // 2), (Whence.GIVEN, minor - minor // 2)):
                    key = WalletLotKey("filled", whence)
                    ledger = ledger.credit(WalletLot.made(member_id, key, Money(part, CURRENCY), cause=STAFF, at=NOON))
                keep(work, ledger)
                await work.commit()

        return filling

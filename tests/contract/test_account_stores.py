"""Every store passes the same examination of accounts (R32)."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import pytest

from retail_adapters.memory.accounts import MemoryAccountsQueries
from retail_adapters.sql.queries.accounts import SqlAccountsQueries
from retail_domain import accounts
from retail_domain.testing.contracts.account_races import AccountRacesContract
from retail_domain.testing.contracts.accounts import AccountsContract
from retail_domain.testing.contracts.addresses import AddressesContract
from retail_domain.testing.contracts.api_keys import ApiKeysContract
from retail_domain.testing.contracts.staff_roles import StaffRolesContract
from retail_domain.testing.contracts.trail import TrailContract
from tests.support.stores import STORES, Place, Surroundings, open_store, place_of


@pytest.fixture(params=STORES)
def place(request: pytest.FixtureRequest) -> Place:
    """Where the store lies."""
    return place_of(request)


@pytest.fixture
async def store(place: Place) -> AsyncIterator[Any]:
    """An empty store."""
    async with open_store(place, Surroundings(accounts.EVENTS)) as store:
        yield store


@pytest.fixture
def begin(store: Any) -> Any:
    """Units of work on it."""
    return store.begin


@pytest.fixture
def show(store: Any) -> Any:
    """The read side of it."""
    if hasattr(store, "memory"):
        return MemoryAccountsQueries(store.memory)
    return SqlAccountsQueries(store.database)


class TestAccounts(AccountsContract):
    """Members, codes, sessions, staff."""


class TestAddresses(AddressesContract):
    """Address books, copies for orders, regions."""


class TestTrail(TrailContract):
    """What staff did, and its seals (R42)."""


class TestApiKeys(ApiKeysContract):
    """Keys of programs (ACC-R10)."""


class TestAccountRaces(AccountRacesContract):
    """Codes, limits, admins and address books under racing (R36)."""


class TestStaffRoles(StaffRolesContract):
    """Roles of the shop's own (ACC-R12)."""

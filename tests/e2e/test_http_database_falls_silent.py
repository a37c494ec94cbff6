"""A database that falls silent, or turns out to only read, is 503 to who calls, never 500, and only while it is so."""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from itertools import count

import httpx2
import pytest
from attrs import field, frozen

from retail_entrypoints.cli.demo_data import stock_the_shelves
from retail_entrypoints.container import open_shop
from retail_entrypoints.http.serving import door_of
from retail_entrypoints.settings import Settings
from tests.e2e.door import knocking
from tests.support.relay import Leads, Relay, relay_to

CALLERS = 12


@frozen
class Called:
    """A served shop behind a name that can lead elsewhere."""

    relay: Relay
    client: httpx2.AsyncClient
    phones: Iterator[int] = field(factory=lambda: count(13_900_000_000))

    async def at_once(self) -> Counter[int]:
        """How many callers of two kinds got which answer: who reads, and who writes."""
        reads = [self.client.get("/v1/products", params={"query": f"q{n}"}) for n in range(CALLERS)]
        wishes = [{"phone": f"{next(self.phones)}", "purpose": "login"} for _ in range(CALLERS)]
        writes = [self.client.post("/v1/auth/codes", json=wish) for wish in wishes]
        return Counter(answer.status_code for answer in await asyncio.gather(*reads, *writes))


@pytest.fixture
async def called(postgres_url: str) -> AsyncIterator[Called]:
    await stock_the_shelves(Settings.from_environ({"RETAIL_DATABASE_URL": postgres_url}))
    async with relay_to(postgres_url) as relay:
        environ = {"RETAIL_DATABASE_URL": relay.url, "RETAIL_DATABASE_STATEMENT_SECONDS": "2", "RETAIL_SMS": "file:/dev/null"}
        settings = Settings.from_environ(environ)
        async with open_shop(settings, for_requests=True) as shop, knocking(door_of(shop)) as client:
            yield Called(relay, client)


@pytest.mark.slow
async def test_a_database_that_falls_silent_is_503_and_the_shop_is_back_when_it_is(called: Called) -> None:
    """R31, R47: the limit of a statement is the one of the settings; nobody gets a 500."""
    before = await called.at_once()

    called.relay.fall_silent()
    fell = time.monotonic()
    silent = await called.at_once()
    noticed = time.monotonic() - fell
    called.relay.lead_to(Leads.TO_THE_LEADER)
    back = time.monotonic()
    while 503 in (after := await called.at_once()):
        assert set(after) <= {200, 202, 204, 503}
    print(f"{CALLERS * 2} callers told within {noticed:.1f} s; all served {time.monotonic() - back:.1f} s after it was back")

    assert 503 not in before and 500 not in before
    assert set(silent) == {503}
    assert after == before


@pytest.mark.slow
async def test_a_database_that_only_reads_refuses_writes_until_its_name_leads_to_another(called: Called) -> None:
    """R31: who reads is served meanwhile."""
    called.relay.fall_silent()
    await called.at_once()
    called.relay.lead_to(Leads.TO_A_STAND_BY)
    while set(by_now := await called.at_once()) == {503}:
        continue
    called.relay.lead_to(Leads.TO_THE_LEADER)
    after = await called.at_once()

    assert by_now[503] == CALLERS and 500 not in by_now
    assert 500 not in after and after[503] <= CALLERS
    assert 503 not in await called.at_once()

"""Two real servers, a leader and the hot stand-by that follows it, behind a name that leads now here and now there."""

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
from tests.support.postgres import FOLLOWED, Postgres, migrate, own_postgres, stand_by_of
from tests.support.relay import Relay, relay_to

pytestmark = [pytest.mark.slow, pytest.mark.postgres]

CALLERS = 8
STATEMENT_SECONDS = 2
ANSWERED_SECONDS = 30.0
"""No call may stay without an answer for longer, whatever happens; it takes a few seconds, on a busy machine too."""
BACK_SECONDS = 30.0
"""How long it may take until everybody is served again, counted from when the name leads to a server that takes writes."""


@frozen
class Pair:
    """A shop that is served behind a name, and the servers that the name can lead to."""

    relay: Relay
    leader: str
    stand_by: str
    server: Postgres
    client: httpx2.AsyncClient
    phones: Iterator[int] = field(factory=lambda: count(13_900_000_000))
    took: list[float] = field(factory=list)
    """How many seconds each call took."""

    async def at_once(self) -> Counter[str]:
        """How callers of three kinds were answered: who reads, who writes, and who asks whether the shop is ready."""
        calls = [self._call("read", "GET", f"/v1/products?query=q{next(self.phones)}") for _ in range(CALLERS)]
        calls += [self._call("write", "POST", "/v1/auth/codes", next(self.phones)) for _ in range(CALLERS)]
        calls += [self._call("ready", "GET", "/health/ready")]
        async with asyncio.timeout(ANSWERED_SECONDS):
            return Counter(await asyncio.gather(*calls))

    async def _call(self, kind: str, method: str, path: str, phone: int | None = None) -> str:
        wish = None if phone is None else {"phone": f"{phone}", "purpose": "login"}
        called = time.monotonic()
        answer = await self.client.request(method, path, json=wish)
        self.took.append(time.monotonic() - called)
        assert answer.status_code < 500 or answer.status_code == 503, f"{path}: {answer.status_code} {answer.text}"
        return f"{kind} {'later' if answer.status_code == 503 else 'answered'}"

    async def seconds_until_served(self) -> float:
        """From now until nobody is told to come again later."""
        begun = time.monotonic()
        while any(told.endswith("later") for told in await self.at_once()):
            assert time.monotonic() - begun < BACK_SECONDS, "the shop does not come back"
        return time.monotonic() - begun


@pytest.fixture
async def pair() -> AsyncIterator[Pair]:
    with own_postgres(settings=FOLLOWED) as leading:
        name = leading.create()
        migrate(leading.url(name))
        await stock_the_shelves(Settings.from_environ({"RETAIL_DATABASE_URL": leading.url(name)}))
        with stand_by_of(leading) as following:
            async with relay_to(leading.url(name)) as relay:
                environ = {
                    "RETAIL_DATABASE_URL": relay.url,
                    "RETAIL_DATABASE_STATEMENT_SECONDS": str(STATEMENT_SECONDS),
                    "RETAIL_SMS": "file:/dev/null",
                }
                settings = Settings.from_environ(environ)
                async with open_shop(settings, for_requests=True) as shop, knocking(door_of(shop)) as client:
                    yield Pair(relay, leading.url(name), following.url(name), following, client)


async def test_a_name_that_led_to_a_stand_by_for_two_seconds_takes_orders_again_once_it_leads_to_the_leader(pair: Pair) -> None:
    """R31, R47: reads are answered meanwhile, writes are told to come later, and readiness says so; nobody gets a 500."""
    await pair.seconds_until_served()

    pair.relay.lead_to_server(pair.stand_by)
    pair.relay.cut()
    turned = time.monotonic()
    told: Counter[str] = Counter()
    while time.monotonic() - turned < 2 or told["write answered"]:
        told = await pair.at_once()
    pair.relay.lead_to_server(pair.leader)
    back = await pair.seconds_until_served()

    print(f"a stand-by for two seconds: everybody served {back:.2f} s after the name led to the leader")
    assert (told["write later"], told["read answered"]) == (CALLERS, CALLERS)


async def test_a_leader_that_falls_silent_is_followed_by_the_stand_by_that_was_promoted(pair: Pair) -> None:
    """R31, R47: who called in that moment is told within the limit of a statement; then the shop sells at the other server."""
    await pair.seconds_until_served()
    calling = asyncio.create_task(pair.at_once())
    await asyncio.sleep(0.01)

    pair.relay.fall_silent()
    pair.took.clear()
    told = await calling
    silent = await pair.at_once()
    longest = max(pair.took)
    pair.server.execute("SELECT pg_promote()")
    pair.relay.lead_to_server(pair.stand_by)
    back = await pair.seconds_until_served()

    print(f"a silent leader: told within {longest:.1f} s, everybody served {back:.2f} s after another one led")
    assert sum(told.values()) == sum(silent.values()) == 2 * CALLERS + 1
    assert silent["write later"] == CALLERS

"""A lock that somebody holds for long: who waits for it is told to come again, and nobody else waits with him (R31, R46)."""

from __future__ import annotations

import asyncio
import sqlite3
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import asyncpg
import httpx2
import pytest
from attrs import define, field, frozen

from retail_adapters.sql import migrations
from retail_entrypoints.cli.demo_data import stock_the_shelves
from retail_entrypoints.container import open_shop
from retail_entrypoints.http.serving import door_of
from retail_entrypoints.settings import Settings
from tests.e2e.door import knocking

pytestmark = pytest.mark.slow

LOCK_SECONDS = 2
HELD_SECONDS = 30.0
"""So long does the lock stay held in the worst case: nobody may wait for that."""


@frozen
class Told:
    """An answer, and after how long."""

    status: int
    code: str
    seconds: float


@define
class Caller:
    """Somebody with a guest's cart, or without."""

    client: httpx2.AsyncClient
    token: str = ""
    told: list[Told] = field(factory=list)

    async def call(self, method: str, path: str, body: Any = None) -> Any:
        begun = time.monotonic()
        headers = {"x-cart-token": self.token} if self.token else {}
        answer = await self.client.request(method, path, json=body, headers=headers)
        content = answer.json() if answer.content else {}
        self.told.append(Told(answer.status_code, str(content.get("code", "")), time.monotonic() - begun))
        return content


@asynccontextmanager
async def door(url: str) -> AsyncIterator[tuple[httpx2.AsyncClient, httpx2.AsyncClient]]:
    """Two who knock, from two network addresses."""
    environ = {"RETAIL_DATABASE_URL": url, "RETAIL_SMS": "file:/dev/null", "RETAIL_DATABASE_LOCK_SECONDS": str(LOCK_SECONDS)}
    async with open_shop(Settings.from_environ(environ), for_requests=True) as shop:
        app = door_of(shop)
        async with knocking(app) as one, knocking(app, peer="198.51.100.7") as other:
            yield one, other


@pytest.mark.parametrize("callers", [3, 24])
async def test_who_needs_no_locked_row_is_served_while_others_wait_for_one(postgres_url: str, callers: int) -> None:
    """R31, R46: a few callers who waited for one row had all connections of a process, and nobody could log in.

    Whoever waits is told to come again: by the row, or, where so many come from one address that not all of them get a place
    within the second that the shop lets them wait for one, before they have come to the row. Others come from elsewhere.
    """
    await stock_the_shelves(Settings.from_environ({"RETAIL_DATABASE_URL": postgres_url}))
    rival = await asyncpg.connect(postgres_url)
    async with door(postgres_url) as (client, elsewhere):
        cart = Caller(client)
        cart.token = (await cart.call("POST", "/v1/carts"))["cart_token"]
        sku = (await cart.call("GET", "/v1/products"))["items"][0]["skus"][0]["sku_id"]
        async with rival.transaction():
            await rival.execute("SELECT 1 FROM retail.carts FOR UPDATE")
            waiting = [Caller(client, cart.token) for _ in range(callers)]
            put = [one.call("PUT", f"/v1/cart/lines/{sku}", {"quantity": 2}) for one in waiting]
            async with asyncio.timeout(HELD_SECONDS):
                tasks = [asyncio.create_task(one) for one in put]
                await asyncio.sleep(0.3)
                others = [Caller(elsewhere) for _ in range(3)]
                for number, other in enumerate(others):
                    await other.call("POST", "/v1/auth/codes", {"phone": f"1390000000{number}", "purpose": "login"})
                await asyncio.gather(*tasks)
        again = Caller(client, cart.token)
        await again.call("PUT", f"/v1/cart/lines/{sku}", {"quantity": 2})
    await rival.close()

    told = [one.told[-1] for one in waiting]
    assert {each.status for each in told} == {503}
    assert "store.busy" in {each.code for each in told} <= {"store.busy", "request.too_busy"}
    assert {other.told[-1].status for other in others} <= {202, 204}
    assert again.told[-1].status < 300
    longest = max(each.seconds for each in told)
    log_in = max(other.told[-1].seconds for other in others)
    print(f"{callers} wait for a locked row: told within {longest:.1f} s; a code was sent within {log_in:.1f} s meanwhile")


async def test_a_file_that_somebody_keeps_busy_is_told_to_who_writes_and_leaves_readers_and_readiness_alone(
    sqlite_path: Path,
) -> None:
    """R31, R46: whoever asks whether the shop is ready has his answer within its own time."""
    url = f"sqlite:///{sqlite_path}"
    await asyncio.to_thread(migrations.upgrade, url)
    await stock_the_shelves(Settings.from_environ({"RETAIL_DATABASE_URL": url}))
    rival = sqlite3.connect(sqlite_path, isolation_level=None)
    async with door(url) as (client, _):
        rival.execute("BEGIN IMMEDIATE")
        writers, asker, reader = [Caller(client) for _ in range(6)], Caller(client), Caller(client)
        async with asyncio.timeout(HELD_SECONDS):
            tasks = [asyncio.create_task(one.call("POST", "/v1/carts")) for one in writers]
            await asyncio.sleep(0.3)
            await reader.call("GET", "/v1/products")
            await asker.call("GET", "/health/ready")
            await asyncio.gather(*tasks)
        rival.execute("ROLLBACK")
        rival.close()
        again = Caller(client)
        await again.call("POST", "/v1/carts")

    assert {one.told[-1].status for one in writers} == {503}
    assert {one.told[-1].code for one in writers} <= {"store.busy", "store.unavailable"}
    assert (asker.told[-1].status, reader.told[-1].status) == (200, 200)
    assert again.told[-1].status == 201
    longest = max(one.told[-1].seconds for one in writers)
    print(f"a busy file: writers told after {longest:.1f} s, readiness after {asker.told[-1].seconds:.1f} s")

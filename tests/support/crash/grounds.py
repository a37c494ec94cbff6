"""The grounds of a storm: a database, a provider, wires and a nursery, made for it and thrown away."""

from __future__ import annotations

import asyncio
import contextlib
import tempfile
from pathlib import Path

from attrs import evolve

from retail_adapters.sql import migrations
from tests.support.crash.nursery import a_nursery
from tests.support.crash.storm import Ground, Tally, Weather, free_ports, storm
from tests.support.postgres import migrate, mortal_postgres
from tests.support.proxy import wire_to
from tests.support.sandbox import running_sandbox


def storm_on(kind: str, weather: Weather) -> Tally:
    """A storm on a database of its own."""
    with contextlib.ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        (folder / "clock").write_text("2026-01-01T00:00:00+00:00")
        environment = {"RETAIL_TEST_CLOCK": str(folder / "clock"), "RETAIL_SANDBOX_RETRY_SECONDS": "0.2,0.5,1"}
        sandbox = stack.enter_context(running_sandbox(environment=environment))
        nursery = stack.enter_context(a_nursery())
        ports = free_ports(2)
        if kind == "sqlite":
            url = f"sqlite:///{folder / 'shop.db'}"
            migrations.upgrade(url)
            ground = Ground(database_url=url, wire_url=url, sandbox=sandbox, folder=folder, nursery=nursery, ports=ports)
            return asyncio.run(storm(ground, weather, kind))
        server, crash = stack.enter_context(mortal_postgres())
        url = server.url(server.create())
        migrate(url)
        ground = Ground(
            database_url=url, wire_url=url, sandbox=sandbox, folder=folder, nursery=nursery, ports=ports, crash=crash
        )
        return asyncio.run(_wired(ground, weather, kind))


async def _wired(ground: Ground, weather: Weather, kind: str) -> Tally:
    async with wire_to(ground.database_url) as wire:
        return await storm(evolve(ground, wire_url=wire.url, wire=wire), weather, kind)

"""A shop with demo data in a database that other processes then open."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence

from retail_entrypoints.cli.demo_data import stock_the_shelves
from retail_entrypoints.container import open_shop
from retail_entrypoints.databases import upgrade_schema
from retail_entrypoints.settings import Settings


def furnish(environ: Mapping[str, str]) -> None:
    """Make the schema and fill in the demo data."""
    settings = Settings.from_environ(environ)
    upgrade_schema(settings)
    asyncio.run(stock_the_shelves(settings))


def findings(environ: Mapping[str, str]) -> Sequence[str]:
    """What the audit finds (R43)."""
    return asyncio.run(_audit(Settings.from_environ(environ)))


async def _audit(settings: Settings) -> Sequence[str]:
    async with open_shop(settings) as shop:
        return [str(finding) for finding in await shop.audit()]

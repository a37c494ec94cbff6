"""Our shop inside your transaction: your row and our goods are kept together, or neither is.

Needs a PostgreSQL database to play with: `RETAIL_EXAMPLE_POSTGRES=postgresql://user:pw@host:port/db`.
The schema `retail` is brought up to date in it; your table lives in a schema of its own.
"""

import asyncio
import os
import sys

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine

from retail_adapters.assemble import on_postgres
from retail_adapters.sql.migrations import upgrade
from retail_adapters.sql.postgres import open_pool
from retail_domain.application import Retail
from retail_domain.catalog import CreateProduct, Listing, SkuWish
from retail_domain.inventory import OpenLocation, ReceiveStock
from retail_domain.kernel.actor import Actor
from retail_domain.kernel.paging import PageRequest

ROBOT = Actor.system("the purchasing robot")


async def delivery_arrives(connection: AsyncConnection, retail: Retail, number: str) -> None:
    """Your delivery note, and our goods and stock, on one connection."""
    await connection.execute(text("INSERT INTO host.delivery_notes VALUES (:number)"), {"number": number})
    shop = retail.joined(connection)
    cup = SkuWish(code=f"CUP-{number}", price_minor=5_900)
    made = await shop.catalog.create(CreateProduct(code=f"C{number}", listing=Listing(title="青瓷茶杯"), skus=(cup,)))
    await shop.inventory.receive(
        ReceiveStock(sku_id=made.sku_ids[0], location="HZ", quantity=12, reference=number, actor=ROBOT)
    )


async def report(engine: AsyncEngine, retail: Retail, when: str) -> tuple[int, int]:
    """How many notes you have, and how many shelves we have."""
    async with engine.connect() as connection:
        notes = await connection.scalar(text("SELECT count(*) FROM host.delivery_notes"))
    shelves = await retail.inventory.show.stock(PageRequest(100))
    print(f"{when}: {notes} delivery notes, {len(shelves.items)} shelves with goods")
    return int(notes or 0), len(shelves.items)


async def main(url: str) -> None:
    await asyncio.to_thread(upgrade, url)
    pool = await open_pool(url, connections_max=2)
    retail = on_postgres(pool)
    await retail.inventory.open_location(OpenLocation(code="HZ", name="杭州仓", actor=ROBOT))
    engine = create_async_engine(url.replace("postgresql://", "postgresql+asyncpg://", 1))
    async with engine.begin() as connection:
        await connection.execute(text("CREATE SCHEMA host"))
        await connection.execute(text("CREATE TABLE host.delivery_notes (number text PRIMARY KEY)"))

    async with engine.connect() as connection:
        await delivery_arrives(connection, retail, "1")
        await connection.rollback()
    assert await report(engine, retail, "rolled back") == (0, 0)

    async with engine.begin() as connection:
        await delivery_arrives(connection, retail, "2")
    assert await report(engine, retail, "committed") == (1, 1)

    await engine.dispose()
    await pool.close()


if len(sys.argv) < 2 and "RETAIL_EXAMPLE_POSTGRES" not in os.environ:
    sys.exit("say which database: RETAIL_EXAMPLE_POSTGRES=postgresql://...")
asyncio.run(main(sys.argv[1] if len(sys.argv) > 1 else os.environ["RETAIL_EXAMPLE_POSTGRES"]))

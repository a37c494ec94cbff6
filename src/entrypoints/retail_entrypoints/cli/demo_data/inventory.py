"""A demo warehouse, with some of everything in it."""

from __future__ import annotations

from typing import Final

from retail_domain.inventory import OpenLocation, ReceiveStock, WatchStock
from retail_entrypoints.cli.demo_data.demo import ACTOR, Demo, once

LOCATION: Final = "SH"
_UNITS: Final = 200


async def fill_the_shelves(demo: Demo) -> None:
    """One place, from which everything is sent, and an alert where little is left."""
    await demo.retail.inventory.open_location(
        OpenLocation(code=LOCATION, name="上海仓 Shanghai", actor=ACTOR, once=once("location"))
    )
    for sku_id in demo.sku_ids:
        await demo.retail.inventory.receive(
            ReceiveStock(
                sku_id=sku_id, location=LOCATION, quantity=_UNITS, reference="demo", actor=ACTOR, once=once(f"stock {sku_id}")
            )
        )
        await demo.retail.inventory.watch(WatchStock(sku_id=sku_id, location=LOCATION, actor=ACTOR, alert_threshold=10))


DEMO: Final = (fill_the_shelves,)

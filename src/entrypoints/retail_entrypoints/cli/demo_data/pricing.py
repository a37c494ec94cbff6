"""What sending costs in the demo shop."""

from __future__ import annotations

from typing import Final

from retail_domain.pricing import ChargeBy, FreightZone, StoreFreightTemplate
from retail_entrypoints.cli.demo_data.demo import ACTOR, Demo, once


async def charge_for_sending(demo: Demo) -> None:
    """By the piece, and nothing from ninety-nine yuan on."""
    zone = FreightZone(first_units=1, first_minor=800, next_units=5, next_minor=200, free_from_minor=9_900)
    await demo.retail.quoting.store_freight_template(
        StoreFreightTemplate(
            name="快递 Courier", charge_by=ChargeBy.PIECE, zones=(zone,), actor=ACTOR, is_default=True, once=once("freight")
        )
    )


DEMO: Final = (charge_for_sending,)

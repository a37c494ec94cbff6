"""What the demo shop offers: something off from a sum on, scarves for less, and a gift."""

from __future__ import annotations

import json
from typing import Any, Final

from retail_domain.application import Retail
from retail_domain.processes.staff.offering import LaunchOffer, MakeOffer
from retail_entrypoints.cli.demo_data.demo import ACTOR, once

_REDUCTION: Final = {
    "name": "满500减40", "name_en": "40 off 500", "kind": "reduction",
    "steps": [{"threshold": 50_000, "off_minor": 4_000}, {"threshold": 100_000, "off_minor": 12_000}],
}  # fmt: skip
_SCARVES: Final = {"name": "围巾九折", "name_en": "Ten percent off scarves", "kind": "discount", "off_bps": 1_000}
_TEA: Final = {"name": "满800赠茶", "name_en": "Tea with 800 and more", "kind": "gift", "from_minor": 80_000}


async def launch_the_offers(retail: Retail) -> None:
    """A full reduction by steps, a discount, and a gift."""
    scarf, tea = await retail.catalog.show.product_coded("SCARF"), await retail.catalog.show.sku_coded("TEA-100")
    offers: dict[str, dict[str, Any]] = {"reduction": _REDUCTION}
    if scarf is not None:
        offers["scarf"] = _SCARVES | {"scope": {"product_ids": [str(scarf)]}}
    if tea is not None:
        offers["tea"] = _TEA | {"gift_sku_id": str(tea)}
    for key, terms in offers.items():
        made = await retail.promotions.make(MakeOffer(actor=ACTOR, terms=json.dumps(terms), once=once(f"offer {key}")))
        await retail.promotions.launch(LaunchOffer(actor=ACTOR, offer_id=made.id, once=once(f"launch {key}")))

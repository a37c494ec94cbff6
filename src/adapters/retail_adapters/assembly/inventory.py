"""Inventory, wired."""

from __future__ import annotations

from retail_adapters.assembly.parts import Parts
from retail_domain.inventory import AdjustStock, Inventory
from retail_domain.inventory.quotas import close_quota, set_quota
from retail_domain.inventory.use_cases import adjust_stock, open_location, receive_stock, watch_stock
from retail_domain.kernel.effects import Effect
from retail_domain.kernel.frames import bound
from retail_domain.processes.delivery.stocking import check_known, receive_known_goods, set_quota_of_known_goods
from retail_domain.processes.staff.seconding import TakesTwo


def inventory(parts: Parts) -> Inventory:
    """The inventory of a shop made of these parts."""
    check = parts.reading(check_known)
    return Inventory(
        open_location=parts.deciding(open_location),
        receive=bound(receive_known_goods, check, parts.deciding(receive_stock)),
        adjust=parts.deciding(adjust_stock, parts.policies.second_person),
        watch=parts.deciding(watch_stock),
        set_quota=bound(set_quota_of_known_goods, check, parts.deciding(set_quota)),
        close_quota=parts.deciding(close_quota),
        show=parts.reads.inventory,
    )


def takes_two(parts: Parts) -> tuple[TakesTwo, ...]:
    """What may take two people."""
    second = parts.policies.second_person
    return (
        TakesTwo(
            does="inventory.adjust", wish=AdjustStock, effects=(Effect.STOCK,),
            decide=lambda work, wish, means: adjust_stock(work, wish, means, second),
        ),
    )  # fmt: skip

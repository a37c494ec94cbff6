"""Carts, wired."""

from __future__ import annotations

from retail_adapters.assembly.parts import Parts
from retail_adapters.assembly.quoting import quoting_rules
from retail_domain.processes.purchase.carting import (
    Carting,
    CreateGuestCartHandler,
    MergeGuestCartHandler,
    PutIntoCartHandler,
    RemoveFromCartHandler,
    ShowCartHandler,
    TakeOutOrderedHandler,
)


def carting(parts: Parts) -> Carting:
    """The carts of a shop made of these parts."""
    begin, clock, ids, rules = parts.begin, parts.clock, parts.ids, quoting_rules(parts)
    return Carting(
        create_guest_cart=parts.unit(CreateGuestCartHandler(begin=begin, clock=clock, ids=ids, luck=parts.luck)),
        show=ShowCartHandler(begin=parts.look or begin, clock=clock, rules=rules),
        put=parts.unit(PutIntoCartHandler(begin=begin, clock=clock, ids=ids, rules=rules)),
        remove=parts.unit(RemoveFromCartHandler(begin=begin, clock=clock, rules=rules)),
        merge=parts.unit(MergeGuestCartHandler(begin=begin, clock=clock, ids=ids, rules=rules)),
        take_out=parts.unit(TakeOutOrderedHandler(begin=begin, clock=clock)),
    )

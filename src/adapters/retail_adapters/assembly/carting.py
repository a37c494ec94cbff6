"""Carts, wired."""

from __future__ import annotations

from retail_adapters.assembly.parts import Parts
from retail_adapters.assembly.quoting import quoting_rules
from retail_adapters.system.sealer import HmacSealer
from retail_domain.processes.purchase.buying_again import buy_again
from retail_domain.processes.purchase.carting import (
    Carting,
    create_guest_cart,
    merge_guest_cart,
    put_into_cart,
    remove_from_cart,
    show_cart,
    take_out_ordered,
)


def carting(parts: Parts) -> Carting:
    """The carts of a shop made of these parts."""
    rules = quoting_rules(parts)
    return Carting(
        create_guest_cart=parts.deciding(create_guest_cart, HmacSealer(parts.secret), parts.policies.guests),
        show=parts.reading(show_cart, parts.means, rules),
        put=parts.deciding(put_into_cart, rules),
        remove=parts.deciding(remove_from_cart, rules),
        merge=parts.deciding(merge_guest_cart, rules),
        buy_again=parts.deciding(buy_again, rules),
        take_out=parts.deciding(take_out_ordered),
    )

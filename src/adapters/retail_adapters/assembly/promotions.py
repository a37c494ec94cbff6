"""Offers, wired."""

from __future__ import annotations

from retail_adapters.assembly.parts import Parts
from retail_domain.processes.staff.offering import (
    OfferDesk,
    change_offer,
    launch_offer,
    list_offers,
    make_offer,
    show_offer,
    stop_offer,
)


def promotions(parts: Parts) -> OfferDesk:
    """The offers of a shop made of these parts."""
    return OfferDesk(
        make=parts.deciding(make_offer),
        change=parts.deciding(change_offer),
        launch=parts.deciding(launch_offer),
        stop=parts.deciding(stop_offer),
        show=parts.reading(show_offer, parts.clock),
        list=parts.looking(list_offers, parts.clock),
    )

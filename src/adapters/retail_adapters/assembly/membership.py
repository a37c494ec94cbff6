"""Membership, wired."""

from __future__ import annotations

from retail_adapters.assembly.parts import Parts
from retail_domain.kernel.frames import bound
from retail_domain.membership import Membership
from retail_domain.membership.favourites import add_favourite, count_favourites, remove_favourite, show_favourites
from retail_domain.membership.use_cases import show_check_ins
from retail_domain.processes.delivery.favouring import check_goods, favour_known_goods
from retail_domain.processes.rewards.awarding import check_in_for_points


def membership(parts: Parts) -> Membership:
    """Membership of a shop made of these parts."""
    return Membership(
        check_in=parts.deciding(check_in_for_points),
        show_check_ins=parts.reading(show_check_ins, parts.clock, parts.means.calendar),
        add_favourite=bound(favour_known_goods, parts.reading(check_goods), parts.deciding(add_favourite)),
        remove_favourite=parts.deciding(remove_favourite),
        favourites=parts.reading(show_favourites),
        count_favourites=parts.reading(count_favourites),
    )

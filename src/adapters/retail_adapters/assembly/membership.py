"""Membership, wired."""

from __future__ import annotations

from retail_adapters.assembly.parts import Parts
from retail_domain.membership import Membership
from retail_domain.membership.use_cases import check_in, show_check_ins


def membership(parts: Parts) -> Membership:
    """Membership of a shop made of these parts."""
    return Membership(
        check_in=parts.deciding(check_in),
        show_check_ins=parts.reading(show_check_ins, parts.clock, parts.means.calendar),
    )

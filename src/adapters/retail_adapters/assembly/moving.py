"""Moving members in, wired."""

from __future__ import annotations

from retail_adapters.assembly.parts import Parts
from retail_domain.kernel.frames import bound
from retail_domain.processes.staff.moving_in import MovingDesk, move_members_in, rehearse_moving, store_moving


def moving(parts: Parts) -> MovingDesk:
    """How members of another system come into a shop made of these parts."""
    return MovingDesk(
        move_in=bound(
            move_members_in,
            parts.answering(store_moving, parts.policies.second_person),
            parts.answering(rehearse_moving, parts.policies.second_person),
            parts.spell_phone,
            parts.policies.currency,
        )
    )

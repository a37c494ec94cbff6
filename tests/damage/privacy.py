"""What to do to a sound shop so that the laws of what is known of members are broken."""

from __future__ import annotations

from typing import Final

from tests.damage.damage import Damage

DAMAGE: Final[Damage] = {
    "PRV-R4": (
        "INSERT INTO {0}erasures (member_id, asked_at, step, round, due_at, done_at, version) "
        "SELECT id, created_at, '', 2, NULL, created_at, 1 FROM {0}members",
        "member_id",
    )
}

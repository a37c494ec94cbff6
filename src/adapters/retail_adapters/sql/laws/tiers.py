"""Laws of tiers."""

from __future__ import annotations

from typing import Final

from sqlalchemy import or_, select

from retail_adapters.sql.laws.law import law
from retail_adapters.sql.tables.tiers import tier_standings

LAWS: Final = (
    law(
        "LVL-R5",
        "whoever has earned or was granted a tier is looked at again some day, and nobody else is",
        select(tier_standings.c.member_id, tier_standings.c.due_at).where(
            or_(tier_standings.c.place > 0, tier_standings.c.grant_until.is_not(None)) == tier_standings.c.due_at.is_(None)
        ),
    ),
)

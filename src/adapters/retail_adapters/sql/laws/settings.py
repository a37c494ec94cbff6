"""Laws of settings."""

from __future__ import annotations

from typing import Final

from sqlalchemy import and_, or_, select

from retail_adapters.sql.laws.law import law
from retail_adapters.sql.tables.settings import settings_changes

_before = settings_changes.alias("before")
_taken = settings_changes.alias("taken")

LAWS: Final = (
    law(
        "SET-R2",
        "changes of settings have numbers without a gap, and none is dated before the one before it",
        select(settings_changes.c.number, settings_changes.c.at)
        .outerjoin(_before, _before.c.number == settings_changes.c.number - 1)
        .where(settings_changes.c.number > 1)
        .where(or_(_before.c.number.is_(None), _before.c.at > settings_changes.c.at)),
    ),
    law(
        "SET-R5",
        "what is taken back is a change of settings that sets something",
        select(settings_changes.c.number, settings_changes.c.takes_back)
        .outerjoin(_taken, and_(_taken.c.number == settings_changes.c.takes_back, _taken.c.takes_back.is_(None)))
        .where(settings_changes.c.takes_back.is_not(None))
        .where(_taken.c.number.is_(None)),
    ),
)

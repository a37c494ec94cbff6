"""Laws of pictures."""

from __future__ import annotations

from typing import Final

from sqlalchemy import func, select
from sqlalchemy.sql.functions import coalesce

from retail_adapters.sql.laws.law import law
from retail_adapters.sql.tables.pictures import picture_uses, pictures

_shown = select(picture_uses.c.picture_id, func.count().label("shown")).group_by(picture_uses.c.picture_id).subquery("shown")

LAWS: Final = (
    law(
        "PIC-R8",
        "a picture counts exactly the things that show it",
        select(pictures.c.id, pictures.c.uses, coalesce(_shown.c.shown, 0).label("shown"))
        .outerjoin(_shown, _shown.c.picture_id == pictures.c.id)
        .where(pictures.c.uses != coalesce(_shown.c.shown, 0)),
    ),
)

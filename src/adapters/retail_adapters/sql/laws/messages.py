"""Laws of messages (MSG-R2, MSG-R3, MSG-R5)."""

from __future__ import annotations

from typing import Final

from sqlalchemy import and_, func, or_, select

from retail_adapters.sql.laws.law import law
from retail_adapters.sql.repositories.numbers import NUMBER
from retail_adapters.sql.tables.messages import marketing_consents, message_occasions, message_reading, messages
from retail_adapters.sql.tables.outbox import events
from retail_domain.kernel.causes import CauseKind

_told = select(func.count()).where(message_occasions.c.message_id == messages.c.id).scalar_subquery()
_last = select(func.coalesce(func.max(NUMBER), 0)).select_from(events).scalar_subquery()

LAWS: Final = (
    law(
        "MSG-R2",
        "nothing was looked through that has not happened",
        select(message_reading.c.name, message_reading.c.came_to).where(message_reading.c.came_to > _last),
    ),
    law(
        "MSG-R3",
        "advertising rests on a word by which its reader agreed",
        select(messages.c.id, messages.c.recipient_id, messages.c.consent)
        .outerjoin(
            marketing_consents,
            and_(
                marketing_consents.c.member_id == messages.c.recipient_id,
                marketing_consents.c.number == messages.c.consent,
            ),
        )
        .where(
            messages.c.kind == CauseKind.MARKETING,
            or_(marketing_consents.c.member_id.is_(None), ~marketing_consents.c.given),
        ),
    ),
    law(
        "MSG-R5",
        "a message counts the happenings that it tells of",
        select(messages.c.id, messages.c.count, _told.label("told")).where(messages.c.count != _told),
    ),
)

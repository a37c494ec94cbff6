"""Laws of messages (MSG-R3, MSG-R5). That a happening is told once is a key of the table of occasions (MSG-R2)."""

from __future__ import annotations

from typing import Final

from sqlalchemy import and_, func, or_, select

from retail_adapters.sql.laws.law import law
from retail_adapters.sql.tables.messages import marketing_consents, message_occasions, messages
from retail_domain.kernel.causes import CauseKind

_told = select(func.count()).where(message_occasions.c.message_id == messages.c.id).scalar_subquery()

LAWS: Final = (
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

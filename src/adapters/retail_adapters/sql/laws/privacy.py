"""Laws of what is known of members."""

from __future__ import annotations

from typing import Final

from sqlalchemy import exists, or_, select

from retail_adapters.sql.laws.law import law
from retail_adapters.sql.tables.accounts import address_books, contacts, logins, members, sessions
from retail_adapters.sql.tables.messages import marketing_consents, message_settings
from retail_adapters.sql.tables.ordering import orders
from retail_adapters.sql.tables.privacy import erasures
from retail_adapters.sql.tables.reviews import reviews

_ERASED = select(erasures.c.member_id, erasures.c.done_at).join(members, members.c.id == erasures.c.member_id)
_LEFT = [
    exists().where(column == erasures.c.member_id)
    for column in (
        contacts.c.member_id, logins.c.subject_id, sessions.c.subject_id, address_books.c.member_id,
        message_settings.c.member_id, marketing_consents.c.member_id,
    )
]  # fmt: skip

LAWS: Final = (
    law(
        "PRV-R4",
        (
            "of who was erased there is no name, phone, login, session, address, wish about messages or remark left, "
            "and no review with a name"
        ),
        _ERASED.where(
            erasures.c.done_at.is_not(None),
            or_(
                members.c.phone.is_not(None),
                members.c.name.is_not(None),
                members.c.closed_at.is_(None),
                exists().where(orders.c.member_id == erasures.c.member_id, orders.c.remark != ""),
                exists().where(reviews.c.member_id == erasures.c.member_id, ~reviews.c.anonymous),
                *_LEFT,
            ),
        ),
    ),
)

"""Laws of webhooks (HOK-R3, HOK-R4)."""

from __future__ import annotations

from typing import Final

from sqlalchemy import and_, or_, select

from retail_adapters.sql.laws.law import law
from retail_adapters.sql.repositories.numbers import NUMBER
from retail_adapters.sql.tables.outbox import events
from retail_adapters.sql.tables.webhooks import tellings, webhooks
from retail_domain.webhooks.model import TellingState

_earlier = tellings.alias("earlier")

LAWS: Final = (
    law(
        "HOK-R3",
        "what a webhook is told is an event that is there, and not after the number that it has come to",
        select(tellings.c.webhook_id, tellings.c.number, tellings.c.event_name)
        .join(webhooks, webhooks.c.id == tellings.c.webhook_id)
        .outerjoin(events, and_(events.c.id == tellings.c.event_id, tellings.c.number == NUMBER))
        .where(or_(events.c.id.is_(None), tellings.c.number > webhooks.c.came_to)),
    ),
    law(
        "HOK-R4",
        "nothing is delivered while an earlier event of the same aggregate waits",
        select(tellings.c.webhook_id, tellings.c.number, _earlier.c.number.label("waits"))
        .join(
            _earlier,
            and_(
                _earlier.c.webhook_id == tellings.c.webhook_id,
                _earlier.c.aggregate_id == tellings.c.aggregate_id,
                _earlier.c.number < tellings.c.number,
            ),
        )
        .where(_earlier.c.ended_at.is_(None), tellings.c.state == TellingState.DELIVERED),
    ),
)

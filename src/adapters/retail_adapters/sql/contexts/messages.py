"""Messages in SQL, as one context."""

from __future__ import annotations

from typing import Final

from retail_adapters.sql.queries.messages import SqlMessageQueries
from retail_adapters.sql.repositories.messages import (
    SqlMarketingConsents,
    SqlMessageFacts,
    SqlMessageOccasions,
    SqlMessageReadings,
    SqlMessages,
    SqlMessageSendings,
    SqlMessageWishes,
)
from retail_adapters.sql.unit import SqlUnit
from retail_adapters.system.units import Manifest, collection
from retail_domain.messages import MessageQueries, MessagesWork


class Collections(SqlUnit):
    """What was told, and what is on its way."""

    message_readings = collection(SqlMessageReadings)
    messages = collection(SqlMessages)
    message_occasions = collection(SqlMessageOccasions)
    message_sendings = collection(SqlMessageSendings)
    message_settings = collection(SqlMessageWishes)
    marketing_consents = collection(SqlMarketingConsents)
    message_facts = collection(SqlMessageFacts)


MANIFEST: Final = Manifest[MessagesWork, MessageQueries](Collections, SqlMessageQueries)

"""Messages in memory, as one context."""

from __future__ import annotations

from typing import Final

from retail_adapters.memory.messages import (
    MemoryMarketingConsents,
    MemoryMessageFacts,
    MemoryMessageOccasions,
    MemoryMessageQueries,
    MemoryMessageReadings,
    MemoryMessages,
    MemoryMessageSendings,
    MemoryMessageWishes,
)
from retail_adapters.memory.unit import MemoryUnit
from retail_adapters.system.units import Manifest, collection
from retail_domain.messages import MessageQueries, MessagesWork


class Collections(MemoryUnit):
    """What was told, and what is on its way."""

    message_readings = collection(MemoryMessageReadings)
    messages = collection(MemoryMessages)
    message_occasions = collection(MemoryMessageOccasions)
    message_sendings = collection(MemoryMessageSendings)
    message_settings = collection(MemoryMessageWishes)
    marketing_consents = collection(MemoryMarketingConsents)
    message_facts = collection(MemoryMessageFacts)


MANIFEST: Final = Manifest[MessagesWork, MessageQueries](Collections, MemoryMessageQueries)

"""Every event of every context, for the codec."""

from __future__ import annotations

from typing import Final

from retail_domain.contexts import every_event
from retail_domain.kernel.events import Event

EVERY_EVENT: Final[tuple[type[Event], ...]] = every_event()

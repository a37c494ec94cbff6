"""What can happen to webhooks that anybody would follow: nothing. Who changed one stands in the trail."""

from __future__ import annotations

from typing import Final

from retail_domain.kernel.events import Event

EVENTS: Final[tuple[type[Event], ...]] = ()

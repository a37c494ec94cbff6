"""What can happen to pictures that anybody would follow: nothing yet."""

from __future__ import annotations

from typing import Final

from retail_domain.kernel.events import Event

EVENTS: Final[tuple[type[Event], ...]] = ()

"""What staff did: rows that are only ever added (R35)."""

from __future__ import annotations

from datetime import datetime

from attrs import frozen

from retail_domain.kernel.actor import Actor
from retail_domain.kernel.errors import InvalidInput


@frozen(kw_only=True)
class StaffAction:
    """Somebody did something to something at some time."""

    actor: Actor
    action: str
    object: str
    at: datetime

    def __attrs_post_init__(self) -> None:
        if not 1 <= len(self.action) <= 100 or len(self.object) > 200:
            raise InvalidInput.of("action", "length", "an action has a short name, and an object a short reference")

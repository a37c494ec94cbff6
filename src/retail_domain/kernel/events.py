"""Facts: what has happened, stored in the same transaction as the change that made it so (GEN-R12)."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar
from uuid import UUID

from attrs import frozen


@frozen(kw_only=True)
class Event:
    """Something that happened to one aggregate at one time.

    Subclasses set `name` (`order.placed`) and, when their fields change, raise `version`; both are what the
    store keeps. Events hold no personal data (R40).
    """

    name: ClassVar[str] = "event"
    version: ClassVar[int] = 1

    at: datetime

    @property
    def aggregate_id(self) -> UUID:
        """The aggregate whose events are delivered in order."""
        raise NotImplementedError(type(self).__name__)

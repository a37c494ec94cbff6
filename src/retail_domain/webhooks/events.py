"""What can happen to webhooks by itself. Who made or changed one stands in the trail."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar, Final
from uuid import UUID

from attrs import frozen

from retail_domain.kernel.events import Event
from retail_domain.kernel.ids import WebhookId


@frozen(kw_only=True)
class WebhookStopped(Event):
    """The shop sends it nothing more: since `failing_since` it has taken nothing. Staff resume it (HOK-R8)."""

    name: ClassVar[str] = "webhook.stopped"
    webhook_id: WebhookId
    failing_since: datetime

    @property
    def aggregate_id(self) -> UUID:
        """The webhook."""
        return self.webhook_id


EVENTS: Final[tuple[type[Event], ...]] = (WebhookStopped,)

"""What is shown of webhooks."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol
from uuid import UUID

from attrs import frozen

from retail_domain.kernel.ids import EventId, WebhookId
from retail_domain.kernel.paging import Page, PageRequest
from retail_domain.webhooks.model import TellingState, Untold, WebhookState


@frozen(kw_only=True)
class WebhookView:
    """A webhook, and how far it is: `behind` events are not written down for it yet; of those that are, so many wait for their
    turn or their next try, are being told at this moment, or are parked until somebody decides. Since `failing_since` every try
    has failed; None where the last one was taken."""

    webhook_id: WebhookId
    url: str
    description: str
    kinds: tuple[str, ...]
    state: WebhookState
    failing_since: datetime | None
    old_secret_until: datetime | None
    came_to: int
    behind: int
    waiting: int
    under_way: int
    parked: int
    created_at: datetime


@frozen(kw_only=True)
class TellingView:
    """One event that a webhook is told. `status` is of the last answer; `untold` says why there was none."""

    number: int
    event_id: EventId
    event_name: str
    aggregate_id: UUID
    state: TellingState
    tries: int
    next_at: datetime
    first_at: datetime | None
    ended_at: datetime | None
    status: int | None
    untold: Untold | None


class WebhookQueries(Protocol):
    """Webhooks as staff see them."""

    async def every(self, last: int) -> Sequence[WebhookView]:
        """Those that are not removed, the oldest first; `last` is the newest number of an event."""
        ...

    async def tellings(self, id: WebhookId, page: PageRequest, state: TellingState | None = None) -> Page[TellingView]:
        """What it is told, the newest first: all, or those in one state. Empty for a webhook that is not there."""
        ...

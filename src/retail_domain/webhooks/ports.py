"""What webhooks need from a store, and from whoever sends."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Protocol

from attrs import field, frozen

from retail_domain.kernel.change import Change
from retail_domain.kernel.ids import WebhookId
from retail_domain.kernel.units import Unit
from retail_domain.webhooks.model import Telling, TryAnswer, Webhook


class Webhooks(Protocol):
    """Where events are told."""

    async def every(self) -> Sequence[Webhook]:
        """Those that are not removed, the oldest first; without a lock."""
        ...

    async def find(self, id: WebhookId) -> Webhook | None:
        """Without a lock; a removed one too."""
        ...

    async def claim(self, id: WebhookId) -> Webhook | None:
        """Locked for a change; a removed one too."""
        ...

    def save(self, change: Change[Webhook]) -> None:
        """Stage a change; a rival's makes the commit raise `Stale`, and one in the same place `Taken` (`webhooks.place`)."""
        ...


class Tellings(Protocol):
    """What each webhook is told."""

    async def claim_due(self, id: WebhookId, at: datetime, most: int) -> Sequence[Telling]:
        """Lock those that are to be told now, the most overdue first, each the oldest open one of its aggregate.

        Open is what is neither delivered nor released: a parked one holds back the later ones of its aggregate (HOK-R4).
        What a rival has locked is passed over.
        """
        ...

    async def claim(self, id: WebhookId, numbers: Sequence[int]) -> Sequence[Telling]:
        """Lock these, as far as they are there, ascending."""
        ...

    async def claim_parked(self, id: WebhookId, most: int) -> Sequence[Telling]:
        """Lock those that are parked, ascending, so many at most."""
        ...

    async def count_open(self, id: WebhookId) -> int:
        """How many are neither delivered nor released."""
        ...

    async def forget(self, before: datetime, limit: int) -> int:
        """Delete up to so many that ended before a time, or whose webhook is removed; how many went."""
        ...

    def save(self, change: Change[Telling]) -> None:
        """Stage a change; one a webhook and number, else `Taken` at commit; a rival's change makes it raise `Stale`."""
        ...


class WebhooksWork(Unit, Protocol):
    """The unit of work of webhooks."""

    @property
    def webhooks(self) -> Webhooks:
        """Where events are told."""
        ...

    @property
    def tellings(self) -> Tellings:
        """What each is told."""
        ...


@frozen(kw_only=True)
class WebhookLetter:
    """One try, exactly as it is sent: a POST."""

    url: str
    headers: Mapping[str, str] = field(repr=False)
    body: bytes = field(repr=False)


class WebhookSender(Protocol):
    """Posts to addresses that somebody else has chosen."""

    async def post(self, letter: WebhookLetter) -> TryAnswer:
        """Once, and within a time that ends; whatever goes wrong outside is an answer, never raised.

        It connects to no address that is not public, whatever the name leads to, and follows nobody elsewhere (R39).
        """
        ...

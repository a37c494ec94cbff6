"""Webhooks are told what happened: events by number, written down in portions and sent, each webhook in a lane of its own.

Nothing of it happens when something is sold: whoever places an order writes its events, and no more. A worker finds by their
numbers what each webhook has not been told of yet (HOK-R3), so that a receiver that is away holds up nobody;
one that is away for days is stopped (HOK-R8).
"""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import UTC
from typing import Final, Protocol
from uuid import UUID

from attrs import frozen

from retail_domain.kernel.clock import Clock
from retail_domain.kernel.counting import Sealer
from retail_domain.kernel.frames import Called
from retail_domain.kernel.ids import WebhookId
from retail_domain.processes.worker.due import Round
from retail_domain.processes.worker.numbering import EventReading, NumberedEvent
from retail_domain.webhooks import (
    Telling,
    TellingState,
    Tries,
    TryAnswer,
    Untold,
    Webhook,
    WebhookLetter,
    WebhookNotFound,
    WebhookSender,
    WebhookView,
)
from retail_domain.webhooks.model import signed
from retail_domain.webhooks.queries import WebhookQueries
from retail_domain.webhooks.use_cases.telling import NoteAnswer, NoteTries, TakenUp, ToTell, WriteDown

PORTION: Final = 500
"""So many events are looked through for one webhook in one unit."""


class Lanes(Protocol):
    """Who goes on beside whom."""

    async def run(self, lanes: Mapping[UUID, Callable[[], Awaitable[int]]]) -> Sequence[tuple[UUID, int | Exception]]:
        """Let each go on in a lane of its own, and wait a moment; what came of those that have ended, now or since last time.

        Nothing begins in a lane that is not free: a slow one keeps nobody waiting but itself.
        """
        ...

    async def together(self, works: Sequence[Callable[[], Awaitable[None]]]) -> None:
        """All of them at the same time, and to the end; then raises the first thing that went wrong."""
        ...


@frozen(kw_only=True)
class TellingSteps:
    """The steps of telling, each a unit of its own; nothing is sent inside one."""

    look: Callable[[], Awaitable[Sequence[Webhook]]]
    write_down: Called[WriteDown, int]
    take_up: Called[WebhookId, TakenUp | None]
    note: Called[NoteAnswer, TellingState | None]
    note_tries: Called[NoteTries, None]


@frozen(kw_only=True)
class TellWebhooks:
    """A timer that tells webhooks what happened."""

    steps: TellingSteps
    events: EventReading
    sender: WebhookSender
    sealer: Sealer
    clock: Clock
    lanes: Lanes

    async def __call__(self) -> Round:
        """One round: it ends soon, also where a receiver does not answer."""
        webhooks = await self.steps.look()
        if not webhooks:
            return Round(due=0, done=0)
        last = await self.events.last_number()
        ended = await self.lanes.run({one.id: self._lane(one, last) for one in webhooks})
        done = sum(came for _, came in ended if isinstance(came, int))
        failed = tuple(_told(id, came) for id, came in ended if isinstance(came, Exception))
        return Round(due=done + len(failed), done=done, failed=failed)

    def _lane(self, webhook: Webhook, last: int) -> Callable[[], Awaitable[int]]:
        async def go_on() -> int:
            written = await self._write_down(webhook) if webhook.came_to < last else 0
            return written + await self._tell(webhook.id)

        return go_on

    async def _write_down(self, webhook: Webhook) -> int:
        found = await self.events.after(webhook.came_to, PORTION)
        events = tuple(
            ToTell(number=one.number, event_id=one.event_id, name=one.name, aggregate_id=one.aggregate_id) for one in found
        )
        return await self.steps.write_down(WriteDown(webhook_id=webhook.id, came_to=webhook.came_to, events=events))

    async def _tell(self, id: WebhookId) -> int:
        taken = await self.steps.take_up(id)
        if taken is None:
            return 0
        came: set[TellingState | None] = set()
        await self.lanes.together([self._telling(taken.webhook, one, came) for one in taken.tellings])
        await self._judge(taken.webhook, came)
        return len(taken.tellings)

    def _telling(self, webhook: Webhook, telling: Telling, came: set[TellingState | None]) -> Callable[[], Awaitable[None]]:
        async def tell() -> None:
            answer = await self._try(webhook, telling)
            note = NoteAnswer(webhook_id=webhook.id, number=telling.number, tried=telling.tries, answer=answer)
            came.add(await self.steps.note(note))

        return tell

    async def _judge(self, webhook: Webhook, came: set[TellingState | None]) -> None:
        """Only where it says something new of the webhook: whoever always takes, or has failed before, costs nothing more."""
        tries = Tries(any_taken=TellingState.DELIVERED in came, any_given_up=TellingState.PARKED in came)
        is_failing = webhook.failing_since is not None
        if came - {None} and (tries.any_taken is is_failing or tries.any_given_up):
            await self.steps.note_tries(NoteTries(webhook_id=webhook.id, tries=tries))

    async def _try(self, webhook: Webhook, telling: Telling) -> TryAnswer:
        at = self.clock.now()
        secrets = webhook.secrets(self.sealer, at)
        if not secrets:
            return TryAnswer(untold=Untold.SECRET)
        found = await self.events.after(telling.number - 1, 1)
        if not found or found[0].event_id != telling.event_id:
            return TryAnswer(untold=Untold.EVENT)
        body, id, timestamp = body_of(found[0]), str(telling.event_id), int(at.timestamp())
        headers = {
            "content-type": "application/json",
            "webhook-id": id,
            "webhook-timestamp": str(timestamp),
            "webhook-signature": signed(secrets, id, timestamp, body),
        }
        return await self.sender.post(WebhookLetter(url=webhook.url, headers=headers, body=body))


def _told(id: UUID, error: Exception) -> str:
    return f"{id}: {type(error).__name__} {getattr(error, 'code', '')}".strip()


def body_of(event: NumberedEvent) -> bytes:
    """What is told of an event: the very object that `GET /v1/staff/events` shows, the same bytes at every try (HOK-R1)."""
    told = {
        "number": event.number,
        "event_id": str(event.event_id),
        "name": event.name,
        "version": event.version,
        "aggregate_id": str(event.aggregate_id),
        "at": event.at.astimezone(UTC).isoformat().replace("+00:00", "Z"),
        "body": dict(event.body),
    }
    return json.dumps(told, ensure_ascii=False, separators=(",", ":")).encode()


async def every_webhook(events: EventReading, show: WebhookQueries) -> Sequence[WebhookView]:
    """All of them, and how far each has come."""
    return await show.every(await events.last_number())


async def one_webhook(id: WebhookId, events: EventReading, show: WebhookQueries) -> WebhookView:
    """One of them. Raises WebhookNotFound."""
    for one in await every_webhook(events, show):
        if one.webhook_id == id:
            return one
    raise WebhookNotFound(webhook_id=id)

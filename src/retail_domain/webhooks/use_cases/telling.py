"""What a worker does about webhooks: write down what each is to be told, tell it, note what came of it (HOK-R3 to HOK-R5)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from attrs import frozen

from retail_domain.kernel.change import Change
from retail_domain.kernel.ids import EventId, WebhookId
from retail_domain.kernel.means import Means
from retail_domain.webhooks.model import Telling, TellingState, Tries, TryAnswer, Webhook, WebhookState
from retail_domain.webhooks.ports import WebhooksWork

OPEN_MAX: Final = 10_000
"""So many may be open of one webhook; what happens further waits in the log of events, and nothing is lost (HOK-R3)."""
AT_ONCE: Final = 8
"""So many are told one webhook at the same time, each of another aggregate."""
KEPT: Final = timedelta(days=30)
"""How long it can be looked up what a webhook was told."""


@frozen(kw_only=True)
class ToTell:
    """An event, as far as it matters who is told."""

    number: int
    event_id: EventId
    name: str
    aggregate_id: UUID


@frozen(kw_only=True)
class WriteDown:
    """The events that follow the number to which a webhook has come."""

    webhook_id: WebhookId
    came_to: int
    events: tuple[ToTell, ...]


@frozen(kw_only=True)
class TakenUp:
    """A webhook, and what it is told now."""

    webhook: Webhook
    tellings: tuple[Telling, ...]


@frozen(kw_only=True)
class NoteAnswer:
    """What came of one try, and which one it was."""

    webhook_id: WebhookId
    number: int
    tried: int
    answer: TryAnswer


@frozen(kw_only=True)
class NoteTries:
    """What came of tries that a webhook's lane went on with."""

    webhook_id: WebhookId
    tries: Tries


@frozen
class ForgetTellings:
    """So many that ended may go at once."""

    limit: int = 1_000


async def active_webhooks(work: WebhooksWork) -> Sequence[Webhook]:
    """Those that are told."""
    return [one for one in await work.webhooks.every() if one.state is WebhookState.ACTIVE]


async def write_down(work: WebhooksWork, command: WriteDown, means: Means) -> int:
    """Writes down what it wants of these, and how far it has come, in one unit: each event once (HOK-R3).

    Answers how far it went on; 0 where somebody else came first, or where too much is open.
    """
    webhook = await work.webhooks.claim(command.webhook_id)
    if webhook is None or webhook.state is not WebhookState.ACTIVE or webhook.came_to != command.came_to:
        return 0
    if not command.events or await work.tellings.count_open(webhook.id) >= OPEN_MAX:
        return 0
    at = means.clock.now()
    for event in command.events:
        if webhook.wants(event.name):
            work.tellings.save(Change(None, _telling(webhook, event, at)))
    work.webhooks.save(webhook.came_on(command.events[-1].number))
    return len(command.events)


def _telling(webhook: Webhook, event: ToTell, at: datetime) -> Telling:
    return Telling(
        webhook_id=webhook.id, number=event.number, event_id=event.event_id, event_name=event.name,
        aggregate_id=event.aggregate_id, next_at=at,
    )  # fmt: skip


async def take_up_tellings(work: WebhooksWork, id: WebhookId, means: Means) -> TakenUp | None:
    """What is to be told now, noted as under way before anything is sent; None where there is nothing."""
    webhook = await work.webhooks.find(id)
    if webhook is None or webhook.state is not WebhookState.ACTIVE:
        return None
    at = means.clock.now()
    changes = [one.taken_up(at=at) for one in await work.tellings.claim_due(id, at, AT_ONCE)]
    for change in changes:
        work.tellings.save(change)
    return TakenUp(webhook=webhook, tellings=tuple(one.state for one in changes)) if changes else None


async def note_answer(work: WebhooksWork, command: NoteAnswer, means: Means) -> TellingState | None:
    """What came of a try (HOK-R5), and how far it is with the event now; None where that is for others to say."""
    for one in await work.tellings.claim(command.webhook_id, [command.number]):
        change = one.answered(command.answer, command.tried, at=means.clock.now())
        work.tellings.save(change)
        return None if change.state is one else change.state.state
    return None


async def note_tries(work: WebhooksWork, command: NoteTries, means: Means) -> None:
    """What that says of the webhook (HOK-R8)."""
    webhook = await work.webhooks.claim(command.webhook_id)
    if webhook is not None:
        work.webhooks.save(webhook.came_off(command.tries, at=means.clock.now()))


async def forget_tellings(work: WebhooksWork, command: ForgetTellings, means: Means) -> int:
    """Answers how many went."""
    return await work.tellings.forget(means.clock.now() - KEPT, command.limit)

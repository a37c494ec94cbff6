"""What staff decide about webhooks."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Annotated, Final

from attrs import evolve, field, frozen

from retail_domain.kernel.change import Change
from retail_domain.kernel.checked import Between, NoneOrMore, checked
from retail_domain.kernel.counting import Sealer
from retail_domain.kernel.destinations import Destinations
from retail_domain.kernel.effects import Effect, brings
from retail_domain.kernel.errors import InvalidInput
from retail_domain.kernel.frames import Called
from retail_domain.kernel.ids import WebhookId
from retail_domain.kernel.means import Means
from retail_domain.kernel.once import Once
from retail_domain.webhooks.errors import TooManyWebhooks, WebhookNotFound
from retail_domain.webhooks.model import SecretSeed, Webhook, WebhookState, shown
from retail_domain.webhooks.ports import WebhooksWork

WEBHOOKS_MAX: Final = 20
AT_ONCE_MAX: Final = 1_000
"""So many parked ones are taken up by one decision."""
_SEED_BYTES: Final = 32
_DESCRIPTION_MAX: Final = 200


@frozen(kw_only=True)
class WebhookRules:
    """Where webhooks may lead, and which events there are."""

    destinations: Destinations = field(factory=Destinations)
    kinds: frozenset[str] = frozenset()


@frozen(kw_only=True)
@checked
class CreateWebhook:
    """Tell this address what happens: events of these names, or all. `after` is the number of the last event that it is not
    told; None begins with what happens from now on."""

    url: str
    kinds: tuple[str, ...] = ()
    description: str = ""
    after: NoneOrMore | None = None
    once: Once | None = None


@frozen(kw_only=True)
class WebhookSecret:
    """The secret of a webhook, which is shown this once."""

    webhook_id: WebhookId
    secret: str = field(repr=False)


@frozen(kw_only=True)
@checked
class ChangeWebhook:
    """Pause, resume, remove it, or give it another secret."""

    webhook_id: WebhookId
    once: Once | None = None


@frozen(kw_only=True)
@checked
class ReplayTellings:
    """Try parked ones again: these numbers, or the first thousand of all."""

    webhook_id: WebhookId
    numbers: tuple[Annotated[int, Between(1)], ...] | None = None
    once: Once | None = None


@frozen(kw_only=True)
@checked
class ReleaseTellings:
    """Never tell these parked ones; what follows them goes on."""

    webhook_id: WebhookId
    numbers: tuple[Annotated[int, Between(1)], ...]
    once: Once | None = None


@brings(Effect.WEBHOOKS)
async def create_webhook(
    command: CreateWebhook, last_number: Callable[[], Awaitable[int]], store: Called[CreateWebhook, WebhookSecret]
) -> WebhookSecret:
    """Answers its id, and the secret, which is not shown again (HOK-R2). Raises InvalidInput or TooManyWebhooks."""
    last = await last_number()
    if command.after is not None and command.after > last:
        raise InvalidInput.of("after", "range", f"the last event has the number {last}")
    return await store(evolve(command, after=last if command.after is None else command.after))


async def store_webhook(
    work: WebhooksWork, command: CreateWebhook, means: Means, sealer: Sealer, rules: WebhookRules
) -> WebhookSecret:
    """Raises InvalidInput or TooManyWebhooks."""
    rules.destinations.target(command.url)
    unknown = sorted({*command.kinds} - rules.kinds)
    if unknown:
        raise InvalidInput.of("kinds", "unknown", f"no event is called {unknown[0][:64]}")
    description = command.description.strip()
    if len(description) > _DESCRIPTION_MAX or not description.isprintable():
        raise InvalidInput.of("description", "length", f"one line of {_DESCRIPTION_MAX} characters at most")
    there = await work.webhooks.every()
    if len(there) >= WEBHOOKS_MAX:
        raise TooManyWebhooks(most=WEBHOOKS_MAX)
    id = WebhookId(means.ids.new())
    # Rivals hardly choose the same place; if they do, one is told at commit, and looks again (HOK-R9).
    free = sorted({*range(1, WEBHOOKS_MAX + 1)} - {one.place for one in there})[: WEBHOOKS_MAX - len(there)]
    seed = SecretSeed.drawn(means.luck.token(_SEED_BYTES), sealer)
    made = Webhook(
        id=id, place=free[id.int % len(free)], url=command.url, description=description, kinds=tuple(sorted({*command.kinds})),
        secret=seed, came_to=command.after or 0, created_at=means.clock.now(),
    )  # fmt: skip
    work.webhooks.save(Change(None, made))
    return _told(made, sealer)


@brings(Effect.WEBHOOKS)
async def pause_webhook(work: WebhooksWork, command: ChangeWebhook, means: Means) -> None:
    """It is told nothing until it is resumed, and then everything that happened meanwhile. Raises WebhookNotFound."""
    work.webhooks.save((await _claimed(work, command.webhook_id)).stands(WebhookState.PAUSED))


@brings(Effect.WEBHOOKS)
async def resume_webhook(work: WebhooksWork, command: ChangeWebhook, means: Means) -> None:
    """It is told on from where it stopped. Raises WebhookNotFound."""
    work.webhooks.save((await _claimed(work, command.webhook_id)).stands(WebhookState.ACTIVE))


@brings(Effect.WEBHOOKS)
async def remove_webhook(work: WebhooksWork, command: ChangeWebhook, means: Means) -> None:
    """It is told nothing more, and what was written down for it goes. Raises WebhookNotFound."""
    work.webhooks.save((await _claimed(work, command.webhook_id)).stands(WebhookState.REMOVED))


@brings(Effect.WEBHOOKS)
async def rotate_webhook(work: WebhooksWork, command: ChangeWebhook, means: Means, sealer: Sealer) -> WebhookSecret:
    """Answers another secret; the one before signs as well for a day (HOK-R2). Raises WebhookNotFound."""
    webhook = await _claimed(work, command.webhook_id)
    seed = SecretSeed.drawn(means.luck.token(_SEED_BYTES), sealer)
    change = webhook.rotated(seed, at=means.clock.now())
    work.webhooks.save(change)
    return _told(change.state, sealer)


@brings(Effect.WEBHOOKS)
async def replay_tellings(work: WebhooksWork, command: ReplayTellings, means: Means) -> int:
    """Answers how many are taken up again: what is not parked is left alone (HOK-R6). Raises WebhookNotFound, InvalidInput."""
    await _found(work, command.webhook_id)
    at, count = means.clock.now(), 0
    if command.numbers is None:
        tellings = await work.tellings.claim_parked(command.webhook_id, AT_ONCE_MAX)
    else:
        tellings = await work.tellings.claim(command.webhook_id, _few(command.numbers))
    for one in tellings:
        change = one.replayed(at=at)
        if change.state is not one:
            work.tellings.save(change)
            count += 1
    return count


@brings(Effect.WEBHOOKS)
async def release_tellings(work: WebhooksWork, command: ReleaseTellings, means: Means) -> int:
    """Answers how many are never told: what is not parked is left alone (HOK-R6). Raises WebhookNotFound, InvalidInput."""
    await _found(work, command.webhook_id)
    at, count = means.clock.now(), 0
    for one in await work.tellings.claim(command.webhook_id, _few(command.numbers)):
        change = one.released(at=at)
        if change.state is not one:
            work.tellings.save(change)
            count += 1
    return count


def _few(numbers: tuple[int, ...]) -> list[int]:
    if not 1 <= len(numbers) <= AT_ONCE_MAX:
        raise InvalidInput.of("numbers", "length", f"from 1 to {AT_ONCE_MAX} numbers")
    return sorted({*numbers})


def _told(webhook: Webhook, sealer: Sealer) -> WebhookSecret:
    secret = webhook.secret.secret(sealer)
    assert secret is not None
    return WebhookSecret(webhook_id=webhook.id, secret=shown(secret))


async def _claimed(work: WebhooksWork, id: WebhookId) -> Webhook:
    return _there(await work.webhooks.claim(id), id)


async def _found(work: WebhooksWork, id: WebhookId) -> Webhook:
    return _there(await work.webhooks.find(id), id)


def _there(found: Webhook | None, id: WebhookId) -> Webhook:
    if found is None or not found.is_there:
        raise WebhookNotFound(webhook_id=id)
    return found

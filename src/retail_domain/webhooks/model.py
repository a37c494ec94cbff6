"""Webhook: an address outside the shop that is told what happens in it, and what it has been told (HOK-R1 to HOK-R9)."""

from __future__ import annotations

import hmac
from base64 import b64encode
from collections.abc import Iterable
from datetime import datetime, timedelta
from enum import Enum
from hashlib import sha256
from typing import Final
from uuid import UUID

from attrs import evolve, field, frozen

from retail_domain.kernel.change import Change
from retail_domain.kernel.clock import has_passed
from retail_domain.kernel.counting import Sealer
from retail_domain.kernel.ids import EventId, WebhookId
from retail_domain.webhooks.events import WebhookStopped

OVERLAP: Final = timedelta(hours=24)
"""So long the secret before signs as well."""
LEASE: Final = timedelta(minutes=2)
"""After so long whoever was telling it is taken for dead, and it is told again; telling takes much less."""
GIVES_UP_AFTER: Final = timedelta(days=3)
"""Tries that fail so long after the first one are the last; a webhook of which nothing was taken for so long is stopped."""
_WAITS: Final = (5, 30, 120, 600, 1_800, 3_600)
"""Seconds until the next try; the last one goes on."""


class WebhookState(Enum):
    """Whether a webhook is told anything."""

    ACTIVE = "active"
    PAUSED = "paused"
    STOPPED = "stopped"
    """By the shop: nothing was taken for days. Staff resume it."""
    REMOVED = "removed"


class TellingState(Enum):
    """How far it is with telling one event to one webhook."""

    WAITING = "waiting"
    UNDER_WAY = "under_way"
    DELIVERED = "delivered"
    PARKED = "parked"
    """Given up, until somebody replays or releases it."""
    RELEASED = "released"
    """Given up for good by somebody; what follows it goes on."""


class Untold(Enum):
    """Why a try came to nothing, where no answer says so."""

    ADDRESS = "address_not_allowed"
    NAME = "name_not_found"
    CONNECTION = "no_connection"
    TIME = "no_answer_in_time"
    BROKEN = "answer_broken_off"
    EVENT = "event_is_gone"
    SECRET = "secret_is_gone"  # noqa: S105 - no secret


@frozen
class SecretSeed:
    """What a secret is made from, together with the secret of the shop; and a check that tells whether it is still the same."""

    seed: str = field(repr=False)
    check: str = field(repr=False)

    @classmethod
    def drawn(cls, seed: str, sealer: Sealer) -> SecretSeed:
        """From luck."""
        return cls(seed, _check_of(_made(sealer, seed)))

    def secret(self, sealer: Sealer) -> bytes | None:
        """32 bytes; None where the secret of the shop has changed since (HOK-R2)."""
        made = _made(sealer, self.seed)
        return made if hmac.compare_digest(_check_of(made), self.check) else None


def _made(sealer: Sealer, seed: str) -> bytes:
    return sealer.seal("webhook secret", seed)


def _check_of(secret: bytes) -> str:
    return sha256(b"check of a webhook secret\0" + secret).hexdigest()[:16]


def shown(secret: bytes) -> str:
    """A secret as its receiver is given it."""
    return f"whsec_{b64encode(secret).decode()}"


def signed(secrets: Iterable[bytes], id: str, timestamp: int, body: bytes) -> str:
    """Signatures over `id.timestamp.body`, one for each secret, with a space between (HOK-R2)."""
    content = f"{id}.{timestamp}.".encode() + body
    return " ".join(f"v1,{b64encode(hmac.digest(secret, content, 'sha256')).decode()}" for secret in secrets)


@frozen(kw_only=True)
class Tries:
    """What came of some tries, which were not all left to others."""

    any_taken: bool
    any_given_up: bool


@frozen(kw_only=True)
class Webhook:
    """Where events are told. `kinds` are names of events, none of them: all. `came_to` is the number of the last event that is
    written down for it, or that it does not want."""

    id: WebhookId
    url: str
    description: str
    kinds: tuple[str, ...]
    state: WebhookState = WebhookState.ACTIVE
    secret: SecretSeed
    old_secret: SecretSeed | None = None
    old_until: datetime | None = None
    came_to: int
    created_at: datetime
    place: int | None = None
    """Which of the shop's places for webhooks it has, until it is removed (HOK-R9)."""
    failing_since: datetime | None = None
    """When the first try failed of those since which nothing was taken."""
    version: int = 0

    def __attrs_post_init__(self) -> None:
        if self.kinds != tuple(sorted({*self.kinds})):
            raise ValueError("kinds are named once each, as they stand in the dictionary")

    @property
    def is_there(self) -> bool:
        """Whether staff still have it."""
        return self.state is not WebhookState.REMOVED

    def wants(self, kind: str) -> bool:
        """Whether it is told of events of this name."""
        return not self.kinds or kind in self.kinds

    def stands(self, state: WebhookState) -> Change[Webhook]:
        """Paused, active again, or removed; what is removed stays so and forgets its secrets. Resumed, it begins anew."""
        if not self.is_there or state is self.state:
            return Change(self, self)
        if state is WebhookState.REMOVED:
            gone = SecretSeed("", "")
            return Change(self, evolve(self, state=state, secret=gone, old_secret=None, old_until=None))
        return Change(self, evolve(self, state=state, failing_since=None))

    def came_off(self, tries: Tries, *, at: datetime) -> Change[Webhook]:
        """What came of tries: one that is taken ends what was failing; one that is given up, while nothing was taken for as
        long as that took, stops the webhook (HOK-R8)."""
        if self.state is not WebhookState.ACTIVE:
            return Change(self, self)
        if tries.any_taken:
            return Change(self, self if self.failing_since is None else evolve(self, failing_since=None))
        since = self.failing_since or at
        if tries.any_given_up and has_passed(since + GIVES_UP_AFTER, at):
            stopped = evolve(self, state=WebhookState.STOPPED, failing_since=since)
            return Change(self, stopped, (WebhookStopped(at=at, webhook_id=self.id, failing_since=since),))
        return Change(self, self if self.failing_since is not None else evolve(self, failing_since=since))

    def rotated(self, secret: SecretSeed, *, at: datetime) -> Change[Webhook]:
        """Another secret signs; the one before does so too for a day."""
        return Change(self, evolve(self, secret=secret, old_secret=self.secret, old_until=at + OVERLAP))

    def came_on(self, number: int) -> Change[Webhook]:
        """Everything up to this number is written down."""
        return Change(self, evolve(self, came_to=number))

    def secrets(self, sealer: Sealer, at: datetime) -> tuple[bytes, ...]:
        """Those that sign now, the newest first; none where the secret of the shop has changed since."""
        newest = self.secret.secret(sealer)
        if newest is None:
            return ()
        old = None
        if self.old_secret is not None and not has_passed(self.old_until, at):
            old = self.old_secret.secret(sealer)
        return (newest,) if old is None else (newest, old)


@frozen
class TryAnswer:
    """What came of a try: the status of an answer, or why there was none."""

    status: int | None = None
    untold: Untold | None = None

    @property
    def is_taken(self) -> bool:
        """Whether the receiver said that it has it."""
        return self.status is not None and 200 <= self.status < 300


@frozen(kw_only=True)
class Telling:
    """One event that one webhook is told (HOK-R3). It keeps the event's own id, which is the id of each try."""

    webhook_id: WebhookId
    number: int
    event_id: EventId
    event_name: str
    aggregate_id: UUID
    state: TellingState = TellingState.WAITING
    tries: int = 0
    next_at: datetime
    first_at: datetime | None = None
    """When it was first tried, since it was written down or replayed."""
    ended_at: datetime | None = None
    status: int | None = None
    untold: Untold | None = None
    version: int = 0

    def __attrs_post_init__(self) -> None:
        if (self.ended_at is not None) != (self.state in (TellingState.DELIVERED, TellingState.RELEASED)):
            raise ValueError("it ends when it is delivered or released, and not before")

    @property
    def key(self) -> tuple[WebhookId, int]:
        """Which event, told to whom."""
        return self.webhook_id, self.number

    def taken_up(self, *, at: datetime) -> Change[Telling]:
        """Somebody tells it now; whoever dies of it leaves it due again (HOK-R5)."""
        state, first_at = TellingState.UNDER_WAY, self.first_at or at
        return Change(self, evolve(self, state=state, tries=self.tries + 1, next_at=at + LEASE, first_at=first_at))

    def answered(self, answer: TryAnswer, tried: int, *, at: datetime) -> Change[Telling]:
        """What came of the try of this number. A 2xx counts whenever it comes; a failure only if nobody tries again already."""
        if self.ended_at is not None:
            return Change(self, self)
        if answer.is_taken:
            state = TellingState.DELIVERED
            return Change(self, evolve(self, state=state, ended_at=at, next_at=at, status=answer.status, untold=None))
        if self.state is not TellingState.UNDER_WAY or self.tries != tried:
            return Change(self, self)
        is_over = has_passed((self.first_at or at) + GIVES_UP_AFTER, at)
        state = TellingState.PARKED if is_over else TellingState.WAITING
        wait = timedelta(seconds=_WAITS[min(self.tries, len(_WAITS)) - 1])
        return Change(self, evolve(self, state=state, next_at=at + wait, status=answer.status, untold=answer.untold))

    def replayed(self, *, at: datetime) -> Change[Telling]:
        """Tried from the beginning; nothing happens to one that is not parked (HOK-R6)."""
        if self.state is not TellingState.PARKED:
            return Change(self, self)
        return Change(self, evolve(self, state=TellingState.WAITING, tries=0, next_at=at, first_at=None))

    def released(self, *, at: datetime) -> Change[Telling]:
        """Never told; nothing happens to one that is not parked (HOK-R6)."""
        if self.state is not TellingState.PARKED:
            return Change(self, self)
        return Change(self, evolve(self, state=TellingState.RELEASED, next_at=at, ended_at=at))

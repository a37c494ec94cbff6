"""Bounded retry of one unit of work, with jitter (R31, GEN-R17), and a second look at a refusal under a key (R17)."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Awaitable, Callable
from contextvars import ContextVar
from typing import Final, TypeAlias, TypeVar

from retail_domain.kernel.errors import DomainError, Kind, Retry, Stale, Taken
from retail_domain.kernel.once import KeyReused

C = TypeVar("C")
T = TypeVar("T")

TRIES_MAX: Final = 12
ALIKE_MAX: Final = 6
"""So often in a row may the same rule say that something is taken, before it is told."""
LOCK_TIMEOUT: Final = "lock_timeout"
"""The reason of who waited for a lock, on whatever database, as long as one may at a time."""
LOCKED_OUT_MAX: Final = 5
"""So often one may wait for a lock in vain, a fifth of the patience each time: in between, others have the connection."""
_SAID_ONCE: Final = (Kind.UNAVAILABLE, Kind.UNAUTHENTICATED, Kind.FORBIDDEN)
_FIRST_WAIT_SECONDS: Final = 0.004
_LONGEST_WAIT_SECONDS: Final = 0.5

_IS_FIRST_TRY: Final[ContextVar[bool]] = ContextVar("is_first_try", default=False)


def is_first_try() -> bool:
    """Whether this is carried out for the first time, by somebody who carries it out again if it loses a race.

    Then a lock may be left out wherever a guard notices the rival: most changes have none (decision 0030).
    """
    return _IS_FIRST_TRY.get()


Wait: TypeAlias = Callable[[int], Awaitable[None]]
"""How to wait after so many lost races."""


async def wait(attempt: int) -> None:
    """Wait a little before the next try: longer each time, and never in step with others."""
    longest = min(_LONGEST_WAIT_SECONDS, _FIRST_WAIT_SECONDS * 2**attempt)
    await asyncio.sleep(random.uniform(0, longest))  # noqa: S311 - jitter, nothing to guess


def retrying(handler: Callable[[C], Awaitable[T]], pause: Wait = wait) -> Callable[[C], Awaitable[T]]:
    """Carry out a handler of exactly one unit of work; lost races are run again from the start.

    Something unique that is `Taken` is such a race: a rival may have stored just what we were about to, and the next look finds
    it. Who meets the same rule time after time is told: what stands in his way is nothing that he looks for. Not at the second
    time: a rule does not say which value was taken, and another rival may have stored another one of ours. Whoever waits for
    a lock gives up after a few times as well: it may be held by somebody who never lets go.

    A refusal under an idempotency key is looked at again until it is refused twice for the same reason: the same request
    may have been carried out while this one waited for a lock, and what was refused then is answered by now. Not so a
    refusal of who somebody claims to be: a wrong code would be counted twice. A handler that calls a provider must not be
    wrapped: the call would be repeated.
    """

    async def carried_out(command: C) -> T:
        before: DomainError | None = None
        for _ in range(1, TRIES_MAX):
            try:
                return await persistently(command)
            except DomainError as refused:
                if getattr(command, "once", None) is None or _is_final(refused, before):
                    raise
                before = refused
        return await persistently(command)  # refused for another reason each time: that is an answer as well

    async def persistently(command: C) -> T:
        lost: DomainError | None = None
        alike = locked_out = 0
        for attempt in range(1, TRIES_MAX):
            _IS_FIRST_TRY.set(attempt == 1)
            try:
                return await handler(command)
            except (Retry, Stale) as race:
                locked_out += is_locked_out(race)
                if locked_out == LOCKED_OUT_MAX:
                    raise
                lost = race
            except Taken as taken:
                alike = alike + 1 if _is_alike(taken, lost) else 1
                if alike >= ALIKE_MAX:
                    raise
                lost = taken
            finally:
                _IS_FIRST_TRY.set(False)
            await pause(attempt)
        return await handler(command)

    return carried_out


def is_locked_out(race: DomainError) -> bool:
    """Whether somebody waited for a lock in vain, as long as one may at a time."""
    return isinstance(race, Retry) and race.reason == LOCK_TIMEOUT


def _is_final(refused: DomainError, before: DomainError | None) -> bool:
    if refused.kind in _SAID_ONCE or isinstance(refused, KeyReused | Taken):  # Taken: there was a second look already
        return True
    return _is_alike(refused, before)


def _is_alike(refused: DomainError, before: DomainError | None) -> bool:
    return before is not None and type(refused) is type(before) and refused.facts() == before.facts()

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
RIVAL_WAS_FIRST: Final = (
    ("answers",), ("orders", "quote_id"), ("orders", "number"), ("orders", "cart_id"), ("carts", "member_id"), ("cart_lines",),
    ("price_books",), ("products", "code"), ("skus", "code"), ("brands", "name"), ("categories", "code"), ("locations", "code"),
    ("stock_items",), ("quotas",),
)  # fmt: skip
"""Tables and columns of unique rules by which a rival may have stored just what we were about to: the next run finds it."""
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
        for attempt in range(1, TRIES_MAX):
            _IS_FIRST_TRY.set(attempt == 1)
            try:
                return await handler(command)
            except (Retry, Stale):
                await pause(attempt)
            except Taken as taken:
                if not any(taken.is_about(*rule) for rule in RIVAL_WAS_FIRST):
                    raise
                await pause(attempt)
            finally:
                _IS_FIRST_TRY.set(False)
        return await handler(command)

    return carried_out


def _is_final(refused: DomainError, before: DomainError | None) -> bool:
    if refused.kind in _SAID_ONCE or isinstance(refused, KeyReused):
        return True
    return before is not None and type(refused) is type(before) and refused.facts() == before.facts()

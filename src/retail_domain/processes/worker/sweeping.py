"""Sweeping: what ended is cleared away once an hour; it holds phone numbers, points at people, or only takes room (R40)."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from typing import Final

from attrs import define, field, frozen

from retail_domain.cart import CartWork
from retail_domain.kernel.clock import Clock
from retail_domain.kernel.means import Means
from retail_domain.kernel.units import Unit
from retail_domain.privacy import PrivacyWork
from retail_domain.processes.worker.due import Round
from retail_domain.processes.worker.relay import RelayWork

EVERY: Final = timedelta(hours=1)
_NOTHING: Final = Round(due=0, done=0)


@define(kw_only=True)
class HourlySweep:
    """Sweeps at its first round and every hour after; several workers may sweep the same, which does no harm."""

    clock: Clock
    sweeps: tuple[Callable[[], Awaitable[object]], ...]
    _last: datetime | None = field(default=None, init=False)

    async def __call__(self) -> Round:
        """One round, in which most often nothing is due; it never counts as work done, so that the worker may rest."""
        at = self.clock.now()
        if self._last is not None and abs(at - self._last) < EVERY:  # a clock set back does not stop it for long
            return _NOTHING
        for sweep in self.sweeps:
            await sweep()
        self._last = at
        return _NOTHING


ANSWERS_KEPT: Final = timedelta(days=2)
"""How long a repeated command still gets its first answer (R17)."""


@frozen
class ForgetAnswers:
    """So many old answers may go at once."""

    limit: int = 1_000


async def forget_answers(work: Unit, command: ForgetAnswers, means: Means) -> int:
    """Answers how many went."""
    return await work.answers.forget(means.clock.now() - ANSWERS_KEPT, command.limit)


DELIVERIES_KEPT: Final = timedelta(days=30)
"""How long it can be looked up when something that happened was followed."""


@frozen
class ForgetDeliveries:
    """So many deliveries that were made may go at once."""

    limit: int = 1_000


async def forget_deliveries(work: RelayWork, command: ForgetDeliveries, means: Means) -> int:
    """Answers how many went."""
    return await work.deliveries.forget(means.clock.now() - DELIVERIES_KEPT, command.limit)


GUESTS_CARTS_KEPT: Final = timedelta(days=90)
"""How long a guest who stays away finds his cart again."""


@frozen
class ForgetGuestsCarts:
    """So many carts of guests may go at once."""

    limit: int = 1_000


async def forget_guests_carts(work: CartWork, command: ForgetGuestsCarts, means: Means) -> int:
    """Answers how many went."""
    return await work.carts.forget_guests(means.clock.now() - GUESTS_CARTS_KEPT, command.limit)


@frozen
class ForgetTrade:
    """So many records of trade may go at once."""

    limit: int = 1_000


async def forget_trade(work: PrivacyWork, command: ForgetTrade, means: Means) -> int:
    """What was kept of trade with who has left goes when its years are over. Answers how many went."""
    return await work.trade_records.sweep(means.clock.now(), command.limit)


def until_none_are_left(forget: Callable[[], Awaitable[int]]) -> Callable[[], Awaitable[None]]:
    """Forget in portions, each a unit of its own, so that nobody waits for long."""

    async def all_of_them() -> None:
        while await forget():
            continue

    return all_of_them

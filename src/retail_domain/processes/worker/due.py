"""What is due (到期): it becomes ordinary use cases, at most once each, late rather than never (R28, R29)."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Hashable, Sequence
from datetime import datetime, timedelta
from typing import Final, Generic, TypeAlias, TypeVar

from attrs import define, field, frozen

from retail_domain.kernel.clock import Clock
from retail_domain.kernel.errors import DomainError
from retail_domain.kernel.frames import Called

K = TypeVar("K", bound=Hashable)
BATCH: Final = 50
"""How many due things one round takes up."""


@frozen(kw_only=True)
class Round:
    """What one round of a timer came to; whatever failed is due again in a later round."""

    due: int
    done: int
    failed: tuple[str, ...] = ()


Timer: TypeAlias = Callable[[], Awaitable[Round]]


@frozen
class WhatIsDue:
    """What is due at a time, and so much of it at most."""

    at: datetime
    most: int


@define(kw_only=True)
class Seldom:
    """A timer that rests for a while once it found nothing due: what it looks for takes long to find, and can wait.

    If it goes by something that the shop may change meanwhile, it rests no longer once that is another.
    """

    clock: Clock
    timer: Timer
    rests: timedelta
    under: Callable[[], Awaitable[Hashable]] | None = None
    """What it goes by now, if by anything."""
    _went_by: Hashable = field(default=None, init=False)
    _last: datetime | None = field(default=None, init=False)

    async def __call__(self) -> Round:
        """One round."""
        at, under = self.clock.now(), await self.under() if self.under is not None else None
        rests = self._last is not None and abs(at - self._last) < self.rests  # a clock set back does not stop it for long
        if rests and under == self._went_by:
            return Round(due=0, done=0)
        made = await self.timer()
        self._went_by = under
        self._last = None if made.due else at
        return made


@define(kw_only=True)
class Due(Generic[K]):
    """A timer: finds what is due, the most overdue first, and deals with each.

    One thing's trouble never keeps the others waiting: whatever failed comes after all that did not, however much there is.
    """

    clock: Clock
    find: Called[WhatIsDue, Sequence[K]]
    """So many of those that are due now, the most overdue first, without a lock."""
    deal_with: Called[K, object]
    lost_to: tuple[type[DomainError], ...] = ()
    """Refusals that say that somebody else was faster, or that it is not due by the clock of who deals with it."""
    most: int = BATCH
    """How many one round takes up: few, where each takes long."""
    _failed: set[K] = field(factory=set, init=False)

    async def __call__(self) -> Round:
        """One round."""
        found = await self.find(WhatIsDue(self.clock.now(), self.most + len(self._failed)))
        self._failed.intersection_update(found)
        due = sorted(found, key=self._failed.__contains__)[: self.most]
        done, failed = 0, []
        for id in due:
            try:
                await self.deal_with(id)
            except self.lost_to:
                pass
            except Exception as error:  # noqa: BLE001 - see above; whoever drives the timer hears of it
                failed.append(f"{id}: {type(error).__name__} {getattr(error, 'code', '')}".strip())
                self._failed.add(id)
                continue
            else:
                done += 1
            self._failed.discard(id)
        return Round(due=len(due), done=done, failed=tuple(failed))

"""What to do when a whole batch fails: nobody pays for another's mistake, and nothing is done twice (GEN-R19, R31)."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from typing import Final, Generic, TypeVar

from attrs import frozen

from retail_adapters.system.coalescer import Work
from retail_adapters.system.retry import LOCKED_OUT_MAX, TRIES_MAX, Wait, is_locked_out, wait
from retail_domain.kernel.errors import CommitUnknown, DomainError, Retry, Stale, Taken, Unavailable

Ask = TypeVar("Ask")
Answer = TypeVar("Answer")

Look = Callable[[Sequence[Ask]], Awaitable[Sequence[Answer | Exception | None]]]
"""What became of each ask, as far as the store knows by its key: its answer or its refusal, or None. Changes nothing."""

_LOOKS_MAX: Final = 4


@frozen(kw_only=True)
class RunningBatch(Generic[Ask, Answer]):
    """Carries out asks together, and gives every one of them an answer whatever goes wrong.

    Lost races (`Retry`) are run again, with jitter, so many times. `Stale` and `Taken` name culprits: those whose key says
    that a rival was first get that answer, and the rest runs once more. Of a commit whose outcome is unknown only what
    the keys tell is answered; nothing is run again. Any other failure cuts the batch in two until the bad ask is alone.
    """

    work: Work[Ask, Answer]
    look: Look[Ask, Answer]
    pause: Wait = wait

    async def __call__(self, asks: Sequence[Ask]) -> Sequence[Answer | Exception]:
        """An answer or a refusal for each ask, in order."""
        return await self._settled(asks, tries=1)

    async def _settled(self, asks: Sequence[Ask], *, tries: int) -> Sequence[Answer | Exception]:
        try:
            return await self._persistently(asks)
        except (Stale, Taken) as lost:
            if tries < (2 if len(asks) > 1 else TRIES_MAX):
                return await self._without_culprits(asks, tries)
            return await self._in_halves(asks, lost)
        except CommitUnknown as unknown:
            return [_one_more(unknown) if found is None else found for found in await self._looked_up(asks)]
        except (Retry, Unavailable) as away:
            return [_one_more(away) for _ in asks]
        except Exception as error:  # noqa: BLE001 - its culprit is told, and nobody else
            return await self._in_halves(asks, error)

    async def _persistently(self, asks: Sequence[Ask]) -> Sequence[Answer | Exception]:
        locked_out = 0
        for attempt in range(1, TRIES_MAX):
            try:
                return await self.work(asks)
            except Retry as race:
                locked_out += is_locked_out(race)
                if locked_out == LOCKED_OUT_MAX:
                    raise
                await self.pause(attempt)
        return await self.work(asks)

    async def _without_culprits(self, asks: Sequence[Ask], tries: int) -> Sequence[Answer | Exception]:
        await self.pause(tries)
        found = await self._looked_up(asks)
        rest = [ask for ask, known in zip(asks, found, strict=True) if known is None]
        decided = iter(await self._settled(rest, tries=tries + 1) if rest else ())
        return [next(decided) if known is None else known for known in found]

    async def _looked_up(self, asks: Sequence[Ask]) -> Sequence[Answer | Exception | None]:
        for attempt in range(1, _LOOKS_MAX):
            try:
                return await self.look(asks)
            except (Retry, Unavailable):
                await self.pause(attempt)
        return [None for _ in asks]

    async def _in_halves(self, asks: Sequence[Ask], error: Exception) -> Sequence[Answer | Exception]:
        if len(asks) == 1:
            return [error]
        middle = len(asks) // 2
        return [*await self._settled(asks[:middle], tries=1), *await self._settled(asks[middle:], tries=1)]


def _one_more(error: DomainError) -> DomainError:
    """The same refusal for another caller: an exception that is raised by several at once tells none of them where."""
    return type(error)(**error.facts())

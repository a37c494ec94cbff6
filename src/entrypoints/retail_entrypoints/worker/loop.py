"""One worker: round after round of deliveries and timers until it is told to stop (R25, R28)."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping
from functools import partial
from typing import Final

from attrs import define, field

from retail_domain.kernel.errors import DomainError, Kind
from retail_domain.processes.worker.background import Background
from retail_domain.processes.worker.due import Timer

_LOG: Final = logging.getLogger("retail.worker")
_DELIVERIES_A_ROUND: Final = 500


async def work_once(background: Background, *, stopping: Callable[[], bool] = lambda: False) -> int:
    """One round: the deliveries that are due, up to a bound, then every timer; how much was done.

    What fails is logged by its code and left for the next round; one failing timer never holds up another.
    """
    return await _delivered(background, stopping) + await _timed(background.timers, stopping)


async def _delivered(background: Background, stopping: Callable[[], bool]) -> int:
    done = 0
    while done < _DELIVERIES_A_ROUND and not stopping() and await _tried("deliver", _as_count(background.deliver_next)):
        done += 1
    return done


async def _timed(timers: Mapping[str, Timer], stopping: Callable[[], bool]) -> int:
    done = 0
    for name, timer in timers.items():
        if stopping():
            break
        done += await _tried(name, _as_rounds(name, timer))
    return done


def _as_rounds(name: str, timer: Timer) -> Callable[[], Awaitable[int]]:
    async def counted() -> int:
        came_of_it = await timer()
        for failure in came_of_it.failed:
            _LOG.warning("worker.timer_failed", extra={"step": name, "failure": failure})
        return came_of_it.done

    return counted


def _as_count(deliver: Callable[[], Awaitable[bool]]) -> Callable[[], Awaitable[int]]:
    async def counted() -> int:
        return int(await deliver())

    return counted


async def _tried(name: str, work: Callable[[], Awaitable[int]]) -> int:
    try:
        return await work()
    except DomainError as refused:
        severity = logging.WARNING if refused.kind is Kind.UNAVAILABLE else logging.ERROR
        _LOG.log(severity, "worker.failed", extra={"step": name, "code": refused.code})
    except Exception as error:  # noqa: BLE001 - the outermost frame of a door: the worker goes on, the log says what broke
        _LOG.error("worker.broken", extra={"step": name, "error": type(error).__name__}, exc_info=error)
    return 0


@define
class Worker:
    """Runs rounds; rests when there was nothing to do. What may take long has rounds of its own, beside the others."""

    background: Background
    rest_seconds: float = 0.5
    _stop: asyncio.Event = field(factory=asyncio.Event, init=False)

    def stop(self) -> None:
        """Finish the steps under way, then return from `run`."""
        self._stop.set()

    async def run(self) -> None:
        """Work until stopped."""
        every, long = self.background.timers, self.background.takes_long
        quick = {name: timer for name, timer in every.items() if name not in long}
        stopping = self._stop.is_set

        async def usual() -> int:
            return await _delivered(self.background, stopping) + await _timed(quick, stopping)

        async with asyncio.TaskGroup() as rounds:
            rounds.create_task(self._rounds(usual))
            for name in long:
                rounds.create_task(self._rounds(partial(_timed, {name: every[name]}, stopping)))

    async def _rounds(self, once: Callable[[], Awaitable[int]]) -> None:
        while not self._stop.is_set():
            if not await once():
                try:
                    await asyncio.wait_for(self._stop.wait(), self.rest_seconds)
                except TimeoutError:
                    continue

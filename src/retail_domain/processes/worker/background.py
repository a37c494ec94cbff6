"""What happens behind the counter: deliveries, timers, the outbox."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping

from attrs import frozen

from retail_domain.processes.worker.due import Timer
from retail_domain.processes.worker.outbox import OutboxQueries
from retail_domain.processes.worker.relay import ReplayParked


@frozen(kw_only=True)
class Background:
    """What a worker drives and staff look after; any number of workers may do so at once (R28).

    `deliver_next` makes one delivery and says whether there was one. Each of `timers` does what has become due, some of it
    at a time, and says what came of it.
    """

    deliver_next: Callable[[], Awaitable[bool]]
    timers: Mapping[str, Timer]
    replay_parked: Callable[[ReplayParked], Awaitable[int]]
    outbox: OutboxQueries
    takes_long: frozenset[str] = frozenset()
    """Which timers may take long over one thing: a worker drives them beside all the rest, which never waits for them."""

    def __attrs_post_init__(self) -> None:
        if not self.takes_long <= self.timers.keys():
            raise ValueError(f"no such timers: {sorted(self.takes_long - self.timers.keys())}")

"""Between the shop and its store: every statement is a chance for others, and for the store to fail (F3, F4)."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Hashable, Iterable, Sequence
from typing import Any, Final, Protocol

from attrs import define

from retail_domain.kernel.errors import CommitUnknown, Retry, Unavailable
from retail_domain.kernel.events import Event
from retail_domain.testing.simulation.scheduler import PAUSE, Locks
from retail_domain.testing.simulation.trouble import Fault, Rare, Trouble


class RowChange(Protocol):
    """A row as it was and as it is now."""

    @property
    def table(self) -> str: ...
    @property
    def key(self) -> Hashable: ...
    @property
    def before(self) -> Any: ...
    @property
    def after(self) -> Any: ...


class Committed(Protocol):
    """What one commit did."""

    @property
    def rows(self) -> Sequence[RowChange]: ...
    @property
    def logged(self) -> Sequence[tuple[str, Any]]: ...
    @property
    def events(self) -> Sequence[Event]: ...


STORED: Final = "connection lost after the commit"
NOT_STORED: Final = "connection lost before the commit"


@define(eq=False)
class SimulatedTraffic:
    """Lets statements through one at a time, and tells who watches what was committed."""

    locks: Locks
    trouble: Trouble
    notice: Callable[[Any], None]

    def statement(self, name: str) -> Awaitable[None]:
        """A pause. Raises Retry and Unavailable."""
        trouble = self.trouble
        if trouble.is_on and trouble.chances:
            if trouble.strikes(Fault.CONFLICT):
                raise Retry(reason=name)
            if trouble.strikes(Fault.AWAY):
                raise Unavailable(reason=name)
        return PAUSE

    async def take(self, unit: object, rows: Iterable[Hashable]) -> bool:
        """Lock rows until the unit ends."""
        return await self.locks.take(unit, rows)

    def is_free(self, unit: object, row: Hashable) -> bool:
        """Whether nobody else has locked it."""
        return self.locks.is_free(unit, row)

    def end(self, unit: object) -> None:
        """The unit is over."""
        self.locks.end(unit)

    async def commit(self, unit: object, apply: Callable[[], Any]) -> None:
        """Stored or not, and heard of or not. Raises Retry, CommitUnknown and what the checks find."""
        await self.statement("commit")
        if self.trouble.strikes(Fault.COMMIT_LOST):
            raise CommitUnknown(reason=NOT_STORED)
        self.notice(apply())
        self.locks.end(unit)
        if self.trouble.strikes(Fault.COMMIT_UNHEARD):
            raise CommitUnknown(reason=STORED)
        try:
            await PAUSE
        except GeneratorExit:
            self.trouble.happened(Rare.CRASH_AFTER_COMMIT)
            raise

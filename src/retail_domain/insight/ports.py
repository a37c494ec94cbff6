"""What insight needs from a store."""

from __future__ import annotations

from typing import Protocol

from retail_domain.insight.model import BehaviourEvent
from retail_domain.kernel.change import Change
from retail_domain.kernel.ids import MemberId


class Behaviour(Protocol):
    """What people did."""

    async def has_consent(self, member_id: MemberId) -> bool:
        """Whether this member has agreed that behaviour is kept; nobody has who never said so (BEH-R2)."""
        ...

    async def set_consent(self, member_id: MemberId, given: bool) -> None:
        """Note what the member wants from now on; withdrawing forgets everything that was kept (BEH-R2)."""
        ...

    def save(self, change: Change[BehaviourEvent]) -> None:
        """Stage an event; one whose id is known is ignored at commit (BEH-R1, BEH-I1)."""
        ...

    async def count(self, member_id: MemberId) -> int:
        """How many events are kept about a member."""
        ...


class InsightWork(Protocol):
    """The unit of work of insight."""

    @property
    def behaviour(self) -> Behaviour:
        """What people did."""
        ...

    async def commit(self) -> None:
        """Store everything staged, or nothing."""
        ...

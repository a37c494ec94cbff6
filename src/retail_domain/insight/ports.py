"""What insight needs from a store and from its neighbours."""

from __future__ import annotations

from datetime import datetime
from typing import Protocol

from retail_domain.insight.model import BehaviourEvent, SeenGoods
from retail_domain.kernel.change import Change
from retail_domain.kernel.counting import Counters
from retail_domain.kernel.ids import MemberId, ProductId
from retail_domain.kernel.once import Answers
from retail_domain.kernel.paging import Page, PageRequest


class Behaviour(Protocol):
    """What people did."""

    def save(self, change: Change[BehaviourEvent]) -> None:
        """Stage an event; one whose id is known already is ignored at commit (BEH-R1, BEH-I1)."""
        ...

    async def of_member(self, member_id: MemberId, limit: int) -> tuple[BehaviourEvent, ...]:
        """The last events of a member by the time they happened, newest first."""
        ...

    async def seen_by(self, member_id: MemberId, since: datetime, page: PageRequest) -> Page[SeenGoods]:
        """Goods that a member has looked at since then, each once with the last time, the latest first.

        Raises InvalidInput for a broken cursor.
        """
        ...

    async def forget_of(self, member_id: MemberId, product_id: ProductId | None) -> int:
        """Delete every note that a member looked at some goods, or with None at anything; how many there were."""
        ...


class Consents(Protocol):
    """Who agreed that behaviour is kept."""

    async def __call__(self, member_id: MemberId) -> bool:
        """Whether this member agreed; nobody has who never said so (BEH-R2)."""
        ...


class InsightWork(Protocol):
    """The unit of work of insight."""

    @property
    def behaviour(self) -> Behaviour:
        """What people did."""
        ...

    @property
    def counters(self) -> Counters:
        """How much was kept."""
        ...

    @property
    def answers(self) -> Answers:
        """What commands answered before."""
        ...

    async def commit(self) -> None:
        """Store everything staged, or nothing."""
        ...

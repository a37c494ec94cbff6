"""What leaving the shop needs from a store."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, Protocol

from retail_domain.kernel.change import Change
from retail_domain.kernel.ids import MemberId
from retail_domain.kernel.personal import Holding
from retail_domain.kernel.units import Unit
from retail_domain.privacy.model import Erasure, TradeRecord


class Erasures(Protocol):
    """How far each erasing has come (`erasures.member_id`)."""

    async def claim(self, member_ids: Iterable[MemberId]) -> Mapping[MemberId, Erasure]:
        """Lock those of these members, ascending; who has not left is absent."""
        ...

    async def due(self, at: datetime, most: int) -> Sequence[MemberId]:
        """Those with a step to take, the most overdue first; locks nothing."""
        ...

    def save(self, change: Change[Erasure]) -> None:
        """Stage a change; two first ones at once: one raises `Taken` at commit."""
        ...


class TradeRecords(Protocol):
    """What stays of whom orders went to (`trade_records.order_id`)."""

    def save(self, change: Change[TradeRecord]) -> None:
        """Stage a new one."""
        ...

    async def sweep(self, before: datetime, most: int) -> int:
        """Delete up to so many whose time was over before then; how many went."""
        ...


class PersonalRows(Protocol):
    """The rows that the manifests of the contexts name."""

    async def told(self, holding: Holding, member_id: MemberId) -> Sequence[Mapping[str, Any]]:
        """All of a member, with the columns that are told, in no order."""
        ...

    async def erase(self, holding: Holding, member_id: MemberId, most: int) -> int:
        """Delete or empty so many of a member's at most, in this unit; how many there were. Fewer: none is left."""
        ...


class PrivacyWork(Unit, Protocol):
    """The unit of work of what the shop knows of people."""

    @property
    def erasures(self) -> Erasures: ...
    @property
    def trade_records(self) -> TradeRecords: ...
    @property
    def personal_rows(self) -> PersonalRows: ...

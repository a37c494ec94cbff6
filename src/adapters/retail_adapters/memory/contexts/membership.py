"""Membership in memory."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import ClassVar, Final

from retail_adapters.memory.store import MemoryCollection
from retail_adapters.memory.unit import MemoryUnit
from retail_adapters.system.units import Manifest, collection
from retail_domain.kernel.ids import MemberId
from retail_domain.membership import CheckIn, MembershipWork


class MemoryCheckIns(MemoryCollection[tuple[MemberId, date], CheckIn]):
    """Who came by on which day; see the port."""

    table: ClassVar[str] = "check_ins"
    key_columns: ClassVar[str] = "member_id+day"

    def key(self, state: CheckIn) -> tuple[MemberId, date]:
        """The member and the day."""
        return state.member_id, state.day

    async def last(self, member_id: MemberId) -> CheckIn | None:
        """Staged or stored."""
        return max((one for one in self.every() if one.member_id == member_id), key=lambda one: one.day, default=None)

    async def between(self, member_id: MemberId, first: date, end: date) -> Sequence[CheckIn]:
        """Staged or stored."""
        found = (one for one in self.every() if one.member_id == member_id and first <= one.day < end)
        return sorted(found, key=lambda one: one.day)


class Collections(MemoryUnit):
    """Who came by."""

    check_ins = collection(MemoryCheckIns)


MANIFEST: Final = Manifest[MembershipWork, None](Collections)

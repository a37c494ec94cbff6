"""Everything about one member as one document, made from the manifests (R40)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime
from enum import Enum
from typing import Any, Final, Protocol
from uuid import UUID

from attrs import field, frozen

from retail_domain.accounts import AccountsWork
from retail_domain.kernel.checked import checked
from retail_domain.kernel.clock import Clock
from retail_domain.kernel.effects import Effect, brings
from retail_domain.kernel.ids import MemberId
from retail_domain.privacy import PrivacyWork
from retail_domain.processes.leaving.manifest import holdings

FORMAT: Final = "retail-member/1"
"""What the document is; another number when a reader of the one before would go wrong."""
_WHEN: Final = ("created_at", "placed_at", "occurred_at", "requested_at", "sent_at", "asked_at", "at", "day", "position")


class ExportWork(PrivacyWork, AccountsWork, Protocol):
    """The unit of work of an export."""


@frozen(kw_only=True)
@checked
class ExportMember:
    """Whom."""

    member_id: MemberId


@frozen(kw_only=True)
class MemberExport:
    """All that the shop holds about a member, by section; every value is one of JSON's own. Sections are never left out."""

    format: str
    member_id: MemberId
    at: datetime
    sections: Mapping[str, Sequence[Mapping[str, Any]]] = field(repr=False)


@brings(Effect.PERSONAL_DATA)
async def export_member(work: ExportWork, wish: ExportMember, clock: Clock) -> MemberExport:
    """Of one moment. Of who has left, what is still kept. Raises MemberNotFound."""
    await work.members.get(wish.member_id)
    sections = {}
    for name, holding in holdings().items():
        if holding.told:
            rows = await work.personal_rows.told(holding, wish.member_id)
            sections[name] = [{column: _plain(row[column]) for column in holding.told} for row in sorted(rows, key=_order)]
    return MemberExport(format=FORMAT, member_id=wish.member_id, at=clock.now(), sections=sections)


def _order(row: Mapping[str, Any]) -> tuple[Any, ...]:
    """The oldest first, and the same whatever the store."""
    when = next((row[name] for name in _WHEN if row.get(name) is not None), None)
    return (_plain(when) if isinstance(when, (date, datetime)) else "", *(str(_plain(value)) for value in row.values()))


def _plain(value: Any) -> Any:
    match value:
        case UUID():
            return str(value)
        case datetime():
            return value.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")
        case date():
            return value.isoformat()
        case Enum():
            return value.value
        case Mapping():
            return {name: _plain(value[name]) for name in sorted(value)}
        case _:
            return value

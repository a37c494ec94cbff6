"""A member as staff see them: masked."""

from __future__ import annotations

from datetime import datetime

from attrs import frozen

from retail_domain.accounts import MemberStatus, MemberView
from retail_domain.kernel.ids import MemberId


@frozen(kw_only=True)
class MemberRow:
    """A member in a list, and on their page before anybody looks in clear."""

    member_id: MemberId
    phone: str
    status: str
    look: str
    created_at: datetime
    closed_at: datetime | None
    consents: bool
    is_banned: bool
    is_open: bool

    @classmethod
    def of(cls, one: MemberView) -> MemberRow:
        """Of the number the last figures, of the name nothing."""
        is_open, is_banned = one.closed_at is None, one.status is MemberStatus.BANNED
        return cls(
            member_id=one.member_id, phone=one.phone.masked if one.phone else "", status=one.status.value,
            look="ok" if one.status is MemberStatus.ACTIVE else "bad" if is_banned else "idle", created_at=one.created_at,
            closed_at=one.closed_at, consents=one.behaviour_consent, is_banned=is_banned, is_open=is_open,
        )  # fmt: skip

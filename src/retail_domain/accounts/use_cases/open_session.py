"""Open a session: shared by every way to log in (R36)."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from attrs import field, frozen

from retail_domain.accounts.model.rules import AccountRules
from retail_domain.accounts.model.session import Session, Subject, hash_of
from retail_domain.accounts.ports import AccountsWork
from retail_domain.kernel.ids import MemberId, SessionId, StaffId
from retail_domain.kernel.means import Means

TOKEN_BYTES = 32


@frozen(kw_only=True)
class LoggedIn:
    """A session's token, shown this once, and whose it is."""

    token: str = field(repr=False)
    session_id: SessionId
    expires_at: datetime
    member_id: MemberId | None = None
    staff_id: StaffId | None = None


def open_session(work: AccountsWork, subject: Subject, subject_id: UUID, means: Means, rules: AccountRules) -> LoggedIn:
    """Stage a new session, always with a new token (R36)."""
    at, token, is_member = means.clock.now(), means.luck.token(TOKEN_BYTES), subject is Subject.MEMBER
    session = Session(
        id=SessionId(means.ids.new()), token_hash=hash_of(token), subject=subject, subject_id=subject_id, created_at=at,
        expires_at=at + (rules.member_session if is_member else rules.staff_session),
    )  # fmt: skip
    work.sessions.save(session.opened())
    return LoggedIn(
        token=token, session_id=session.id, expires_at=session.expires_at,
        member_id=MemberId(subject_id) if is_member else None, staff_id=None if is_member else StaffId(subject_id),
    )  # fmt: skip

"""Open a session: shared by every way to log in (R36)."""

from __future__ import annotations

from datetime import datetime
from typing import Protocol
from uuid import UUID

from attrs import field, frozen

from retail_domain.accounts.model.rules import AccountRules
from retail_domain.accounts.model.session import Session, Subject, hash_of
from retail_domain.accounts.ports import AccountsWork
from retail_domain.kernel.clock import Clock
from retail_domain.kernel.ids import Ids, Luck, MemberId, SessionId, StaffId

TOKEN_BYTES = 32


@frozen(kw_only=True)
class LoggedIn:
    """A session's token, shown this once, and whose it is."""

    token: str = field(repr=False)
    session_id: SessionId
    expires_at: datetime
    member_id: MemberId | None = None
    staff_id: StaffId | None = None


class SessionTools(Protocol):
    """What opening a session takes."""

    @property
    def clock(self) -> Clock: ...
    @property
    def ids(self) -> Ids: ...
    @property
    def luck(self) -> Luck: ...
    @property
    def rules(self) -> AccountRules: ...


def open_session(
    work: AccountsWork, subject: Subject, subject_id: UUID, tools: SessionTools, *, instead_of: SessionId | None = None
) -> LoggedIn:
    """Stage a new session, always with a new token; the one the caller came with, if any, ends (R36)."""
    at, token, is_member = tools.clock.now(), tools.luck.token(TOKEN_BYTES), subject is Subject.MEMBER
    session = Session(
        id=SessionId(tools.ids.new()), token_hash=hash_of(token), subject=subject, subject_id=subject_id, created_at=at,
        expires_at=at + (tools.rules.member_session if is_member else tools.rules.staff_session),
    )  # fmt: skip
    if instead_of is not None:
        work.sessions.end(instead_of)
    work.sessions.save(session.opened())
    return LoggedIn(
        token=token, session_id=session.id, expires_at=session.expires_at,
        member_id=MemberId(subject_id) if is_member else None, staff_id=None if is_member else StaffId(subject_id),
    )  # fmt: skip

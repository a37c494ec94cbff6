"""Facts about members and staff; none of them holds personal data (R40)."""

from __future__ import annotations

from typing import ClassVar, Final
from uuid import UUID

from attrs import frozen

from retail_domain.kernel.actor import Actor
from retail_domain.kernel.events import Event
from retail_domain.kernel.ids import KeyId, MemberId, StaffId


@frozen(kw_only=True)
class MemberEvent(Event):
    """Something happened to one member."""

    member_id: MemberId

    @property
    def aggregate_id(self) -> UUID:
        """Deliveries are kept in order per member."""
        return self.member_id


@frozen(kw_only=True)
class MemberRegistered(MemberEvent):
    """Somebody became a member."""

    name: ClassVar[str] = "member.registered"
    terms_version: str


@frozen(kw_only=True)
class MemberPhoneChanged(MemberEvent):
    """A member has another phone number; every session ended."""

    name: ClassVar[str] = "member.phone_changed"


@frozen(kw_only=True)
class BehaviourConsentChanged(MemberEvent):
    """A member allowed the shop to keep what they look at, or took that back (BEH-R2)."""

    name: ClassVar[str] = "member.consent_changed"
    given: bool


@frozen(kw_only=True)
class MemberBanned(MemberEvent):
    """Staff blocked a member; every session ended."""

    name: ClassVar[str] = "member.banned"
    actor: Actor


@frozen(kw_only=True)
class MemberReadmitted(MemberEvent):
    """Staff let a blocked member in again."""

    name: ClassVar[str] = "member.readmitted"
    actor: Actor


@frozen(kw_only=True)
class TermsAgreed(MemberEvent):
    """A member agreed to other terms of privacy than before; beside `member.registered` it is the record of that."""

    name: ClassVar[str] = "member.terms_agreed"
    terms_version: str


@frozen(kw_only=True)
class MemberLeft(MemberEvent):
    """An account was closed for good; what is known of the member is erased from now on."""

    name: ClassVar[str] = "member.left"
    actor: Actor


@frozen(kw_only=True)
class PasswordChanged(Event):
    """A member or somebody of staff has a new password; every session ended."""

    name: ClassVar[str] = "login.password_changed"
    subject_id: UUID

    @property
    def aggregate_id(self) -> UUID:
        """Deliveries are kept in order per account."""
        return self.subject_id


@frozen(kw_only=True)
class StaffEvent(Event):
    """Something happened to one staff account."""

    staff_id: StaffId
    actor: Actor

    @property
    def aggregate_id(self) -> UUID:
        """Deliveries are kept in order per member of staff."""
        return self.staff_id


@frozen(kw_only=True)
class StaffAdded(StaffEvent):
    """Somebody joined the staff."""

    name: ClassVar[str] = "staff.added"
    roles: tuple[str, ...]


@frozen(kw_only=True)
class StaffRolesChanged(StaffEvent):
    """Somebody of staff has other roles; every session ended (R36)."""

    name: ClassVar[str] = "staff.roles_changed"
    roles: tuple[str, ...]


@frozen(kw_only=True)
class KeyEvent(Event):
    """Something happened to one API key."""

    key_id: KeyId
    actor: Actor
    key_name: str

    @property
    def aggregate_id(self) -> UUID:
        """Deliveries are kept in order per key."""
        return self.key_id


@frozen(kw_only=True)
class KeyMade(KeyEvent):
    """A program may come in (ACC-R10)."""

    name: ClassVar[str] = "key.made"
    permissions: tuple[str, ...]


@frozen(kw_only=True)
class KeyRevoked(KeyEvent):
    """A key is good for nothing any more."""

    name: ClassVar[str] = "key.revoked"


EVENTS: Final[tuple[type[Event], ...]] = (
    MemberRegistered,
    MemberPhoneChanged,
    BehaviourConsentChanged,
    MemberBanned,
    MemberReadmitted,
    TermsAgreed,
    MemberLeft,
    PasswordChanged,
    StaffAdded,
    StaffRolesChanged,
    KeyMade,
    KeyRevoked,
)

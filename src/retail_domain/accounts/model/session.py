"""Sessions and logins: who somebody is from one request to the next (R36, ACC-R3)."""

from __future__ import annotations

from datetime import datetime
from enum import Enum
from hashlib import sha256
from uuid import UUID

from attrs import evolve, field, frozen

from retail_domain.accounts.events import PasswordChanged
from retail_domain.accounts.model.custom_roles import CustomRole, Rights, rights_of
from retail_domain.accounts.model.staff import Permission, Role, permissions_of
from retail_domain.accounts.model.words import login_name
from retail_domain.kernel.actor import Actor
from retail_domain.kernel.change import Change
from retail_domain.kernel.checked import checked
from retail_domain.kernel.errors import InvalidInput
from retail_domain.kernel.ids import MemberId, SessionId, StaffId


class Subject(Enum):
    """Whose session or login it is."""

    MEMBER = "member"
    STAFF = "staff"


@frozen(kw_only=True)
class Session:
    """A login that lasts: its token was shown once, only the hash is kept. A session that ends is deleted."""

    id: SessionId
    token_hash: bytes = field(repr=False)
    subject: Subject
    subject_id: UUID
    created_at: datetime
    expires_at: datetime
    version: int = 0

    def __attrs_post_init__(self) -> None:
        if len(self.token_hash) != 32:
            raise ValueError("a token is kept as its SHA-256")
        if self.expires_at <= self.created_at:
            raise ValueError("a session lasts for some time")

    def opened(self) -> Change[Session]:
        """Somebody logged in."""
        return Change(None, self)


def hash_of(token: str) -> bytes:
    """What is kept of a token: it is 256 random bits, so a plain digest is enough."""
    return sha256(token.encode("utf-8", "surrogatepass")).digest()


@frozen(kw_only=True)
class Login:
    """A name and the hash of its password; member and staff names live in one space, so a name means one account."""

    subject_id: UUID
    subject: Subject
    name: str = field(repr=False)
    password_hash: str = field(repr=False)
    version: int = 0

    def __attrs_post_init__(self) -> None:
        if self.name != login_name(self.name):
            raise ValueError("a login name is kept in its one spelling")
        if not self.password_hash.startswith("$"):
            raise ValueError("only the hash of a password is kept")

    @classmethod
    def created(cls, *, subject: Subject, subject_id: UUID, name: str, password_hash: str) -> Change[Login]:
        """Give an account a name and a password."""
        return Change(None, cls(subject_id=subject_id, subject=subject, name=name, password_hash=password_hash))

    def change_password(self, password_hash: str, *, at: datetime) -> Change[Login]:
        """Another password; the use case ends every session with it (R36)."""
        event = PasswordChanged(at=at, subject_id=self.subject_id)
        return Change(self, evolve(self, password_hash=password_hash), (event,))

    def rehash(self, password_hash: str) -> Change[Login]:
        """The same password under today's parameters."""
        return Change(self, evolve(self, password_hash=password_hash))


@frozen(kw_only=True)
@checked
class Principal:
    """Who a token belongs to, as of this request."""

    session_id: SessionId
    member_id: MemberId | None = None
    staff_id: StaffId | None = None
    roles: tuple[Role, ...] = ()
    custom_roles: tuple[CustomRole, ...] = ()

    def __attrs_post_init__(self) -> None:
        if (self.member_id is None) == (self.staff_id is None):
            raise InvalidInput.of("member_id", "one_of", "a principal is either a member or staff")

    @property
    def subject_id(self) -> UUID:
        """Whose account it is, member or staff."""
        return self.member_id or self.staff_id or UUID(int=0)

    @property
    def permissions(self) -> frozenset[Permission]:
        """What they may do at the staff's doors: nothing for members."""
        return self.rights.permissions if self.custom_roles else permissions_of(self.roles)

    @property
    def rights(self) -> Rights:
        """The same, and where."""
        return rights_of(self.roles, self.custom_roles)

    @property
    def actor(self) -> Actor:
        """Who their decisions are recorded for."""
        return Actor.member(self.member_id) if self.member_id is not None else Actor.staff(self.subject_id)

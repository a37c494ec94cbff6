"""What accounts show."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Final, Protocol
from uuid import UUID

from attrs import field, frozen

from retail_domain.accounts.model.addresses import AddressBook, Contact
from retail_domain.accounts.model.custom_roles import CustomRole, Rights
from retail_domain.accounts.model.keys import ApiKey
from retail_domain.accounts.model.member import Member, MemberStatus
from retail_domain.accounts.model.regions import Region
from retail_domain.accounts.model.session import Login, Subject
from retail_domain.accounts.model.staff import Permission, Role
from retail_domain.kernel.checked import checked
from retail_domain.kernel.contact import Phone
from retail_domain.kernel.ids import KeyId, LocationId, MemberId, OrderId, SessionId, StaffId
from retail_domain.kernel.paging import Page, PageRequest


@frozen(kw_only=True)
class SessionView:
    """A session together with what its account may do right now."""

    session_id: SessionId
    subject: Subject
    subject_id: UUID
    expires_at: datetime
    is_active: bool
    roles: tuple[Role, ...]
    custom_roles: tuple[CustomRole, ...] = ()


@frozen(kw_only=True)
class MemberView:
    """A member as staff or the member see them; who sees the phone in full is the door's business (R40)."""

    member_id: MemberId
    name: str | None = field(repr=False)
    login: str | None = field(repr=False)
    phone: Phone | None
    status: MemberStatus
    behaviour_consent: bool
    terms_version: str
    created_at: datetime
    closed_at: datetime | None = None
    """When they left for good."""


def member_view(member: Member, login: Login | None) -> MemberView:
    """A member as they are now."""
    return MemberView(
        member_id=member.id, name=member.name, login=login.name if login else None, phone=member.phone,
        status=member.status, behaviour_consent=member.behaviour_consent, terms_version=member.terms_version,
        created_at=member.created_at, closed_at=member.closed_at,
    )  # fmt: skip


@frozen(kw_only=True)
class StaffView:
    """Somebody of staff."""

    staff_id: StaffId
    login: str
    name: str
    roles: tuple[Role, ...]
    custom_roles: tuple[str, ...] = ()
    created_at: datetime


@frozen(kw_only=True)
class KeyView:
    """A key as staff see it: never the key itself. `last_used_at` is within an hour of the last use."""

    key_id: KeyId
    name: str
    hint: str
    permissions: tuple[Permission, ...]
    places: tuple[LocationId, ...]
    maker_id: StaffId | None
    created_at: datetime
    expires_at: datetime | None
    revoked_at: datetime | None
    last_used_at: datetime | None


def key_view(key: ApiKey) -> KeyView:
    """A key as it is now."""
    return KeyView(
        key_id=key.id, name=key.name, hint=key.hint, permissions=key.permissions, places=key.places, maker_id=key.maker_id,
        created_at=key.created_at, expires_at=key.expires_at, revoked_at=key.revoked_at, last_used_at=key.last_used_at,
    )  # fmt: skip


@frozen(kw_only=True)
class KeyShown:
    """A key that was shown at the door, and what whoever made it may do right now: nothing, if nobody did."""

    key: ApiKey
    maker_rights: Rights


@frozen(kw_only=True)
@checked
class TrailSearch:
    """What is looked for in the trail; what is None matters not (ACC-R15)."""

    actor_ref: str | None = None
    """Who: an id of staff, the name of a program's key, or what the system called itself."""
    action: str | None = None
    thing: str | None = None
    """An id or code that a row names as a whole word."""
    since: datetime | None = None
    until: datetime | None = None
    """Rows before it; it is not part of the period itself."""


EVERY_ROW: Final = TrailSearch()
"""The whole trail."""


@frozen(kw_only=True)
class TrailView:
    """One row of what staff did."""

    actor_kind: str
    actor_ref: str
    action: str
    object: str
    at: datetime


@frozen(kw_only=True)
class TrailSealView:
    """The last seal (R42). Whoever keeps its number and digest elsewhere notices even if the end of the trail is cut off."""

    number: int
    """0 and an empty digest before the first."""
    digest: str
    at: datetime | None
    unsealed: int
    """Rows that are not under a seal yet; a worker seals them within a minute."""


class AccountsQueries(Protocol):
    """The read side of accounts."""

    async def session(self, token_hash: bytes) -> SessionView | None:
        """The session of a token, in one statement with its account."""
        ...

    async def member(self, member_id: MemberId) -> MemberView | None:
        """One member."""
        ...

    async def member_phoned(self, phone: Phone) -> MemberView | None:
        """The member with this number."""
        ...

    async def member_named(self, login: str) -> MemberView | None:
        """A member by login name; a name of staff is none."""
        ...

    async def members(self, page: PageRequest) -> Page[MemberView]:
        """All members, the newest first."""
        ...

    async def consents(self, member_id: MemberId) -> bool:
        """Whether what this member looks at may be kept (BEH-R2)."""
        ...

    async def staff(self, page: PageRequest) -> Page[StaffView]:
        """All staff, those without a role included, in the order they came."""
        ...

    async def key(self, token_hash: bytes) -> KeyShown | None:
        """The key of this digest, whatever became of it, in one statement with its maker."""
        ...

    async def keys(self, page: PageRequest) -> Page[KeyView]:
        """All keys, revoked ones included, in the order they were made."""
        ...

    async def staff_named(self, login: str) -> StaffView | None:
        """Somebody of staff by login name."""
        ...

    async def custom_roles(self, codes: Iterable[str] | None = None) -> Sequence[CustomRole]:
        """The roles that the shop made itself, by code: all of them, or those of these codes."""
        ...

    async def address_book(self, member_id: MemberId) -> AddressBook:
        """A member's addresses; an empty book when there are none."""
        ...

    async def order_contact(self, order_id: OrderId) -> Contact | None:
        """Where an order goes."""
        ...

    async def order_contacts(self, order_ids: Collection[OrderId]) -> Mapping[OrderId, Contact]:
        """Where these orders go, in one statement; those whose contact was erased are absent."""
        ...

    async def every_region(self) -> Sequence[Region]:
        """The provinces, and everything that was imported below them, by code."""
        ...

    async def regions(self, parent: str | None) -> Sequence[Region]:
        """The regions right below one, or the provinces."""
        ...

    async def trail(self, page: PageRequest, search: TrailSearch = EVERY_ROW) -> Page[TrailView]:
        """What staff did, the newest first; only what is looked for."""
        ...

    async def is_sealed(self, number: int, digest: str) -> bool:
        """Whether the trail still has the seal of this number and digest, as somebody kept it elsewhere (R42)."""
        ...

    async def trail_seal(self) -> TrailSealView:
        """The last seal over the trail, and how much lies behind it."""
        ...

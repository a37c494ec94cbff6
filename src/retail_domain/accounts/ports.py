"""What accounts need from a store and from the machine."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Protocol
from uuid import UUID

from retail_domain.accounts.model.addresses import AddressBook, OrderContact
from retail_domain.accounts.model.challenge import Challenge, Purpose
from retail_domain.accounts.model.custom_roles import CustomRole
from retail_domain.accounts.model.keys import ApiKey
from retail_domain.accounts.model.member import Member
from retail_domain.accounts.model.regions import Region
from retail_domain.accounts.model.session import Login, Session
from retail_domain.accounts.model.staff import Staff
from retail_domain.accounts.model.trail import StaffAction, TrailRow, TrailSeal
from retail_domain.kernel.change import Change
from retail_domain.kernel.contact import Phone
from retail_domain.kernel.counting import Counters
from retail_domain.kernel.ids import AddressId, ChallengeId, KeyId, MemberId, OrderId, SessionId, StaffId
from retail_domain.kernel.once import Answers


class Passwords(Protocol):
    """Slow hashes of passwords, computed away from everybody else's turn (R36).

    Whoever waits for one waits by address line: `client` is the network address that asks. Each line has so many waits,
    and the next turn is of the line that has fewest (ACC-R7). Raises TooManyTries for a line that has them all,
    Unavailable when everybody together has.
    """

    async def hash(self, password: str, client: str = "") -> str:
        """A salted hash, beginning with `$`."""
        ...

    async def matches(self, password_hash: str | None, password: str, client: str = "") -> bool:
        """Whether the password belongs to the hash; None takes as long as any other and is never right."""
        ...

    def is_outdated(self, password_hash: str) -> bool:
        """Whether the hash was made under weaker parameters than today's."""
        ...

    def is_common(self, password: str) -> bool:
        """Whether it is among the thousands that are tried first (ACC-R9)."""
        ...


class Members(Protocol):
    """The members; phone numbers are unique (`members.phone`)."""

    async def get(self, id: MemberId) -> Member:
        """A member, unlocked. Raises MemberNotFound."""
        ...

    async def claim(self, ids: Iterable[MemberId]) -> Mapping[MemberId, Member]:
        """Lock these members until the unit ends, ascending by id; unknown ones are absent."""
        ...

    async def claim_by_phone(self, phone: Phone) -> Member | None:
        """Lock the member with this number, if there is one."""
        ...

    async def claim_phoned(self, phones: Iterable[Phone]) -> Mapping[Phone, Member]:
        """Lock the members with these numbers, ascending by number; numbers that nobody has are absent."""
        ...

    def save(self, change: Change[Member]) -> None:
        """Stage a change; a number in use raises `Taken` at commit."""
        ...


class Logins(Protocol):
    """Names and password hashes, one at most for an account; names are unique (`logins.name`)."""

    async def find(self, name: str) -> Login | None:
        """The login of this name, unlocked."""
        ...

    async def claim(self, subject_ids: Iterable[UUID]) -> Mapping[UUID, Login]:
        """Lock the logins of these accounts, ascending; those without one are absent."""
        ...

    def save(self, change: Change[Login]) -> None:
        """Stage a change; a name in use raises `Taken` at commit."""
        ...


class Challenges(Protocol):
    """Codes; one at most is open for a phone, a purpose and the line that asked (`challenges.purpose+phone+line`)."""

    async def claim(self, ids: Iterable[ChallengeId]) -> Mapping[ChallengeId, Challenge]:
        """Lock these codes, ascending: rivals who guess at one code wait for each other (R36)."""
        ...

    async def claim_latest(self, purpose: Purpose, phone: Phone, line: str) -> Challenge | None:
        """Lock the code that is open for this purpose, phone and line, else the one issued last, whatever became of it.

        The open one need not be the latest by time: the clocks of two servers differ (R29).
        """
        ...

    def save(self, change: Change[Challenge]) -> None:
        """Stage a change."""
        ...

    async def sweep(self, before: datetime, limit: int) -> int:
        """Delete up to so many of those that expired before then; how many went."""
        ...

    async def forget(self, phone: Phone) -> None:
        """Delete all that were sent to this phone. None of them may have been changed in this unit."""
        ...


class Sessions(Protocol):
    """Who is logged in; a session that ends is gone when the unit commits."""

    def save(self, change: Change[Session]) -> None:
        """Stage a new session."""
        ...

    def end(self, id: SessionId) -> None:
        """Stage that this session ends; one that has ended already is fine."""
        ...

    def end_all(self, subject_id: UUID) -> None:
        """Stage that every session of this account ends, except those opened in this very unit."""
        ...

    async def sweep(self, before: datetime, limit: int) -> int:
        """Delete up to so many of those that expired before then; how many went."""
        ...


class StaffAccounts(Protocol):
    """The staff."""

    async def get(self, id: StaffId) -> Staff:
        """Somebody of staff, unlocked. Raises StaffNotFound."""
        ...

    async def claim(self, ids: Iterable[StaffId]) -> Mapping[StaffId, Staff]:
        """Lock these accounts, ascending; unknown ones are absent."""
        ...

    async def claim_admins(self) -> Mapping[StaffId, Staff]:
        """Lock every admin, ascending, so that two cannot revoke each other at once."""
        ...

    async def holds(self, code: str) -> bool:
        """Whether anybody of staff holds this role of the shop's own; whoever asks has claimed the role."""
        ...

    def save(self, change: Change[Staff]) -> None:
        """Stage a change."""
        ...


class CustomRoles(Protocol):
    """Roles that the shop made itself, by code (ACC-R12)."""

    async def find(self, codes: Iterable[str]) -> Mapping[str, CustomRole]:
        """These roles, unlocked, those that are gone as well; unknown ones are absent."""
        ...

    async def claim(self, codes: Iterable[str]) -> Mapping[str, CustomRole]:
        """Lock these roles until the unit ends, ascending, those that are gone as well; unknown ones are absent."""
        ...

    def save(self, change: Change[CustomRole]) -> None:
        """Stage a change; two that make one of the same code: one raises `Taken` at commit."""
        ...


class ApiKeys(Protocol):
    """Keys of programs; names and digests are unique (`api_keys.name`, `api_keys.token_hash`)."""

    async def find(self, name: str) -> ApiKey | None:
        """The key of this name, unlocked, revoked or not."""
        ...

    async def claim(self, ids: Iterable[KeyId]) -> Mapping[KeyId, ApiKey]:
        """Lock these keys, ascending; unknown ones are absent."""
        ...

    def save(self, change: Change[ApiKey]) -> None:
        """Stage a change; a name in use raises `Taken` at commit."""
        ...


class AddressBooks(Protocol):
    """The address books."""

    async def find(self, member_id: MemberId) -> AddressBook | None:
        """A member's address book, unlocked."""
        ...

    async def claim(self, member_ids: Iterable[MemberId]) -> Mapping[MemberId, AddressBook]:
        """These members' books, for a change, ascending; those who never had an address are absent.

        Rivals who change them wait, or else the commit of this change raises `Stale`.
        """
        ...

    def save(self, change: Change[AddressBook]) -> None:
        """Stage a change; two first entries at once: one raises `Taken` at commit."""
        ...


class DeliveryContacts(Protocol):
    """Addresses as quoting and placing see them: many in one statement, never the people behind them."""

    async def regions(self, ids: Iterable[AddressId]) -> Mapping[AddressId, tuple[MemberId, str]]:
        """The owner and the region code of each of these addresses; unknown ones are absent."""
        ...

    def copy_to_order(self, address_id: AddressId, order_id: OrderId) -> None:
        """Stage that an order goes to this address as it is written now; later corrections do not touch it (T1).

        `regions` was asked for the address earlier in this unit.
        """
        ...


class OrderContacts(DeliveryContacts, Protocol):
    """Where orders go; in the same table as the address books, so that erasing a person is one place (R40)."""

    async def find(self, order_id: OrderId) -> OrderContact | None:
        """The contact of an order."""
        ...

    async def claim(self, order_ids: Iterable[OrderId]) -> Mapping[OrderId, OrderContact]:
        """Lock the contacts of these orders, ascending; the order itself is locked first."""
        ...

    async def of_member(self, member_id: MemberId, most: int) -> Sequence[OrderContact]:
        """Contacts of a member's orders, so many at most, by order."""
        ...

    async def forget(self, order_ids: Iterable[OrderId]) -> None:
        """Delete the contacts of these orders; what was staged of them in this unit is none of them."""
        ...

    def save(self, change: Change[OrderContact]) -> None:
        """Stage a change."""
        ...


class Regions(Protocol):
    """Regions below the provinces, once they were imported."""

    async def are_loaded(self) -> bool:
        """Whether any were imported."""
        ...

    async def path_of(self, code: str) -> tuple[Region, ...]:
        """A region and those it lies in, the widest first; empty when there is no such region."""
        ...

    async def replace_all(self, regions: Sequence[Region]) -> None:
        """Put these in place of all that were there."""
        ...


class AuditTrail(Protocol):
    """What staff did; nothing is ever changed or deleted in it (R35)."""

    def note(self, action: StaffAction) -> None:
        """Stage another row."""
        ...


class TrailSeals(Protocol):
    """Seals over the trail, the worker's (R42)."""

    async def has_unsealed(self) -> bool:
        """Whether any committed row lies behind the last seal; without a lock."""
        ...

    async def unsealed(self, most: int) -> tuple[TrailSeal | None, Sequence[TrailRow]]:
        """The last seal, and the rows behind it by their places, so many at most.

        Until the end nobody else writes to the trail: whatever is committed later lies behind these rows. Raises Retry while
        others write to it.
        """
        ...

    def save(self, change: Change[TrailSeal]) -> None:
        """Stage the next seal; one of each number, else `Taken` at commit: a rival came first."""
        ...


class CodesWork(Protocol):
    """The unit of work in which a code is issued."""

    @property
    def counters(self) -> Counters: ...
    @property
    def challenges(self) -> Challenges: ...
    @property
    def answers(self) -> Answers: ...

    async def commit(self) -> None:
        """Store everything staged, or nothing."""
        ...


class AccountsWork(CodesWork, Protocol):
    """The unit of work of members, staff and their sessions."""

    @property
    def members(self) -> Members: ...
    @property
    def logins(self) -> Logins: ...
    @property
    def sessions(self) -> Sessions: ...
    @property
    def staff(self) -> StaffAccounts: ...
    @property
    def api_keys(self) -> ApiKeys: ...
    @property
    def audit_trail(self) -> AuditTrail: ...
    @property
    def trail_seals(self) -> TrailSeals: ...
    @property
    def custom_roles(self) -> CustomRoles: ...


class AddressWork(Protocol):
    """The unit of work of address books and regions."""

    @property
    def addresses(self) -> AddressBooks: ...
    @property
    def delivery_contacts(self) -> OrderContacts: ...
    @property
    def regions(self) -> Regions: ...
    @property
    def audit_trail(self) -> AuditTrail: ...
    @property
    def answers(self) -> Answers: ...

    async def commit(self) -> None:
        """Store everything staged, or nothing."""
        ...

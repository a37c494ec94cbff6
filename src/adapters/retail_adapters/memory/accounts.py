"""Accounts in memory."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, ClassVar
from uuid import UUID

from attrs import frozen

from retail_adapters.memory.addresses import those_found
from retail_adapters.memory.api_keys import key_shown, keys_page
from retail_adapters.memory.store import Memory, MemoryCollection, MemorySession
from retail_adapters.paging import cursor_of, key_after
from retail_domain.accounts.errors import MemberNotFound
from retail_domain.accounts.model.addresses import AddressBook, Contact, OrderContact
from retail_domain.accounts.model.challenge import Challenge, ChallengeStatus, Purpose
from retail_domain.accounts.model.custom_roles import CustomRole
from retail_domain.accounts.model.member import Member
from retail_domain.accounts.model.regions import PROVINCES, Region
from retail_domain.accounts.model.session import Login, Session, Subject
from retail_domain.accounts.model.staff import Staff
from retail_domain.accounts.model.trail import StaffAction, TrailRow, TrailSeal
from retail_domain.accounts.queries import (
    EVERY_ROW,
    KeyShown,
    KeyView,
    MemberView,
    SessionView,
    StaffView,
    TrailSealView,
    TrailSearch,
    TrailView,
)
from retail_domain.kernel.contact import Phone
from retail_domain.kernel.ids import ChallengeId, MemberId, OrderId, SessionId
from retail_domain.kernel.paging import Page, PageRequest

_LATEST = (datetime(9999, 1, 1, tzinfo=UTC), UUID(int=2**128 - 1))


class MemoryMembers(MemoryCollection[MemberId, Member]):
    """The members; see the port."""

    table: ClassVar[str] = "members"
    unique: ClassVar[Mapping[str, Any]] = {"members.phone": lambda one: one.phone and one.phone.e164}

    async def get(self, id: MemberId) -> Member:
        """A member."""
        found = self.look(id)
        if found is None:
            raise MemberNotFound()
        return found

    async def claim(self, ids: Iterable[MemberId]) -> Mapping[MemberId, Member]:
        """These members, ascending."""
        return those_found((id, self.look(id)) for id in sorted(set(ids)))

    async def claim_by_phone(self, phone: Phone) -> Member | None:
        """The member with this number."""
        return next((one for one in self.every() if one.phone == phone), None)

    async def claim_phoned(self, phones: Iterable[Phone]) -> Mapping[Phone, Member]:
        """The members with these numbers."""
        wanted = set(phones)
        return {one.phone: one for one in self.every() if one.phone is not None and one.phone in wanted}


class MemoryLogins(MemoryCollection[UUID, Login]):
    """Names and password hashes; see the port."""

    table: ClassVar[str] = "logins"
    key_columns: ClassVar[str] = "subject_id"
    unique: ClassVar[Mapping[str, Any]] = {"logins.name": lambda one: one.name}

    def key(self, state: Login) -> UUID:
        """Whose it is."""
        return state.subject_id

    async def find(self, name: str) -> Login | None:
        """The login of this name."""
        return next((one for one in self.every() if one.name == name), None)

    async def claim(self, subject_ids: Iterable[UUID]) -> Mapping[UUID, Login]:
        """The logins of these accounts, ascending."""
        return those_found((id, self.look(id)) for id in sorted(set(subject_ids)))


class MemoryChallenges(MemoryCollection[ChallengeId, Challenge]):
    """Codes; see the port."""

    table: ClassVar[str] = "challenges"
    unique: ClassVar[Mapping[str, Any]] = {
        "challenges.purpose+phone+line": lambda one: (
            (one.purpose, one.phone.e164, one.line) if one.status is ChallengeStatus.OPEN else None
        )
    }

    async def claim(self, ids: Iterable[ChallengeId]) -> Mapping[ChallengeId, Challenge]:
        """These codes, ascending."""
        return those_found((id, self.look(id)) for id in sorted(set(ids)))

    async def claim_latest(self, purpose: Purpose, phone: Phone, line: str) -> Challenge | None:
        """The open one, else the one issued last."""
        found = [one for one in self.every() if (one.purpose, one.phone, one.line) == (purpose, phone, line)]
        return max(found, key=lambda one: (one.status is ChallengeStatus.OPEN, one.issued_at, one.id), default=None)

    async def forget(self, phone: Phone) -> None:
        """Staged until commit."""
        for one in self.every():
            if one.phone == phone:
                self.drop(one.id)

    async def sweep(self, before: datetime, limit: int) -> int:
        """The oldest first."""
        return self.drop_first([(one.expires_at, one.id) for one in self.every() if one.expires_at < before], limit)


class MemorySessions(MemoryCollection[SessionId, Session]):
    """Who is logged in; see the port."""

    table: ClassVar[str] = "sessions"
    unique: ClassVar[Mapping[str, Any]] = {"sessions.token_hash": lambda one: one.token_hash}

    def __init__(self, session: MemorySession) -> None:
        super().__init__(session)
        self._ended: set[UUID] = set()

    def end(self, id: SessionId) -> None:
        """Stage that this one ends."""
        self.drop(id)

    def end_all(self, subject_id: UUID) -> None:
        """Stage that every one of this account ends."""
        self._ended.add(subject_id)

    async def sweep(self, before: datetime, limit: int) -> int:
        """The oldest first."""
        return self.drop_first([(one.expires_at, one.id) for one in self.every() if one.expires_at < before], limit)

    def apply(self) -> None:
        """Whatever is committed by now ends; what this unit opened stays."""
        for key, one in self._committed().items():
            if one.subject_id in self._ended:
                self.drop(key)
        super().apply()


class MemoryAuditTrail:
    """What staff did: rows are only added."""

    def __init__(self, session: MemorySession) -> None:
        self._session = session

    def note(self, action: StaffAction) -> None:
        """Stage another row."""
        self._session.appended.append(("audit_trail", action))


class MemoryTrailSeals(MemoryCollection[int, TrailSeal]):
    """Seals over the trail, whose rows have the places in which they were committed."""

    table: ClassVar[str] = "trail_seals"
    key_columns: ClassVar[str] = "number"

    def key(self, state: TrailSeal) -> int:
        """Its number."""
        return state.number

    async def has_unsealed(self) -> bool:
        """Whether the trail is longer than what is sealed."""
        last = self._last()
        return len(self._trail()) > (last.until if last else 0)

    async def unsealed(self, most: int) -> tuple[TrailSeal | None, Sequence[TrailRow]]:
        """The last seal and what lies behind it; what is committed meanwhile comes later still."""
        last = self._last()
        after = last.until if last else 0
        rows = self._trail()[after : after + most]
        return last, [TrailRow(position, action) for position, action in enumerate(rows, after + 1)]

    def _trail(self) -> list[StaffAction]:
        return self._session.memory.log("audit_trail")

    def _last(self) -> TrailSeal | None:
        return max(self.every(), key=lambda seal: seal.number, default=None)


@frozen
class MemoryAccountsQueries:
    """The read side of accounts; see the Protocol."""

    memory: Memory

    async def session(self, token_hash: bytes) -> SessionView | None:
        """The session of a token."""
        found = next((one for one in self.memory.table("sessions").values() if one.token_hash == token_hash), None)
        if found is None:
            return None
        is_staff = found.subject is Subject.STAFF
        account = self.memory.table("staff" if is_staff else "members").get(found.subject_id)
        return SessionView(
            session_id=found.id, subject=found.subject, subject_id=found.subject_id, expires_at=found.expires_at,
            is_active=account is not None and account.is_active, roles=account.roles if account and is_staff else (),
            custom_roles=tuple(await self.custom_roles(account.custom_roles)) if account and is_staff else (),
        )  # fmt: skip

    async def member(self, member_id: MemberId) -> MemberView | None:
        """One member."""
        found = self.memory.table("members").get(member_id)
        return self._member(found) if found else None

    async def member_phoned(self, phone: Phone) -> MemberView | None:
        """The one with it."""
        every = self.memory.table("members").values()
        found = next((one for one in every if one.phone is not None and one.phone == phone), None)
        return self._member(found) if found else None

    async def member_named(self, login: str) -> MemberView | None:
        """Whose login has this name."""
        found = next((one for one in self.memory.table("logins").values() if one.name == login), None)
        account = self.memory.table("members").get(found.subject_id) if found else None
        return self._member(account) if account else None

    async def members(self, page: PageRequest) -> Page[MemberView]:
        """All members, the newest first."""
        before = key_after(page.cursor, _LATEST)
        every = sorted(self.memory.table("members").values(), key=lambda one: (one.created_at, one.id), reverse=True)
        left = [one for one in every if (one.created_at, one.id) < before]
        shown = tuple(self._member(one) for one in left[: page.limit])
        last = shown[-1] if len(left) > page.limit else None
        return Page(shown, cursor_of(last.created_at, last.member_id) if last else None)

    async def consents(self, member_id: MemberId) -> bool:
        """Whether what this member looks at may be kept."""
        found = self.memory.table("members").get(member_id)
        return found is not None and found.behaviour_consent

    async def staff(self, page: PageRequest) -> Page[StaffView]:
        """All staff."""
        (after,) = key_after(page.cursor, (UUID(int=0),))
        left = [one for one in sorted(self.memory.table("staff").values(), key=lambda one: one.id) if one.id > after]
        shown = tuple(self._staff(one) for one in left[: page.limit])
        return Page(shown, cursor_of(shown[-1].staff_id) if len(left) > page.limit else None)

    async def key(self, token_hash: bytes) -> KeyShown | None:
        """The key of this digest."""
        return key_shown(self.memory, token_hash)

    async def keys(self, page: PageRequest) -> Page[KeyView]:
        """All keys."""
        return keys_page(self.memory, page)

    async def staff_named(self, login: str) -> StaffView | None:
        """Somebody of staff by login name."""
        found = next((one for one in self.memory.table("logins").values() if one.name == login), None)
        account = self.memory.table("staff").get(found.subject_id) if found else None
        return self._staff(account) if account else None

    async def custom_roles(self, codes: Iterable[str] | None = None) -> Sequence[CustomRole]:
        """The roles that the shop made itself."""
        found = sorted(self.memory.table("custom_roles").values(), key=lambda one: one.code)
        wanted = None if codes is None else set(codes)
        return [one for one in found if not one.is_gone and (wanted is None or one.code in wanted)]

    async def address_book(self, member_id: MemberId) -> AddressBook:
        """A member's addresses."""
        found: AddressBook | None = self.memory.table("address_books").get(member_id)
        return found or AddressBook(member_id=member_id)

    async def order_contact(self, order_id: OrderId) -> Contact | None:
        """Where an order goes."""
        found: OrderContact | None = self.memory.table("contacts").get(order_id)
        return found.contact if found else None

    async def order_contacts(self, order_ids: Collection[OrderId]) -> Mapping[OrderId, Contact]:
        """Where these orders go."""
        found = {order_id: await self.order_contact(order_id) for order_id in order_ids}
        return {order_id: contact for order_id, contact in found.items() if contact is not None}

    async def every_region(self) -> Sequence[Region]:
        """All of them."""
        known = {code: Region(code=code, name=name, parent=None) for code, name in PROVINCES.items()}
        known |= {one.code: one for one in self.memory.table("regions").values()}
        return [known[code] for code in sorted(known)]

    async def regions(self, parent: str | None) -> Sequence[Region]:
        """The regions right below one, or the provinces."""
        if parent is None:
            return [Region(code=code, name=name, parent=None) for code, name in PROVINCES.items()]
        below = [one for one in self.memory.table("regions").values() if one.parent == parent]
        return sorted(below, key=lambda one: one.code)

    async def trail(self, page: PageRequest, search: TrailSearch = EVERY_ROW) -> Page[TrailView]:
        """What staff did, the newest first."""
        (before,) = key_after(page.cursor, (2**62,))
        rows = enumerate(self.memory.log("audit_trail"), 1)
        found = [(at, one) for at, one in rows if at < before and _fits(one, search)][::-1]
        shown = tuple(
            TrailView(actor_kind=one.actor.kind.value, actor_ref=one.actor.ref, action=one.action, object=one.object, at=one.at)
            for _, one in found[: page.limit]
        )
        return Page(shown, cursor_of(found[page.limit - 1][0]) if len(found) > page.limit else None)

    async def is_sealed(self, number: int, digest: str) -> bool:
        """By its number."""
        seals: list[TrailSeal] = list(self.memory.table("trail_seals").values())
        return [one.digest for one in seals if one.number == number] == [digest]

    async def trail_seal(self) -> TrailSealView:
        """The last seal over the trail, and how much lies behind it."""
        seals: list[TrailSeal] = list(self.memory.table("trail_seals").values())
        last = max(seals, key=lambda seal: seal.number, default=None)
        behind = len(self.memory.log("audit_trail")) - (last.until if last else 0)
        return TrailSealView(
            number=last.number if last else 0, digest=last.digest if last else "", at=last.at if last else None, unsealed=behind
        )

    def _member(self, one: Member) -> MemberView:
        login = self.memory.table("logins").get(one.id)
        return MemberView(
            member_id=one.id, name=one.name, login=login.name if login else None, phone=one.phone, status=one.status,
            behaviour_consent=one.behaviour_consent, terms_version=one.terms_version, created_at=one.created_at,
            closed_at=one.closed_at,
        )  # fmt: skip

    def _staff(self, one: Staff) -> StaffView:
        login = self.memory.table("logins")[one.id]
        return StaffView(
            staff_id=one.id, login=login.name, name=one.name, roles=one.roles, custom_roles=one.custom_roles,
            created_at=one.created_at,
        )  # fmt: skip


def _fits(one: StaffAction, search: TrailSearch) -> bool:
    is_about = search.thing is None or f" {search.thing} " in f" {one.object} "
    is_in_time = (search.since is None or one.at >= search.since) and (search.until is None or one.at < search.until)
    return is_about and is_in_time and search.actor_ref in (None, one.actor.ref) and search.action in (None, one.action)

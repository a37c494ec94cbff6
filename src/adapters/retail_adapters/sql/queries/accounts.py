"""What accounts show, in SQL."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import UTC, datetime
from functools import cache
from typing import Final
from uuid import UUID

from attrs import Factory, field, frozen
from sqlalchemy import ColumnElement, bindparam, func, literal, select, tuple_

from retail_adapters.paging import cursor_of, key_after
from retail_adapters.sql.database import Database
from retail_adapters.sql.repositories.addresses import ENTRIES, book_of, contact_of
from retail_adapters.sql.repositories.api_keys import KEYS
from retail_adapters.sql.repositories.staff import ROLES
from retail_adapters.sql.statement import AnyOf, Row, Statement
from retail_adapters.sql.tables.accounts import (
    address_books,
    api_keys,
    audit_trail,
    contacts,
    custom_roles,
    logins,
    members,
    regions,
    sessions,
    staff,
    trail_seals,
)
from retail_adapters.sql.types import Words
from retail_adapters.system.batched_lookup import BatchedLookup
from retail_domain.accounts.model.addresses import AddressBook, Contact, ContactKind
from retail_domain.accounts.model.custom_roles import CustomRole, rights_of
from retail_domain.accounts.model.member import MemberStatus
from retail_domain.accounts.model.regions import PROVINCES, Region
from retail_domain.accounts.model.staff import Role
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
    key_view,
)
from retail_domain.kernel.contact import Phone
from retail_domain.kernel.ids import MemberId, OrderId
from retail_domain.kernel.paging import Page, PageRequest

_LATEST: Final = (datetime(9999, 1, 1, tzinfo=UTC), UUID(int=2**128 - 1))
_SESSION: Final = Statement(
    "sessions.show",
    select(
        sessions.c.token_hash,
        sessions.c.id,
        sessions.c.subject,
        sessions.c.subject_id,
        sessions.c.expires_at,
        members.c.status,
        staff.c.roles,
        staff.c.custom_roles,
    )
    .select_from(
        sessions.outerjoin(members, members.c.id == sessions.c.subject_id).outerjoin(staff, staff.c.id == sessions.c.subject_id)
    )
    .where(AnyOf(sessions.c.token_hash, "token_hashes")),
)
_MEMBERS = select(members, logins.c.name.label("login")).select_from(
    members.outerjoin(logins, logins.c.subject_id == members.c.id)
)
_MEMBER: Final = Statement("members.show", _MEMBERS.where(members.c.id == bindparam("id")))
_MEMBER_PHONED: Final = Statement("members.phoned", _MEMBERS.where(members.c.phone == bindparam("phone")))
_MEMBER_NAMED: Final = Statement("members.named", _MEMBERS.where(logins.c.name == bindparam("login")))
_MEMBERS_PAGE: Final = Statement(
    "members.page",
    _MEMBERS.where(
        tuple_(members.c.created_at, members.c.id)
        < tuple_(bindparam("at", type_=members.c.created_at.type), bindparam("id", type_=members.c.id.type))
    )
    .order_by(members.c.created_at.desc(), members.c.id.desc())
    .limit(bindparam("most")),
)
_CONSENTS: Final = Statement("members.consents", select(members.c.behaviour_consent).where(members.c.id == bindparam("id")))
_STAFF = select(
    staff.c.id, staff.c.name, staff.c.roles, staff.c.custom_roles, staff.c.created_at, logins.c.name.label("login")
).join(logins, logins.c.subject_id == staff.c.id)
_STAFF_PAGE: Final = Statement(
    "staff.page", _STAFF.where(staff.c.id > bindparam("id")).order_by(staff.c.id).limit(bindparam("most"))
)
_STAFF_NAMED: Final = Statement("staff.named", _STAFF.where(logins.c.name == bindparam("login")))
_CUSTOM_ROLES: Final = Statement("custom_roles.all", select(custom_roles))
_ROLES_OF: Final = Statement("custom_roles.of", select(custom_roles).where(AnyOf(custom_roles.c.code, "codes")))
_KEY: Final = Statement(
    "api_keys.show",
    select(api_keys, staff.c.roles, staff.c.custom_roles)
    .select_from(api_keys.outerjoin(staff, staff.c.id == api_keys.c.maker_id))
    .where(AnyOf(api_keys.c.token_hash, "token_hashes")),
)
_KEYS_PAGE: Final = Statement(
    "api_keys.page",
    select(api_keys).where(api_keys.c.id > bindparam("id")).order_by(api_keys.c.id).limit(bindparam("most")),
)
_BOOK: Final = Statement("address_books.show", select(address_books).where(address_books.c.member_id == bindparam("id")))
_ORDER_CONTACT: Final = Statement(
    "contacts.show", select(contacts).where(contacts.c.id == bindparam("id"), contacts.c.kind == ContactKind.ORDER)
)
_ORDER_CONTACTS: Final = Statement(
    "contacts.of_orders", select(contacts).where(AnyOf(contacts.c.id, "ids"), contacts.c.kind == ContactKind.ORDER)
)
_REGIONS: Final = Statement(
    "regions.below", select(regions).where(regions.c.parent == bindparam("parent")).order_by(regions.c.code)
)
_EVERY_REGION: Final = Statement("regions.every", select(regions).order_by(regions.c.code))
_SPACED = literal(" ").concat(audit_trail.c.object).concat(" ")
_LOOKED_FOR: Final[Mapping[str, ColumnElement[bool]]] = {
    "actor_ref": audit_trail.c.actor_ref == bindparam("actor_ref"),
    "action": audit_trail.c.action == bindparam("action"),
    "thing": func.replace(_SPACED, bindparam("thing", type_=Words()), "") != _SPACED,  # LIKE is not alike everywhere
    "since": audit_trail.c.at >= bindparam("since"),
    "until": audit_trail.c.at < bindparam("until"),
}


@cache
def _trail_of(looked_for: tuple[str, ...]) -> Statement:
    """The trail by what is looked for: one statement for each way to look."""
    return Statement(
        ".".join(("audit_trail.page", *looked_for)),
        select(audit_trail)
        .where(audit_trail.c.position < bindparam("before"), *(_LOOKED_FOR[name] for name in looked_for))
        .order_by(audit_trail.c.position.desc())
        .limit(bindparam("most")),
    )


_SEAL: Final = Statement("trail_seals.one", select(trail_seals.c.digest).where(trail_seals.c.number == bindparam("number")))
_LAST_SEAL: Final = Statement("trail_seals.shown", select(trail_seals).order_by(trail_seals.c.number.desc()).limit(1))
_UNSEALED: Final = Statement(
    "audit_trail.unsealed",
    select(func.count().label("number")).select_from(audit_trail).where(audit_trail.c.position > bindparam("after")),
)


@frozen
class SqlAccountsQueries:
    """The read side of accounts; see the Protocol."""

    database: Database
    _sessions: BatchedLookup[bytes, SessionView] = field(
        init=False, eq=False, default=Factory(lambda self: BatchedLookup(self._sessions_of), takes_self=True)
    )

    _keys: BatchedLookup[bytes, KeyShown] = field(
        init=False, eq=False, default=Factory(lambda self: BatchedLookup(self._keys_of), takes_self=True)
    )

    async def session(self, token_hash: bytes) -> SessionView | None:
        """The session of a token."""
        return await self._sessions(token_hash)

    async def _sessions_of(self, token_hashes: Iterable[bytes]) -> Mapping[bytes, SessionView]:
        rows = await self.database.rows(_SESSION, token_hashes=list(token_hashes))
        known = await self._held(rows)
        return {row["token_hash"]: _session(row, known) for row in rows}

    async def _held(self, rows: Sequence[Row]) -> Mapping[str, CustomRole]:
        """The roles of the shop's own that somebody there has; where nobody has any, nothing is asked."""
        held = {code for row in rows for code in (row["custom_roles"] or "").split()}
        return {one.code: one for one in await self.custom_roles(held)} if held else {}

    async def member(self, member_id: MemberId) -> MemberView | None:
        """One member."""
        rows = await self.database.rows(_MEMBER, id=member_id)
        return _member(rows[0]) if rows else None

    async def member_phoned(self, phone: Phone) -> MemberView | None:
        """By its index."""
        rows = await self.database.rows(_MEMBER_PHONED, phone=phone.e164)
        return _member(rows[0]) if rows else None

    async def member_named(self, login: str) -> MemberView | None:
        """By the index of logins."""
        rows = await self.database.rows(_MEMBER_NAMED, login=login)
        return _member(rows[0]) if rows else None

    async def members(self, page: PageRequest) -> Page[MemberView]:
        """All members, the newest first."""
        at, id = key_after(page.cursor, _LATEST)
        rows = await self.database.rows(_MEMBERS_PAGE, at=at, id=id, most=page.limit + 1)
        shown = tuple(map(_member, rows[: page.limit]))
        last = shown[-1] if len(rows) > page.limit else None
        return Page(shown, cursor_of(last.created_at, last.member_id) if last else None)

    async def consents(self, member_id: MemberId) -> bool:
        """Whether what this member looks at may be kept."""
        rows = await self.database.rows(_CONSENTS, id=member_id)
        return bool(rows) and bool(rows[0]["behaviour_consent"])

    async def staff(self, page: PageRequest) -> Page[StaffView]:
        """All staff."""
        (after,) = key_after(page.cursor, (UUID(int=0),))
        rows = await self.database.rows(_STAFF_PAGE, id=after, most=page.limit + 1)
        shown = tuple(map(_staff, rows[: page.limit]))
        return Page(shown, cursor_of(shown[-1].staff_id) if len(rows) > page.limit else None)

    async def key(self, token_hash: bytes) -> KeyShown | None:
        """The key of this digest, with its maker."""
        return await self._keys(token_hash)

    async def _keys_of(self, token_hashes: Iterable[bytes]) -> Mapping[bytes, KeyShown]:
        rows = await self.database.rows(_KEY, token_hashes=list(token_hashes))
        known = await self._held(rows)
        return {
            row["token_hash"]: KeyShown(
                key=KEYS.state(row), maker_rights=rights_of(_roles(row["roles"] or ""), _own_roles(row, known))
            )
            for row in rows
        }

    async def keys(self, page: PageRequest) -> Page[KeyView]:
        """All keys, in the order they were made."""
        (after,) = key_after(page.cursor, (UUID(int=0),))
        rows = await self.database.rows(_KEYS_PAGE, id=after, most=page.limit + 1)
        shown = tuple(key_view(KEYS.state(row)) for row in rows[: page.limit])
        return Page(shown, cursor_of(shown[-1].key_id) if len(rows) > page.limit else None)

    async def staff_named(self, login: str) -> StaffView | None:
        """Somebody of staff by login name."""
        rows = await self.database.rows(_STAFF_NAMED, login=login)
        return _staff(rows[0]) if rows else None

    async def custom_roles(self, codes: Iterable[str] | None = None) -> Sequence[CustomRole]:
        """The roles that the shop made itself."""
        if codes is None:
            rows = await self.database.rows(_CUSTOM_ROLES)
        else:
            rows = await self.database.rows(_ROLES_OF, codes=sorted(set(codes)))
        return sorted((one for one in map(ROLES.state, rows) if not one.is_gone), key=lambda one: one.code)

    async def address_book(self, member_id: MemberId) -> AddressBook:
        """A member's addresses."""
        async with self.database.begin(read_only=True) as transaction:
            rows = await transaction.rows(_BOOK, id=member_id)
            entries = await transaction.rows(ENTRIES, ids=[member_id])
        return book_of(rows[0], entries) if rows else AddressBook(member_id=member_id)

    async def order_contact(self, order_id: OrderId) -> Contact | None:
        """Where an order goes."""
        rows = await self.database.rows(_ORDER_CONTACT, id=order_id)
        return contact_of(rows[0]) if rows else None

    async def order_contacts(self, order_ids: Collection[OrderId]) -> Mapping[OrderId, Contact]:
        """Where these orders go."""
        rows = await self.database.rows(_ORDER_CONTACTS, ids=sorted(order_ids))
        return {OrderId(row["id"]): contact_of(row) for row in rows}

    async def every_region(self) -> Sequence[Region]:
        """All of them."""
        known = {code: Region(code=code, name=name, parent=None) for code, name in PROVINCES.items()}
        known |= {row["code"]: Region(**row) for row in await self.database.rows(_EVERY_REGION)}
        return [known[code] for code in sorted(known)]

    async def regions(self, parent: str | None) -> Sequence[Region]:
        """The regions right below one, or the provinces."""
        if parent is None:
            return [Region(code=code, name=name, parent=None) for code, name in PROVINCES.items()]
        return [Region(**row) for row in await self.database.rows(_REGIONS, parent=parent)]

    async def trail(self, page: PageRequest, search: TrailSearch = EVERY_ROW) -> Page[TrailView]:
        """What staff did, the newest first."""
        (before,) = key_after(page.cursor, (2**62,))
        wanted = {name: getattr(search, name) for name in _LOOKED_FOR if getattr(search, name) is not None}
        if "thing" in wanted:
            wanted["thing"] = f" {wanted['thing']} "
        rows = await self.database.rows(_trail_of(tuple(wanted)), before=before, most=page.limit + 1, **wanted)
        shown = tuple(_trail(row) for row in rows[: page.limit])
        return Page(shown, cursor_of(rows[page.limit - 1]["position"]) if len(rows) > page.limit else None)

    async def is_sealed(self, number: int, digest: str) -> bool:
        """By its number."""
        return [row["digest"] for row in await self.database.rows(_SEAL, number=number)] == [digest]

    async def trail_seal(self) -> TrailSealView:
        """The last seal over the trail, and how much lies behind it."""
        last = next(iter(await self.database.rows(_LAST_SEAL)), None)
        (behind,) = await self.database.rows(_UNSEALED, after=last["until"] if last else 0)
        return TrailSealView(
            number=last["number"] if last else 0, digest=last["digest"] if last else "", at=last["at"] if last else None,
            unsealed=behind["number"],
        )  # fmt: skip


def _session(row: Row, known: Mapping[str, CustomRole]) -> SessionView:
    roles, codes = _roles(row["roles"] or ""), row["custom_roles"]
    return SessionView(
        session_id=row["id"], subject=row["subject"], subject_id=row["subject_id"], expires_at=row["expires_at"],
        is_active=row["status"] is MemberStatus.ACTIVE or bool(roles or codes), roles=roles,
        custom_roles=_own_roles(row, known),
    )  # fmt: skip


def _own_roles(row: Row, known: Mapping[str, CustomRole]) -> tuple[CustomRole, ...]:
    return tuple([known[code] for code in (row["custom_roles"] or "").split() if code in known])


def _member(row: Row) -> MemberView:
    return MemberView(
        member_id=row["id"], name=row["name"], login=row["login"], phone=Phone(row["phone"]) if row["phone"] else None,
        status=row["status"], behaviour_consent=row["behaviour_consent"], terms_version=row["terms_version"],
        created_at=row["created_at"], closed_at=row["closed_at"],
    )  # fmt: skip


def _staff(row: Row) -> StaffView:
    return StaffView(
        staff_id=row["id"], login=row["login"], name=row["name"], roles=_roles(row["roles"]),
        custom_roles=tuple(row["custom_roles"].split()), created_at=row["created_at"],
    )  # fmt: skip


def _roles(words: str) -> tuple[Role, ...]:
    return tuple(Role(word) for word in words.split())


def _trail(row: Row) -> TrailView:
    return TrailView(
        actor_kind=row["actor_kind"].value, actor_ref=row["actor_ref"], action=row["action"], object=row["object"],
        at=row["at"],
    )  # fmt: skip

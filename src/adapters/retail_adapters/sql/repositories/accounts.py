"""Members, logins, codes, sessions and the audit trail in SQL."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Final
from uuid import UUID

from sqlalchemy import bindparam, delete, select
from sqlalchemy.sql.functions import coalesce

from retail_adapters.sql.database import Flush
from retail_adapters.sql.portions import ended_before
from retail_adapters.sql.rows import Part, Rows, spread, spread_if_any
from retail_adapters.sql.session import SqlCollection, SqlSession, Staging, Values, inserted, updated
from retail_adapters.sql.statement import AnyOf, NobodyWrites, Row, Statement
from retail_adapters.sql.tables.accounts import audit_trail, challenges, logins, members, sessions, trail_seals
from retail_adapters.sql.writes import delete_from, insert_into, update_of
from retail_domain.accounts import model
from retail_domain.accounts.errors import MemberNotFound
from retail_domain.accounts.model.challenge import Challenge, ChallengeStatus, Purpose
from retail_domain.accounts.model.member import Member
from retail_domain.accounts.model.session import Login
from retail_domain.accounts.model.trail import StaffAction, TrailRow, TrailSeal
from retail_domain.kernel.actor import Actor
from retail_domain.kernel.contact import Phone
from retail_domain.kernel.ids import ChallengeId, MemberId, SessionId

_GET_MEMBER: Final = Statement("members.get", select(members).where(members.c.id == bindparam("id")))
_CLAIM_MEMBERS: Final = Statement(
    "members.claim", select(members).where(AnyOf(members.c.id, "ids")).order_by(members.c.id).with_for_update()
)
_CLAIM_BY_PHONE: Final = Statement(
    "members.claim_by_phone", select(members).where(members.c.phone == bindparam("phone")).with_for_update()
)
_CLAIM_PHONED: Final = Statement(
    "members.claim_phoned", select(members).where(AnyOf(members.c.phone, "phones")).order_by(members.c.phone).with_for_update()
)
_MEMBERS: Final = Rows(members, Member, parts={"phone": spread_if_any(Phone, "phone")})
_INSERT_MEMBERS: Final = insert_into(members)
_UPDATE_MEMBERS: Final = update_of(members)


class SqlMembers(SqlCollection[MemberId, Member]):
    """The members; see the port for the promises."""

    table = members

    def key(self, state: Member) -> MemberId:
        """Its id."""
        return state.id

    async def get(self, id: MemberId) -> Member:
        """A member, unlocked."""
        rows = await self._session.tx.rows(_GET_MEMBER, id=id)
        found = self.seen(id, _MEMBERS.state(rows[0]) if rows else None)
        if found is None:
            raise MemberNotFound()
        return found

    async def claim(self, ids: Iterable[MemberId]) -> Mapping[MemberId, Member]:
        """Lock these members, ascending."""
        stored = map(_MEMBERS.state, await self._session.tx.rows(_CLAIM_MEMBERS, ids=sorted(set(ids))))
        return {one.id: self.seen(one.id, one) or one for one in stored}

    async def claim_by_phone(self, phone: Phone) -> Member | None:
        """Lock the member with this number."""
        rows = await self._session.tx.rows(_CLAIM_BY_PHONE, phone=phone.e164)
        return next((self.seen(one.id, one) for one in map(_MEMBERS.state, rows)), None)

    async def claim_phoned(self, phones: Iterable[Phone]) -> Mapping[Phone, Member]:
        """Lock the members with these numbers, ascending."""
        rows = await self._session.tx.rows(_CLAIM_PHONED, phones=sorted({phone.e164 for phone in phones}))
        found = (self.seen(one.id, one) or one for one in map(_MEMBERS.state, rows))
        return {one.phone: one for one in found if one.phone is not None}

    def flushes(self) -> Sequence[Flush]:
        """Changed ones first: a number that moves is free before it is taken."""
        changed = [updated(before, _MEMBERS.row(state)) for before, state in self.changed()]
        new = [inserted(state, _MEMBERS.row(state)) for state in self.new()]
        return [Flush(_UPDATE_MEMBERS, changed, "member"), Flush(_INSERT_MEMBERS, new)]


_FIND_LOGIN: Final = Statement("logins.find", select(logins).where(logins.c.name == bindparam("name")))
_CLAIM_LOGINS: Final = Statement(
    "logins.claim",
    select(logins).where(AnyOf(logins.c.subject_id, "ids")).order_by(logins.c.subject_id).with_for_update(),
)
_LOGINS: Final = Rows(logins, Login)
_INSERT_LOGINS: Final = insert_into(logins)
_UPDATE_LOGINS: Final = update_of(logins)


class SqlLogins(SqlCollection[UUID, Login]):
    """Names and password hashes; see the port."""

    table = logins

    def key(self, state: Login) -> UUID:
        """Whose it is."""
        return state.subject_id

    async def find(self, name: str) -> Login | None:
        """The login of this name, unlocked."""
        rows = await self._session.tx.rows(_FIND_LOGIN, name=name)
        return next((self.seen(one.subject_id, one) for one in map(_LOGINS.state, rows)), None)

    async def claim(self, subject_ids: Iterable[UUID]) -> Mapping[UUID, Login]:
        """Lock the logins of these accounts, ascending."""
        rows = await self._session.tx.rows(_CLAIM_LOGINS, ids=sorted(set(subject_ids)))
        return {one.subject_id: self.seen(one.subject_id, one) or one for one in map(_LOGINS.state, rows)}

    def flushes(self) -> Sequence[Flush]:
        """New ones, then changed ones."""
        new = [inserted(state, _LOGINS.row(state)) for state in self.new()]
        changed = [updated(before, _LOGINS.row(state)) for before, state in self.changed()]
        return [Flush(_INSERT_LOGINS, new), Flush(_UPDATE_LOGINS, changed, "login")]


_CLAIM_CHALLENGES: Final = Statement(
    "challenges.claim",
    select(challenges).where(AnyOf(challenges.c.id, "ids")).order_by(challenges.c.id).with_for_update(),
)
_CLAIM_LATEST: Final = Statement(
    "challenges.claim_latest",
    select(challenges)
    .where(
        challenges.c.phone == bindparam("phone"),
        challenges.c.purpose == bindparam("purpose"),
        challenges.c.line == bindparam("line"),
    )
    .order_by((challenges.c.status == ChallengeStatus.OPEN).desc(), challenges.c.issued_at.desc(), challenges.c.id.desc())
    .limit(1)
    .with_for_update(),
)
_SWEEP_CHALLENGES: Final = Statement("challenges.sweep", ended_before(challenges, challenges.c.expires_at))
_FORGET_CHALLENGES: Final = Statement("challenges.forget", delete(challenges).where(challenges.c.phone == bindparam("phone")))
_CHALLENGES: Final = Rows(
    challenges,
    Challenge,
    parts={"phone": spread(Phone, "phone"), "sealed": Part(("sealed",), None, bytes)},
)
_INSERT_CHALLENGES: Final = insert_into(challenges)
_UPDATE_CHALLENGES: Final = update_of(challenges)


class SqlChallenges(SqlCollection[ChallengeId, Challenge]):
    """Codes; see the port."""

    table = challenges

    def key(self, state: Challenge) -> ChallengeId:
        """Its id."""
        return state.id

    async def claim(self, ids: Iterable[ChallengeId]) -> Mapping[ChallengeId, Challenge]:
        """Lock these codes, ascending."""
        stored = map(_CHALLENGES.state, await self._session.tx.rows(_CLAIM_CHALLENGES, ids=sorted(set(ids))))
        return {one.id: self.seen(one.id, one) or one for one in stored}

    async def claim_latest(self, purpose: Purpose, phone: Phone, line: str) -> Challenge | None:
        """Lock the open one, else the one issued last."""
        rows = await self._session.tx.rows(_CLAIM_LATEST, purpose=purpose, phone=phone.e164, line=line)
        return next((self.seen(one.id, one) for one in map(_CHALLENGES.state, rows)), None)

    async def sweep(self, before: datetime, limit: int) -> int:
        """The oldest first."""
        return await self._session.tx.changed(_SWEEP_CHALLENGES, before=before, most=limit)

    async def forget(self, phone: Phone) -> None:
        """At once."""
        await self._session.tx.changed(_FORGET_CHALLENGES, phone=phone.e164)

    def flushes(self) -> Sequence[Flush]:
        """Changed ones first: one at most is open for a phone, a purpose and a line."""
        changed = [updated(before, _CHALLENGES.row(state)) for before, state in self.changed()]
        new = [inserted(state, _CHALLENGES.row(state)) for state in self.new()]
        return [Flush(_UPDATE_CHALLENGES, changed, "challenge"), Flush(_INSERT_CHALLENGES, new)]


_SWEEP_SESSIONS: Final = Statement("sessions.sweep", ended_before(sessions, sessions.c.expires_at))
_SESSIONS: Final = Rows(sessions, model.session.Session)
_INSERT_SESSIONS: Final = insert_into(sessions)
_END_SESSIONS: Final = delete_from(sessions, "id")
_END_ALL_SESSIONS: Final = delete_from(sessions, "subject_id")


class SqlSessions(SqlCollection[SessionId, model.session.Session]):
    """Who is logged in; see the port."""

    table = sessions

    def __init__(self, session: SqlSession) -> None:
        super().__init__(session)
        self._ended: list[Values] = []
        self._ended_all: list[Values] = []

    def key(self, state: model.session.Session) -> SessionId:
        """Its id."""
        return state.id

    def end(self, id: SessionId) -> None:
        """Stage that this one ends."""
        self._ended.append({"id": id})

    def end_all(self, subject_id: UUID) -> None:
        """Stage that every one of this account ends."""
        self._ended_all.append({"subject_id": subject_id})

    async def sweep(self, before: datetime, limit: int) -> int:
        """The oldest first."""
        return await self._session.tx.changed(_SWEEP_SESSIONS, before=before, most=limit)

    def flushes(self) -> Sequence[Flush]:
        """The ended ones go before the new ones come."""
        new = [inserted(state, _SESSIONS.row(state)) for state in self.new()]
        return [Flush(_END_SESSIONS, self._ended), Flush(_END_ALL_SESSIONS, self._ended_all), Flush(_INSERT_SESSIONS, new)]


_TRAIL: Final = Rows(audit_trail, StaffAction, parts={"actor": spread(Actor, "actor_kind", "actor_ref")})
_INSERT_TRAIL: Final = insert_into(audit_trail)


class SqlAuditTrail(Staging):
    """What staff did: rows are only added."""

    table = audit_trail

    def __init__(self, session: SqlSession) -> None:
        self._session = session
        self._noted: list[Values] = []
        session.join(self)

    def note(self, action: StaffAction) -> None:
        """Stage another row."""
        self._noted.append(_TRAIL.row(action))

    def flushes(self) -> Sequence[Flush]:
        """The new rows."""
        return [Flush(_INSERT_TRAIL, self._noted)]


_LAST_SEAL: Final = Statement("trail_seals.last", select(trail_seals).order_by(trail_seals.c.number.desc()).limit(1))
_newest = select(trail_seals.c.until).order_by(trail_seals.c.number.desc()).limit(1).scalar_subquery()
_HAS_UNSEALED: Final = Statement(
    "audit_trail.has_unsealed", select(audit_trail.c.position).where(audit_trail.c.position > coalesce(_newest, 0)).limit(1)
)
_STANDSTILL: Final = Statement("audit_trail.standstill", NobodyWrites(audit_trail))
BEHIND: Final = Statement(
    "audit_trail.behind",
    select(audit_trail)
    .where(audit_trail.c.position > bindparam("after", type_=audit_trail.c.position.type))
    .order_by(audit_trail.c.position)
    .limit(bindparam("most")),
)
SEALS: Final = Rows(trail_seals, TrailSeal)
_INSERT_SEALS: Final = insert_into(trail_seals)


def trail_row(row: Row) -> TrailRow:
    """A row of the trail as it is kept."""
    return TrailRow(row["position"], _TRAIL.state(row))


class SqlTrailSeals(SqlCollection[int, TrailSeal]):
    """Seals over the trail; see the port."""

    table = trail_seals

    def key(self, state: TrailSeal) -> int:
        """Its number."""
        return state.number

    async def has_unsealed(self) -> bool:
        """The last seal is found by its key, and what lies behind it by its place."""
        return bool(await self._session.tx.rows(_HAS_UNSEALED))

    async def unsealed(self, most: int) -> tuple[TrailSeal | None, Sequence[TrailRow]]:
        """With nobody else writing: a row that is committed later then has a later place, too."""
        await self._session.tx.changed(_STANDSTILL)
        last = next(iter([SEALS.state(row) for row in await self._session.tx.rows(_LAST_SEAL)]), None)
        rows = await self._session.tx.rows(BEHIND, after=last.until if last else 0, most=most)
        return last, [trail_row(row) for row in rows]

    def flushes(self) -> Sequence[Flush]:
        """New ones: they never change."""
        return [Flush(_INSERT_SEALS, [inserted(one, SEALS.row(one)) for one in self.new()])]

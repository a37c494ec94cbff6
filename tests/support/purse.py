"""Doubles of inside tenders, a wallet and a gift card, with rows in a table of their own; a kind that may refuse payment."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, ClassVar, Final, Protocol, TypeAlias

import asyncpg
from attrs import define, evolve, field, frozen
from sqlalchemy import Column, MetaData, PrimaryKeyConstraint, Table, select

from retail_adapters.memory.store import MemoryCollection, MemorySession
from retail_adapters.sql.database import Flush
from retail_adapters.sql.rows import Rows
from retail_adapters.sql.session import SqlCollection, SqlSession, inserted, updated
from retail_adapters.sql.statement import EachOf, Statement
from retail_adapters.sql.tables.base import SCHEMA
from retail_adapters.sql.types import Id, Whole, Words
from retail_adapters.sql.writes import insert_into, update_of
from retail_domain.kernel.change import Change
from retail_domain.kernel.hosted import Hosted, HostingWork
from retail_domain.kernel.ids import MemberId, OrderId
from retail_domain.kernel.ranks import Rank
from retail_domain.ordering import Order, OrderStatus
from retail_domain.payments import Movement, Tender
from retail_domain.processes.takings import NOTHING, Demand, Given, Minted, Paid, Taking, Why
from tests.support.stores import Place

PurseKey: TypeAlias = tuple[str, MemberId]
CURRENCY: Final = "CNY"


@frozen(kw_only=True)
class Purse:
    """What a member has with one tender; `charged` and `given_back` count for ever."""

    tender: str
    member_id: MemberId
    balance_minor: int = 0
    charged_minor: int = 0
    given_back_minor: int = 0
    version: int = 0

    def __attrs_post_init__(self) -> None:
        assert self.balance_minor >= 0, "no purse goes below nothing (PAY-R11)"

    @property
    def key(self) -> PurseKey:
        return self.tender, self.member_id

    def fill(self, minor: int) -> Change[Purse]:
        return Change(self, evolve(self, balance_minor=self.balance_minor + minor))

    def charge(self, minor: int) -> Change[Purse]:
        charged = evolve(self, balance_minor=self.balance_minor - minor, charged_minor=self.charged_minor + minor)
        return Change(self, charged)

    def give_back(self, minor: int) -> Change[Purse]:
        back = evolve(self, balance_minor=self.balance_minor + minor, given_back_minor=self.given_back_minor + minor)
        return Change(self, back)


class Purses(Protocol):
    """The purses."""

    async def claim(self, keys: Iterable[PurseKey]) -> Mapping[PurseKey, Purse]:
        """Locked, ascending; unknown ones are absent."""
        ...

    def save(self, change: Change[Purse]) -> None:
        """Stage a change."""
        ...


PURSES: Final[Hosted[Purses]] = Hosted("purses")
Account: TypeAlias = Change[Purse]


class _PurseTender(Tender[HostingWork, Account]):
    async def claim(self, work: HostingWork, member_id: MemberId, order_id: OrderId) -> Account:
        return await claimed(work, (self.name, member_id))

    def available(self, account: Account, currency: str) -> int:
        return account.state.balance_minor if currency == CURRENCY else 0

    def charge(self, account: Account, movement: Movement) -> Account:
        return account.then(lambda purse: purse.charge(movement.amount.minor))

    def give_back(self, account: Account, movement: Movement) -> Account:
        return account.then(lambda purse: purse.give_back(movement.amount.minor))

    def save(self, work: HostingWork, account: Account) -> None:
        work.hosted(PURSES).save(account)


class PurseTender(_PurseTender):
    """A purse."""

    name: ClassVar[str] = "purse"


class GiftCard(_PurseTender):
    """A gift card."""

    name: ClassVar[str] = "gift_card"


TENDERS: Final = (PurseTender(), GiftCard())


async def claimed(work: HostingWork, key: PurseKey) -> Account:
    """A purse, locked; an empty one that is not stored yet where there is none."""
    found = (await work.hosted(PURSES).claim([key])).get(key)
    return Change(found, found or Purse(tender=key[0], member_id=key[1]))


async def fill(begin: Any, member_id: MemberId, minor: int, tender: str = "purse") -> None:
    """Money comes into a purse."""
    async with begin() as work:
        account = await claimed(work, (tender, member_id))
        work.hosted(PURSES).save(account.then(lambda purse: purse.fill(minor)))
        await work.commit()


class MemoryPurses(MemoryCollection[PurseKey, Purse]):
    """The purses in memory."""

    table: ClassVar[str] = "purses"
    key_columns: ClassVar[str] = "tender+member_id"

    def key(self, state: Purse) -> PurseKey:
        return state.key

    async def claim(self, keys: Iterable[PurseKey]) -> Mapping[PurseKey, Purse]:
        self._session.lock(Rank.TENDER)
        return {key: one for key in sorted(set(keys)) if (one := self.look(key)) is not None}


purses = Table(
    "purses", MetaData(schema=SCHEMA), Column("tender", Words), Column("member_id", Id), Column("balance_minor", Whole),
    Column("charged_minor", Whole), Column("given_back_minor", Whole), Column("version", Whole),
    PrimaryKeyConstraint("tender", "member_id"),
)  # fmt: skip
_ROWS: Final = Rows(purses, Purse)
_CLAIM: Final = Statement(
    "purses.claim",
    select(purses)
    .where(EachOf((purses.c.tender, purses.c.member_id), ("tenders", "members")))
    .order_by(purses.c.tender, purses.c.member_id)
    .with_for_update(),
)


class SqlPurses(SqlCollection[PurseKey, Purse]):
    """The purses in SQL."""

    table = purses

    def key(self, state: Purse) -> PurseKey:
        return state.key

    async def claim(self, keys: Iterable[PurseKey]) -> Mapping[PurseKey, Purse]:
        self._session.lock(Rank.TENDER)
        asked = sorted(set(keys))
        rows = await self._session.tx.rows(_CLAIM, tenders=[key[0] for key in asked], members=[key[1] for key in asked])
        found = map(_ROWS.state, rows)
        return {one.key: self.seen(one.key, one) or one for one in found}

    def flushes(self) -> Sequence[Flush]:
        new = [inserted(one, _ROWS.row(one)) for one in self.new()]
        changed = [updated(before, _ROWS.row(one)) for before, one in self.changed()]
        return [Flush(insert_into(purses), new), Flush(update_of(purses), changed, "purse")]


def in_memory(session: MemorySession) -> MemoryPurses:
    return MemoryPurses(session)


def in_sql(session: SqlSession) -> SqlPurses:
    return SqlPurses(session)


async def make_table(place: Place) -> None:
    """The table of the doubles, beside the shop's own."""
    columns = "charged_minor {w} NOT NULL, given_back_minor {w} NOT NULL, version {w} NOT NULL, PRIMARY KEY (tender, member_id)"
    if place.kind == "sqlite":
        connection = sqlite3.connect(place.address)
        made = "tender TEXT NOT NULL, member_id BLOB NOT NULL, balance_minor INTEGER NOT NULL, " + columns.format(w="INTEGER")
        connection.execute(f"CREATE TABLE {SCHEMA}_purses ({made}) STRICT")
        connection.commit()
        connection.close()
    elif place.kind == "postgres":
        server = await asyncpg.connect(place.address)
        made = "tender text NOT NULL, member_id uuid NOT NULL, balance_minor bigint NOT NULL, " + columns.format(w="bigint")
        await server.execute(f"CREATE TABLE {SCHEMA}.purses ({made})")
        await server.close()


@define(eq=False)
class Mood(Taking[Any, None, None]):
    """A kind that says of a payment what it is told to say."""

    kind: ClassVar[str] = "mood"
    rank: ClassVar[Rank] = Rank.HOST
    reads: ClassVar[frozenset[Why]] = frozenset({Why.PAYING, Why.GOING_ON})

    says: Paid = Paid.FIRM
    went_on: list[OrderId] = field(factory=list)
    """The orders it was told of that they go on."""

    async def claim(self, work: Any, demands: Sequence[Demand]) -> None:
        return None

    async def lock(self, work: Any, order: Order) -> None:
        return None

    async def own(self, work: Any, order: Order) -> None:
        return None

    def take(self, shared: None, demand: Demand, minted: Minted, at: datetime) -> tuple[None, None, Given]:
        return None, None, NOTHING

    def paid(self, shared: None, own: None, order: Order, at: datetime) -> tuple[None, None, Paid]:
        return None, None, self.says

    def follow(self, shared: None, own: None, change: Change[Order], at: datetime) -> tuple[None, None]:
        if change.before is not None and change.before.status is OrderStatus.AWAITING_GROUP:
            self.went_on.append(change.state.id)
        return None, None

    def save(self, work: Any, shared: None, own: Sequence[None]) -> None:
        return None

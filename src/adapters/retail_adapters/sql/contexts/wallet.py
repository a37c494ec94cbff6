"""Wallets in SQL."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, Final
from uuid import UUID

from attrs import frozen
from sqlalchemy import bindparam, case, cast, exists, func, or_, select, tuple_, union_all
from sqlalchemy.sql.functions import coalesce

from retail_adapters.paging import cursor_of, key_after
from retail_adapters.sql.database import Database, Flush
from retail_adapters.sql.rows import Rows, spread, spread_if_any
from retail_adapters.sql.session import SqlCollection, inserted, updated
from retail_adapters.sql.statement import AnyOf, Statement
from retail_adapters.sql.tables.wallet import (
    wallet_accounts,
    wallet_entries,
    wallet_free,
    wallet_left,
    wallet_lots,
    wallet_uses,
    withdrawals,
)
from retail_adapters.sql.types import Instant, Whole, Words
from retail_adapters.sql.unit import SqlUnit
from retail_adapters.sql.writes import insert_into, update_of
from retail_adapters.system.units import Manifest, collection
from retail_domain.kernel.actor import Actor
from retail_domain.kernel.ids import MemberId, WithdrawalId
from retail_domain.kernel.money import Money
from retail_domain.kernel.paging import Page, PageRequest
from retail_domain.wallet import (
    WAITING,
    WalletAccount,
    WalletBalance,
    WalletCause,
    WalletEntry,
    WalletLot,
    WalletLotKey,
    WalletQueries,
    WalletUse,
    WalletWork,
    Whence,
    Withdrawal,
    WithdrawalView,
    withdrawal_view,
)

_KEY: Final = spread(WalletLotKey)
_CAUSE: Final = spread(WalletCause, "because", "cause_ref")
_AMOUNT: Final = spread(Money, "amount_minor", "currency")
_ACCOUNTS: Final = Rows(wallet_accounts, WalletAccount)
_LOTS: Final = Rows(wallet_lots, WalletLot, parts={"key": _KEY}, apart=frozenset({"entries"}))
_ENTRIES: Final = Rows(wallet_entries, WalletEntry, parts={"key": _KEY, "cause": _CAUSE, "amount": _AMOUNT})
_USES: Final = Rows(wallet_uses, WalletUse, parts={"key": _KEY, "cause": _CAUSE})
_WITHDRAWALS: Final = Rows(
    withdrawals, Withdrawal,
    parts={"amount": _AMOUNT, "decided_by": spread_if_any(Actor, "decided_by_kind", "decided_by_ref")},
)  # fmt: skip
_CLAIM: Final = Statement(
    "wallet_accounts.claim",
    select(wallet_accounts)
    .where(AnyOf(wallet_accounts.c.member_id, "member_ids"))
    .order_by(wallet_accounts.c.member_id)
    .with_for_update(),
)
_MINE = wallet_lots.c.member_id == bindparam("member_id")
_FREE = select(wallet_lots).where(_MINE, wallet_left, wallet_free)
_FREE_OF: Final = Statement("wallet_lots.free_of", _FREE)
_FREE_AND_NAMED: Final = Statement(
    "wallet_lots.free_and_named",
    union_all(_FREE, select(wallet_lots).where(_MINE, AnyOf(wallet_lots.c.ref, "refs"), wallet_lots.c.free == 0)),
)
_LEFT_OF: Final = Statement("wallet_lots.left_of", select(exists().where(_MINE, wallet_left).label("left")))
_USES_OF: Final = Statement(
    "wallet_uses.of",
    select(wallet_uses)
    .where(
        wallet_uses.c.because == bindparam("because", type_=wallet_uses.c.because.type),
        wallet_uses.c.cause_ref == bindparam("ref"),
    )
    .order_by(wallet_uses.c.turn),
)


def _free_of(whence: Whence) -> Any:
    told = func.sum(case((wallet_lots.c.whence == whence, wallet_lots.c.free), else_=0))
    return coalesce(cast(told, Whole()), 0).label(whence.value)


_BALANCES: Final = Statement(
    "wallet.balances",
    select(
        wallet_lots.c.currency, *map(_free_of, Whence),
        coalesce(cast(func.sum(wallet_lots.c.frozen), Whole()), 0).label("frozen"),
    )
    .where(_MINE, wallet_left)
    .group_by(wallet_lots.c.currency)
    .order_by(wallet_lots.c.currency),
)  # fmt: skip
_PLACE = (wallet_entries.c.at, wallet_entries.c.ref, wallet_entries.c.number)
_HISTORY: Final = Statement(
    "wallet.entries",
    select(wallet_entries)
    .where(
        wallet_entries.c.member_id == bindparam("member_id"),
        wallet_entries.c.at <= bindparam("at", type_=Instant()),
        tuple_(*_PLACE)
        < tuple_(bindparam("at", type_=Instant()), bindparam("ref", type_=Words()), bindparam("number", type_=Whole())),
    )
    .order_by(*(column.desc() for column in _PLACE))
    .limit(bindparam("most")),
)
_LATEST: Final = (datetime.max.replace(tzinfo=UTC), "", 0)
_BY_ID = select(withdrawals).where(withdrawals.c.id == bindparam("id"))
_FIND: Final = Statement("withdrawals.find", _BY_ID)
_CLAIM_ONE: Final = Statement("withdrawals.claim", _BY_ID.with_for_update())
_IS_WAITING = or_(*(withdrawals.c.state == one for one in WAITING))
_WAITING_OF: Final = Statement(
    "withdrawals.waiting_of",
    select(withdrawals.c.id).where(withdrawals.c.member_id == bindparam("member_id"), _IS_WAITING).order_by(withdrawals.c.id),
)
_PAGE = (
    select(withdrawals)
    .where(withdrawals.c.id < bindparam("before"))
    .order_by(withdrawals.c.id.desc())
    .limit(bindparam("most"))
)  # fmt: skip
_ALL: Final = Statement("withdrawals.all", _PAGE)
_ALL_WAITING: Final = Statement("withdrawals.waiting", _PAGE.where(_IS_WAITING))
_ALL_OF: Final = Statement("withdrawals.of_member", _PAGE.where(withdrawals.c.member_id == bindparam("member_id")))
_LAST_ID: Final = UUID(int=2**128 - 1)


class SqlWalletAccounts(SqlCollection[MemberId, WalletAccount]):
    """What rivals meet at; see the port."""

    table = wallet_accounts

    def key(self, state: WalletAccount) -> MemberId:
        """Its member."""
        return state.member_id

    async def claim(self, member_ids: Iterable[MemberId]) -> Mapping[MemberId, WalletAccount]:
        """Locked, ascending."""
        wanted = sorted(set(member_ids))
        self._session.lock(self.rank)
        rows = await self._session.tx.rows(_CLAIM, member_ids=wanted) if wanted else ()
        stored = {one.member_id: one for one in map(_ACCOUNTS.state, rows)}
        found = ((id, self.seen(id, stored.get(id))) for id in wanted)
        return {id: one for id, one in found if one is not None}

    def flushes(self) -> Sequence[Flush]:
        """New ones, then changed ones."""
        new = [inserted(one, _ACCOUNTS.row(one)) for one in self.new()]
        changed = [updated(before, _ACCOUNTS.row(one)) for before, one in self.changed()]
        return [Flush(insert_into(wallet_accounts), new), Flush(update_of(wallet_accounts), changed, "wallet account")]


class SqlWalletLots(SqlCollection[tuple[MemberId, WalletLotKey], WalletLot]):
    """What came into wallets; see the port."""

    table = wallet_lots

    def key(self, state: WalletLot) -> tuple[MemberId, WalletLotKey]:
        """Its member and cause."""
        return state.member_id, state.key

    async def free_of(self, member_id: MemberId, refs: Iterable[str] = ()) -> Sequence[WalletLot]:
        """Staged or stored."""
        named = sorted(set(refs))
        rows = (
            await self._session.tx.rows(_FREE_AND_NAMED, member_id=member_id, refs=named)
            if named
            else await self._session.tx.rows(_FREE_OF, member_id=member_id)
        )
        found = {self.key(one): one for one in (_LOTS.state(row, entries=()) for row in rows)}
        staged = {key: one for key, (_, one) in self._staged.items() if one.member_id == member_id}
        return [one for one in (found | staged).values() if one.free or one.key.ref in named]

    async def left_of(self, member_id: MemberId) -> bool:
        """As it is stored; nothing is staged where this is asked."""
        (row,) = await self._session.tx.rows(_LEFT_OF, member_id=member_id)
        return bool(row["left"])

    def flushes(self) -> Sequence[Flush]:
        """Lots, then their entries."""
        new = [inserted(one, _LOTS.row(one)) for one in self.new()]
        changed = [updated(before, _LOTS.row(one)) for before, one in self.changed()]
        entries = [inserted(entry, _ENTRIES.row(entry)) for _, lot in self._staged.values() for entry in lot.entries]
        return [
            Flush(insert_into(wallet_lots), new),
            Flush(update_of(wallet_lots), changed, "wallet lot"),
            Flush(insert_into(wallet_entries), entries),
        ]


class SqlWalletUses(SqlCollection[tuple[WalletCause, int], WalletUse]):
    """What was taken for what; see the port."""

    table = wallet_uses

    def key(self, state: WalletUse) -> tuple[WalletCause, int]:
        """Its cause, and its place in it."""
        return state.cause, state.turn

    async def of(self, cause: WalletCause) -> Sequence[WalletUse]:
        """Stored and staged ones."""
        rows = await self._session.tx.rows(_USES_OF, because=cause.because, ref=cause.ref)
        found = {self.key(one): one for one in map(_USES.state, rows)}
        found |= {key: state for key, (_, state) in self._staged.items() if state.cause == cause}
        return sorted(found.values(), key=lambda one: one.turn)

    def flushes(self) -> Sequence[Flush]:
        """New ones, then changed ones."""
        new = [inserted(one, _USES.row(one)) for one in self.new()]
        changed = [updated(before, _USES.row(one)) for before, one in self.changed()]
        return [Flush(insert_into(wallet_uses), new), Flush(update_of(wallet_uses), changed, "wallet use")]


class SqlWithdrawals(SqlCollection[WithdrawalId, Withdrawal]):
    """What members want to be paid out; see the port."""

    table = withdrawals

    def key(self, state: Withdrawal) -> WithdrawalId:
        """Its id."""
        return state.id

    async def find(self, id: WithdrawalId) -> Withdrawal | None:
        """Unlocked."""
        return await self._one(_FIND, id)

    async def claim(self, id: WithdrawalId) -> Withdrawal | None:
        """Locked."""
        return await self._one(_CLAIM_ONE, id)

    async def waiting_of(self, member_id: MemberId) -> Sequence[WithdrawalId]:
        """As they are stored; nothing is staged where this is asked."""
        return [WithdrawalId(row["id"]) for row in await self._session.tx.rows(_WAITING_OF, member_id=member_id)]

    async def _one(self, statement: Statement, id: WithdrawalId) -> Withdrawal | None:
        rows = await self._session.tx.rows(statement, id=id)
        return next((self.seen(one.id, one) for one in map(_WITHDRAWALS.state, rows)), None)

    def flushes(self) -> Sequence[Flush]:
        """New ones, then changed ones."""
        new = [inserted(one, _WITHDRAWALS.row(one)) for one in self.new()]
        changed = [updated(before, _WITHDRAWALS.row(one)) for before, one in self.changed()]
        return [Flush(insert_into(withdrawals), new), Flush(update_of(withdrawals), changed, "withdrawal")]


@frozen
class SqlWalletQueries:
    """The read side; see the Protocol."""

    database: Database

    async def balances(self, member_id: MemberId) -> tuple[WalletBalance, ...]:
        """Sums of what is left."""
        return tuple(WalletBalance(**row) for row in await self.database.rows(_BALANCES, member_id=member_id))

    async def entries(self, member_id: MemberId, page: PageRequest) -> Page[WalletEntry]:
        """The latest first."""
        at, ref, number = key_after(page.cursor, _LATEST)
        rows = await self.database.rows(_HISTORY, member_id=member_id, at=at, ref=ref, number=number, most=page.limit + 1)
        shown = tuple(map(_ENTRIES.state, rows[: page.limit]))
        return Page(shown, cursor_of(*_place(shown[-1])) if len(rows) > page.limit else None)

    async def withdrawals_of(self, member_id: MemberId, page: PageRequest) -> Page[WithdrawalView]:
        """The latest first."""
        return await self._page(_ALL_OF, page, member_id=member_id)

    async def withdrawals(self, page: PageRequest, *, only_waiting: bool = False) -> Page[WithdrawalView]:
        """The latest first."""
        return await self._page(_ALL_WAITING if only_waiting else _ALL, page)

    async def withdrawal(self, id: WithdrawalId) -> WithdrawalView | None:
        """One of them."""
        rows = await self.database.rows(_FIND, id=id)
        return withdrawal_view(_WITHDRAWALS.state(rows[0])) if rows else None

    async def _page(self, statement: Statement, page: PageRequest, **of: Any) -> Page[WithdrawalView]:
        (before,) = key_after(page.cursor, (_LAST_ID,))
        rows = await self.database.rows(statement, before=before, most=page.limit + 1, **of)
        shown = tuple(withdrawal_view(_WITHDRAWALS.state(row)) for row in rows[: page.limit])
        return Page(shown, cursor_of(shown[-1].withdrawal_id) if len(rows) > page.limit else None)


def _place(entry: WalletEntry) -> tuple[datetime, str, int]:
    return entry.at, entry.key.ref, entry.number


class Collections(SqlUnit):
    """What members have in their wallets, and what has become of it."""

    wallet_accounts = collection(SqlWalletAccounts)
    wallet_lots = collection(SqlWalletLots)
    wallet_uses = collection(SqlWalletUses)
    withdrawals = collection(SqlWithdrawals)


MANIFEST: Final = Manifest[WalletWork, WalletQueries](Collections, SqlWalletQueries)

"""Attempts, refunds, the books and the inbox in SQL."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Final

from sqlalchemy import and_, bindparam, func, or_, select, text

from retail_adapters.sql.database import Flush
from retail_adapters.sql.holdings import CARRIED_UP_TO, holdings
from retail_adapters.sql.rows import Rows, called, spread, spread_if_any
from retail_adapters.sql.session import SqlCollection, SqlSession, Staging, Values, inserted, updated
from retail_adapters.sql.statement import AnyOf, NobodyWrites, Row, Statement
from retail_adapters.sql.tables.ordering import orders
from retail_adapters.sql.tables.payments import carried_balances, inbox_notices, ledger_entries, payments, refunds
from retail_adapters.sql.writes import insert_into, update_of
from retail_domain.kernel.ids import MemberId, OrderId, PaymentId, RefundId
from retail_domain.kernel.money import Money
from retail_domain.payments import (
    POLLED_AHEAD_MAX,
    TRIED_AHEAD_MAX,
    Entry,
    Notice,
    NoticeKey,
    Payment,
    PaymentNotFound,
    Posting,
    Refund,
    RefundNotFound,
)
from retail_domain.payments.gateway import MerchantRef, RefundRef

_GET: Final = Statement("payments.get", select(payments).where(payments.c.id == bindparam("id")))
_FIND: Final = Statement(
    "payments.find", select(payments).where(payments.c.ref == bindparam("ref"), payments.c.gateway == bindparam("gateway"))
)
_FIND_DEAL: Final = Statement(
    "payments.find_deal",
    select(payments.c.id).where(
        payments.c.gateway == bindparam("gateway"), payments.c.provider_ref == bindparam("provider_ref")
    ),
)
_CLAIM: Final = Statement(
    "payments.claim", select(payments).where(AnyOf(payments.c.id, "ids")).order_by(payments.c.id).with_for_update()
)
_CLAIM_OF_ORDER: Final = Statement(
    "payments.claim_of_order",
    select(payments).where(payments.c.order_id == bindparam("order_id")).order_by(payments.c.id).with_for_update(),
)
_DUE_POLLS: Final = Statement(
    "payments.due_polls",
    select(payments.c.id)
    .where(
        or_(
            payments.c.next_poll_at <= bindparam("at"),
            and_(payments.c.next_poll_at > bindparam("far"), text("state IN ('created', 'pending', 'held')")),
        )
    )
    .order_by(payments.c.next_poll_at)
    .limit(bindparam("most")),
)
_UNSETTLED: Final = Statement(
    "payments.unsettled_of",
    select(payments.c.id)
    .where(
        payments.c.order_id.in_(select(orders.c.id).where(orders.c.member_id == bindparam("member_id"))),
        or_(text("state IN ('created', 'pending', 'held')"), text("money IN ('suspect', 'unapplied')")),
    )
    .order_by(payments.c.id),
)
_AMOUNT: Final = spread(Money, "amount_minor", "currency")
PAYMENTS: Final = Rows(
    payments, Payment,
    parts={"amount": _AMOUNT, "captured": spread_if_any(Money, "captured_minor", "captured_currency")},
)  # fmt: skip
_INSERT: Final = insert_into(payments)
_UPDATE: Final = update_of(payments)


class SqlPayments(SqlCollection[PaymentId, Payment]):
    """The attempts; see the port for the promises."""

    table = payments

    def key(self, state: Payment) -> PaymentId:
        """Its id."""
        return state.id

    async def get(self, id: PaymentId) -> Payment:
        """Without a lock."""
        if id in self._staged:
            return self._staged[id][1]
        rows = await self._session.tx.rows(_GET, id=id)
        if not rows:
            raise PaymentNotFound(payment_id=id)
        return PAYMENTS.state(rows[0])

    async def find(self, gateway: str, ref: MerchantRef) -> Payment | None:
        """By our reference."""
        rows = await self._session.tx.rows(_FIND, gateway=gateway, ref=ref)
        return self.seen(rows[0]["id"], PAYMENTS.state(rows[0])) if rows else None

    async def find_deal(self, gateway: str, provider_ref: str) -> PaymentId | None:
        """By the provider's reference."""
        rows = await self._session.tx.rows(_FIND_DEAL, gateway=gateway, provider_ref=provider_ref)
        return rows[0]["id"] if rows else None

    async def unsettled_of(self, member_id: MemberId) -> tuple[PaymentId, ...]:
        """Ascending."""
        return tuple(row["id"] for row in await self._session.tx.rows(_UNSETTLED, member_id=member_id))

    async def claim(self, ids: Iterable[PaymentId]) -> Mapping[PaymentId, Payment]:
        """Locked, ascending."""
        self._session.lock(self.rank)
        return self._seen_all(await self._session.tx.rows(_CLAIM, ids=sorted(set(ids))))

    async def claim_of_order(self, order_id: OrderId) -> tuple[Payment, ...]:
        """All of an order, locked, ascending; staged ones too."""
        self._session.lock(self.rank)
        found = self._seen_all(await self._session.tx.rows(_CLAIM_OF_ORDER, order_id=order_id))
        found |= {id: state for id, (_, state) in self._staged.items() if state.order_id == order_id}
        return tuple(found[id] for id in sorted(found))

    async def due_polls(self, at: datetime, limit: int) -> tuple[PaymentId, ...]:
        """The most overdue first."""
        return tuple(row["id"] for row in await self._session.tx.rows(_DUE_POLLS, at=at, far=at + POLLED_AHEAD_MAX, most=limit))

    def flushes(self) -> Sequence[Flush]:
        """New ones, then changed ones; an attempt that ends frees its order before another one opens."""
        new = [inserted(state, PAYMENTS.row(state)) for state in self.new()]
        changed = [updated(before, PAYMENTS.row(state)) for before, state in self.changed()]
        return [Flush(_UPDATE, changed, "payment"), Flush(_INSERT, new)]

    def _seen_all(self, rows: Sequence[Row]) -> dict[PaymentId, Payment]:
        stored = {row["id"]: PAYMENTS.state(row) for row in rows}
        return {id: self.seen(id, payment) or payment for id, payment in stored.items()}


_GET_REFUND: Final = Statement("refunds.get", select(refunds).where(refunds.c.id == bindparam("id")))
_FIND_REFUND: Final = Statement(
    "refunds.find", select(refunds).where(refunds.c.ref == bindparam("ref"), refunds.c.gateway == bindparam("gateway"))
)
_CLAIM_REFUNDS: Final = Statement(
    "refunds.claim", select(refunds).where(AnyOf(refunds.c.id, "ids")).order_by(refunds.c.id).with_for_update()
)
_CLAIM_REFUNDS_OF_PAYMENT: Final = Statement(
    "refunds.claim_of_payment",
    select(refunds).where(refunds.c.payment_id == bindparam("payment_id")).order_by(refunds.c.id).with_for_update(),
)
_DUE_REFUNDS: Final = Statement(
    "refunds.due",
    select(refunds.c.id)
    .where(or_(refunds.c.next_try_at <= bindparam("at"), refunds.c.next_try_at > bindparam("far")))
    .order_by(refunds.c.next_try_at)
    .limit(bindparam("most")),
)
REFUNDS: Final = Rows(refunds, Refund, parts={"amount": _AMOUNT, "references": called("references_used")})
_INSERT_REFUND: Final = insert_into(refunds)
_UPDATE_REFUND: Final = update_of(refunds)


_UNSETTLED_REFUNDS: Final = Statement(
    "refunds.unsettled_of",
    select(refunds.c.id)
    .where(
        refunds.c.order_id.in_(select(orders.c.id).where(orders.c.member_id == bindparam("member_id"))),
        text("state NOT IN ('succeeded', 'closed')"),
    )
    .order_by(refunds.c.id),
)


class SqlRefunds(SqlCollection[RefundId, Refund]):
    """The refunds; see the port."""

    table = refunds

    def key(self, state: Refund) -> RefundId:
        """Its id."""
        return state.id

    async def get(self, id: RefundId) -> Refund:
        """Without a lock."""
        if id in self._staged:
            return self._staged[id][1]
        rows = await self._session.tx.rows(_GET_REFUND, id=id)
        if not rows:
            raise RefundNotFound(refund_id=id)
        return REFUNDS.state(rows[0])

    async def find(self, gateway: str, ref: RefundRef) -> Refund | None:
        """By our reference."""
        rows = await self._session.tx.rows(_FIND_REFUND, gateway=gateway, ref=ref)
        return self.seen(rows[0]["id"], REFUNDS.state(rows[0])) if rows else None

    async def unsettled_of(self, member_id: MemberId) -> tuple[RefundId, ...]:
        """Ascending."""
        return tuple(row["id"] for row in await self._session.tx.rows(_UNSETTLED_REFUNDS, member_id=member_id))

    async def claim(self, ids: Iterable[RefundId]) -> Mapping[RefundId, Refund]:
        """Locked, ascending."""
        self._session.lock(self.rank)
        rows = await self._session.tx.rows(_CLAIM_REFUNDS, ids=sorted(set(ids)))
        stored = {row["id"]: REFUNDS.state(row) for row in rows}
        return {id: self.seen(id, refund) or refund for id, refund in stored.items()}

    async def claim_of_payment(self, payment_id: PaymentId) -> tuple[Refund, ...]:
        """All of a payment, locked, ascending; staged ones too."""
        self._session.lock(self.rank)
        rows = await self._session.tx.rows(_CLAIM_REFUNDS_OF_PAYMENT, payment_id=payment_id)
        found = {row["id"]: self.seen(row["id"], REFUNDS.state(row)) or REFUNDS.state(row) for row in rows}
        found |= {id: state for id, (_, state) in self._staged.items() if state.payment_id == payment_id}
        return tuple(found[id] for id in sorted(found))

    async def due(self, at: datetime, limit: int) -> tuple[RefundId, ...]:
        """The most overdue first."""
        far = at + TRIED_AHEAD_MAX
        return tuple(row["id"] for row in await self._session.tx.rows(_DUE_REFUNDS, at=at, far=far, most=limit))

    def flushes(self) -> Sequence[Flush]:
        """Changed ones, then new ones."""
        new = [inserted(state, REFUNDS.row(state)) for state in self.new()]
        changed = [updated(before, REFUNDS.row(state)) for before, state in self.changed()]
        return [Flush(_UPDATE_REFUND, changed, "refund"), Flush(_INSERT_REFUND, new)]


_ENTRIES: Final = Rows(ledger_entries, Entry, parts={"amount": _AMOUNT}, others=frozenset({"reference", "order_id", "at"}))
_INSERT_ENTRIES: Final = insert_into(ledger_entries)
_UNCARRIED: Final = Statement(
    "ledger_entries.uncarried",
    select((func.coalesce(select(func.max(ledger_entries.c.position)).scalar_subquery(), 0) - CARRIED_UP_TO).label("number")),
)
_STANDSTILL: Final = Statement("ledger_entries.standstill", NobodyWrites(ledger_entries))
_AHEAD = (
    select(ledger_entries.c.position)
    .where(ledger_entries.c.position > CARRIED_UP_TO)
    .order_by(ledger_entries.c.position)
    .limit(bindparam("most"))
    .subquery("ahead")
)
_STRETCH: Final = Statement(
    "ledger_entries.stretch",
    select(func.max(_AHEAD.c.position).label("up_to"), func.count().label("number")).select_from(_AHEAD),
)
_HELD = holdings(up_to=bindparam("up_to", type_=ledger_entries.c.position.type))
_CARRY: Final = Statement(
    "carried_balances.carry",
    carried_balances.insert().from_select(
        ["up_to", "account", "currency", "balance_minor"],
        select(bindparam("up_to", type_=ledger_entries.c.position.type), _HELD.c.account, _HELD.c.currency, _HELD.c.balance),
    ),
)


class SqlLedger(Staging):
    """The books; see the port."""

    table = ledger_entries

    def __init__(self, session: SqlSession) -> None:
        self._session = session
        self._postings: list[Posting] = []
        session.join(self)

    def post(self, posting: Posting) -> None:
        """Stage a posting."""
        self._postings.append(posting)

    async def uncarried(self) -> int:
        """By their positions; what was rolled back left gaps."""
        return int((await self._session.tx.rows(_UNCARRIED))[0]["number"])

    async def carry(self, most: int) -> int:
        """With nobody else writing: an entry that is committed later then has a later position, too."""
        await self._session.tx.changed(_STANDSTILL)
        (stretch,) = await self._session.tx.rows(_STRETCH, most=most)
        if stretch["number"]:
            await self._session.tx.changed(_CARRY, up_to=stretch["up_to"])
        return int(stretch["number"])

    def flushes(self) -> Sequence[Flush]:
        """One row an entry."""
        return [Flush(_INSERT_ENTRIES, [row for posting in self._postings for row in _entry_rows(posting)])]


def _entry_rows(posting: Posting) -> Sequence[Values]:
    return [
        _ENTRIES.row(entry, reference=posting.reference, order_id=posting.order_id, at=posting.at) for entry in posting.entries
    ]


_FIND_NOTICE: Final = Statement(
    "inbox_notices.find",
    select(inbox_notices).where(
        inbox_notices.c.gateway == bindparam("gateway"),
        inbox_notices.c.event_id == bindparam("event_id"),
        inbox_notices.c.digest == bindparam("digest"),
    ),
)
_HAS_EVENT: Final = Statement(
    "inbox_notices.has_event",
    select(inbox_notices.c.digest)
    .where(inbox_notices.c.gateway == bindparam("gateway"), inbox_notices.c.event_id == bindparam("event_id"))
    .limit(1),
)
NOTICES: Final = Rows(
    inbox_notices, Notice,
    parts={"key": spread(NoticeKey), "amount": spread_if_any(Money, "amount_minor", "currency")},
)  # fmt: skip
_INSERT_NOTICES: Final = insert_into(inbox_notices, ignore=True)


class SqlInbox(Staging):
    """The notices heard; see the port."""

    table = inbox_notices

    def __init__(self, session: SqlSession) -> None:
        self._session = session
        self._heard: list[Notice] = []
        session.join(self)

    async def find(self, key: NoticeKey) -> Notice | None:
        """This very notice."""
        rows = await self._session.tx.rows(_FIND_NOTICE, gateway=key.gateway, event_id=key.event_id, digest=key.digest)
        return NOTICES.state(rows[0]) if rows else None

    async def has_event(self, gateway: str, event_id: str) -> bool:
        """Any notice of this event."""
        return bool(await self._session.tx.rows(_HAS_EVENT, gateway=gateway, event_id=event_id))

    def add(self, notice: Notice) -> None:
        """Stage a record."""
        self._heard.append(notice)

    def flushes(self) -> Sequence[Flush]:
        """One row a notice."""
        return [Flush(_INSERT_NOTICES, [NOTICES.row(notice) for notice in self._heard])]

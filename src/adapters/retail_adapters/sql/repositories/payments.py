"""Attempts, refunds, the books and the inbox in SQL."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Final

from sqlalchemy import bindparam, func, select

from retail_adapters.sql.database import Flush
from retail_adapters.sql.holdings import CARRIED_UP_TO, holdings
from retail_adapters.sql.session import Session, SqlCollection, Staging, Values, inserted, updated
from retail_adapters.sql.statement import AnyOf, NobodyWrites, Row, Statement, insert_into, update_of
from retail_adapters.sql.tables.payments import carried_balances, inbox_notices, ledger_entries, payments, refunds
from retail_domain.kernel.ids import OrderId, PaymentId, RefundId
from retail_domain.kernel.money import Money
from retail_domain.payments import Notice, NoticeKey, Payment, PaymentNotFound, Posting, Refund, RefundNotFound
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
    .where(payments.c.next_poll_at <= bindparam("at"))
    .order_by(payments.c.next_poll_at)
    .limit(bindparam("most")),
)
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
        return payment_of(rows[0])

    async def find(self, gateway: str, ref: MerchantRef) -> Payment | None:
        """By our reference."""
        rows = await self._session.tx.rows(_FIND, gateway=gateway, ref=ref)
        return self.seen(rows[0]["id"], payment_of(rows[0])) if rows else None

    async def find_deal(self, gateway: str, provider_ref: str) -> PaymentId | None:
        """By the provider's reference."""
        rows = await self._session.tx.rows(_FIND_DEAL, gateway=gateway, provider_ref=provider_ref)
        return rows[0]["id"] if rows else None

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
        return tuple(row["id"] for row in await self._session.tx.rows(_DUE_POLLS, at=at, most=limit))

    def flushes(self) -> Sequence[Flush]:
        """New ones, then changed ones; an attempt that ends frees its order before another one opens."""
        new = [inserted(state, _payment_row(state)) for state in self.new()]
        changed = [updated(before, _payment_row(state)) for before, state in self.changed()]
        return [Flush(_UPDATE, changed, "payment"), Flush(_INSERT, new)]

    def _seen_all(self, rows: Sequence[Row]) -> dict[PaymentId, Payment]:
        stored = {row["id"]: payment_of(row) for row in rows}
        return {id: self.seen(id, payment) or payment for id, payment in stored.items()}


def payment_of(row: Row) -> Payment:
    """An attempt from its row."""
    values = dict(row)
    currency = values.pop("currency")
    captured, captured_in = values.pop("captured_minor"), values.pop("captured_currency")
    return Payment(
        amount=Money(values.pop("amount_minor"), currency),
        captured=Money(captured, captured_in) if captured is not None else None,
        **values,
    )


def _payment_row(one: Payment) -> Values:
    return {
        "id": one.id, "ref": one.ref, "order_id": one.order_id, "member_id": one.member_id, "gateway": one.gateway,
        "tender": one.tender, "flow": one.flow, "amount_minor": one.amount.minor, "currency": one.amount.currency,
        "freight_minor": one.freight_minor, "expires_at": one.expires_at, "state": one.state, "money": one.money,
        "captured_minor": one.captured.minor if one.captured else None,
        "captured_currency": one.captured.currency if one.captured else None,
        "refunding_minor": one.refunding_minor, "refunded_minor": one.refunded_minor, "provider_ref": one.provider_ref,
        "suspicion": one.suspicion, "action": one.action, "action_expires_at": one.action_expires_at,
        "created_at": one.created_at, "received_at": one.received_at, "next_poll_at": one.next_poll_at,
        "polls": one.polls, "asked_at": one.asked_at,
    }  # fmt: skip


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
    .where(refunds.c.next_try_at <= bindparam("at"))
    .order_by(refunds.c.next_try_at)
    .limit(bindparam("most")),
)
_INSERT_REFUND: Final = insert_into(refunds)
_UPDATE_REFUND: Final = update_of(refunds)


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
        return refund_of(rows[0])

    async def find(self, gateway: str, ref: RefundRef) -> Refund | None:
        """By our reference."""
        rows = await self._session.tx.rows(_FIND_REFUND, gateway=gateway, ref=ref)
        return self.seen(rows[0]["id"], refund_of(rows[0])) if rows else None

    async def claim(self, ids: Iterable[RefundId]) -> Mapping[RefundId, Refund]:
        """Locked, ascending."""
        self._session.lock(self.rank)
        rows = await self._session.tx.rows(_CLAIM_REFUNDS, ids=sorted(set(ids)))
        stored = {row["id"]: refund_of(row) for row in rows}
        return {id: self.seen(id, refund) or refund for id, refund in stored.items()}

    async def claim_of_payment(self, payment_id: PaymentId) -> tuple[Refund, ...]:
        """All of a payment, locked, ascending; staged ones too."""
        self._session.lock(self.rank)
        rows = await self._session.tx.rows(_CLAIM_REFUNDS_OF_PAYMENT, payment_id=payment_id)
        found = {row["id"]: self.seen(row["id"], refund_of(row)) or refund_of(row) for row in rows}
        found |= {id: state for id, (_, state) in self._staged.items() if state.payment_id == payment_id}
        return tuple(found[id] for id in sorted(found))

    async def due(self, at: datetime, limit: int) -> tuple[RefundId, ...]:
        """The most overdue first."""
        return tuple(row["id"] for row in await self._session.tx.rows(_DUE_REFUNDS, at=at, most=limit))

    def flushes(self) -> Sequence[Flush]:
        """Changed ones, then new ones."""
        new = [inserted(state, _refund_row(state)) for state in self.new()]
        changed = [updated(before, _refund_row(state)) for before, state in self.changed()]
        return [Flush(_UPDATE_REFUND, changed, "refund"), Flush(_INSERT_REFUND, new)]


def refund_of(row: Row) -> Refund:
    """A refund from its row."""
    values = dict(row)
    amount = Money(values.pop("amount_minor"), values.pop("currency"))
    return Refund(amount=amount, references=values.pop("references_used"), **values)


def _refund_row(one: Refund) -> Values:
    return {
        "id": one.id, "ref": one.ref, "payment_id": one.payment_id, "order_id": one.order_id, "member_id": one.member_id,
        "gateway": one.gateway, "tender": one.tender, "amount_minor": one.amount.minor, "currency": one.amount.currency,
        "freight_minor": one.freight_minor, "source": one.source, "reason": one.reason, "state": one.state,
        "tries": one.tries, "next_try_at": one.next_try_at, "provider_ref": one.provider_ref, "trouble": one.trouble,
        "replaces": one.replaces, "references_used": one.references, "requested_at": one.requested_at,
        "succeeded_at": one.succeeded_at,
    }  # fmt: skip


_INSERT_ENTRIES: Final = insert_into(ledger_entries)
_UNCARRIED: Final = Statement(
    "ledger_entries.uncarried",
    select(
        (
            func.coalesce(select(func.max(ledger_entries.c.position)).scalar_subquery(), 0) - CARRIED_UP_TO
        ).label("number")
    ),
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
        select(
            bindparam("up_to", type_=ledger_entries.c.position.type), _HELD.c.account, _HELD.c.currency, _HELD.c.balance
        ),
    ),
)


class SqlLedger(Staging):
    """The books; see the port."""

    table = ledger_entries

    def __init__(self, session: Session) -> None:
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
        {
            "reference": posting.reference, "order_id": posting.order_id, "account": entry.account,
            "amount_minor": entry.amount.minor, "currency": entry.amount.currency, "at": posting.at,
        }
        for entry in posting.entries
    ]  # fmt: skip


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
_INSERT_NOTICES: Final = insert_into(inbox_notices, ignore=True)


class SqlInbox(Staging):
    """The notices heard; see the port."""

    table = inbox_notices

    def __init__(self, session: Session) -> None:
        self._session = session
        self._heard: list[Notice] = []
        session.join(self)

    async def find(self, key: NoticeKey) -> Notice | None:
        """This very notice."""
        rows = await self._session.tx.rows(_FIND_NOTICE, gateway=key.gateway, event_id=key.event_id, digest=key.digest)
        return notice_of(rows[0]) if rows else None

    async def has_event(self, gateway: str, event_id: str) -> bool:
        """Any notice of this event."""
        return bool(await self._session.tx.rows(_HAS_EVENT, gateway=gateway, event_id=event_id))

    def add(self, notice: Notice) -> None:
        """Stage a record."""
        self._heard.append(notice)

    def flushes(self) -> Sequence[Flush]:
        """One row a notice."""
        return [Flush(_INSERT_NOTICES, [_notice_row(notice) for notice in self._heard])]


def notice_of(row: Row) -> Notice:
    """A notice from its row."""
    values = dict(row)
    key = NoticeKey(values.pop("gateway"), values.pop("event_id"), values.pop("digest"))
    minor, currency = values.pop("amount_minor"), values.pop("currency")
    return Notice(key=key, amount=Money(minor, currency) if minor is not None else None, **values)


def _notice_row(one: Notice) -> Values:
    return {
        "gateway": one.key.gateway, "event_id": one.key.event_id, "digest": one.key.digest, "kind": one.kind,
        "ref": one.ref, "status": one.status, "amount_minor": one.amount.minor if one.amount else None,
        "currency": one.amount.currency if one.amount else None, "provider_ref": one.provider_ref,
        "verdict": one.verdict, "contradicts": one.contradicts, "received_at": one.received_at,
    }  # fmt: skip

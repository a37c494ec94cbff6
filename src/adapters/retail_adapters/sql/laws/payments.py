"""Laws of money: what was received is applied, held, given back or seen, and the books say the same."""

from __future__ import annotations

from typing import Final

from sqlalchemy import and_, case, func, literal, not_, or_, select, union_all
from sqlalchemy.sql.functions import coalesce

from retail_adapters.sql.holdings import CARRIED_UP_TO
from retail_adapters.sql.laws.law import before_grace, law, one_of
from retail_adapters.sql.laws.terms import is_paid
from retail_adapters.sql.tables.ordering import orders
from retail_adapters.sql.tables.payments import (
    book_closings,
    book_days,
    carried_balances,
    inbox_notices,
    ledger_entries,
    payments,
    refunds,
)
from retail_adapters.sql.types import Whole
from retail_domain.payments import GATEWAY, OPEN, MoneyState, NoticeKind, PaymentState, RefundState, RefundStatus
from retail_domain.payments.model.ledger import OURS

_applied = (
    select(payments.c.order_id, func.sum(payments.c.captured_minor).label("minor"))
    .where(payments.c.money == MoneyState.APPLIED)
    .group_by(payments.c.order_id)
    .subquery("applied")
)
_going_back = (
    select(
        refunds.c.payment_id,
        func.sum(refunds.c.amount_minor).label("all"),
        func.sum(case((refunds.c.state == RefundState.SUCCEEDED, refunds.c.amount_minor), else_=0)).label("done"),
    )
    .where(refunds.c.state != RefundState.CLOSED)
    .group_by(refunds.c.payment_id)
    .subquery("going_back")
)
_books_against_facts = union_all(
    select(ledger_entries.c.order_id, ledger_entries.c.currency, ledger_entries.c.amount_minor.label("minor")).where(
        and_(*(ledger_entries.c.account != account for account in OURS))
    ),
    select(payments.c.order_id, payments.c.captured_currency, -payments.c.captured_minor).where(
        payments.c.captured_minor.is_not(None), payments.c.money != MoneyState.NONE
    ),
    select(payments.c.order_id, payments.c.currency, -payments.c.amount_minor).where(payments.c.state == PaymentState.HELD),
    select(refunds.c.order_id, refunds.c.currency, refunds.c.amount_minor).where(refunds.c.succeeded_at.is_not(None)),
).subquery("books_against_facts")
_carried = union_all(
    select(ledger_entries.c.account, ledger_entries.c.currency, ledger_entries.c.amount_minor.label("minor")).where(
        ledger_entries.c.position <= CARRIED_UP_TO
    ),
    select(carried_balances.c.account, carried_balances.c.currency, -carried_balances.c.balance_minor).where(
        carried_balances.c.up_to == CARRIED_UP_TO
    ),
).subquery("carried")
_closed_by = (
    select(func.min(book_closings.c.number))
    .where(book_closings.c.up_to >= ledger_entries.c.position, book_closings.c.ends_at > ledger_entries.c.at)
    .scalar_subquery()
)
_entries_of_closings = select(
    _closed_by.label("number"),
    ledger_entries.c.account,
    ledger_entries.c.currency,
    ledger_entries.c.amount_minor.label("minor"),
).subquery("entries_of_closings")
_closed = union_all(
    select(
        _entries_of_closings.c.number, _entries_of_closings.c.account, _entries_of_closings.c.currency,
        _entries_of_closings.c.minor, literal(1, Whole()).label("entries"),
    ).where(_entries_of_closings.c.number.is_not(None)),
    select(
        book_days.c.number, book_days.c.account, book_days.c.currency, book_days.c.credit_minor - book_days.c.debit_minor,
        -book_days.c.entries,
    ),
).subquery("closed")  # fmt: skip
"""What the entries that each closing covers moved, less what its days say."""
_left = func.lag(book_days.c.opening_minor + book_days.c.debit_minor - book_days.c.credit_minor).over(
    partition_by=(book_days.c.account, book_days.c.currency), order_by=book_days.c.day
)
_chain = select(
    book_days.c.day, book_days.c.account, book_days.c.currency, book_days.c.opening_minor,
    coalesce(_left, 0).label("left_before"),
).subquery("chain")  # fmt: skip
_off = func.sum(_books_against_facts.c.minor)
_told_as_paid = (
    select(inbox_notices.c.gateway, inbox_notices.c.ref)
    .where(inbox_notices.c.kind == NoticeKind.REFUND, inbox_notices.c.status == RefundStatus.SUCCEEDED.value)
    .distinct()
    .subquery("told_as_paid")
)
"""Whatever the shop made of it when it heard it; what names another payment says nothing of the refund (`of_another`)."""

_shared_deals = (
    select(refunds.c.gateway, refunds.c.provider_ref)
    .where(refunds.c.tender == GATEWAY, refunds.c.succeeded_at.is_not(None), refunds.c.provider_ref.is_not(None))
    .group_by(refunds.c.gateway, refunds.c.provider_ref)
    .having(func.count() > 1)
    .subquery("shared_deals")
)
_UNDECIDED: Final = sorted((*OPEN, PaymentState.HELD), key=lambda one: one.value)

LAWS: Final = (
    law(
        "PAY-I4",
        "refunds of a payment never pass what it captured, and are counted on it (R5)",
        select(payments.c.id, payments.c.captured_minor, payments.c.refunding_minor, payments.c.refunded_minor)
        .outerjoin(_going_back, _going_back.c.payment_id == payments.c.id)
        .where(
            or_(
                payments.c.refunding_minor != coalesce(_going_back.c.all, 0),
                payments.c.refunded_minor != coalesce(_going_back.c.done, 0),
                payments.c.refunding_minor > coalesce(payments.c.captured_minor, 0),
            )
        ),
    ),
    law(
        "PAY-I1",
        "an order is paid exactly when the money applied to it equals what it costs",
        select(orders.c.id, orders.c.status, orders.c.payable_minor, coalesce(_applied.c.minor, 0).label("applied"))
        .outerjoin(_applied, _applied.c.order_id == orders.c.id)
        .where(
            or_(
                and_(is_paid, orders.c.payable_minor != coalesce(_applied.c.minor, 0)),
                and_(not_(is_paid), coalesce(_applied.c.minor, 0) != 0),
            )
        ),
    ),
    law(
        "R6",
        "every posting of the ledger balances in every currency",
        select(ledger_entries.c.reference, ledger_entries.c.currency, func.sum(ledger_entries.c.amount_minor).label("off"))
        .group_by(ledger_entries.c.reference, ledger_entries.c.currency)
        .having(func.sum(ledger_entries.c.amount_minor) != 0),
    ),
    law(
        "R6-cash",
        "the books say we hold what an order's payments took in or hold less what its refunds gave out (PAY-R14)",
        select(_books_against_facts.c.order_id, _books_against_facts.c.currency, _off.label("off"))
        .group_by(_books_against_facts.c.order_id, _books_against_facts.c.currency)
        .having(_off != 0),
    ),
    law(
        "R6-carried",
        "balances that were carried forward are the sums of the entries they stand for (decision 0031)",
        select(_carried.c.account, _carried.c.currency, func.sum(_carried.c.minor).label("off"))
        .group_by(_carried.c.account, _carried.c.currency)
        .having(func.sum(_carried.c.minor) != 0),
    ),
    law(
        "PAY-R19",
        "each closed day begins with what the one before left, by account",
        select(_chain.c.day, _chain.c.account, _chain.c.currency, _chain.c.opening_minor, _chain.c.left_before).where(
            _chain.c.opening_minor != _chain.c.left_before
        ),
    ),
    law(
        "PAY-R20",
        "what closed days say is what the entries that they closed sum up to: they have taken nothing since, and lost nothing",
        select(_closed.c.number, _closed.c.account, _closed.c.currency, func.sum(_closed.c.minor).label("off"))
        .group_by(_closed.c.number, _closed.c.account, _closed.c.currency)
        .having(or_(func.sum(_closed.c.minor) != 0, func.sum(_closed.c.entries) != 0)),
    ),
    law(
        "R10",
        "captured money is applied to an order, given back, on its way back, or waits in a visible queue (PAY-I2)",
        select(
            payments.c.id, payments.c.order_id, payments.c.money, payments.c.captured_minor, payments.c.refunding_minor
        ).where(
            coalesce(payments.c.captured_minor, 0) > 0,
            payments.c.received_at < before_grace,
            or_(
                and_(
                    one_of(payments.c.money, MoneyState.EXTRA, MoneyState.LATE),
                    payments.c.refunding_minor != payments.c.captured_minor,
                ),
                payments.c.money == MoneyState.NONE,
            ),
        ),
    ),
    law(
        "R10-held",
        "what is held pays nothing yet, and goes back soon once its order is paid without it or closed (PAY-R10)",
        select(payments.c.id, payments.c.order_id, payments.c.tender, payments.c.amount_minor)
        .join(orders, orders.c.id == payments.c.order_id)
        .where(
            payments.c.state == PaymentState.HELD,
            or_(
                payments.c.money != MoneyState.NONE,
                orders.c.paid_at < before_grace,
                orders.c.closed_at < before_grace,
            ),
        ),
    ),
    law(
        "R10-succeeded",
        "a payment that succeeded captured exactly what was asked (PAY-I5)",
        select(payments.c.id, payments.c.amount_minor, payments.c.captured_minor).where(
            or_(
                and_(
                    payments.c.state == PaymentState.SUCCEEDED,
                    or_(
                        payments.c.captured_minor.is_(None),
                        payments.c.captured_minor != payments.c.amount_minor,
                        payments.c.captured_currency != payments.c.currency,
                    ),
                ),
                and_(payments.c.state != PaymentState.SUCCEEDED, payments.c.money == MoneyState.APPLIED),
            )
        ),
    ),
    law(
        "R11",
        "an open payment has a time when its provider is asked, and what is held one when it is looked at",
        select(payments.c.id, payments.c.gateway, payments.c.state).where(
            one_of(payments.c.state, *_UNDECIDED), payments.c.next_poll_at.is_(None)
        ),
    ),
    law(
        "R12",
        "what a provider is known to have paid back counts as paid back: no refund that is held for failed was paid (R5)",
        select(refunds.c.id, refunds.c.payment_id, refunds.c.amount_minor, refunds.c.state, refunds.c.succeeded_at)
        .outerjoin(_told_as_paid, and_(_told_as_paid.c.ref == refunds.c.ref, _told_as_paid.c.gateway == refunds.c.gateway))
        .where(
            or_(
                and_(refunds.c.state == RefundState.SUCCEEDED, refunds.c.succeeded_at.is_(None)),
                and_(refunds.c.state != RefundState.SUCCEEDED, refunds.c.succeeded_at.is_not(None)),
                and_(refunds.c.state == RefundState.CLOSED, _told_as_paid.c.ref.is_not(None)),
            )
        ),
    ),
    law(
        "R12-deals",
        "money that a provider paid back once is counted once: no two refunds went back as the same deal of it",
        select(refunds.c.id, refunds.c.payment_id, refunds.c.amount_minor, refunds.c.gateway, refunds.c.provider_ref)
        .join(
            _shared_deals,
            and_(_shared_deals.c.provider_ref == refunds.c.provider_ref, _shared_deals.c.gateway == refunds.c.gateway),
        )
        .where(refunds.c.tender == GATEWAY, refunds.c.succeeded_at.is_not(None)),
    ),
    law(
        "PAY-R10",
        "a refund goes back by the tender that paid, or, of money from outside, into an account of ours (R5)",
        select(refunds.c.id, refunds.c.payment_id, refunds.c.tender, payments.c.tender.label("paid_by"))
        .join(payments, payments.c.id == refunds.c.payment_id)
        .where(
            or_(
                and_(refunds.c.tender != payments.c.tender, or_(payments.c.tender != GATEWAY, refunds.c.tender == GATEWAY)),
                refunds.c.gateway != payments.c.gateway,
            )
        ),
    ),
)

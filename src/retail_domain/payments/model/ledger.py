"""The money ledger: where every unit of money lies, in balanced entries (R6, PAY-R14).

What a payment or a refund means for the books is a pure function of its state. A decision is booked as the difference
between the state after and the state before, so a booking is never made twice and never forgotten.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from datetime import datetime
from typing import Final, TypeAlias, assert_never

from attrs import frozen

from retail_domain.kernel.change import Change
from retail_domain.kernel.ids import OrderId
from retail_domain.kernel.money import Money
from retail_domain.payments.model.payment import Payment
from retail_domain.payments.model.refund import Refund
from retail_domain.payments.states import GATEWAY, MoneyState, RefundSource, RefundState

SALES: Final = "sales"
FREIGHT: Final = "freight"
REFUNDS_DUE: Final = "refunds_due"
SUSPENSE: Final = "suspense"
HELD: Final = "held"
COUNTER: Final = "counter"
OURS: Final = (SALES, FREIGHT, REFUNDS_DUE, SUSPENSE, HELD)
"""The accounts that say what money is for; all others say where it is."""

Position: TypeAlias = Mapping[tuple[str, str], int]
"""(account, currency) -> balance in minor units; what we hold is positive, what we owe or earned is negative."""


@frozen
class Entry:
    """One account moves by an amount: positive is a debit, negative a credit."""

    account: str
    amount: Money


@frozen(kw_only=True)
class Posting:
    """Entries that belong together; in every currency they sum to nothing (R6).

    `reference` names the payment or refund and its version, and is booked at most once.
    """

    reference: str
    order_id: OrderId
    entries: tuple[Entry, ...]
    at: datetime

    def __attrs_post_init__(self) -> None:
        if any(_sums(self.entries).values()):
            raise ValueError("a posting balances in every currency")


def account_of(gateway: str, tender: str = GATEWAY) -> str:
    """The account that holds what a gateway took; accounts of ours that pay orders have one together, by their tender."""
    if tender != GATEWAY:
        return tender
    return COUNTER if gateway == COUNTER else f"gateway:{gateway}"


def payment_position(payment: Payment | None) -> Position:
    """Where the money of a payment lies, refunds apart; what is held has left its account, and pays nothing yet."""
    if payment is None:
        return {}
    held = account_of(payment.gateway, payment.tender)
    if payment.is_held:
        currency, minor = payment.amount.currency, payment.amount.minor
        return {(held, currency): minor, (HELD, currency): -minor}
    if payment.captured is None:
        return {}
    money = payment.captured
    match payment.money:
        case MoneyState.NONE:
            return {}
        case MoneyState.APPLIED:
            earned = _split(payment.amount, payment.freight_minor)
            return {(held, money.currency): money.minor} | {key: -minor for key, minor in earned.items()}
        case MoneyState.EXTRA | MoneyState.LATE | MoneyState.SUSPECT | MoneyState.UNAPPLIED:
            return {(held, money.currency): money.minor, (SUSPENSE, money.currency): -money.minor}
        case _:
            assert_never(payment.money)


def refund_position(refund: Refund | None) -> Position:
    """What a refund took out of sales or suspense, and whether it is still due or has left us.

    One that was paid after all, beside another one in its place, has left us and is nobody's due: suspense misses it.
    """
    if refund is None or (refund.state is RefundState.CLOSED and not refund.was_paid_after_all):
        return {}
    money = refund.amount
    account = account_of(refund.gateway, refund.tender)
    if refund.was_paid_after_all:
        return {(SUSPENSE, money.currency): money.minor, (account, money.currency): -money.minor}
    owed = account if refund.state is RefundState.SUCCEEDED else REFUNDS_DUE
    from_order = refund.source is RefundSource.ORDER
    taken = _split(money, refund.freight_minor) if from_order else {(SUSPENSE, money.currency): money.minor}
    return {**taken, (owed, money.currency): -money.minor}


def payment_posting(change: Change[Payment], at: datetime) -> Posting | None:
    """What a decision about a payment means for the books; None when nothing."""
    after = change.state
    entries = _difference(payment_position(change.before), payment_position(after))
    return _posting(f"payment:{after.id}", change.before, after.order_id, entries, at)


def refund_posting(change: Change[Refund], at: datetime) -> Posting | None:
    """What a decision about a refund means for the books; None when nothing."""
    after = change.state
    entries = _difference(refund_position(change.before), refund_position(after))
    return _posting(f"refund:{after.id}", change.before, after.order_id, entries, at)


def _posting(
    name: str, before: Payment | Refund | None, order_id: OrderId, entries: tuple[Entry, ...], at: datetime
) -> Posting | None:
    seen = before.version if before is not None else 0
    return Posting(reference=f"{name}/{seen + 1}", order_id=order_id, entries=entries, at=at) if entries else None


def _split(money: Money, freight_minor: int) -> dict[tuple[str, str], int]:
    parts = {(SALES, money.currency): money.minor - freight_minor, (FREIGHT, money.currency): freight_minor}
    return {key: minor for key, minor in parts.items() if minor}


def _difference(before: Position, after: Position) -> tuple[Entry, ...]:
    moved = {key: after.get(key, 0) - before.get(key, 0) for key in {*before, *after}}
    return tuple(Entry(account, Money(minor, currency)) for (account, currency), minor in sorted(moved.items()) if minor)


def _sums(entries: tuple[Entry, ...]) -> Mapping[str, int]:
    sums: dict[str, int] = defaultdict(int)
    for entry in entries:
        sums[entry.amount.currency] += entry.amount.minor
    return sums

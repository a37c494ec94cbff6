"""Tenders (支付方式): what pays an order together, and who gets which part of a refund back (PAY-R10, R11).

A tender is a payment. An inside one (wallet, gift card) is *held*: its account was charged, and it is applied in the very
transaction in which the money of the last one arrives. So an order is still paid in full or not at all.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import combinations
from typing import Final

from attrs import frozen

from retail_domain.payments.model.payment import Payment
from retail_domain.payments.states import GATEWAY

REFUND_ORDER: Final = (GATEWAY,)
"""Whose money goes back first where an order keeps no rule of its own."""

ACCOUNTS: Final = "accounts"
"""In such a rule: all accounts of the shop's own that it does not name."""


@frozen
class RefundPart:
    """So much of a refund goes back to this payment, so much of it as freight."""

    payment: Payment
    amount_minor: int
    freight_minor: int


def left_to_ask(payable_minor: int, attempts: Iterable[Payment]) -> int:
    """What is still to be paid once what is held pays its part."""
    return payable_minor - sum(one.amount.minor for one in attempts if one.is_held)


def freight_of(amount_minor: int, left_minor: int, freight_minor: int, attempts: Iterable[Payment]) -> int:
    """How much of the freight a payment of that amount bears when so much is left to ask: what the rest could not bear.

    Together the payments of an order bear its freight exactly, so the books know it.
    """
    unborne = freight_minor - sum(one.freight_minor for one in attempts if one.is_held)
    return max(0, unborne - (left_minor - amount_minor))


def who_pay(held: Sequence[Payment], amount_minor: int, freight_minor: int) -> tuple[Payment, ...] | None:
    """Those of the held payments that bear exactly so much, freight included; None when none do.

    That is all of them, but for money of an attempt that was begun before the last of them was held.
    """
    for many in range(len(held), -1, -1):
        for some in combinations(held, many):
            sums = sum(one.amount.minor for one in some), sum(one.freight_minor for one in some)
            if sums == (amount_minor, freight_minor):
                return some
    return None


def split_refund(
    applied: Iterable[Payment], amount_minor: int, freight_minor: int, rule: Sequence[str] = REFUND_ORDER
) -> tuple[RefundPart, ...]:
    """Each tender's part, none more than it has left; the parts add up exactly, freight too (R5).

    Tenders that the rule neither names nor means by `accounts` come last, by name. Raises ValueError when more is to go back
    than is left.
    """
    parts, left, freight = [], amount_minor, freight_minor
    place = {tender: at for at, tender in enumerate(rule or REFUND_ORDER)}
    rest = place.get(ACCOUNTS, len(place))
    for payment in sorted(applied, key=lambda one: (place.get(one.tender, rest), one.tender, one.id)):
        part = min(left, payment.refundable_minor)
        of_freight = min(freight, part)
        if part:
            parts.append(RefundPart(payment, part, of_freight))
        left, freight = left - part, freight - of_freight
    if left or freight:
        raise ValueError("more is to go back than was paid")
    return tuple(parts)

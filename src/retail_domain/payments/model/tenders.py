"""Tenders (支付方式): what pays an order together, and who gets which part of a refund back (PAY-R10, R11).

A tender is a payment. An inside one (wallet, gift card) is *held*: its account was charged, and it is applied in the very
transaction in which the money of the last one arrives. So an order is still paid in full or not at all.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final

from attrs import frozen

from retail_domain.payments.model.payment import Payment
from retail_domain.payments.states import GATEWAY

REFUND_ORDER: Final = (GATEWAY,)
"""Whose money goes back first; tenders that are not named come after, by name."""


@frozen
class Part:
    """So much of a refund goes back to this payment, so much of it as freight."""

    payment: Payment
    amount_minor: int
    freight_minor: int


def left_to_ask(payable_minor: int, attempts: Iterable[Payment]) -> int:
    """What is still to be paid once what is held pays its part."""
    return payable_minor - sum(one.amount.minor for one in attempts if one.is_held)


def split_refund(
    applied: Iterable[Payment], amount_minor: int, freight_minor: int, rule: Sequence[str] = REFUND_ORDER
) -> tuple[Part, ...]:
    """Each tender's part, in the fixed order, none more than it has left; the parts add up exactly (R5)."""
    parts, left, freight = [], amount_minor, freight_minor
    place = {tender: at for at, tender in enumerate(rule)}
    for payment in sorted(applied, key=lambda one: (place.get(one.tender, len(rule)), one.tender, one.id)):
        part = min(left, payment.refundable_minor)
        of_freight = min(freight, part)
        if part:
            parts.append(Part(payment, part, of_freight))
        left, freight = left - part, freight - of_freight
    if left or freight:
        raise ValueError("more is to go back than was paid")
    return tuple(parts)

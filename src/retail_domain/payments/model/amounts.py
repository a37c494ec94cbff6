"""What sums that differ come to."""

from __future__ import annotations

from retail_domain.kernel.money import Money


def difference(due: Money, captured: Money | None) -> str:
    if captured is None:
        return "amount_missing"
    return "currency" if captured.currency != due.currency else "amount"


def larger(one: Money | None, other: Money | None) -> Money | None:
    if one is None or other is None:
        return one or other
    return max(one, other, key=lambda money: (money.currency, money.minor))  # whichever notice came first (PAY-I3)

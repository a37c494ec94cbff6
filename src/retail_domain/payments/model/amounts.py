"""What sums that differ come to."""

from __future__ import annotations

from retail_domain.kernel.money import Money


def difference(due: Money, captured: Money | None) -> str:
    """In which way what was taken is not what was due."""
    if captured is None:
        return "amount_missing"
    return "currency" if captured.currency != due.currency else "amount"


def larger(one: Money | None, other: Money | None) -> Money | None:
    """The larger of two sums, so that it does not matter which came first."""
    if one is None or other is None:
        return one or other
    return max(one, other, key=lambda money: (money.currency, money.minor))  # whichever notice came first (PAY-I3)

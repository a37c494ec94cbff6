"""Earnings (所得), sketched: what an order brings. Frozen when paid, released when completed, revoked in proportion by refunds.

An earning follows an order like a taking does, from its changes alone; it takes nothing when the order is placed, and it is
asked before a refund is decided how much of it the shop keeps back.
"""

from __future__ import annotations

from typing import Protocol, TypeVar

from attrs import evolve, frozen

from retail_domain.kernel.actor import Actor
from retail_domain.kernel.change import Change
from retail_domain.kernel.money import worth_of_units
from retail_domain.ordering import Order, OrderStatus, RefundWish
from retail_domain.processes.takings.taking import units_undone

_NOBODY = Actor.system("what if")
H = TypeVar("H")
T = TypeVar("T")


class Earning(Protocol[H, T]):
    """One kind; `lock`, `own`, `follow` and `save` are those of a taking."""

    def keeps_back(self, shared: H, own: T, order: Order, wish: RefundWish) -> int:
        """How much of what this refund would pay is kept, in money; asked while order and account are locked."""
        ...

    def follow(self, shared: H, own: T, change: Change[Order]) -> tuple[H, T]:
        """Freeze, release, revoke: told from the order's change."""
        ...


@frozen(kw_only=True)
class Account:
    """A member's points: what can be spent, and what is owed."""

    spendable: int = 0
    debt: int = 0


@frozen(kw_only=True)
class Grant:
    """Points of one order: `granted = frozen + released + revoked` at all times."""

    granted: int
    frozen: int
    released: int = 0
    revoked: int = 0

    def __attrs_post_init__(self) -> None:
        if min(self.frozen, self.released, self.revoked) < 0 or self.granted != self.frozen + self.released + self.revoked:
            raise ValueError("every point is frozen, released or revoked")


@frozen(kw_only=True)
class Points(Earning[Account, "Grant | None"]):
    """The double: one point for so much paid; what was spent meanwhile is kept back from the refund at one minor unit each."""

    minor_a_point: int = 100

    def keeps_back(self, shared: Account, own: Grant | None, order: Order, wish: RefundWish) -> int:
        """Released points that are not there any more (PTS-R8)."""
        if own is None:
            return 0
        due = self._due(own, order, order.refund(wish, actor=_NOBODY, at=order.placed_at).state)
        return max(0, due - own.frozen - shared.spendable)

    def follow(self, shared: Account, own: Grant | None, change: Change[Order]) -> tuple[Account, Grant | None]:
        """Told from the order's change."""
        before, after = change.before, change.state
        if before is None:
            return shared, own
        if before.paid_at is None and after.paid_at is not None:
            points = after.paid_minor // self.minor_a_point
            own = Grant(granted=points, frozen=points) if points else None
        if own is None:
            return shared, own
        if after.status is OrderStatus.COMPLETED and before.status is not OrderStatus.COMPLETED:
            shared = evolve(shared, spendable=shared.spendable + own.frozen)
            own = evolve(own, released=own.released + own.frozen, frozen=0)
        if units_undone(change):
            shared, own = self._revoke(shared, own, self._due(own, before, after))
        return shared, own

    def _due(self, own: Grant, before: Order, after: Order) -> int:
        """Points that the units given up had earned: in proportion, and exact in the end (GEN-R5)."""
        paid = before.payable_minor
        kept = paid - sum(line.refunded_minor for line in after.lines) - after.freight_refunded_minor
        return own.granted - worth_of_units(own.granted, paid, kept) - own.revoked

    def _revoke(self, shared: Account, own: Grant, due: int) -> tuple[Account, Grant]:
        of_frozen = min(due, own.frozen)
        of_released = due - of_frozen
        taken = min(of_released, shared.spendable)  # the rest was kept back in money
        own = evolve(own, frozen=own.frozen - of_frozen, released=own.released - of_released, revoked=own.revoked + due)
        return evolve(shared, spendable=shared.spendable - taken), own

"""Reservation: units of a shelf that are promised to somebody (预占) (STK-I5)."""

from __future__ import annotations

from enum import Enum
from uuid import UUID

from attrs import evolve, frozen

from retail_domain.inventory.errors import ReservationEnded
from retail_domain.inventory.model import StockKey, check_positive
from retail_domain.kernel.change import Change
from retail_domain.kernel.ids import MemberId, OrderId


class ReservationState(Enum):
    """HELD until paid, COMMITTED after; ended when nothing of it is open any more (STK-R2)."""

    HELD = "held"
    COMMITTED = "committed"
    ENDED = "ended"


@frozen(order=True, cache_hash=True)
class Owner:
    """Who a promise is made to, such as an order; a promise ends with its owner."""

    kind: str
    id: UUID

    @classmethod
    def order(cls, id: OrderId) -> Owner:
        """An order."""
        return cls("order", id)


@frozen(order=True, cache_hash=True)
class PromiseKey:
    """One line of one owner at one shelf: what a promise is known by."""

    owner: Owner
    line: int
    key: StockKey


@frozen(kw_only=True)
class Reservation:
    """Units at one place promised to one line of an owner (预占); a line drawn from several places has one for each.

    `quantity = open + released + consumed` at all times. An order's reservation ends with the order, never by itself.
    `line` is 0 where a release that did not number lines promised them: its SKU then stands in one line.
    """

    owner: Owner
    member_id: MemberId | None = None
    """Whose order it is, or whatever owns it; none where an earlier release wrote it."""
    line: int
    key: StockKey
    quantity: int
    open: int
    released: int = 0
    consumed: int = 0
    state: ReservationState = ReservationState.HELD
    version: int = 0

    def __attrs_post_init__(self) -> None:
        if self.quantity < 1 or min(self.open, self.released, self.consumed) < 0:
            raise ValueError("a reservation promises at least one unit and never a negative number")
        if self.quantity != self.open + self.released + self.consumed:
            raise ValueError("every reserved unit is open, released or consumed")
        if (self.state is ReservationState.ENDED) != (self.open == 0):
            raise ValueError("a reservation has ended exactly when nothing of it is open")

    @classmethod
    def held(
        cls, *, owner: Owner, member_id: MemberId | None = None, line: int, key: StockKey, quantity: int
    ) -> Change[Reservation]:
        """Promise units to an order that is not paid yet."""
        return Change(None, cls(owner=owner, member_id=member_id, line=line, key=key, quantity=quantity, open=quantity))

    @property
    def id(self) -> PromiseKey:
        """What it is known by."""
        return PromiseKey(self.owner, self.line, self.key)

    def commit(self) -> Change[Reservation]:
        """The order was paid: the promise is firm. Committing twice changes nothing (STK-I4)."""
        if self.state is not ReservationState.HELD:
            return Change(self, self)
        return Change(self, evolve(self, state=ReservationState.COMMITTED))

    def release(self, units: int) -> Change[Reservation]:
        """Give back units that will not be shipped. Raises ReservationEnded when fewer are open (STK-I4)."""
        self._has_open(units)
        return self._left(released=self.released + units, open=self.open - units)

    def consume(self, units: int) -> Change[Reservation]:
        """Units were shipped. Raises ReservationEnded when fewer are open."""
        self._has_open(units)
        return self._left(consumed=self.consumed + units, open=self.open - units)

    def _has_open(self, units: int) -> None:
        check_positive(units)
        if units > self.open:
            raise ReservationEnded(open=self.open)

    def _left(self, *, open: int, released: int | None = None, consumed: int | None = None) -> Change[Reservation]:
        after = evolve(
            self,
            open=open,
            released=self.released if released is None else released,
            consumed=self.consumed if consumed is None else consumed,
            state=ReservationState.ENDED if open == 0 else self.state,
        )
        return Change(self, after)

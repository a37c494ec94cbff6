"""Repricing (改价): staff and buyer agree that an unpaid order costs something else (ORD-R4).

The order is told what it shall cost in all. Its freight stays; the goods bear the difference, each line in proportion to what
it costs, to the cent. Nothing else computes what a line costs after that.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from attrs import evolve, frozen

from retail_domain.kernel.ids import OrderId
from retail_domain.kernel.money import allocate, allocate_by
from retail_domain.ordering.errors import OrderAmountDiffers, OrderCostsItsFreight
from retail_domain.ordering.model.line import REPRICED, LineShare, OrderLine

_STAFF: Final = "staff"


@frozen(kw_only=True)
class Repricing:
    """What an order shall cost in all, what whoever says so saw it cost, and why."""

    payable_minor: int
    was_minor: int | None = None
    reason: str

    def check(self, order_id: OrderId, payable_minor: int, freight_minor: int) -> None:
        """It costs what was seen, and will cost its freight at least. Raises OrderAmountDiffers, OrderCostsItsFreight."""
        if self.was_minor not in (None, payable_minor):
            raise OrderAmountDiffers(order_id=order_id, payable_minor=payable_minor)
        if self.payable_minor < freight_minor:
            raise OrderCostsItsFreight(order_id=order_id, freight_minor=freight_minor)


def repriced(lines: Sequence[OrderLine], goods_minor: int) -> tuple[OrderLine, ...]:
    """The lines so that they cost this much together; what does not change is the very same line (GEN-R3)."""
    more = goods_minor - sum(line.payable_minor for line in lines)
    shares = _shared_out(lines, more)
    return tuple(_at(line, line.payable_minor + shares[_key(line)]) for line in lines)


def cut_in_all(lines: Sequence[OrderLine]) -> int:
    """What staff have taken off the price of these lines in all, in minor units; 0 where they have put something on."""
    agreed = sum(share.amount_minor for line in lines for share in line.shares if share.step == REPRICED)
    return max(0, -agreed)


def _shared_out(lines: Sequence[OrderLine], more: int) -> Mapping[str, int]:
    weights = _weights(lines)
    if more < 0:
        return {key: -share for key, share in allocate(weights, -more).items()}
    return allocate_by(weights, more)  # not `allocate`: what is added may be more than everything costs so far


def _weights(lines: Sequence[OrderLine]) -> Mapping[str, int]:
    """By what the lines cost; where all cost nothing, by what they would have cost, gifts last of all, then by their units."""
    asked_for = [line for line in lines if not line.gift] or lines
    for weights in (
        {_key(line): line.payable_minor for line in lines},
        {_key(line): line.unit_price_minor * line.quantity for line in asked_for},
        {_key(line): line.quantity for line in asked_for},
    ):
        if any(weights.values()):
            break
    return {_key(line): 0 for line in lines} | weights


def _key(line: OrderLine) -> str:
    """Ties go by the goods, then by the number: the order of the request decides no cent (PRC-I3)."""
    return f"{line.sku_id}/{line.number:05}"


def _at(line: OrderLine, payable_minor: int) -> OrderLine:
    if payable_minor == line.payable_minor:
        return line
    before = tuple(share for share in line.shares if share.step != REPRICED)
    agreed = sum(share.amount_minor for share in before) if line.shares else line.payable_minor
    if not before:
        before = (LineShare("base", "agreed", "", agreed),)
    ours = (LineShare(REPRICED, _STAFF, "", payable_minor - agreed),) if payable_minor != agreed else ()
    tax = line.included_tax_minor
    if tax:  # at the same rate as before; a line that cost nothing included none
        tax = (tax * payable_minor * 2 + line.payable_minor) // (line.payable_minor * 2) if line.payable_minor else 0
    return evolve(line, payable_minor=payable_minor, shares=(*before, *ours), included_tax_minor=tax)

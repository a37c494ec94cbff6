"""Ordering for a member (代客下单): staff quote and place, the member agrees by paying (ORD-R16).

It is the same quote and the same placing as a member's own; what is different is who the first step of the order names, that
the trail has it, and that an order which costs nothing is not placed so: there would be nothing by which its buyer agrees.
"""

from __future__ import annotations

from typing import Protocol

from attrs import field, frozen

from retail_domain.accounts import AddressBooks, Members
from retail_domain.kernel.actor import Actor
from retail_domain.kernel.checked import checked
from retail_domain.kernel.effects import Effect, brings
from retail_domain.kernel.frames import Called
from retail_domain.kernel.ids import AddressId, MemberId, QuoteId
from retail_domain.kernel.once import Once
from retail_domain.ordering import OrderForBarredMember
from retail_domain.pricing import Quote, QuoteAddressNotFound, WantedLine
from retail_domain.processes.purchase.checkout import Placed, PlaceOrder
from retail_domain.processes.purchase.quoting import QuoteBasket


@frozen(kw_only=True)
@checked
class QuoteFor:
    """Staff ask what goods cost a member; without an address, delivered to the default one of the member's book."""

    member_id: MemberId
    lines: tuple[WantedLine, ...]
    address_id: AddressId | None = None
    actor: Actor
    once: Once | None = None


@frozen(kw_only=True)
@checked
class PlaceFor:
    """Staff order for a member what a quote says."""

    member_id: MemberId
    quote_id: QuoteId
    hash: str
    remark: str = field(default="", repr=False)
    actor: Actor
    once: Once | None = None


class BuyerWork(Protocol):
    """The unit of work of looking at whom is ordered for."""

    @property
    def members(self) -> Members: ...
    @property
    def addresses(self) -> AddressBooks: ...


@frozen(kw_only=True)
class OrderedFor:
    """Whom is ordered for, and where goods go if nothing else is said."""

    member_id: MemberId
    address_id: AddressId | None


async def look_at_buyer(work: BuyerWork, member_id: MemberId) -> OrderedFor:
    """Raises MemberNotFound, also for who has left, and OrderForBarredMember."""
    member = (await work.members.get(member_id)).here()
    if not member.is_active:
        raise OrderForBarredMember(member_id=member_id)
    book = await work.addresses.find(member_id)
    return OrderedFor(member_id=member_id, address_id=book.default_id if book is not None else None)


@brings(Effect.ORDER_PLACED)
async def quote_for(command: QuoteFor, look: Called[MemberId, OrderedFor], quote: Called[QuoteBasket, Quote]) -> Quote:
    """Answers the member's quote. Raises MemberNotFound, OrderForBarredMember, QuoteAddressNotFound, and the like."""
    buyer = await look(command.member_id)
    address_id = command.address_id or buyer.address_id
    if address_id is None:
        raise QuoteAddressNotFound()
    return await quote(QuoteBasket(member_id=command.member_id, address_id=address_id, lines=command.lines, once=command.once))


@brings(Effect.ORDER_PLACED)
async def place_for(command: PlaceFor, look: Called[MemberId, OrderedFor], place: Called[PlaceOrder, Placed]) -> Placed:
    """Answers the order, which waits for the member to pay it: that is how they agree. Until then they may cancel it.

    Raises MemberNotFound, OrderForBarredMember, OrderNeedsItsMember, and what placing raises.
    """
    await look(command.member_id)
    return await place(
        PlaceOrder(
            member_id=command.member_id, quote_id=command.quote_id, hash=command.hash, remark=command.remark,
            placed_by=command.actor, once=command.once,
        )
    )  # fmt: skip

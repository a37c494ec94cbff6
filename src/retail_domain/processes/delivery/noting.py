"""Noting down something that is there: goods, an order, a member (NTE-R3)."""

from __future__ import annotations

from typing import Protocol, assert_never

from retail_domain.accounts import Members
from retail_domain.catalog import Products
from retail_domain.kernel.effects import Effect, brings
from retail_domain.kernel.ids import MemberId, OrderId, ProductId, SkuId
from retail_domain.kernel.means import Means
from retail_domain.notes import NoteDown, Notes, NotesWork, ThingSort
from retail_domain.ordering import Orders


class NotingWork(NotesWork, Protocol):
    """The unit of work of noting."""

    @property
    def products(self) -> Products: ...
    @property
    def orders(self) -> Orders: ...
    @property
    def members(self) -> Members: ...


@brings(Effect.NOTES)
async def note_down(work: NotingWork, command: NoteDown, means: Means) -> None:
    """Rivals who name other keys lose nothing: whoever comes later goes on from what was stored (NTE-R2).

    Raises ProductNotFound, SkuNotFound, OrderNotFound or MemberNotFound, and InvalidInput.
    """
    match command.sort:
        case ThingSort.PRODUCT:
            await work.products.get(ProductId(command.thing_id))
        case ThingSort.SKU:
            await work.products.product_of(SkuId(command.thing_id))
        case ThingSort.ORDER:
            await work.orders.get(OrderId(command.thing_id))
        case ThingSort.MEMBER:
            (await work.members.get(MemberId(command.thing_id))).here()
        case _:
            assert_never(command.sort)
    found = (await work.notes.claim(command.sort, [command.thing_id])).get(command.thing_id)
    known = found or Notes(sort=command.sort, thing_id=command.thing_id)
    change = known.changed(command.values, actor=command.actor, at=means.clock.now())
    if change.events:
        work.notes.save(change)

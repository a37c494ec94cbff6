"""`.../notes` below goods, orders and members: what programs of others keep with them (NTE-R1)."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Annotated
from uuid import UUID

from litestar.di import NamedDependency
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath, JSONBody
from msgspec import Meta

from retail_domain.accounts import MemberNotFound, Permission
from retail_domain.catalog import ProductNotFound, SkuNotFound
from retail_domain.kernel.actor import Actor
from retail_domain.kernel.once import Once
from retail_domain.notes import NoteDesk, NoteDown, ShowNotes, ThingSort
from retail_domain.ordering import OrderNotFound
from retail_entrypoints.http.routing import Resource
from retail_entrypoints.http.shapes import Body, FactValue

NoteValues = Annotated[
    dict[str, FactValue],
    Meta(
        min_length=1, max_length=100, examples=[{"erp.code": "A-100", "erp.old_code": None}],
        description="By `namespace.key`; any JSON value, null removes one.",
    ),
]  # fmt: skip


class NotesBody(Body, frozen=True):
    """What to set and, with null, to remove; what is not named stays. All notes of a thing take 4,096 bytes at most."""

    values: NoteValues


def no_notes(*_made_of: object) -> dict[str, FactValue]:
    """In the place of notes that are put in once they have been looked up."""
    return {}


async def notes_on(desk: NoteDesk, sort: ThingSort, ids: Iterable[UUID]) -> Mapping[UUID, dict[str, FactValue]]:
    """The notes on each of these things, in one look."""
    wanted = tuple(ids)
    found = await desk.of(ShowNotes(sort=sort, thing_ids=wanted))
    return {id: found[id].values if id in found else {} for id in wanted}


def note_routes(desk: NoteDesk) -> Sequence[HTTPRouteHandler]:
    """One route for each sort of thing."""
    goods = Resource("/staff", permission=Permission.NOTES_CHANGE, tag="staff: catalog")
    orders = Resource("/staff/orders", permission=Permission.NOTES_CHANGE, tag="staff: orders")
    members = Resource("/staff/members", permission=Permission.NOTES_CHANGE, tag="staff: members")

    @goods.patch(
        "/products/{product_id:uuid}/notes", does=desk.note_down, raises=[ProductNotFound], status=204,
        summary="Keep something with goods",
    )  # fmt: skip
    async def note_on_product(
        product_id: FromPath[UUID], data: JSONBody[NotesBody], actor: NamedDependency[Actor], once: NamedDependency[Once | None]
    ) -> None:
        """No rule reads it and no buyer sees it."""
        await desk.note_down(NoteDown(sort=ThingSort.PRODUCT, thing_id=product_id, values=data.values, actor=actor, once=once))

    @goods.patch(
        "/skus/{sku_id:uuid}/notes", does=desk.note_down, raises=[SkuNotFound], status=204,
        summary="Keep something with a kind of goods",
    )  # fmt: skip
    async def note_on_sku(
        sku_id: FromPath[UUID], data: JSONBody[NotesBody], actor: NamedDependency[Actor], once: NamedDependency[Once | None]
    ) -> None:
        """No rule reads it and no buyer sees it."""
        await desk.note_down(NoteDown(sort=ThingSort.SKU, thing_id=sku_id, values=data.values, actor=actor, once=once))

    @orders.patch(
        "/{order_id:uuid}/notes", does=desk.note_down, raises=[OrderNotFound], status=204,
        summary="Keep something with an order",
    )  # fmt: skip
    async def note_on_order(
        order_id: FromPath[UUID], data: JSONBody[NotesBody], actor: NamedDependency[Actor], once: NamedDependency[Once | None]
    ) -> None:
        """No rule reads it and no buyer sees it."""
        await desk.note_down(NoteDown(sort=ThingSort.ORDER, thing_id=order_id, values=data.values, actor=actor, once=once))

    @members.patch(
        "/{id:uuid}/notes", does=desk.note_down, raises=[MemberNotFound], status=204, summary="Keep something with a member",
    )  # fmt: skip
    async def note_on_member(
        id: FromPath[UUID], data: JSONBody[NotesBody], actor: NamedDependency[Actor], once: NamedDependency[Once | None]
    ) -> None:
        """No rule reads it and the member does not see it."""
        await desk.note_down(NoteDown(sort=ThingSort.MEMBER, thing_id=id, values=data.values, actor=actor, once=once))

    return [*goods.all, *orders.all, *members.all]

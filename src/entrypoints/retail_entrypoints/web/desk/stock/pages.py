"""`/desk/stock`: what lies where; receive, correct, watch."""

from collections.abc import Awaitable, Sequence
from typing import Annotated, Any
from uuid import UUID

from litestar import Response
from litestar.di import NamedDependency
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath, QueryParameter, URLEncodedBody

from retail_domain.accounts import Permission
from retail_domain.application import Retail
from retail_domain.catalog import SkuNotFound
from retail_domain.inventory import AdjustStock, LocationKind, OpenLocation, ReceiveStock, StockCounted, WatchStock
from retail_domain.kernel.errors import InvalidInput
from retail_domain.kernel.ids import SkuId
from retail_domain.kernel.once import Once
from retail_domain.kernel.paging import PageRequest
from retail_domain.kernel.places import Places
from retail_entrypoints.http.routing import Resource
from retail_entrypoints.web.amounts import change_typed, count_typed
from retail_entrypoints.web.desk.showing import PAGE, Cursor, decide, show
from retail_entrypoints.web.desk.stock.models import GoodsName, alerts, choices, named, shelves
from retail_entrypoints.web.forms import Form, Typed
from retail_entrypoints.web.view import View

Code = Annotated[str | None, QueryParameter(name="code", max_length=64)]
_MOVES = 20


class ReceiptForm(Form, frozen=True):
    """What arrived, where, and with which delivery note."""

    location: Typed = ""
    quantity: Typed = ""
    reference: Typed = ""


class CorrectionForm(Form, frozen=True):
    """How many more or fewer there are than was thought, and why."""

    location: Typed = ""
    change: Typed = ""
    reason: Typed = ""
    shortfall: str | None = None


class WatchForm(Form, frozen=True):
    """When to warn, and what to keep out of sale."""

    location: Typed = ""
    alert_threshold: Typed = ""
    safety: Typed = ""


class LocationForm(Form, frozen=True):
    """A warehouse or store to open."""

    code: Typed = ""
    name: Typed = ""
    kind: Typed = LocationKind.WAREHOUSE.value
    sells_online: str | None = None

    def chosen_kind(self) -> LocationKind:
        """Raises InvalidInput."""
        try:
            return LocationKind(self.kind)
        except ValueError:
            raise InvalidInput.of("kind", "unknown", "choose one of them") from None


def stock_pages(retail: Retail) -> Sequence[HTTPRouteHandler]:
    """Whoever is bound to places sees their shelves, and changes those."""
    return [*_looking(retail), *_places(retail), *_changing(retail)]


async def _sku_page(retail: Retail, view: View, sku_id: UUID, tried: str = "", cursor: str | None = None) -> Response[bytes]:
    within, id = view.within("show_sku_stock"), SkuId(sku_id)
    facts = await named(retail, [id])
    if id not in facts:
        raise SkuNotFound(sku_id=id)
    moves = await retail.inventory.show.moves(id, PageRequest(_MOVES, cursor), within)
    places = await retail.inventory.show.locations(within)
    return show(
        view, "stock/sku.html", goods=GoodsName.of(id, facts), rows=await retail.inventory.show.stock_of([id], within),
        moves=moves.items, next_cursor=moves.next_cursor, places=choices(places), tried=tried,
        named={one.id: one.name for one in places},
    )  # fmt: skip


def _looking(retail: Retail) -> Sequence[HTTPRouteHandler]:
    pages = Resource("/desk/stock", permission=Permission.STOCK_SEE, tag="desk")

    @pages.get()
    async def show_stock_at_desk(
        view: NamedDependency[View], within: NamedDependency[Places], code: Code = None, cursor: Cursor = None
    ) -> Response[bytes]:
        wanted = (code or "").strip()
        if wanted and (sku_id := await retail.catalog.show.sku_coded(wanted)) is not None:
            return view.go(f"/desk/stock/{sku_id}")
        found = await retail.inventory.show.stock(PageRequest(PAGE, cursor), within)
        rows = () if wanted else await shelves(retail, found.items)
        cursor = None if wanted else found.next_cursor
        return show(view, "stock/list.html", rows=rows, code=wanted, next_cursor=cursor)

    @pages.get("/alerts")
    async def show_alerts_at_desk(
        view: NamedDependency[View], within: NamedDependency[Places], cursor: Cursor = None
    ) -> Response[bytes]:
        found = await retail.inventory.show.alerts(PageRequest(PAGE, cursor), within)
        rows = await alerts(retail, found.items)
        return show(view, "stock/alerts.html", rows=rows, next_cursor=found.next_cursor)

    @pages.get("/{sku_id:uuid}", raises=[SkuNotFound])
    async def show_sku_stock(
        sku_id: FromPath[UUID], view: NamedDependency[View], within: NamedDependency[Places], cursor: Cursor = None
    ) -> Response[bytes]:
        return await _sku_page(retail, view, sku_id, cursor=cursor)

    return pages.all


def _places(retail: Retail) -> Sequence[HTTPRouteHandler]:
    pages = Resource("/desk/stock/places", permission=Permission.STOCK_SEE, tag="desk")

    async def page(view: View, within: Places) -> Response[bytes]:
        rows = await retail.inventory.show.locations(within)
        may_open = view.may("open_place_at_desk") and within.is_everywhere
        return show(view, "stock/places.html", rows=rows, kinds=tuple(LocationKind), may_open=may_open)

    @pages.get()
    async def show_places_at_desk(view: NamedDependency[View], within: NamedDependency[Places]) -> Response[bytes]:
        return await page(view, within)

    @pages.post(does=retail.inventory.open_location)
    async def open_place_at_desk(
        data: URLEncodedBody[LocationForm],
        view: NamedDependency[View],
        within: NamedDependency[Places],
        once: NamedDependency[Once | None],
    ) -> Response[bytes]:
        async def begin() -> object:
            wish = OpenLocation(
                code=data.code, name=data.name, kind=data.chosen_kind(), sells_online=data.sells_online is not None,
                actor=view.actor, within=within, once=once,
            )  # fmt: skip
            return await retail.inventory.open_location(wish)

        return await decide(
            view, begin(), lambda _: view.go("/desk/stock/places", "desk.said.opened"), lambda: page(view, within)
        )

    return pages.all


def _changing(retail: Retail) -> Sequence[HTTPRouteHandler]:
    pages = Resource("/desk/stock/{sku_id:uuid}", permission=Permission.STOCK_CHANGE, tag="desk")

    async def answer(view: View, sku_id: UUID, tried: str, deed: Awaitable[Any]) -> Response[bytes]:
        return await decide(
            view, deed, lambda _: view.go(f"/desk/stock/{sku_id}", "desk.said.stock"),
            lambda: _sku_page(retail, view, sku_id, tried),
        )  # fmt: skip

    @pages.post("/receive", does=retail.inventory.receive, raises=[SkuNotFound])
    async def receive_at_desk(
        sku_id: FromPath[UUID],
        data: URLEncodedBody[ReceiptForm],
        view: NamedDependency[View],
        within: NamedDependency[Places],
        once: NamedDependency[Once | None],
    ) -> Response[bytes]:
        async def receive() -> StockCounted:
            return await retail.inventory.receive(
                ReceiveStock(
                    sku_id=SkuId(sku_id), location=data.location, quantity=count_typed(data.quantity, "quantity"),
                    reference=data.reference, actor=view.actor, within=within, once=once,
                )
            )  # fmt: skip

        return await answer(view, sku_id, "receive", receive())

    @pages.post("/adjust", does=retail.inventory.adjust, raises=[SkuNotFound])
    async def adjust_at_desk(
        sku_id: FromPath[UUID],
        data: URLEncodedBody[CorrectionForm],
        view: NamedDependency[View],
        within: NamedDependency[Places],
        once: NamedDependency[Once | None],
    ) -> Response[bytes]:
        async def adjust() -> StockCounted:
            return await retail.inventory.adjust(
                AdjustStock(
                    sku_id=SkuId(sku_id), location=data.location, change=change_typed(data.change, "change"),
                    reason=data.reason, shortfall=data.shortfall is not None, actor=view.actor, within=within, once=once,
                )
            )  # fmt: skip

        return await answer(view, sku_id, "adjust", adjust())

    @pages.post("/watch", does=retail.inventory.watch, raises=[SkuNotFound])
    async def watch_at_desk(
        sku_id: FromPath[UUID],
        data: URLEncodedBody[WatchForm],
        view: NamedDependency[View],
        within: NamedDependency[Places],
        once: NamedDependency[Once | None],
    ) -> Response[bytes]:
        def level(text: str, field: str) -> int | None:
            return count_typed(text, field) if text.strip() else None

        async def watch() -> StockCounted:
            return await retail.inventory.watch(
                WatchStock(
                    sku_id=SkuId(sku_id), location=data.location, safety=level(data.safety, "safety"),
                    alert_threshold=level(data.alert_threshold, "alert_threshold"), actor=view.actor, within=within, once=once,
                )
            )  # fmt: skip

        return await answer(view, sku_id, "watch", watch())

    return pages.all

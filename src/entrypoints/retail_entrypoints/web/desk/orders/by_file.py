"""`/desk/orders/ship-file`: many orders are shipped by one table, which is looked through before anything is done."""

from collections.abc import Sequence

from attrs import evolve
from litestar import Response
from litestar.di import NamedDependency
from litestar.handlers import HTTPRouteHandler
from litestar.params import URLEncodedBody

from retail_domain.accounts import Permission
from retail_domain.application import Retail
from retail_domain.kernel.errors import DomainError, InvalidInput
from retail_domain.kernel.ids import OrderId
from retail_domain.kernel.once import Once
from retail_domain.kernel.places import Places
from retail_domain.ordering import OrderView, ShipOrder
from retail_entrypoints.http.routing import Resource
from retail_entrypoints.web.asking import UPLOADS
from retail_entrypoints.web.desk.orders.shipfile import JudgedRow, judged, rows_of
from retail_entrypoints.web.desk.showing import show
from retail_entrypoints.web.forms import Form
from retail_entrypoints.web.view import View

FILE_BYTES_MAX = 256 * 1024


class TableForm(Form, frozen=True):
    """A table as text that was pasted."""

    table: str = ""


def shipping_by_file(retail: Retail) -> Sequence[HTTPRouteHandler]:
    """A form, a trial run, and the deed."""
    pages = Resource("/desk/orders/ship-file", permission=Permission.ORDERS_SHIP, tag="desk")

    async def look_through(text: str, within: Places) -> Sequence[JudgedRow]:
        async def find(number: str) -> OrderView:
            return await retail.ordering.show.by_number(number, within)

        async def sent(order_id: OrderId) -> Sequence[str]:
            return [one.tracking_number for one in await retail.fulfilment.show.of_order(order_id)]

        return await judged(rows_of(text), find, sent)

    async def ship_row(view: View, row: JudgedRow, within: Places, once: Once | None) -> JudgedRow:
        if row.order_id is None or not row.is_ready:
            return row
        wish = ShipOrder(
            order_id=row.order_id, carrier=row.typed.carrier, tracking_number=row.typed.tracking_number, actor=view.actor,
            within=within, once=evolve(once, key=f"{once.key[:160]}-{row.typed.row}") if once else None,
        )  # fmt: skip
        try:
            await retail.ordering.ship(wish)
        except DomainError as refused:
            return evolve(row, verdict="refused", sentence=view.sentence(refused))
        return evolve(row, verdict="done")

    @pages.get()
    async def show_ship_file(view: NamedDependency[View], within: NamedDependency[Places]) -> Response[bytes]:
        return show(view, "orders/ship_file.html")

    @pages.post("/look", request_max_body_size=FILE_BYTES_MAX, opt=UPLOADS)
    async def try_ship_file(
        data: URLEncodedBody[TableForm], view: NamedDependency[View], within: NamedDependency[Places]
    ) -> Response[bytes]:
        chosen = [one.text for one in view.request.files if one.content.strip()]
        table = chosen[0] if chosen else data.table
        try:
            rows = await look_through(table, within)
        except InvalidInput as refused:
            view.trouble = view.told(refused)
            return show(view, "orders/ship_file.html")
        return show(view, "orders/ship_rows.html", rows=rows, table=table, is_done=False)

    @pages.post("/ship", does=retail.ordering.ship, request_max_body_size=FILE_BYTES_MAX)
    async def ship_by_file(
        data: URLEncodedBody[TableForm],
        view: NamedDependency[View],
        within: NamedDependency[Places],
        once: NamedDependency[Once | None],
    ) -> Response[bytes]:
        try:
            rows = [await ship_row(view, row, within, once) for row in await look_through(data.table, within)]
        except InvalidInput as refused:
            view.trouble = view.told(refused)
            return show(view, "orders/ship_file.html")
        return show(view, "orders/ship_rows.html", rows=rows, table="", is_done=True)

    return pages.all

"""`/v1/staff/orders/export`: orders as a file, piece by piece."""

from collections.abc import Sequence
from typing import Annotated

from litestar.di import NamedDependency
from litestar.handlers import HTTPRouteHandler
from litestar.params import QueryParameter
from litestar.response import Stream

from retail_domain.accounts import Permission, StaffForbidden
from retail_domain.accounts.use_cases.staff import NoteStaffAction
from retail_domain.application import Retail
from retail_domain.kernel.actor import Actor
from retail_domain.kernel.effects import Effect, Granted
from retail_entrypoints.exporting import Export, ExportFormat, export_orders
from retail_entrypoints.http.orders import StatusFilter
from retail_entrypoints.http.routing import Resource

_MEDIA = {ExportFormat.CSV: "text/csv", ExportFormat.JSONL: "application/x-ndjson"}
_FILES = {
    _MEDIA[ExportFormat.CSV]: "number,line,order_id\r\n2601318241059372,1,0198f0a4-7c1e-7d3a-9b52-3f1c2a6e8d40\r\n",
    _MEDIA[ExportFormat.JSONL]: '{"number": "2601318241059372", "status": "paid"}\n',
}
"""How such a file looks, shortened, by what it is sent as."""
Format = Annotated[ExportFormat, QueryParameter(description="CSV has a row for each line of an order, JSON an order a line.")]
InFull = Annotated[bool, QueryParameter(description="Names, numbers, addresses and remarks in clear, for who may see them.")]
Bom = Annotated[bool, QueryParameter(description="CSV begins with a byte-order mark, for spreadsheets that need one.")]


def order_export_routes(retail: Retail) -> Sequence[HTTPRouteHandler]:
    """`/v1/staff/orders/export`."""
    routes = Resource("/staff/orders/export", permission=Permission.ORDERS_SEE, tag="staff: orders")

    @routes.get(raises=[StaffForbidden], summary="Orders as a file, newest first", opt={"files": _FILES})
    async def export_all_orders(  # noqa: PLR0913 - as many as there are choices
        actor: NamedDependency[Actor],
        granted: NamedDependency[Granted],
        format: Format = ExportFormat.CSV,
        status: StatusFilter = None,
        in_full: InFull = False,
        bom: Bom = False,
    ) -> Stream:
        """Written while it is read. Whom an order goes to, and what its buyer wrote, is masked unless it is asked for in full,
        which is written in the trail. Amounts have as many places as their currency.
        """
        if in_full:
            if Effect.PERSONAL_DATA not in granted:
                raise StaffForbidden(permission=Permission.MEMBERS_CONTACT.value)
            told = NoteStaffAction(actor=actor, action="export_orders", object=f"in full {format.value} {status or 'all'}")
            await retail.accounts.note_staff_action(told)
        wish = Export(format=format, status=status, in_full=in_full, bom=bom)
        pieces = export_orders(retail.ordering.show, retail.accounts.show, wish)
        named = {"Content-Disposition": f'attachment; filename="orders.{format.value}"', "Cache-Control": "no-store"}
        return Stream(pieces, media_type=_MEDIA[format], headers=named)

    return routes.all

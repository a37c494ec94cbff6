"""`/v1/staff/members/imports`: members of another system."""

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

from litestar.di import NamedDependency
from litestar.handlers import HTTPRouteHandler
from litestar.params import JSONBody
from msgspec import Meta

from retail_adapters.files.csv_files import CsvText
from retail_domain.accounts import Permission
from retail_domain.application import Retail
from retail_domain.kernel.actor import Actor
from retail_domain.kernel.effects import Granted
from retail_domain.kernel.once import Once
from retail_domain.processes.staff.moving_in import MembersFlawed, MembersMayNotBring, MembersMovedIn, MoveMembersIn
from retail_entrypoints.http.routing import Resource
from retail_entrypoints.http.shapes import Answer, Body, Count
from retail_entrypoints.http.shaping import derived

FileText = Annotated[
    str,
    Meta(
        min_length=1,
        description="CSV: a row of column names, then members, each known by `phone`; rows of one phone are one member.",
        examples=["phone,name,orders_count,amount\n13800138000,Li Lei,3,199.00\n"],
    ),
]


class MembersFileBody(Body, frozen=True):
    """A file of members, and whether it is only tried."""

    file: FileText
    dry_run: bool = False


class MovedInShape(Answer, frozen=True):
    """What was done or, with `dry_run`, would have been: then `stored` is false. `done` counts what columns brought."""

    stored: bool
    rows_read: Count
    blank_rows: Count
    created: Count
    joined: Count
    unchanged: Count
    done: dict[str, Count]

    of = derived(MembersMovedIn)


def staff_member_routes(retail: Retail) -> Sequence[HTTPRouteHandler]:
    """`/v1/staff/members/imports`."""
    routes = Resource("/staff/members/imports", permission=Permission.MEMBERS_IMPORT, tag="staff: members")

    @routes.post(
        does=retail.moving.move_in, raises=[MembersMayNotBring, MembersFlawed], status=200,
        summary="Move members in, all of them or none",
    )  # fmt: skip
    async def move_members_in(
        data: JSONBody[MembersFileBody],
        granted: NamedDependency[Granted],
        actor: NamedDependency[Actor],
        once: NamedDependency[Once | None],
    ) -> MovedInShape:
        """They log in with a code to their phone, and are asked for the present terms then. The same file twice changes
        nothing. A refusal names every row that is wrong, and nobody was moved in. Points and tiers come along if the caller may
        give them.
        """
        file = CsvText(path=Path("file"), content=data.file)
        header, rows = tuple(file.header()), tuple(file.rows())
        wish = MoveMembersIn(header=header, rows=rows, dry_run=data.dry_run, actor=actor, granted=granted, once=once)
        return MovedInShape.of(await retail.moving.move_in(wish))

    return routes.all

"""`/v1/staff/roles`: the roles there are, and those that the shop makes itself (R35, ACC-R12)."""

from collections.abc import Iterable, Sequence
from typing import Annotated

from litestar.di import NamedDependency
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath, JSONBody
from msgspec import Meta

from retail_domain.accounts import (
    MAY,
    ChangeRole,
    CustomRole,
    CustomRoleExists,
    CustomRoleHeld,
    CustomRoleNotFound,
    MakeRole,
    Permission,
    RemoveRole,
    Role,
    RoleStands,
    StaffForbidden,
)
from retail_domain.application import Retail
from retail_domain.inventory import LocationNotFound, location_named
from retail_domain.kernel.actor import Actor
from retail_domain.kernel.errors import ChangedMeanwhile, InvalidInput
from retail_domain.kernel.ids import LocationId
from retail_domain.kernel.once import Once
from retail_domain.kernel.paging import PageRequest
from retail_entrypoints.http.becoming import becoming
from retail_entrypoints.http.lists import PageShape, part_of
from retail_entrypoints.http.routing import Resource
from retail_entrypoints.http.shapes import Answer, Body, Code, Count, Text
from retail_entrypoints.http.shaping import derived

Permissions = Annotated[list[Permission], Meta(min_length=1, max_length=100, description="What the role may do.")]
PlaceCodes = Annotated[
    list[Code], Meta(max_length=200, description="Codes of the warehouses and stores it is bound to; none: everywhere.")
]
RoleCode = Annotated[
    str, Meta(min_length=1, max_length=40, description="What the role is called by.", examples=["hangzhou-clerk"])
]


def places_found(places_named: tuple[LocationId, ...]) -> tuple[LocationId, ...]:
    """Places that the door has looked up."""
    return places_named


class RoleBody(Body, frozen=True):
    """A role to make."""

    code: RoleCode
    name: Text
    permissions: Permissions
    places: PlaceCodes = []  # noqa: RUF012 - a Struct copies it

    to_command = becoming(MakeRole, "places_named", "actor", "once", places=places_found, beside=("places",))


class RoleChangeBody(Body, frozen=True):
    """The role as it shall be from now on, as a whole.

    `seen` is the `version` that was looked at: with it, nobody may have changed the role since.
    """

    name: Text
    permissions: Permissions
    places: PlaceCodes = []  # noqa: RUF012 - a Struct copies it
    seen: Count | None = None

    to_command = becoming(ChangeRole, "code", "places_named", "actor", "once", places=places_found, beside=("places",))


class RoleShape(Answer, frozen=True):
    """A role: one that every shop has, or one of the shop's own."""

    code: str
    name: str
    permissions: list[Permission]
    places: list[str]
    is_built_in: bool
    version: Count | None


class RoleStandsShape(Answer, frozen=True):
    """What the role is called by, in its one spelling."""

    code: str

    of = derived(RoleStands)


def staff_role_routes(retail: Retail) -> Sequence[HTTPRouteHandler]:
    """`/v1/staff/roles`."""
    accounts = retail.accounts
    routes = Resource("/staff/roles", permission=Permission.STAFF_MANAGE, tag="staff: staff")

    @routes.get(permission=Permission.STAFF_SEE, summary="The roles there are")
    async def list_roles(short_page: NamedDependency[PageRequest]) -> PageShape[RoleShape]:
        """Those that every shop has first; `places` are empty where a role holds everywhere."""
        codes = {one.id: one.code for one in await retail.inventory.show.locations()}
        own = [_shape(one, codes) for one in await accounts.show.custom_roles()]
        return part_of([*map(_built_in, Role), *own], short_page, lambda shape: shape)

    @routes.post(
        does=accounts.make_role,
        raises=[CustomRoleExists, LocationNotFound, StaffForbidden],
        summary="Make a role of the shop's own",
    )
    async def make_role(
        data: JSONBody[RoleBody], actor: NamedDependency[Actor], once: NamedDependency[Once | None]
    ) -> RoleStandsShape:
        """Of permissions that you have yourself. One that is bound to places holds only what has to do with such places."""
        command = data.to_command(places_named=await places_named(retail, data.places), actor=actor, once=once)
        return RoleStandsShape.of(await accounts.make_role(command))

    @routes.put(
        "/{code:str}", does=accounts.change_role,
        raises=[CustomRoleNotFound, ChangedMeanwhile, LocationNotFound, StaffForbidden],
        summary="Change a role; it counts with the next request",
    )  # fmt: skip
    async def change_role(
        code: FromPath[str],
        data: JSONBody[RoleChangeBody],
        actor: NamedDependency[Actor],
        once: NamedDependency[Once | None],
    ) -> RoleStandsShape:
        """For everybody who has it, at once."""
        command = data.to_command(code=code, places_named=await places_named(retail, data.places), actor=actor, once=once)
        return RoleStandsShape.of(await accounts.change_role(command))

    @routes.delete(
        "/{code:str}", does=accounts.remove_role, raises=[CustomRoleNotFound, CustomRoleHeld, StaffForbidden, InvalidInput],
        summary="Remove a role that nobody has",
    )  # fmt: skip
    async def remove_role(code: FromPath[str], actor: NamedDependency[Actor], once: NamedDependency[Once | None]) -> None:
        """It has to be taken from everybody first."""
        await accounts.remove_role(RemoveRole(code=code, actor=actor, once=once))

    return routes.all


async def places_named(retail: Retail, codes: Iterable[str]) -> tuple[LocationId, ...]:
    """The places of these codes. Raises LocationNotFound."""
    return tuple([await location_named(retail.inventory.show, code) for code in codes])


def _shape(role: CustomRole, codes: dict[LocationId, str]) -> RoleShape:
    places = sorted(codes.get(place, str(place)) for place in role.places)
    return RoleShape(role.code, role.name, [*role.permissions], places, is_built_in=False, version=role.version)


def _built_in(role: Role) -> RoleShape:
    return RoleShape(
        role.value, role.value, [one for one in Permission if one in MAY[role]], [], is_built_in=True, version=None
    )

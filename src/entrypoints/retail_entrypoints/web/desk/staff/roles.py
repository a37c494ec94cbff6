"""`/desk/staff/roles`: roles of the shop's own; nobody makes one that may do what they may not do themselves (ACC-R12)."""

from collections.abc import Sequence
from typing import Annotated

from litestar import Response
from litestar.di import NamedDependency
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath, URLEncodedBody
from msgspec import Meta

from retail_domain.accounts import (
    ChangeRole,
    CustomRole,
    CustomRoleNotFound,
    MakeRole,
    Permission,
    RemoveRole,
    RoleStands,
)
from retail_domain.application import Retail
from retail_domain.inventory import Location
from retail_domain.kernel.ids import LocationId
from retail_domain.kernel.once import Once
from retail_entrypoints.http.routing import Resource
from retail_entrypoints.web.desk.showing import decide, show
from retail_entrypoints.web.forms import Form, NoFields, Typed
from retail_entrypoints.web.view import View


class RoleForm(Form, frozen=True):
    """What a role is called; what it may do and where stands in fields of their own."""

    code: Typed = ""
    name: Typed = ""
    seen: Annotated[int, Meta(ge=0)] | None = None


def role_pages(retail: Retail) -> Sequence[HTTPRouteHandler]:
    """Roles have no place, so whoever is bound to places is not let in."""
    return [*_looking(retail), *_making(retail)]


def _ticked(view: View, places: Sequence[Location]) -> tuple[tuple[Permission, ...], tuple[LocationId, ...]]:
    fields = view.request.fields
    return (
        tuple(one for one in Permission if f"may_{one.value}" in fields),
        tuple(one.id for one in places if f"at_{one.id}" in fields),
    )


async def _page(retail: Retail, view: View, tried: str = "") -> Response[bytes]:
    places = await retail.inventory.show.locations()
    mine = tuple(one for one in Permission if one in view.request.caller.permissions)
    return show(
        view, "staff/roles.html", own=await retail.accounts.show.custom_roles(), places=places, permissions=mine, tried=tried,
        names={one.id: one.name for one in places},
    )  # fmt: skip


def _looking(retail: Retail) -> Sequence[HTTPRouteHandler]:
    pages = Resource("/desk/staff/roles", permission=Permission.STAFF_SEE, tag="desk")

    @pages.get()
    async def show_roles_at_desk(view: NamedDependency[View]) -> Response[bytes]:
        return await _page(retail, view)

    return pages.all


def _making(retail: Retail) -> Sequence[HTTPRouteHandler]:
    pages = Resource("/desk/staff/roles", permission=Permission.STAFF_MANAGE, tag="desk")
    accounts = retail.accounts

    async def known(code: str) -> CustomRole:
        for one in await accounts.show.custom_roles():
            if one.code == code:
                return one
        raise CustomRoleNotFound(role=code)

    @pages.post(does=accounts.make_role)
    async def make_role_at_desk(
        data: URLEncodedBody[RoleForm], view: NamedDependency[View], once: NamedDependency[Once | None]
    ) -> Response[bytes]:
        async def make() -> RoleStands:
            may, at = _ticked(view, await retail.inventory.show.locations())
            wish = MakeRole(code=data.code, name=data.name, permissions=may, places=at, actor=view.actor, once=once)
            return await accounts.make_role(wish)

        return await decide(
            view, make(), lambda _: view.go("/desk/staff/roles", "desk.said.role"), lambda: _page(retail, view, "new")
        )  # fmt: skip

    @pages.post("/{code:str}", does=accounts.change_role, raises=[CustomRoleNotFound])
    async def change_role_at_desk(
        code: FromPath[str],
        data: URLEncodedBody[RoleForm],
        view: NamedDependency[View],
        once: NamedDependency[Once | None],
    ) -> Response[bytes]:
        async def change() -> RoleStands:
            role = await known(code)
            may, at = _ticked(view, await retail.inventory.show.locations())
            kept = tuple(one for one in role.permissions if one not in view.request.caller.permissions)
            wish = ChangeRole(
                code=role.code, name=data.name, permissions=(*may, *kept), places=at, actor=view.actor,
                seen=role.version if data.seen is None else data.seen, once=once,
            )  # fmt: skip
            return await accounts.change_role(wish)

        return await decide(
            view, change(), lambda _: view.go("/desk/staff/roles", "desk.said.role"), lambda: _page(retail, view, code)
        )  # fmt: skip

    @pages.post("/{code:str}/remove", does=accounts.remove_role, raises=[CustomRoleNotFound])
    async def remove_role_at_desk(
        code: FromPath[str],
        data: URLEncodedBody[NoFields],
        view: NamedDependency[View],
        once: NamedDependency[Once | None],
    ) -> Response[bytes]:
        async def remove() -> None:
            role = await known(code)
            await accounts.remove_role(RemoveRole(code=role.code, actor=view.actor, once=once))

        return await decide(
            view, remove(), lambda _: view.go("/desk/staff/roles", "desk.said.role_gone"), lambda: _page(retail, view, code)
        )  # fmt: skip

    return pages.all

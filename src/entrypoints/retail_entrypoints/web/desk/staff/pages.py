"""`/desk/staff`: who works here and what each may do; nobody grants, or takes, what they do not have themselves."""

from collections.abc import Sequence
from uuid import UUID

from litestar import Response
from litestar.di import NamedDependency
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath, URLEncodedBody

from retail_domain.accounts import (
    AddStaff,
    ChangeRoles,
    GivePassword,
    Permission,
    Role,
    StaffNotFound,
    StaffTakenOn,
    StaffView,
)
from retail_domain.application import Retail
from retail_domain.kernel.ids import StaffId
from retail_domain.kernel.once import Once
from retail_domain.kernel.paging import PageRequest
from retail_entrypoints.http.routing import Resource
from retail_entrypoints.web.desk.showing import PAGE, Cursor, decide, show
from retail_entrypoints.web.forms import Form, Typed
from retail_entrypoints.web.view import View

_MOST = 100


class TakeOnForm(Form, frozen=True):
    """Somebody to take on; their roles stand in fields of their own."""

    login: Typed = ""
    password: Typed = ""
    name: Typed = ""


class RolesForm(Form, frozen=True):
    """Roles; each stands in a field of its own."""


class GivenPasswordForm(Form, frozen=True):
    """The password that they log in with from now on."""

    password: Typed = ""


def staff_pages(retail: Retail) -> Sequence[HTTPRouteHandler]:
    """Staff have no place, so whoever is bound to places is not let in."""
    return [*_looking(retail), *_managing(retail)]


def _ticked(view: View, own: Sequence[str]) -> tuple[tuple[Role, ...], tuple[str, ...]]:
    """The roles that were ticked: the shop's usual ones, and those that it made itself."""
    fields = view.request.fields
    return (
        tuple(role for role in Role if f"role_{role.value}" in fields),
        tuple(code for code in own if f"own_{code}" in fields),
    )


async def _list_page(retail: Retail, view: View, cursor: str | None = None) -> Response[bytes]:
    found = await retail.accounts.show.staff(PageRequest(PAGE, cursor))
    own = await retail.accounts.show.custom_roles()
    return show(
        view, "staff/list.html", rows=found.items, roles=tuple(Role), own=own, next_cursor=found.next_cursor,
        own_names={one.code: one.name for one in own},
    )  # fmt: skip


async def _somebody(retail: Retail, staff_id: UUID) -> StaffView:
    page = PageRequest(_MOST)
    while True:
        found = await retail.accounts.show.staff(page)
        for one in found.items:
            if one.staff_id == staff_id:
                return one
        if found.next_cursor is None:
            raise StaffNotFound()
        page = PageRequest(_MOST, found.next_cursor)


async def _one_page(retail: Retail, view: View, staff_id: UUID, tried: str = "") -> Response[bytes]:
    m, own = await _somebody(retail, staff_id), await retail.accounts.show.custom_roles()
    is_me = view.request.caller.staff_id == m.staff_id
    return show(view, "staff/one.html", m=m, roles=tuple(Role), own=own, tried=tried, is_me=is_me)


def _looking(retail: Retail) -> Sequence[HTTPRouteHandler]:
    pages = Resource("/desk/staff", permission=Permission.STAFF_SEE, tag="desk")

    @pages.get()
    async def show_staff_at_desk(view: NamedDependency[View], cursor: Cursor = None) -> Response[bytes]:
        return await _list_page(retail, view, cursor)

    @pages.get("/{id:uuid}", raises=[StaffNotFound])
    async def show_colleague(id: FromPath[UUID], view: NamedDependency[View]) -> Response[bytes]:
        return await _one_page(retail, view, id)

    return pages.all


def _managing(retail: Retail) -> Sequence[HTTPRouteHandler]:
    pages = Resource("/desk/staff", permission=Permission.STAFF_MANAGE, tag="desk")
    accounts = retail.accounts

    async def own_codes() -> list[str]:
        return [one.code for one in await accounts.show.custom_roles()]

    @pages.post(does=accounts.add_staff)
    async def add_colleague(
        data: URLEncodedBody[TakeOnForm], view: NamedDependency[View], once: NamedDependency[Once | None]
    ) -> Response[bytes]:
        async def add() -> StaffTakenOn:
            roles, own = _ticked(view, await own_codes())
            return await accounts.add_staff(
                AddStaff(
                    login=data.login, password=data.password, name=data.name, roles=roles, custom_roles=own,
                    actor=view.actor, once=once,
                )
            )  # fmt: skip

        return await decide(
            view, add(), lambda done: view.go(f"/desk/staff/{done.staff_id}", "desk.said.taken_on"),
            lambda: _list_page(retail, view),
        )  # fmt: skip

    @pages.post("/{id:uuid}/roles", does=accounts.change_roles, raises=[StaffNotFound])
    async def change_roles_at_desk(
        id: FromPath[UUID],
        data: URLEncodedBody[RolesForm],
        view: NamedDependency[View],
        once: NamedDependency[Once | None],
    ) -> Response[bytes]:
        async def change() -> None:
            now, known = await _somebody(retail, id), await own_codes()
            roles, own = _ticked(view, known)
            await accounts.change_roles(
                ChangeRoles(
                    staff_id=now.staff_id, actor=view.actor, once=once,
                    grant=tuple(role for role in roles if role not in now.roles),
                    revoke=tuple(role for role in now.roles if role not in roles),
                    grant_custom=tuple(code for code in own if code not in now.custom_roles),
                    revoke_custom=tuple(code for code in now.custom_roles if code not in own),
                )
            )  # fmt: skip

        return await decide(
            view, change(), lambda _: view.go(f"/desk/staff/{id}", "desk.said.roles"),
            lambda: _one_page(retail, view, id, "roles"),
        )  # fmt: skip

    @pages.post("/{id:uuid}/password", does=accounts.give_password, raises=[StaffNotFound])
    async def give_password_at_desk(
        id: FromPath[UUID],
        data: URLEncodedBody[GivenPasswordForm],
        view: NamedDependency[View],
        once: NamedDependency[Once | None],
    ) -> Response[bytes]:
        wish = GivePassword(staff_id=StaffId(id), password=data.password, actor=view.actor, once=once)
        return await decide(
            view, accounts.give_password(wish), lambda _: view.go(f"/desk/staff/{id}", "desk.said.password_given"),
            lambda: _one_page(retail, view, id, "password"),
        )  # fmt: skip

    return pages.all

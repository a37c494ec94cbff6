"""`/v1/staff/members`, `/v1/staff/staff`, `/v1/staff/trail`: members and staff as staff see and change them (R35, R40)."""

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated
from uuid import UUID

from litestar.di import NamedDependency
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath, JSONBody, QueryParameter
from msgspec import Meta
from msgspec.structs import replace

from retail_domain.accounts import (
    Accounts,
    AddStaff,
    BanMember,
    ChangeRoles,
    CustomRoleNotFound,
    GivePassword,
    LastAdmin,
    MemberNotFound,
    MemberStatus,
    MemberView,
    NameTaken,
    OwnPassword,
    Permission,
    Role,
    StaffForbidden,
    StaffNotFound,
    StaffView,
    TrailSearch,
    TrailView,
)
from retail_domain.kernel.actor import Actor
from retail_domain.kernel.effects import Effect, brings
from retail_domain.kernel.ids import MemberId, StaffId
from retail_domain.kernel.once import Once
from retail_domain.kernel.paging import PageRequest
from retail_domain.notes import NoteDesk, ThingSort
from retail_entrypoints.http.auth import LoginName
from retail_entrypoints.http.becoming import becoming, in_utc
from retail_entrypoints.http.lists import PageShape, listing
from retail_entrypoints.http.me import my_account
from retail_entrypoints.http.notes import no_notes, notes_on
from retail_entrypoints.http.routing import Resource
from retail_entrypoints.http.shapes import Answer, Body, FactValue, Instant, Secret, Text, Uuid
from retail_entrypoints.http.shaping import derived
from retail_entrypoints.http.staff_roles import RoleCode

Roles = Annotated[list[Role], Meta(max_length=3)]
ActorFilter = Annotated[
    str | None, QueryParameter(max_length=200, description="Only of this one: an id of staff, or a program's name.")
]
ActionFilter = Annotated[str | None, QueryParameter(max_length=100, description="Only of this name, such as `ship_order`.")]
ThingFilter = Annotated[str | None, QueryParameter(max_length=200, description="Only about this thing, by its id or code.")]
SinceFilter = Annotated[datetime | None, QueryParameter(description="Not before this moment; RFC 3339.")]
UntilFilter = Annotated[datetime | None, QueryParameter(description="Before this moment; RFC 3339.")]
CustomRoleCodes = Annotated[list[RoleCode], Meta(max_length=20, description="Codes of roles of the shop's own.")]


class MemberShape(Answer, frozen=True):
    """A member as staff see them: without the name, and the phone masked (R40)."""

    member_id: Uuid
    phone: str | None
    status: MemberStatus
    behaviour_consent: bool
    created_at: Instant
    notes: dict[str, FactValue]

    of = derived(MemberView, phone="phone.masked", notes=no_notes)


@brings(Effect.PERSONAL_DATA)
class MemberContactShape(Answer, frozen=True):
    """How to reach a member, for staff who may."""

    member_id: Uuid
    name: str | None
    phone: str | None

    of = derived(MemberView, phone="phone.e164")


class StaffBody(Body, frozen=True):
    """Somebody to take on."""

    login: LoginName
    password: Secret
    name: Text
    roles: Roles = []  # noqa: RUF012 - a Struct copies it
    custom_roles: CustomRoleCodes = []  # noqa: RUF012 - a Struct copies it

    to_command = becoming(AddStaff, "actor", "once")


class RolesBody(Body, frozen=True):
    """Roles to grant and to revoke; who has none left is out."""

    grant: tuple[Role, ...] = ()
    revoke: tuple[Role, ...] = ()
    grant_custom: CustomRoleCodes = []  # noqa: RUF012 - a Struct copies it
    revoke_custom: CustomRoleCodes = []  # noqa: RUF012 - a Struct copies it

    to_command = becoming(ChangeRoles, "staff_id", "actor", "once")


class GivenPasswordBody(Body, frozen=True):
    """The password that they log in with from now on; they change it themselves with `PUT /v1/auth/password`."""

    password: Secret

    to_command = becoming(GivePassword, "staff_id", "actor", "once")


class StaffCreated(Answer, frozen=True):
    """Their id."""

    staff_id: Uuid


class StaffShape(Answer, frozen=True):
    """Somebody of staff."""

    staff_id: Uuid
    login: str
    name: str
    roles: Roles
    custom_roles: list[str]
    created_at: Instant

    of = derived(StaffView)


class TrailShape(Answer, frozen=True):
    """One row of what staff did."""

    actor_kind: str
    actor_ref: str
    action: str
    object: str
    at: Instant

    of = derived(TrailView)


def staff_account_routes(accounts: Accounts, notes: NoteDesk) -> Sequence[HTTPRouteHandler]:
    """Members and staff at the staff's door."""
    return [*_members(accounts, notes), *_bans(accounts), *_staff(accounts), *_trail(accounts)]


def _members(accounts: Accounts, notes: NoteDesk) -> Sequence[HTTPRouteHandler]:
    routes = Resource("/staff/members", permission=Permission.MEMBERS_SEE, tag="staff: members")
    show = accounts.show

    @routes.get(summary="Members, newest first")
    async def list_members(page: NamedDependency[PageRequest]) -> PageShape[MemberShape]:
        """Phone numbers are masked."""
        found = await show.members(page)
        kept = await notes_on(notes, ThingSort.MEMBER, (one.member_id for one in found.items))
        return listing(found, lambda one: replace(MemberShape.of(one), notes=kept[one.member_id]))

    @routes.get("/{id:uuid}", raises=[MemberNotFound], summary="A member")
    async def get_member(id: FromPath[UUID]) -> MemberShape:
        """The phone number is masked."""
        found = await my_account(show, MemberId(id))
        kept = await notes_on(notes, ThingSort.MEMBER, [found.member_id])
        return replace(MemberShape.of(found), notes=kept[found.member_id])

    @routes.get(
        "/{id:uuid}/contact", does=MemberContactShape, raises=[MemberNotFound], summary="How to reach a member",
    )  # fmt: skip
    async def get_member_contact(id: FromPath[UUID]) -> MemberContactShape:
        """In full; that somebody looked is written in the trail."""
        return MemberContactShape.of(await my_account(show, MemberId(id)))

    return routes.all


def _bans(accounts: Accounts) -> Sequence[HTTPRouteHandler]:
    routes = Resource("/staff/members", permission=Permission.MEMBERS_BAN, tag="staff: members")

    @routes.post(
        "/{id:uuid}/ban",
        does=accounts.ban_member,
        raises=[MemberNotFound],
        status=204,
        summary="Block a member; every session ends",
    )
    async def ban_member(id: FromPath[UUID], actor: NamedDependency[Actor], once: NamedDependency[Once | None]) -> None:
        """They cannot log in until they are admitted again. Open orders go on."""
        await accounts.ban_member(BanMember(member_id=MemberId(id), actor=actor, once=once))

    @routes.post(
        "/{id:uuid}/readmit",
        does=accounts.ban_member,
        raises=[MemberNotFound],
        status=204,
        summary="Let a blocked member in again",
    )
    async def readmit_member(id: FromPath[UUID], actor: NamedDependency[Actor], once: NamedDependency[Once | None]) -> None:
        """Nothing else changes."""
        await accounts.ban_member(BanMember(member_id=MemberId(id), actor=actor, banned=False, once=once))

    return routes.all


def _staff(accounts: Accounts) -> Sequence[HTTPRouteHandler]:
    routes = Resource("/staff/staff", permission=Permission.STAFF_MANAGE, tag="staff: staff")

    @routes.get(permission=Permission.STAFF_SEE, summary="The staff")
    async def list_staff(page: NamedDependency[PageRequest]) -> PageShape[StaffShape]:
        """With their roles."""
        return listing(await accounts.show.staff(page), StaffShape.of)

    @routes.post(does=accounts.add_staff, raises=[NameTaken, StaffForbidden, CustomRoleNotFound], summary="Take somebody on")
    async def add_staff(
        data: JSONBody[StaffBody], actor: NamedDependency[Actor], once: NamedDependency[Once | None]
    ) -> StaffCreated:
        """With a first password, which they should change."""
        return StaffCreated((await accounts.add_staff(data.to_command(actor=actor, once=once))).staff_id)

    @routes.post(
        "/{id:uuid}/roles", does=accounts.change_roles, status=204,
        raises=[StaffNotFound, LastAdmin, StaffForbidden, CustomRoleNotFound],
        summary="Grant and revoke roles; their sessions end",
    )  # fmt: skip
    async def change_roles(
        id: FromPath[UUID],
        data: JSONBody[RolesBody],
        actor: NamedDependency[Actor],
        once: NamedDependency[Once | None],
    ) -> None:
        """Nobody grants, or takes, what they do not have themselves."""
        await accounts.change_roles(data.to_command(staff_id=StaffId(id), actor=actor, once=once))

    @routes.put(
        "/{id:uuid}/password", does=accounts.give_password, raises=[StaffNotFound, StaffForbidden, OwnPassword], status=204,
        summary="Give somebody another password; their sessions end",
    )  # fmt: skip
    async def give_password(
        id: FromPath[UUID],
        data: JSONBody[GivenPasswordBody],
        actor: NamedDependency[Actor],
        once: NamedDependency[Once | None],
    ) -> None:
        """Their sessions end. Nobody gives themselves one: for that the present one is asked for."""
        await accounts.give_password(data.to_command(staff_id=StaffId(id), actor=actor, once=once))

    return routes.all


def _trail(accounts: Accounts) -> Sequence[HTTPRouteHandler]:
    routes = Resource("/staff/trail", permission=Permission.AUDIT_SEE, tag="staff: trail")

    @routes.get(summary="What staff did, newest first")
    async def list_trail(  # noqa: PLR0913 - all that can be looked for
        page: NamedDependency[PageRequest], actor: ActorFilter = None, action: ActionFilter = None,
        thing: ThingFilter = None, since: SinceFilter = None, until: UntilFilter = None,
    ) -> PageShape[TrailShape]:  # fmt: skip
        """Decisions, and looks at personal data: all of them, or what is looked for, each by itself or together."""
        period = [in_utc(name, at) if at else None for name, at in (("since", since), ("until", until))]
        search = TrailSearch(actor_ref=actor, action=action, thing=thing, since=period[0], until=period[1])
        return listing(await accounts.show.trail(page, search), TrailShape.of)

    return routes.all

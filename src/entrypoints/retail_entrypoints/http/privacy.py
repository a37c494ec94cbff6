"""What the shop knows of me, and leaving it; the same for staff whom somebody has asked (R40)."""

from collections.abc import Sequence
from typing import Annotated, Any, Final
from uuid import UUID

from litestar.di import NamedDependency
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath, JSONBody
from msgspec import Meta

from retail_domain.accounts import (
    CodeExpired,
    CodeWrong,
    LoginFailed,
    MemberNotFound,
    Permission,
    TooManyTries,
)
from retail_domain.accounts.use_cases.prove import Proof
from retail_domain.kernel.actor import Actor
from retail_domain.kernel.errors import InvalidInput
from retail_domain.kernel.ids import ChallengeId, MemberId
from retail_domain.kernel.once import Once
from retail_domain.kernel.paging import PageRequest
from retail_domain.kernel.personal import InTheWay, SettledBy
from retail_domain.privacy import AccountInUse
from retail_domain.processes.leaving.closing import AccountClosed, CloseAccount, CloseAccountFor
from retail_domain.processes.leaving.desk import PrivacyDesk
from retail_domain.processes.leaving.exporting import ExportMember, MemberExport
from retail_entrypoints.http.auth import OneTimeCode
from retail_entrypoints.http.caller import Caller
from retail_entrypoints.http.lists import PageShape, part_of
from retail_entrypoints.http.routing import ENDS_SESSION, MEMBER, Resource
from retail_entrypoints.http.shapes import Answer, Body, FactValue, Instant, Secret, Uuid
from retail_entrypoints.http.shaping import derived

_WHERE: Final = {
    SettledBy.CANCEL: "/v1/orders/{id}/cancel",
    SettledBy.RECEIVE: "/v1/orders/{id}/receipt",
    SettledBy.EMPTY: "/v1/me/wallet/withdrawals",
}


def _settle_at(way: InTheWay) -> str | None:
    path = _WHERE.get(way.settled_by)
    return path and path.format(id=way.id)


class InTheWayShape(Answer, frozen=True):
    """Something that has to be over first. `settle_at` is what to POST to; without it, waiting settles it."""

    kind: Annotated[str, Meta(description="order, payment or refund.", examples=["order"])]
    id: Uuid
    settled_by: SettledBy
    settle_at: Annotated[str | None, Meta(examples=["/v1/orders/0192f3c4-0000-7000-8000-000000000001/cancel"])]
    until: Instant | None

    of = derived(InTheWay, settle_at=_settle_at)


class ExportShape(Answer, frozen=True):
    """Everything the shop holds about a member. A section is a list of rows, a row an object of JSON's own values."""

    format: Annotated[str, Meta(examples=["retail-member/1"])]
    member_id: Uuid
    at: Instant
    sections: dict[str, list[dict[str, FactValue]]]


def _exported(told: MemberExport) -> ExportShape:
    sections: dict[str, list[dict[str, Any]]] = {name: [dict(row) for row in rows] for name, rows in told.sections.items()}
    return ExportShape(told.format, told.member_id, told.at, sections)


class ClosingBody(Body, frozen=True):
    """Your password, or `challenge_id` and `code` for the purpose `close_account`, sent to your phone."""

    password: Secret | None = None
    challenge_id: Uuid | None = None
    code: OneTimeCode | None = None

    def to_command(self, caller: Caller, client: str, once: Once | None) -> CloseAccount:
        """Raises InvalidInput for half of a code."""
        if (self.challenge_id is None) != (self.code is None):
            raise InvalidInput.of("code", "both", "challenge_id and code go together")
        proof = None
        if self.challenge_id is not None and self.code is not None:
            proof = Proof(challenge_id=ChallengeId(self.challenge_id), code=self.code, client=client)
        return CloseAccount(member_id=caller.member_id, proof=proof, password=self.password, client=client, once=once)


class ClosedShape(Answer, frozen=True):
    """When the account was closed."""

    closed_at: Instant

    of = derived(AccountClosed)


def privacy_routes(desk: PrivacyDesk) -> Sequence[HTTPRouteHandler]:
    """`/v1/me` as far as it is about knowing and leaving, and `/v1/staff/members`."""
    return [*_mine(desk), *_for_staff(desk)]


def _mine(desk: PrivacyDesk) -> Sequence[HTTPRouteHandler]:
    routes = Resource("/me", permission=MEMBER, tag="me")

    @routes.get("/export", raises=[MemberNotFound], summary="Everything the shop knows of me")
    async def export_me(member_id: NamedDependency[MemberId]) -> ExportShape:
        """As one document, of one moment; what programs of others have noted is in it."""
        return _exported(await desk.export(ExportMember(member_id=member_id)))

    @routes.get("/closing", raises=[MemberNotFound], summary="What stands in the way of closing my account")
    async def show_in_the_way(
        member_id: NamedDependency[MemberId], short_page: NamedDependency[PageRequest]
    ) -> PageShape[InTheWayShape]:
        """Orders that are not over and money under way, each with what settles it. Empty: nothing does."""
        return part_of(await desk.in_the_way(member_id), short_page, InTheWayShape.of)

    @routes.delete(
        raises=[AccountInUse, MemberNotFound, CodeWrong, CodeExpired, LoginFailed, TooManyTries], status=200,
        summary="Close my account for good", opt=ENDS_SESSION,
    )  # fmt: skip
    async def close_my_account(
        data: JSONBody[ClosingBody],
        caller: NamedDependency[Caller],
        client_address: NamedDependency[str],
        once: NamedDependency[Once | None],
    ) -> ClosedShape:
        """Proven by the password, or by a code to the phone. Every session ends, the phone is free, and what the shop knew is
        erased; records of trade stay, masked, for three years. This cannot be undone."""
        return ClosedShape.of(await desk.close(data.to_command(caller, client_address, once)))

    return routes.all


def _for_staff(desk: PrivacyDesk) -> Sequence[HTTPRouteHandler]:
    routes = Resource("/staff/members", permission=Permission.MEMBERS_SEE, tag="staff: members")

    @routes.get("/{id:uuid}/export", does=desk.export, raises=[MemberNotFound], summary="Everything the shop knows of a member")
    async def export_member(id: FromPath[UUID]) -> ExportShape:
        """For a member who asked; that somebody looked is written in the trail."""
        return _exported(await desk.export(ExportMember(member_id=MemberId(id))))

    @routes.get("/{id:uuid}/closing", raises=[MemberNotFound], summary="What stands in the way of closing a member's account")
    async def show_in_the_way_of(id: FromPath[UUID], short_page: NamedDependency[PageRequest]) -> PageShape[InTheWayShape]:
        """Orders that are not over and money under way, each with what settles it."""
        return part_of(await desk.in_the_way(MemberId(id)), short_page, InTheWayShape.of)

    @routes.post(
        "/{id:uuid}/closing", does=desk.close_for, raises=[AccountInUse, MemberNotFound], status=200,
        summary="Close the account of a member who asked for it",
    )  # fmt: skip
    async def close_account_of(
        id: FromPath[UUID], actor: NamedDependency[Actor], once: NamedDependency[Once | None]
    ) -> ClosedShape:
        """As if they had done it themselves. This cannot be undone."""
        return ClosedShape.of(await desk.close_for(CloseAccountFor(member_id=MemberId(id), actor=actor, once=once)))

    return routes.all

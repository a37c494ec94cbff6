"""`/me/terms`, `/me/privacy`, `/me/export`, `/me/closing`: what was agreed to, what is known, and leaving (R40)."""

from collections.abc import Sequence
from typing import Annotated
from uuid import UUID

import msgspec
from litestar import Response
from litestar.di import NamedDependency
from litestar.handlers import HTTPRouteHandler
from litestar.params import QueryParameter, URLEncodedBody

from retail_domain.accounts import AgreeToTerms, MemberNotFound, Proof, Purpose
from retail_domain.application import Retail
from retail_domain.kernel.errors import InvalidInput
from retail_domain.kernel.ids import ChallengeId, MemberId
from retail_domain.kernel.once import Once
from retail_domain.processes.leaving.closing import AccountClosed, CloseAccount
from retail_domain.processes.leaving.exporting import ExportMember
from retail_entrypoints.http.me import my_account
from retail_entrypoints.http.routing import ENDS_SESSION, MEMBER, Resource
from retail_entrypoints.settings import Settings
from retail_entrypoints.web import policy
from retail_entrypoints.web.forms import Form, NoFields, Path, Typed
from retail_entrypoints.web.shop.account.pages import send_code
from retail_entrypoints.web.shop.privacy.models import obstacles
from retail_entrypoints.web.view import View

Then = Annotated[str | None, QueryParameter(name="then", max_length=500)]
Challenge = Annotated[UUID | None, QueryParameter(name="c")]


class TermsForm(Form, frozen=True):
    """The version that was read."""

    version: Typed = ""
    then: Path = "/"


class ClosingForm(Form, frozen=True):
    """The password, or the code that came."""

    password: Typed = ""
    challenge: UUID | None = None
    code: Typed = ""

    def proof(self, client: str) -> Proof | None:
        """The code, if one was asked for."""
        if self.challenge is None:
            return None
        return Proof(challenge_id=ChallengeId(self.challenge), code=self.code, client=client)


def privacy_pages(retail: Retail, settings: Settings) -> Sequence[HTTPRouteHandler]:
    """Terms, what is known, and leaving."""
    return [*_terms(retail, settings.terms_version), *_known(retail), *_closing(retail)]


def _terms(retail: Retail, version: str) -> Sequence[HTTPRouteHandler]:
    pages = Resource("/me/terms", permission=MEMBER, tag="me")

    async def form(view: View, member_id: MemberId, then: str) -> Response[bytes]:
        member = await my_account(retail.accounts.show, member_id)
        has_agreed = member.terms_version == version
        return view.page("shop/privacy/terms.html", version=version, has_agreed=has_agreed, then=then)

    @pages.get(raises=[MemberNotFound])
    async def show_new_terms(
        view: NamedDependency[View], member_id: NamedDependency[MemberId], then: Then = None
    ) -> Response[bytes]:
        return await form(view, member_id, view.onward(then, "/"))

    @pages.post(raises=[MemberNotFound])
    async def agree_to_terms_from_page(
        data: URLEncodedBody[TermsForm],
        view: NamedDependency[View],
        member_id: NamedDependency[MemberId],
        once: NamedDependency[Once | None],
    ) -> Response[bytes]:
        then = view.onward(data.then, "/")
        wish = AgreeToTerms(member_id=member_id, version=data.version, once=once)
        return await view.decide(
            retail.accounts.agree_to_terms(wish), lambda _: view.go(then, "privacy.agreed"), lambda: form(view, member_id, then)
        )

    return pages.all


def _known(retail: Retail) -> Sequence[HTTPRouteHandler]:
    pages = Resource("/me", permission=MEMBER, tag="me")

    @pages.get("/privacy", raises=[MemberNotFound])
    async def show_privacy(view: NamedDependency[View], member_id: NamedDependency[MemberId]) -> Response[bytes]:
        return view.page("shop/privacy/privacy.html", member=await my_account(retail.accounts.show, member_id))

    @pages.get("/export", raises=[MemberNotFound])
    async def download_what_is_known(view: NamedDependency[View], member_id: NamedDependency[MemberId]) -> Response[bytes]:
        told = await retail.privacy.export(ExportMember(member_id=member_id))
        whole = {"format": told.format, "member_id": told.member_id, "at": told.at, "sections": told.sections}
        return view.download(msgspec.json.format(msgspec.json.encode(whole), indent=2), "my-data.json", "application/json")

    return pages.all


def _closing(retail: Retail) -> Sequence[HTTPRouteHandler]:
    pages = Resource("/me/closing", permission=MEMBER, tag="me")

    async def form(view: View, challenge: UUID | None) -> Response[bytes]:
        member_id = view.request.caller.member_id
        member = await retail.accounts.show.member(member_id) if member_id else None
        ways = obstacles(await retail.privacy.in_the_way(member_id)) if member_id else ()
        return view.page("shop/privacy/closing.html", member=member, ways=ways, challenge=challenge, keeping=policy.NEVER)

    @pages.get(raises=[MemberNotFound])
    async def show_closing(view: NamedDependency[View], challenge: Challenge = None) -> Response[bytes]:
        return await form(view, challenge)

    @pages.post("/code", raises=[MemberNotFound])
    async def ask_for_closing_code(
        data: URLEncodedBody[NoFields],
        view: NamedDependency[View],
        member_id: NamedDependency[MemberId],
        once: NamedDependency[Once | None],
    ) -> Response[bytes]:
        async def send() -> str:
            member = await my_account(retail.accounts.show, member_id)
            if member.phone is None:
                raise InvalidInput.of("phone", "required", "there is no phone to send a code to")
            return await send_code(retail, view, member.phone, Purpose.CLOSE_ACCOUNT, once)

        return await view.decide(
            send(), lambda code: view.go(view.address("/me/closing", c=code), "enter.sent"), lambda: form(view, None)
        )

    @pages.post(opt=ENDS_SESSION)
    async def close_account_from_page(
        data: URLEncodedBody[ClosingForm], view: NamedDependency[View], once: NamedDependency[Once | None]
    ) -> Response[bytes]:
        def done(_: AccountClosed) -> Response[bytes]:
            view.forget_session()
            return view.go("/", "privacy.closed")

        wish = CloseAccount(
            member_id=view.request.caller.member_id, proof=data.proof(view.client), password=data.password or None,
            client=view.client, once=once,
        )  # fmt: skip
        return await view.decide(retail.privacy.close(wish), done, lambda: form(view, data.challenge))

    return pages.all

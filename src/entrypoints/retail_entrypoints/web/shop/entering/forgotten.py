"""`/enter/forgotten`: whoever has forgotten the password proves the phone, sets another, and is inside."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from litestar import Response
from litestar.di import NamedDependency
from litestar.handlers import HTTPRouteHandler
from litestar.params import URLEncodedBody

from retail_domain.accounts import (
    AccountBlocked,
    CodeExpired,
    CodeWrong,
    NoPasswordAccount,
    Proof,
    Purpose,
    ResetPassword,
    SendCode,
    TooManyCodes,
    TooManyTries,
)
from retail_domain.application import Retail
from retail_domain.kernel.ids import ChallengeId
from retail_domain.kernel.once import Once
from retail_entrypoints.http.routing import LOGS_IN, PUBLIC, Resource
from retail_entrypoints.web import policy
from retail_entrypoints.web.forms import Form, Path, Typed
from retail_entrypoints.web.shop.entering.pages import Challenge, PhoneForm, Then, let_inside
from retail_entrypoints.web.view import View


class ForgottenForm(Form, frozen=True):
    """The code that came, and the password from now on."""

    challenge: UUID
    code: Typed = ""
    password: Typed = ""
    then: Path = "/"


def forgotten_pages(retail: Retail, terms_version: str) -> Sequence[HTTPRouteHandler]:
    """The two steps to another password."""
    pages = Resource("/enter/forgotten", permission=PUBLIC, tag="entering")
    accounts = retail.accounts

    async def asked(view: View, then: str) -> Response[bytes]:
        return view.page("shop/entering/forgotten.html", then=then)

    async def form(view: View, challenge: UUID, then: str) -> Response[bytes]:
        return view.page("shop/entering/new_password.html", challenge=challenge, then=then, keeping=policy.NEVER)

    @pages.get()
    async def show_forgotten(view: NamedDependency[View], then: Then = None) -> Response[bytes]:
        return await asked(view, view.onward(then, "/"))

    @pages.post(raises=[TooManyCodes, TooManyTries])
    async def ask_for_reset_code(
        data: URLEncodedBody[PhoneForm],
        view: NamedDependency[View],
        client_address: NamedDependency[str],
        once: NamedDependency[Once | None],
    ) -> Response[bytes]:
        then = view.onward(data.then, "/")

        async def send() -> UUID:
            wish = SendCode(phone=data.number(), purpose=Purpose.RESET, client=client_address, once=once)
            return (await accounts.send_code(wish)).challenge_id

        def sent(challenge: UUID) -> Response[bytes]:
            return view.go(view.address("/enter/forgotten/new", c=str(challenge), then=then), "enter.sent")

        return await view.decide(send(), sent, lambda: asked(view, then))

    @pages.get("/new")
    async def show_new_password(view: NamedDependency[View], challenge: Challenge = None, then: Then = None) -> Response[bytes]:
        if challenge is None:
            return view.go("/enter/forgotten")
        return await form(view, challenge, view.onward(then, "/"))

    @pages.post("/new", raises=[CodeWrong, CodeExpired, TooManyTries, AccountBlocked, NoPasswordAccount], opt=LOGS_IN)
    async def set_new_password(
        data: URLEncodedBody[ForgottenForm],
        view: NamedDependency[View],
        client_address: NamedDependency[str],
        once: NamedDependency[Once | None],
    ) -> Response[bytes]:
        async def enter() -> Response[bytes]:
            proof = Proof(challenge_id=ChallengeId(data.challenge), code=data.code, client=client_address)
            logged_in = await accounts.reset_password(ResetPassword(proof=proof, password=data.password, once=once))
            return await let_inside(retail, terms_version, view, logged_in, data.then)

        again = view.onward(data.then, "/")
        return await view.decide(enter(), lambda answer: answer, lambda: form(view, data.challenge, again))

    return pages.all

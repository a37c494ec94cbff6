"""`/enter`, `/leave`: by a code to the phone, or by name and password; the guest's cart comes along."""

from collections.abc import Sequence
from contextlib import suppress
from typing import Annotated
from uuid import UUID

from litestar import Response
from litestar.di import NamedDependency
from litestar.handlers import HTTPRouteHandler
from litestar.params import QueryParameter, URLEncodedBody
from msgspec import Meta

from retail_domain.accounts import (
    AccountBlocked,
    CodeExpired,
    CodeWrong,
    LoggedIn,
    LoginFailed,
    LogInWithCode,
    LogInWithPassword,
    LogOut,
    Proof,
    Purpose,
    SendCode,
    TooManyCodes,
    TooManyTries,
)
from retail_domain.application import Retail
from retail_domain.cart import CartOwner
from retail_domain.kernel.contact import Phone
from retail_domain.kernel.errors import DomainError, InvalidInput
from retail_domain.kernel.ids import ChallengeId, MemberId, SessionId
from retail_domain.kernel.once import Once
from retail_domain.processes.purchase.carting import MergeGuestCart
from retail_entrypoints.http.caller import Caller
from retail_entrypoints.http.routing import ENDS_SESSION, LOGGED_IN, LOGS_IN, PUBLIC, Resource
from retail_entrypoints.settings import Settings
from retail_entrypoints.web import policy
from retail_entrypoints.web.asking import CART
from retail_entrypoints.web.forms import Form, NoFields, Path, Typed
from retail_entrypoints.web.shop.checkout.onward import go_on
from retail_entrypoints.web.unread import UNREAD
from retail_entrypoints.web.view import View

Then = Annotated[str | None, QueryParameter(name="then", max_length=500)]
Challenge = Annotated[UUID | None, QueryParameter(name="c")]
_PROVING = (CodeWrong, CodeExpired, TooManyTries, AccountBlocked)


class PhoneForm(Form, frozen=True):
    """A phone that a code is sent to."""

    phone: Typed = ""
    then: Path = "/"

    def number(self) -> Phone:
        """As it is dialled. Raises InvalidInput."""
        try:
            return Phone.parse(self.phone)
        except ValueError:
            raise InvalidInput.of("phone", "format", "this is no phone number") from None


class CodeForm(Form, frozen=True):
    """The code that came."""

    challenge: UUID
    code: Typed = ""
    then: Path = "/"


class PasswordForm(Form, frozen=True):
    """A name and a password."""

    login: Typed = ""
    password: Typed = ""
    then: Path = "/"


class LanguageForm(Form, frozen=True):
    """The language to read the shop in."""

    lang: Annotated[str, Meta(max_length=10)]
    then: Path = "/"


def entering_pages(retail: Retail, settings: Settings) -> Sequence[HTTPRouteHandler]:
    """Come in, and leave."""
    return [*_doors(), *_entering(retail, settings.terms_version), *_leaving(retail)]


def _doors() -> Sequence[HTTPRouteHandler]:
    pages = Resource("/enter", permission=PUBLIC, tag="entering")

    @pages.get()
    async def show_entrance(view: NamedDependency[View], then: Then = None) -> Response[bytes]:
        return view.page("shop/entering/enter.html", then=view.onward(then, "/"))

    @pages.get("/code")
    async def show_code_form(view: NamedDependency[View], challenge: Challenge = None, then: Then = None) -> Response[bytes]:
        if challenge is None:
            return view.go("/enter")
        return view.page("shop/entering/code.html", challenge=challenge, then=view.onward(then, "/"), keeping=policy.NEVER)

    return pages.all


async def merge_cart(retail: Retail, view: View, logged_in: LoggedIn) -> None:
    """What lay in the guest's cart comes along; that it cannot is no reason to stay outside."""
    caller = view.request.caller
    if logged_in.member_id is None or caller.cart_token is None:
        return
    guest = CartOwner.guest(caller.cart_token)
    with suppress(DomainError):
        cart = await retail.cart.merge(MergeGuestCart(member_id=MemberId(logged_in.member_id), guest=guest))
        view.count(sum(line.quantity for line in cart.basket.lines))
    view.cookies.append(view.request.jar.dropped(CART))


async def let_inside(retail: Retail, terms_version: str, view: View, logged_in: LoggedIn, then: str) -> Response[bytes]:
    """Somebody has proven who they are: their cart comes along, and they go on to where they wanted. Raises LoginFailed."""
    accounts = retail.accounts
    if logged_in.member_id is None:  # staff come in by the console's own door
        await accounts.log_out(LogOut(principal=await accounts.authenticate(logged_in.token)))
        raise LoginFailed()
    await merge_cart(retail, view, logged_in)
    view.keep_session(logged_in.token)
    view.cookies.append(view.request.jar.dropped(UNREAD))
    member = await accounts.show.member(logged_in.member_id)
    if member is not None and member.terms_version != terms_version:
        return view.go(view.address("/me/terms", then=view.onward(then, "/")), "enter.welcome")
    return await go_on(retail, view, MemberId(logged_in.member_id), view.onward(then, "/"), "enter.welcome")


def _entering(retail: Retail, terms_version: str) -> Sequence[HTTPRouteHandler]:
    pages = Resource("/enter", permission=PUBLIC, tag="entering")
    accounts = retail.accounts

    async def inside(view: View, logged_in: LoggedIn, then: str) -> Response[bytes]:
        return await let_inside(retail, terms_version, view, logged_in, then)

    @pages.post("/code", raises=[TooManyCodes, TooManyTries])
    async def ask_for_code(
        data: URLEncodedBody[PhoneForm],
        view: NamedDependency[View],
        client_address: NamedDependency[str],
        once: NamedDependency[Once | None],
    ) -> Response[bytes]:
        async def send() -> UUID:
            wish = SendCode(phone=data.number(), purpose=Purpose.LOGIN, client=client_address, once=once)
            return (await accounts.send_code(wish)).challenge_id

        async def again() -> Response[bytes]:
            return view.page("shop/entering/enter.html", then=data.then)

        def sent(challenge: UUID) -> Response[bytes]:
            return view.go(view.address("/enter/code", c=str(challenge), then=view.onward(data.then, "/")), "enter.sent")

        return await view.decide(send(), sent, again)

    @pages.post("/verify", raises=_PROVING, opt=LOGS_IN)
    async def enter_by_code(
        data: URLEncodedBody[CodeForm],
        view: NamedDependency[View],
        client_address: NamedDependency[str],
        once: NamedDependency[Once | None],
    ) -> Response[bytes]:
        async def enter() -> Response[bytes]:
            proof = Proof(challenge_id=ChallengeId(data.challenge), code=data.code, client=client_address)
            wish = LogInWithCode(proof=proof, instead_of=_so_far(view.request.caller), once=once)
            return await inside(view, await accounts.log_in_with_code(wish), data.then)

        async def again() -> Response[bytes]:
            return view.page("shop/entering/code.html", challenge=data.challenge, then=data.then, keeping=policy.NEVER)

        return await view.decide(enter(), lambda answer: answer, again)

    @pages.post("/password", raises=[LoginFailed, AccountBlocked, TooManyTries], opt=LOGS_IN)
    async def enter_by_password(
        data: URLEncodedBody[PasswordForm],
        view: NamedDependency[View],
        client_address: NamedDependency[str],
        once: NamedDependency[Once | None],
    ) -> Response[bytes]:
        async def enter() -> Response[bytes]:
            wish = LogInWithPassword(
                login=data.login, password=data.password, client=client_address,
                instead_of=_so_far(view.request.caller), once=once,
            )  # fmt: skip
            return await inside(view, await accounts.log_in_with_password(wish), data.then)

        async def again() -> Response[bytes]:
            return view.page("shop/entering/enter.html", then=data.then, by_password=True)

        return await view.decide(enter(), lambda answer: answer, again)

    return pages.all


def _so_far(caller: Caller) -> SessionId | None:
    return caller.account.session_id if caller.account else None


def _leaving(retail: Retail) -> Sequence[HTTPRouteHandler]:
    pages = Resource("", permission=LOGGED_IN, tag="entering")

    @pages.post("/leave", opt=ENDS_SESSION)
    async def leave_shop(
        data: URLEncodedBody[NoFields],
        view: NamedDependency[View],
        caller: NamedDependency[Caller],
        once: NamedDependency[Once | None],
    ) -> Response[bytes]:
        await retail.accounts.log_out(LogOut(principal=caller.account, once=once))
        view.forget_session()
        return view.go("/", "enter.left")

    public = Resource("", permission=PUBLIC, tag="entering")

    @public.post("/language")
    async def choose_language(data: URLEncodedBody[LanguageForm], view: NamedDependency[View]) -> Response[bytes]:
        view.choose_language(data.lang)
        return view.go(view.onward(data.then, "/"))

    return [*pages.all, *public.all]

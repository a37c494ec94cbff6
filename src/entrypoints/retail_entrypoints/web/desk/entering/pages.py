"""`/desk/enter`, `/desk/leave`, `/desk/me`: staff come in by name and password, and see who they are here."""

from collections.abc import Sequence

from litestar import Response
from litestar.di import NamedDependency
from litestar.handlers import HTTPRouteHandler
from litestar.params import URLEncodedBody

from retail_domain.accounts import (
    AccountBlocked,
    ChangePassword,
    LoggedIn,
    LoginFailed,
    LogInWithPassword,
    LogOut,
    TooManyTries,
)
from retail_domain.application import Retail
from retail_domain.kernel.errors import InvalidInput
from retail_domain.kernel.once import Once
from retail_domain.kernel.places import EVERYWHERE
from retail_entrypoints.http.caller import Caller
from retail_entrypoints.http.routing import ENDS_SESSION, LOGS_IN, PUBLIC, STAFF, Resource
from retail_entrypoints.web.asking import DESK, DESK_SESSION
from retail_entrypoints.web.desk.entering.models import WhoIAm
from retail_entrypoints.web.desk.showing import show
from retail_entrypoints.web.forms import Form, NoFields, Typed
from retail_entrypoints.web.preview import PREVIEW
from retail_entrypoints.web.shop.entering.pages import PasswordForm, Then
from retail_entrypoints.web.view import DESK_WHO, View


class NewPasswordForm(Form, frozen=True):
    """The password so far, and the one from now on, twice."""

    current: Typed = ""
    password: Typed = ""
    again: Typed = ""

    def checked(self) -> str:
        """The new one. Raises InvalidInput unless it was typed alike twice."""
        if self.password != self.again:
            raise InvalidInput.of("again", "differs", "this is not what stands above")
        return self.password


def desk_entering_pages(retail: Retail) -> Sequence[HTTPRouteHandler]:
    """Come in, leave, and who I am."""
    return [*_entering(retail), *_inside(retail)]


def _inwards(path: str | None) -> str:
    """A page of the console that somebody wanted, or its first one."""
    return path if path is not None and (path == DESK or path.startswith((f"{DESK}/", f"{DESK}?"))) else DESK


def _entering(retail: Retail) -> Sequence[HTTPRouteHandler]:
    pages = Resource(f"{DESK}/enter", permission=PUBLIC, tag="desk")
    accounts = retail.accounts

    async def inside(view: View, logged_in: LoggedIn, data: PasswordForm) -> Response[bytes]:
        if logged_in.staff_id is None:  # members come in by the shop's own door
            await accounts.log_out(LogOut(principal=await accounts.authenticate(logged_in.token)))
            raise LoginFailed()
        jar, seal = view.request.jar, view.request.seal
        known = await accounts.show.staff_named(data.login)
        view.cookies += [
            jar.kept(DESK_SESSION, seal.close(logged_in.token), strict=True),
            jar.kept(DESK_WHO, seal.close(known.name if known else data.login), strict=True),
        ]
        return view.go(_inwards(view.onward(data.then, DESK)))

    @pages.get()
    async def show_desk_entrance(view: NamedDependency[View], then: Then = None) -> Response[bytes]:
        return show(view, "entering/enter.html", then=_inwards(view.onward(then, DESK)))

    @pages.post(raises=[LoginFailed, AccountBlocked, TooManyTries], opt=LOGS_IN)
    async def enter_desk(
        data: URLEncodedBody[PasswordForm],
        view: NamedDependency[View],
        client_address: NamedDependency[str],
        once: NamedDependency[Once | None],
    ) -> Response[bytes]:
        async def enter() -> Response[bytes]:
            account = view.request.caller.account
            wish = LogInWithPassword(
                login=data.login, password=data.password, client=client_address,
                instead_of=account.session_id if account else None, once=once,
            )  # fmt: skip
            return await inside(view, await accounts.log_in_with_password(wish), data)

        async def again() -> Response[bytes]:
            return show(view, "entering/enter.html", then=_inwards(data.then))

        return await view.decide(enter(), lambda answer: answer, again)

    return pages.all


def _inside(retail: Retail) -> Sequence[HTTPRouteHandler]:
    pages = Resource(DESK, permission=STAFF, tag="desk")
    accounts = retail.accounts

    async def me(view: View) -> Response[bytes]:
        caller = view.request.caller
        bound = {one: places for one, places in caller.rights.where.items() if places != EVERYWHERE}
        known = {one.id: one.name for one in await retail.inventory.show.locations()} if bound else {}
        return show(view, "entering/me.html", m=WhoIAm.of(view.who, caller, known))

    @pages.get("/me")
    async def show_me_at_desk(view: NamedDependency[View]) -> Response[bytes]:
        return await me(view)

    @pages.post("/leave", opt=ENDS_SESSION)
    async def leave_desk(
        data: URLEncodedBody[NoFields],
        view: NamedDependency[View],
        caller: NamedDependency[Caller],
        once: NamedDependency[Once | None],
    ) -> Response[bytes]:
        await accounts.log_out(LogOut(principal=caller.account, once=once))
        view.cookies += [view.request.jar.dropped(name) for name in (DESK_SESSION, DESK_WHO, PREVIEW)]
        return view.go(f"{DESK}/enter", "enter.left")

    @pages.post("/me/password", raises=[LoginFailed, TooManyTries], opt=ENDS_SESSION)
    async def change_password_at_desk(
        data: URLEncodedBody[NewPasswordForm],
        view: NamedDependency[View],
        caller: NamedDependency[Caller],
        client_address: NamedDependency[str],
        once: NamedDependency[Once | None],
    ) -> Response[bytes]:
        async def change() -> LoggedIn:
            return await accounts.change_password(
                ChangePassword(
                    principal=caller.account, current=data.current, password=data.checked(), client=client_address, once=once
                )
            )

        def done(logged_in: LoggedIn) -> Response[bytes]:
            sealed = view.request.seal.close(logged_in.token)
            view.cookies.append(view.request.jar.kept(DESK_SESSION, sealed, strict=True))
            return view.go(f"{DESK}/me", "desk.said.password")

        return await view.decide(change(), done, lambda: me(view))

    return pages.all

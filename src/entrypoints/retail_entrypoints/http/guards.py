"""Deny by default: who may call what, and which parameters a route knows (R35, R37)."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Final, TypeAlias, assert_never, cast

from litestar import Litestar, Request, Response
from litestar.exceptions import ImproperlyConfiguredException
from litestar.routes import HTTPRoute

from retail_domain.accounts.model.keys import is_key
from retail_domain.accounts.model.staff import Permission
from retail_domain.accounts.use_cases.keys import ShowKey
from retail_domain.accounts.use_cases.staff import NoteStaffAction
from retail_domain.kernel.errors import DomainError, Kind
from retail_entrypoints.http.binding import Bound, Providers, bind
from retail_entrypoints.http.caller import CALLER, Caller, bearer_token, cart_token, digest_of
from retail_entrypoints.http.methods import answer_options
from retail_entrypoints.http.refusals import LoginRequired, PermissionRequired
from retail_entrypoints.http.requests import StrictRequest
from retail_entrypoints.http.routing import Access, Allowed, needed_by
from retail_entrypoints.http.shop import NoteAction, ServedShop

Gate: TypeAlias = Callable[[Request[Any, Any, Any]], Awaitable[Response[Any]]]

BOUND: Final = "bound"
KEEPS_WITHIN: Final = "keeps_within"
_LOOKS: Final = ("GET", "HEAD")


def gate(shop: ServedShop[Any], client_of: Callable[[StrictRequest], str]) -> Gate:
    """What every request passes on its way to its handler: known parameters, who is calling, what they may, the trail of staff.

    It answers too, so the framework is left with nothing to inject. Not Litestar's own `guards`: for each of those the
    framework copies the handler, with every request.
    """

    async def passed(asked: Request[Any, Any, Any]) -> Response[Any]:
        request, handler = cast(StrictRequest, asked), asked.route_handler
        bound: Bound | None = handler.opt[BOUND]
        if request.scope["query_string"]:
            request.words = request.checked_query(bound.query if bound is not None else {})
        caller = request.caller = request.scope["state"][CALLER] = await find_out(request, shop, client_of)
        if caller.token_digest is None or caller.account is not None:
            let_in(caller, handler.opt)
        if caller.staff_id is not None or caller.machine is not None:
            await _note_decision(request, caller, shop.note_staff_action)
        return await bound.answer(request) if bound is not None else answer_options(request)

    return passed


async def find_out(request: StrictRequest, shop: ServedShop[Any], client_of: Callable[[StrictRequest], str]) -> Caller:
    """Who is calling. Raises what `authenticate` and `authenticate_key` raise, LoginRequired for another scheme.

    A public door does not look at keys: it asks nobody who they are, so that nothing can be guessed there.
    """
    try:
        token = bearer_token(request.given)
        is_program = token is not None and is_key(token)
        account = await shop.authenticate(token) if token is not None and not is_program else None
    except DomainError as refused:
        return _ended(request, refused)
    if token is not None and is_program:
        is_asked = request.route_handler.opt["permission"] is not Access.PUBLIC
        return await _program(shop, ShowKey(key=token, client=client_of(request))) if is_asked else Caller()
    keeps_digest = token is not None and request.route_handler.opt.get("ends_session")
    return Caller(
        account=account, cart_token=cart_token(request.given), token_digest=digest_of(token) if token and keeps_digest else None
    )


async def _program(shop: ServedShop[Any], shown: ShowKey) -> Caller:
    """A program acts as itself: never as a guest, whatever cart token it sends along."""
    return Caller(machine=await shop.authenticate_key(shown))


def _ended(request: StrictRequest, refused: DomainError) -> Caller:
    """Whoever comes with a session that has ended, where that is no reason to send them away; else raises the refusal."""
    if refused.kind is not Kind.UNAUTHENTICATED:
        raise refused
    opt = request.route_handler.opt
    if opt["permission"] is Access.PUBLIC:
        return Caller()  # an ended session must not keep anybody from logging in again
    token = bearer_token(request.given)
    if token is None or not opt.get("ends_session") or "idempotency-key" not in request.given:
        raise refused
    return Caller(token_digest=digest_of(token))  # it may have ended by this very call: a repeat is told so (R17)


def let_in(caller: Caller, opt: Mapping[str, Any]) -> None:
    """Raises LoginRequired or PermissionRequired unless the caller may call the route that declares this (R35)."""
    admit(caller, opt["permission"])
    for permission in opt.get("besides", ()):
        admit(caller, permission)
    check_reach(caller, opt)


def admit(caller: Caller, permission: Allowed) -> None:
    """Raises LoginRequired or PermissionRequired unless the caller may (R35)."""
    if _may(caller, permission):
        return
    if caller.sort == "anonymous" or (caller.sort == "guest" and permission is not Access.GUEST_OR_MEMBER):
        raise LoginRequired()
    raise PermissionRequired()


def check_reach(caller: Caller, opt: Mapping[str, Any]) -> None:
    """Whoever is bound to places is let in where the route keeps to them and so asks for `within`; deny by default.

    Raises PermissionRequired.
    """
    if caller.may_be_bound and not opt[KEEPS_WITHIN] and not caller.within(needed_by(opt)).is_everywhere:
        raise PermissionRequired()


def _may(caller: Caller, permission: Allowed) -> bool:
    if not isinstance(permission, Access):
        return permission in caller.permissions
    match permission:
        case Access.PUBLIC:
            return True
        case Access.LOGGED_IN:
            return caller.account is not None
        case Access.MEMBER:
            return caller.member_id is not None
        case Access.GUEST_OR_MEMBER:
            return caller.member_id is not None or caller.cart_token is not None
        case Access.STAFF:
            return caller.staff_id is not None
        case _:
            assert_never(permission)


async def _note_decision(request: StrictRequest, caller: Caller, note: NoteAction) -> None:
    """Writes down every decision of staff before it is carried out, and every look at a contact (R35, R40).

    What an address can be asked (OPTIONS) is neither; a look is one whether it is asked for with GET or with HEAD.
    """
    handler = request.route_handler
    is_look = request.method in _LOOKS and handler.opt["permission"] is not Permission.MEMBERS_CONTACT
    if is_look or request.method == "OPTIONS":
        return
    things = "".join(filter(str.isprintable, " ".join(str(value) for value in request.path_params.values())))
    await note(NoteStaffAction(actor=caller.actor, action=handler.fn.__name__, object=things[:200]))


def check_routes(app: Litestar, gate: Gate, providers: Providers) -> None:
    """Bind every handler. Refuses to start with a route that declares no permission or does not lie behind the gate (R35)."""
    for route in app.routes:
        if not isinstance(route, HTTPRoute):
            raise ImproperlyConfiguredException(f"{route.path}: only HTTP routes are guarded here")
        for method, (handler, _) in route.route_handler_map.items():
            if method == "OPTIONS":
                handler.opt.setdefault("permission", Access.PUBLIC)
            if not isinstance(handler.opt.get("permission"), Allowed):
                raise ImproperlyConfiguredException(f"{method} {route.path} declares no permission")
            if handler.resolve_before_request() is not gate:
                raise ImproperlyConfiguredException(f"{method} {route.path} goes around the gate")
            handler.opt[KEEPS_WITHIN] = method != "OPTIONS" and "within" in handler.parsed_fn_signature.parameters
            handler.opt[BOUND] = None if method == "OPTIONS" else bind(handler, providers)

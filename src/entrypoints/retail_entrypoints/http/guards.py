"""Deny by default: who may call what, and which parameters a route knows (R35, R37)."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from enum import Enum
from typing import Any, TypeAlias, assert_never

from litestar import Litestar, Request, Response
from litestar.enums import ParamType
from litestar.exceptions import ImproperlyConfiguredException
from litestar.handlers import BaseRouteHandler
from litestar.routes import HTTPRoute

from retail_domain.accounts.model.staff import Permission
from retail_domain.accounts.use_cases.staff import NoteStaffAction
from retail_domain.kernel.errors import DomainError, Kind
from retail_entrypoints.http.caller import CALLER, Caller, Connection, bearer_token, caller_of, cart_token, digest_of
from retail_entrypoints.http.methods import answer_options
from retail_entrypoints.http.refusals import LoginRequired, Malformed, PermissionRequired
from retail_entrypoints.http.routing import Access, Allowed
from retail_entrypoints.http.shop import Authenticate, NoteAction

Guard: TypeAlias = Callable[[Connection, BaseRouteHandler], Awaitable[None]]
Gate: TypeAlias = Callable[[Request[Any, Any, Any]], Awaitable[Response[None] | None]]

_INTEGER_DIGITS_MAX = 18


def gate(*guards: Guard) -> Gate:
    """What every request passes before its handler is reached; what OPTIONS asks for is answered here.

    Not Litestar's own `guards`: for each of those the framework copies the handler, with every request.
    """

    async def passed(request: Request[Any, Any, Any]) -> Response[None] | None:
        for guard in guards:
            await guard(request, request.route_handler)
        return await answer_options(request)

    return passed


def permission_guard(authenticate: Authenticate) -> Guard:
    """Finds out who is calling and whether the route's declared permission lets them."""

    async def check_permission(connection: Connection, handler: BaseRouteHandler) -> None:
        permission = handler.opt["permission"]
        try:
            caller = await find_out(connection.headers, authenticate, keeps_digest=bool(handler.opt.get("ends_session")))
        except DomainError as refused:
            caller = _ended(connection, handler, refused)
        connection.scope["state"][CALLER] = caller
        if caller.token_digest is None or caller.account is not None:
            admit(caller, permission)

    return check_permission


async def find_out(headers: Mapping[str, str], authenticate: Authenticate, *, keeps_digest: bool = False) -> Caller:
    """Who sends these headers. Raises what `authenticate` raises, LoginRequired for another scheme."""
    token = bearer_token(headers)
    account = await authenticate(token) if token is not None else None
    digest = digest_of(token) if token is not None and keeps_digest else None
    return Caller(account=account, cart_token=cart_token(headers), token_digest=digest)


def _ended(connection: Connection, handler: BaseRouteHandler, refused: DomainError) -> Caller:
    """Whoever comes with a session that has ended, where that is no reason to send them away; else raises the refusal."""
    if refused.kind is not Kind.UNAUTHENTICATED:
        raise refused
    if handler.opt["permission"] is Access.PUBLIC:
        return Caller()  # an ended session must not keep anybody from logging in again
    token = bearer_token(connection.headers)
    if token is None or not handler.opt.get("ends_session") or "idempotency-key" not in connection.headers:
        raise refused
    return Caller(token_digest=digest_of(token))  # it may have ended by this very call: a repeat is told so (R17)


def admit(caller: Caller, permission: Allowed) -> None:
    """Raises LoginRequired or PermissionRequired unless the caller may (R35)."""
    if permission is Access.PUBLIC:
        return
    if caller.sort == "anonymous" or (caller.sort == "guest" and permission is not Access.GUEST_OR_MEMBER):
        raise LoginRequired()
    if not _may(caller, permission):
        raise PermissionRequired()


def _may(caller: Caller, permission: Allowed) -> bool:
    if not isinstance(permission, Access):
        return caller.account is not None and permission in caller.account.permissions
    match permission:
        case Access.PUBLIC | Access.LOGGED_IN:
            return True
        case Access.MEMBER:
            return caller.member_id is not None
        case Access.GUEST_OR_MEMBER:
            return caller.member_id is not None or caller.cart_token is not None
        case Access.STAFF:
            return caller.staff_id is not None
        case _:
            assert_never(permission)


def trail_guard(note: NoteAction) -> Guard:
    """Writes down every decision of staff before it is carried out, and every look at a contact (R35, R40)."""

    async def note_decision(connection: Connection, handler: BaseRouteHandler) -> None:
        caller = caller_of(connection)
        scope: Mapping[str, object] = connection.scope
        is_reading = scope["method"] == "GET" and handler.opt["permission"] is not Permission.MEMBERS_CONTACT
        if caller.staff_id is not None and not is_reading:
            things = " ".join(str(value) for value in connection.path_params.values())
            await note(NoteStaffAction(actor=caller.actor, action=handler.fn.__name__, object=things[:200]))

    return note_decision


async def check_query(connection: Connection, handler: BaseRouteHandler) -> None:
    """Refuse unknown and repeated query parameters, NUL, and numbers in unusual spellings (R37)."""
    if not connection.scope["query_string"]:
        return
    known: dict[str, bool] = handler.opt["query"]
    for name, values in connection.query_params.dict().items():
        if name not in known:
            raise Malformed.because(name[:64], "unknown", "this parameter is not known here")
        if len(values) > 1:
            raise Malformed.because(name, "repeated", "this parameter may be given once")
        if "\x00" in values[0] or "\ufffd" in values[0]:
            raise Malformed.because(name, "text", "text may not hold NUL or broken UTF-8")
        if known[name] and not _is_plain_integer(values[0]):
            raise Malformed.because(name, "type", "a whole number is expected")


def _is_plain_integer(text: str) -> bool:
    digits = text.removeprefix("-")
    return digits.isascii() and digits.isdigit() and len(digits) <= _INTEGER_DIGITS_MAX


def check_routes(app: Litestar, gate: Gate) -> None:
    """Refuse to start with a route that declares no permission or does not lie behind the gate (R35).

    Notes the query parameters that each route knows.
    """
    for route in app.routes:
        if not isinstance(route, HTTPRoute):
            raise ImproperlyConfiguredException(f"{route.path}: only HTTP routes are guarded here")
        for method, (handler, model) in route.route_handler_map.items():
            if method == "OPTIONS":
                handler.opt.setdefault("permission", Access.PUBLIC)
            if not isinstance(handler.opt.get("permission"), Allowed):
                raise ImproperlyConfiguredException(f"{method} {route.path} declares no permission")
            if handler.resolve_before_request() is not gate:
                raise ImproperlyConfiguredException(f"{method} {route.path} goes around the gate")
            # What handlers ask for by name awaits nobody else: one after the other needs no group of tasks.
            model.dependency_batches = [{dependency} for batch in model.dependency_batches for dependency in batch]
            handler.opt["query"] = _known_parameters(handler, model)
            handler.opt["aliases"] = {parameter.field_name: parameter.field_alias for parameter in model.expected_query_params}


def _known_parameters(handler: Any, model: Any) -> dict[str, bool]:
    """Query parameters by name, and whether they are whole numbers; those of dependencies too."""
    fields = dict(handler.parsed_fn_signature.parameters)
    for provider in handler.resolve_dependencies().values():
        fields.update(provider.parsed_fn_signature.parameters)
    return {
        parameter.field_alias: parameter.field_name in fields and _is_whole_number(fields[parameter.field_name])
        for parameter in model.expected_query_params
        if parameter.param_type is ParamType.QUERY
    }


def _is_whole_number(field: Any) -> bool:
    options = field.inner_types if field.is_union else (field,)
    return any(option.is_subclass_of(int) and not option.is_subclass_of((bool, Enum)) for option in options)

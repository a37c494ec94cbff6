"""The short way in: plain requests of those who shop reach their handler without the framework's detours (decision 0030)."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from ipaddress import IPv4Network, IPv6Network
from typing import Any, Final, TypeAlias, cast
from uuid import UUID

import msgspec
from attrs import field, frozen
from litestar import Litestar
from litestar.enums import ScopeType
from litestar.handlers import HTTPRouteHandler
from litestar.routes import HTTPRoute
from litestar.types import ASGIApp, HTTPScope, Message, Receive, Scope, Send
from msgspec import Struct

from retail_domain.kernel.once import Once
from retail_entrypoints.http import bodies
from retail_entrypoints.http.caller import CALLER, Caller, address_of, check_key
from retail_entrypoints.http.guards import admit, find_out
from retail_entrypoints.http.problems import plain_answer_to
from retail_entrypoints.http.refusals import Malformed, TooLarge
from retail_entrypoints.http.requests import fingerprint_of, tree_of
from retail_entrypoints.http.routing import Access
from retail_entrypoints.http.shop import Authenticate

_ID: Final = re.compile(r"([0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})")
_HOST: Final = re.compile(rb"[0-9A-Za-z.:\-]+")
_LENGTH: Final = re.compile(rb"[0-9]{1,12}")
_READ: Final = frozenset(
    {b"authorization", b"x-cart-token", b"idempotency-key", b"content-type", b"content-encoding", b"x-forwarded-for"}
)
_SHOPPERS: Final = frozenset({Access.MEMBER, Access.GUEST_OR_MEMBER})
_ENCODED: Final = msgspec.json.Encoder()

Headers: TypeAlias = Mapping[str, str]
Answered: TypeAlias = tuple[Message, Message]


@frozen
class Plain:
    """A plain request: where it goes, and what it says apart from its body."""

    counter: Counter
    headers: Headers
    ids: Sequence[str]
    scope: HTTPScope


@frozen
class Asked:
    """A plain request that has been understood."""

    order: Plain
    caller: Caller
    tree: Any
    trusted: tuple[IPv4Network | IPv6Network, ...]

    def once(self) -> Once | None:
        """The Idempotency-Key with its scope and the request's fingerprint (R17)."""
        key = self.order.headers.get("idempotency-key")
        if key is None:
            return None
        check_key(key)
        fingerprint = fingerprint_of(self.order.scope["method"], self.order.scope["path"], self.tree)
        return Once(principal=self.caller.principal, operation=self.order.counter.name, key=key, fingerprint=fingerprint)

    def client_address(self) -> str:
        """Where it comes from (R36)."""
        peer, forwarded = self.order.scope["client"], self.order.headers.get("x-forwarded-for")
        return address_of(peer[0] if peer else "unknown", [forwarded] if forwarded is not None else [], self.trusted)


_BY_NAME: Final[Mapping[str, Callable[[Asked], Any]]] = {
    "caller": lambda asked: asked.caller,
    "member_id": lambda asked: asked.caller.member_id,
    "once": Asked.once,
    "client_address": Asked.client_address,
}
"""What handlers ask for by name; whoever asks for anything else is served by the framework."""


@frozen(kw_only=True)
class Counter:
    """A route as it is served here: the handler, what it asks for, and what its answer looks like."""

    name: str
    template: str
    permission: Access
    handler: Callable[..., Awaitable[Any]]
    body: Any
    may_lack_body: bool
    named: tuple[tuple[str, Callable[[Asked], Any]], ...]
    ids: tuple[str, ...]
    status: int

    def read(self, raw: bytes, headers: Headers) -> tuple[Any, Any]:
        """A body as plain values and as the handler wants it. Raises Malformed, NotJson, InvalidInput."""
        if self.may_lack_body and not raw:
            return None, None
        tree = tree_of(raw, headers)
        return tree, bodies.read(tree, self.body)

    def answer(self, told: Any) -> Answered:
        """What the handler told, as it is sent."""
        body = b"" if told is None else _ENCODED.encode(told)
        headers = [] if told is None else [(b"content-type", b"application/json")]
        headers.append((b"content-length", b"%d" % len(body)))
        start: Message = {"type": "http.response.start", "status": self.status, "headers": headers}
        return start, {"type": "http.response.body", "body": body, "more_body": False}


@frozen(kw_only=True)
class Express:
    """A layer before the framework that answers plain requests itself, by the framework's own table of routes.

    Plain is a request of a member or a guest to a route that takes ids, a JSON body and what `_BY_NAME` knows, in the one
    spelling that needs no thought: no query, each header once, ids as we write them. Everything else goes the long way,
    and so do refusals of the protocol; both ways give the same answer to the same request, and a test compares them.
    """

    inner: ASGIApp
    counters: Mapping[str, Counter]
    authenticate: Authenticate
    body_bytes_max: int
    trusted: tuple[IPv4Network | IPv6Network, ...] = field(default=())

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer, or pass on."""
        order = self._plain(scope) if scope["type"] == ScopeType.HTTP else None
        if order is None:
            await self.inner(scope, receive, send)
        else:
            await self._serve(order, receive, send)

    def _plain(self, scope: HTTPScope) -> Plain | None:
        if scope["query_string"] or scope.get("root_path"):
            return None
        parts = _ID.split(scope["path"])
        counter = self.counters.get(f"{scope['method']} {'{}'.join(parts[::2])}")
        if counter is None or len(parts) != 2 * len(counter.ids) + 1:  # braces that somebody typed are no id
            return None
        headers = _plain_headers(scope["headers"], self.body_bytes_max)
        if headers is None:
            return None
        cast(dict[str, Any], scope)["path_template"] = counter.template
        return Plain(counter, headers, parts[1::2], scope)

    async def _serve(self, order: Plain, receive: Receive, send: Send) -> None:
        scope, counter = order.scope, order.counter
        try:
            caller = scope["state"][CALLER] = await find_out(order.headers, self.authenticate)
            admit(caller, counter.permission)
        except Exception as error:  # noqa: BLE001 - the outermost frame of a door
            await _tell(plain_answer_to(error), send)
            return
        if caller.staff_id is not None:  # what staff do is written down there
            await self.inner(scope, receive, send)
            return
        try:
            answer = counter.answer(await self._carried_out(order, caller, receive))
        except Exception as error:  # noqa: BLE001 - the outermost frame of a door
            answer = plain_answer_to(error)
        await _tell(answer, send)

    async def _carried_out(self, order: Plain, caller: Caller, receive: Receive) -> Any:
        counter, tree = order.counter, None
        values: dict[str, Any] = {name: UUID(id) for name, id in zip(counter.ids, order.ids, strict=True)}
        if counter.body is not None:
            tree, values["data"] = counter.read(await self._body(receive), order.headers)
        asked = Asked(order, caller, tree, self.trusted)
        for name, ask in counter.named:
            values[name] = ask(asked)
        return await counter.handler(**values)

    async def _body(self, receive: Receive) -> bytes:
        parts: list[bytes] = []
        size, is_complete = 0, False
        while not is_complete:
            message = await receive()
            if message["type"] != "http.request":
                raise Malformed.because("", "body", "the body stopped before its end")
            parts.append(message.get("body", b""))
            size += len(parts[-1])
            if size > self.body_bytes_max:
                raise TooLarge()
            is_complete = not message.get("more_body")
        return b"".join(parts)


async def _tell(answer: Answered, send: Send) -> None:
    start, body = answer
    await send(start)
    await send(body)


def _plain_headers(given: Iterable[tuple[bytes, bytes]], body_bytes_max: int) -> Headers | None:
    """The headers that are read here; None where the framework must judge them."""
    found: dict[str, str] = {}
    for name, value in given:
        if name in _READ:
            text = name.decode("ascii")
            if text in found:
                return None
            found[text] = value.decode("latin-1")
        elif name == b"host":
            if not _HOST.fullmatch(value):
                return None
        elif name == b"content-length" and not (_LENGTH.fullmatch(value) and int(value) <= body_bytes_max):
            return None
    return found


def counters_of(app: Litestar) -> dict[str, Counter]:
    """Every route of an application that can be served here, by method and by its address with `{}` for each id."""
    found = {}
    for route in app.routes:
        if isinstance(route, HTTPRoute):
            for method, (handler, _) in route.route_handler_map.items():
                counter = _counter_of(route, handler)
                if counter is not None:
                    found[f"{method} {_shape(route)}"] = counter
    return found


def _shape(route: HTTPRoute) -> str:
    return "".join("/" + (part if isinstance(part, str) else "{}") for part in route.path_components)


def _counter_of(route: HTTPRoute, handler: HTTPRouteHandler) -> Counter | None:
    opt, parameters = handler.opt, handler.parsed_fn_signature.parameters
    ids = {part.name: part.type for part in route.path_components if not isinstance(part, str)}
    asked = set(parameters) - set(ids) - {"data"}
    answer = handler.parsed_fn_signature.return_type
    is_plain = (
        opt["permission"] in _SHOPPERS
        and not (opt["query"] or opt.get("logs_in") or opt.get("ends_session") or handler.has_sync_callable)
        and all(kind is UUID for kind in ids.values())
        and set(ids) <= set(parameters)
        and asked <= set(_BY_NAME)
        and (answer.annotation is None or answer.annotation is type(None) or answer.is_subclass_of(Struct))
    )
    if not is_plain:
        return None
    data = handler.parsed_data_field
    return Counter(
        name=handler.fn.__name__,
        template=route.path_format,
        permission=opt["permission"],
        handler=handler.fn,
        body=data.annotation if data else None,
        may_lack_body=data is not None and data.is_optional,
        named=tuple((name, _BY_NAME[name]) for name in sorted(asked)),
        ids=tuple(ids),
        status=handler.status_code,
    )

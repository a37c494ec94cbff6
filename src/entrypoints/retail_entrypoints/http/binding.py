"""From a request to a handler's arguments, and from what it tells to an answer: read off its signature, once, at the start.

The framework finds the route, keeps the exceptions and describes the API; its own way from a request to the arguments
(a group of tasks, a model and a conversion for each thing that is asked for by name) costs more than all of that.
"""

from __future__ import annotations

import inspect
from collections.abc import Awaitable, Callable, Iterator, Mapping
from enum import Enum
from types import NoneType, UnionType
from typing import Annotated, Any, Final, TypeAlias, Union, cast, get_args, get_origin
from uuid import UUID

import msgspec
from attrs import frozen
from litestar import Response
from litestar.exceptions import ImproperlyConfiguredException
from litestar.handlers import HTTPRouteHandler
from litestar.params import HeaderParameter, PathParameter, QueryParameter
from litestar.response.base import ASGIResponse
from litestar.types import Message, Receive, Scope, Send
from msgspec import Meta

from retail_domain.kernel.errors import FieldProblem
from retail_entrypoints.http import bodies
from retail_entrypoints.http.refusals import Malformed, NoSuchAddress
from retail_entrypoints.http.requests import READ, StrictRequest

Reader: TypeAlias = Callable[[StrictRequest], Any]
Providers: TypeAlias = Mapping[str, Callable[..., Any]]
"""What handlers may ask for by name; a provider asks as a handler does, but for a body."""

_BOUNDS: Final = ("gt", "ge", "lt", "le", "multiple_of", "pattern", "min_length", "max_length")
_ENCODER: Final = msgspec.json.Encoder()


REPLAYED: Final = "Idempotent-Replayed"
"""The header of an answer that was given before, under the same key (R17)."""
_REPLAYED: Final = (REPLAYED.lower().encode(), b"true")


class HandlerAnswer(Response[Any]):
    """What a handler told, encoded, with the headers that belong to it: nothing is left to find out on its way."""

    __slots__ = ("_body", "_start")

    def __init__(self, told: Any, status: int, *, is_replayed: bool = False) -> None:
        """A Struct as JSON, or nothing, of which no length is told (RFC 9110, 8.6)."""
        body = b"" if told is None else _ENCODER.encode(told)
        headers = [(b"content-type", b"application/json"), (b"content-length", b"%d" % len(body))] if body else []
        if is_replayed:
            headers.append(_REPLAYED)
        self._start: Message = {"type": "http.response.start", "status": status, "headers": headers}
        self._body: Message = {"type": "http.response.body", "body": body, "more_body": False}

    def to_asgi_response(self, *_: Any, **__: Any) -> ASGIResponse:
        """Itself, since whoever asks wants to call it and nothing else."""
        return cast(ASGIResponse, self)

    async def __call__(self, _scope: Scope, _receive: Receive, send: Send) -> None:
        """Send it."""
        await send(self._start)
        await send(self._body)


@frozen
class Parameter:
    """A part of an address: its name to the handler and to the caller, its type with its bounds, and its default."""

    name: str
    alias: str
    kind: Any
    default: Any
    is_whole_number: bool

    def read(self, text: Any) -> Any:
        """As the handler wants it. Raises msgspec.ValidationError."""
        return msgspec.convert(text, self.kind, strict=False)


@frozen
class Arguments:
    """What one function asks for: things that are read on their own, and parameters, which are refused together."""

    singles: tuple[tuple[str, Reader], ...]
    path: tuple[Parameter, ...]
    query: tuple[Parameter, ...]

    def read(self, request: StrictRequest) -> dict[str, Any]:
        """By name. Raises Malformed, with every parameter to blame."""
        values = {name: read(request) for name, read in self.singles}
        if self.path or self.query:
            self._read_parameters(request, values)
        return values

    def _read_parameters(self, request: StrictRequest, values: dict[str, Any]) -> None:
        problems = []
        for given, parameters in ((request.path_params, self.path), (request.words, self.query)):
            for each in parameters:
                try:
                    values[each.name] = each.read(given[each.alias]) if each.alias in given else each.default
                except msgspec.ValidationError as error:
                    plain = bodies.told(str(error))
                    problems.append(FieldProblem(field=each.alias, rule="parameter", message=plain))
        if problems:
            raise Malformed(problems=tuple(problems))


@frozen(kw_only=True)
class Bound:
    """A handler, and everything there is to know about calling it."""

    fn: Callable[..., Awaitable[Any]]
    status: int
    body: Any
    may_lack_body: bool
    arguments: Arguments
    query: Mapping[str, bool]
    """The query parameters that it knows, those of its providers too, and whether they are whole numbers."""

    async def answer(self, request: StrictRequest) -> Response[Any]:
        """Carry it out. The body is read before anything else, as it is without this layer."""
        if self.body is None:
            told = await self.fn(**self.arguments.read(request))
        else:
            data = await request.read_as(self.body, may_be_absent=self.may_lack_body)
            told = await self.fn(data=data, **self.arguments.read(request))
        if not isinstance(told, Response):
            return HandlerAnswer(told, self.status, is_replayed=request.witness.replayed)
        if request.witness.replayed:
            told.headers[REPLAYED] = "true"
        return told


def bind(handler: HTTPRouteHandler, providers: Providers) -> Bound:
    """A handler as it declares itself. Raises ImproperlyConfiguredException for what nobody here can read."""
    data, known = handler.parsed_data_field, tuple(_known(handler.fn, providers))
    return Bound(
        fn=handler.fn,
        status=handler.status_code,
        body=data.annotation if data else None,
        may_lack_body=data is not None and data.is_optional,
        arguments=_arguments_of(handler.fn, providers),
        query={parameter.alias: parameter.is_whole_number for parameter in known},
    )


def _known(fn: Callable[..., Any], providers: Providers) -> Iterator[Parameter]:
    yield from _arguments_of(fn, providers).query
    for name in _declared(fn):
        if name in providers:
            yield from _known(providers[name], providers)


def _declared(fn: Callable[..., Any]) -> Mapping[str, inspect.Parameter]:
    return inspect.signature(fn, eval_str=True).parameters


def _arguments_of(fn: Callable[..., Any], providers: Providers) -> Arguments:
    singles: list[tuple[str, Reader]] = []
    path: list[Parameter] = []
    query: list[Parameter] = []
    for name, declared in _declared(fn).items():
        inner, mark = _parted(declared.annotation)
        if name in providers:
            singles.append((name, _reader_of(providers[name], providers)))
        elif name == "request":
            singles.append((name, _itself))
        elif isinstance(mark, HeaderParameter):
            singles.append((name, _header(str(mark.name).lower(), declared.default)))
        elif isinstance(mark, PathParameter) and inner is UUID:
            singles.append((name, _of_path(name)))
        elif isinstance(mark, PathParameter) and inner is int:
            singles.append((name, _number_of_path(name)))
        elif isinstance(mark, PathParameter):
            path.append(_parameter(declared, inner, mark))
        elif isinstance(mark, QueryParameter) and declared.default is not inspect.Parameter.empty:
            query.append(_parameter(declared, inner, mark))
        elif name != "data":
            raise ImproperlyConfiguredException(f"{fn.__qualname__}: nobody knows where {name} comes from")
    return Arguments(tuple(singles), tuple(path), tuple(query))


def _parted(annotation: Any) -> tuple[Any, Any]:
    """A type, and the mark that says where it comes from."""
    if get_origin(annotation) is not Annotated:
        return annotation, None
    inner, *marks = get_args(annotation)
    return inner, marks[-1]


def _reader_of(provider: Callable[..., Any], providers: Providers) -> Reader:
    if [*_declared(provider)] == ["request"]:
        return provider
    arguments = _arguments_of(provider, providers)
    if arguments.path or arguments.query:
        return lambda request: provider(**arguments.read(request))
    return lambda request: provider(**{name: read(request) for name, read in arguments.singles})


def _itself(request: StrictRequest) -> StrictRequest:
    return request


def _of_path(name: str) -> Reader:
    return lambda request: request.path_params[name]  # the table of routes has made an id of it


def _number_of_path(name: str) -> Reader:
    """A number in an address has one spelling; the table of routes takes `+1`, `0_1` and other people's digits for it too."""

    def read(request: StrictRequest) -> object:
        number = request.path_params[name]
        if f"/{number}/" not in f"{request.scope['path']}/":
            raise NoSuchAddress()
        return number

    return read


def _header(name: str, default: Any) -> Reader:
    if name.encode() not in READ:
        raise ImproperlyConfiguredException(f"the header {name} is not read here")
    return lambda request: request.given.get(name, default)


def _parameter(declared: inspect.Parameter, inner: Any, mark: PathParameter | QueryParameter) -> Parameter:
    bounds = {bound: told for bound in _BOUNDS if (told := getattr(mark, bound)) is not None}
    options = get_args(inner) if get_origin(inner) in (Union, UnionType) else (inner,)
    kinds = [option for option in options if option is not NoneType]
    bounded: list[Any] = [Annotated[kind, Meta(**bounds)] if bounds else kind for kind in kinds]
    whole = any(isinstance(kind, type) and issubclass(kind, int) and not issubclass(kind, bool | Enum) for kind in kinds)
    return Parameter(
        name=declared.name,
        alias=mark.name or declared.name,
        kind=Union[(*bounded, *(option for option in options if option is NoneType))],
        default=declared.default,
        is_whole_number=whole,
    )

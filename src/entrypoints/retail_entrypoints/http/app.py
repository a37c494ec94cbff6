"""The application: routes, guards, strict requests, problem details, documentation."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cache, partial
from itertools import chain
from typing import Any

from attrs import frozen
from litestar import Litestar, Router
from litestar.di import Provide
from litestar.enums import ScopeType
from litestar.exceptions import HTTPException

from retail_domain.kernel.costs import WAITING, Whose
from retail_domain.kernel.errors import DomainError
from retail_entrypoints.http import problems
from retail_entrypoints.http.admission import AdmissionControl
from retail_entrypoints.http.arriving import BODILESS, Arrivals, BodyLimits, BodyTimer
from retail_entrypoints.http.codes import problem_routes
from retail_entrypoints.http.docs import docs_routes
from retail_entrypoints.http.guards import check_routes, gate
from retail_entrypoints.http.heads import HeadCheck
from retail_entrypoints.http.health import health_routes
from retail_entrypoints.http.layers import Layer
from retail_entrypoints.http.lines import Lines
from retail_entrypoints.http.openapi import describe, openapi_config
from retail_entrypoints.http.page_cache import PageCache
from retail_entrypoints.http.pictures import picture_file_routes
from retail_entrypoints.http.providers import providers
from retail_entrypoints.http.request_log import RequestLog
from retail_entrypoints.http.requests import StrictRequest
from retail_entrypoints.http.routes import Routable, context_routes
from retail_entrypoints.http.shop import ServedShop
from retail_entrypoints.places import Portions, Turns
from retail_entrypoints.settings import Settings


@frozen(kw_only=True)
class Neighbour:
    """Another application behind the same entrance, such as pages for people: which addresses are its own."""

    app: Litestar
    owns: Callable[[str], bool]
    """Whether what lies at this address belongs to it."""
    door: Layer | None = None
    """What its requests pass first, where that is not the application itself."""


@frozen
class Door:
    """The application, and the layers around it that every request passes first; an ASGI application itself."""

    app: Litestar
    layers: Layer

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """A request; whatever else comes (the server's life, a socket) is the framework's alone."""
        await (self.layers if scope["type"] == ScopeType.HTTP else self.app)(scope, receive, send)


def create_app(shop: ServedShop[Any], routes: Iterable[Routable] | None = None, beside: Neighbour | None = None) -> Door:
    """The HTTP door of a shop. Raises when a route declares no permission (R35).

    `routes` stand under `/v1` in place of the shop's own; tests use that to try the door by itself. Whoever stands `beside`
    shares its places, its limits and its journal.
    """
    provided = providers(shop.settings.trusted_proxies)
    named = {name: Provide(provider, sync_to_thread=False) for name, provider in provided.items()}
    contexts = context_routes(shop.retail, shop.settings, shop.clock) if routes is None else routes
    files = picture_file_routes(shop.retail.pictures.serve) if routes is None else ()
    handlers: list[Routable] = [
        *health_routes(shop.readiness),
        *problem_routes(),
        *files,
        Router("/v1", route_handlers=[*contexts]),
    ]
    documented = docs_routes(cache(partial(_described, handlers, named))) if shop.settings.docs_open else ()
    entrance = gate(shop, provided["client_address"])
    app = Litestar(
        route_handlers=[*handlers, *documented],
        before_request=entrance,
        dependencies=named,
        request_class=StrictRequest,
        request_max_body_size=shop.settings.body_bytes_max,
        exception_handlers={
            DomainError: problems.answer_refusal,
            HTTPException: problems.answer_protocol_error,
            Exception: problems.answer_failure,
        },
        openapi_config=None,
        logging_config=None,
        debug=False,
    )
    check_routes(app, entrance, provided)
    pages = PageCache(_admission_control(app, shop.settings, beside), shop.clock, shop.changes)
    return Door(app, RequestLog(HeadCheck(pages)))


def _described(handlers: Sequence[Routable], named: Mapping[str, Provide]) -> bytes:
    """By a twin that is made when somebody asks, so that the framework adds no pages of its own to the app that serves."""
    config = openapi_config()
    twin = Litestar(handlers, dependencies=named, request_class=StrictRequest, openapi_config=config, logging_config=None)
    return describe(twin)


def _parting(app: Litestar, beside: Neighbour) -> Layer:
    theirs: Any = beside.door or beside.app

    async def pass_on(scope: Any, receive: Any, send: Any) -> None:
        await (theirs if beside.owns(scope["path"]) else app)(scope, receive, send)

    return pass_on


def _admission_control(app: Litestar, settings: Settings, beside: Neighbour | None) -> AdmissionControl:
    waiting = settings.waiting_max
    places = Portions(
        at_once=settings.requests_max,
        at_once_each=min(settings.requests_max, settings.requests_per_address),
        waiting=waiting,
        waiting_each=min(WAITING.at_once(Whose.LINE), max(1, waiting // 2)),
        seconds_max=settings.wait_ms_max / 1000,
    )
    apps = (app,) if beside is None else (app, beside.app)
    arrivals = Arrivals(body_limits(settings.body_bytes_max, *apps), BodyTimer(settings.body_seconds_max))
    inner = app if beside is None else _parting(app, beside)
    lines = Lines(settings.trusted_proxies)
    return AdmissionControl(inner, Turns(places), arrivals, lines, reads_each=settings.reads_per_address)


def body_limits(others: int, *apps: Litestar) -> BodyLimits:
    """What the routes of applications say about the size of their bodies."""
    routes = [
        (route.path_format, handler.resolve_request_max_body_size() or others)
        for route in chain.from_iterable(app.routes for app in apps)
        for handler in getattr(route, "route_handlers", ())
        if not BODILESS.issuperset(handler.http_methods)
    ]
    return BodyLimits(others, routes)

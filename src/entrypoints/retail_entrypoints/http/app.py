"""The application: routes, guards, strict requests, problem details, documentation."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from typing import Any

from attrs import frozen
from litestar import Litestar, Router
from litestar.di import Provide
from litestar.exceptions import HTTPException
from litestar.types import ASGIApp

from retail_domain.kernel.errors import DomainError
from retail_entrypoints.http import problems
from retail_entrypoints.http.admission import AdmissionControl, Capacity, Slots
from retail_entrypoints.http.arriving import Arrivals, BodyTimer
from retail_entrypoints.http.codes import problem_routes
from retail_entrypoints.http.docs import docs_routes
from retail_entrypoints.http.guards import check_routes, gate
from retail_entrypoints.http.health import health_routes
from retail_entrypoints.http.openapi import describe, openapi_config
from retail_entrypoints.http.page_cache import PageCache
from retail_entrypoints.http.providers import providers
from retail_entrypoints.http.request_log import RequestLog
from retail_entrypoints.http.requests import StrictRequest
from retail_entrypoints.http.routes import Routable, context_routes
from retail_entrypoints.http.shop import ServedShop
from retail_entrypoints.settings import Settings


@frozen
class Door:
    """The application, and the layers around it that every request passes first; an ASGI application itself."""

    app: Litestar
    layers: ASGIApp

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """A request, or the server's life."""
        await (self.app if scope["type"] == "lifespan" else self.layers)(scope, receive, send)


def create_app(shop: ServedShop[Any], routes: Iterable[Routable] | None = None) -> Door:
    """The HTTP door of a shop. Raises when a route declares no permission (R35).

    `routes` stand under `/v1` in place of the shop's own; tests use that to try the door by itself.
    """
    provided = providers(shop.settings.trusted_proxies)
    named = {name: Provide(provider, sync_to_thread=False) for name, provider in provided.items()}
    contexts = context_routes(shop.retail, shop.settings) if routes is None else routes
    handlers: list[Routable] = [
        *health_routes(shop.readiness),
        *problem_routes(),
        Router("/v1", route_handlers=[*contexts]),
    ]
    # described by a twin, so that the framework adds no pages of its own to the app that serves
    twin = Litestar(
        handlers, dependencies=named, request_class=StrictRequest, openapi_config=openapi_config(), logging_config=None
    )
    entrance = gate(shop.authenticate, shop.note_staff_action)
    app = Litestar(
        route_handlers=[*handlers, *docs_routes(cache(lambda: describe(twin)))],
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
    pages = PageCache(_admission_control(app, shop.settings), shop.clock, shop.changes)
    return Door(app, RequestLog(pages))


def _admission_control(inner: ASGIApp, settings: Settings) -> AdmissionControl:
    capacity = Capacity(
        requests_max=settings.requests_max,
        waiting_max=settings.waiting_max,
        wait_seconds_max=settings.wait_ms_max / 1000,
    )
    largest = max(settings.body_bytes_max, settings.notice_bytes_max)
    return AdmissionControl(inner, Slots(capacity), Arrivals(largest, BodyTimer(settings.body_seconds_max)))

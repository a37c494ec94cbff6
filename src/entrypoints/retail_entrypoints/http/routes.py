"""Every route of `/v1`, one line for each context; each module has `<context>_routes(retail)`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeAlias

from litestar import Controller, Router
from litestar.handlers import HTTPRouteHandler

from retail_domain.application import Retail
from retail_entrypoints.http.cart import cart_routes
from retail_entrypoints.http.inventory import inventory_routes
from retail_entrypoints.http.notices import notice_routes
from retail_entrypoints.http.quotes import freight_routes, quote_routes
from retail_entrypoints.settings import Settings

Routable: TypeAlias = type[Controller] | Router | HTTPRouteHandler


def context_routes(retail: Retail, settings: Settings) -> Sequence[Routable]:
    """The routes of all contexts."""
    return [
        *cart_routes(retail.cart),
        *quote_routes(retail.quoting),
        *freight_routes(retail.quoting),
        *inventory_routes(retail.inventory),
        *notice_routes(retail.payments.take_notice, settings.notice_bytes_max),
    ]

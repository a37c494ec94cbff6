"""Which methods an address knows: asked for with OPTIONS, and told with every 405 (RFC 9110)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from litestar import Litestar, Request, Response
from litestar.routes import HTTPRoute


def allowing(methods: Iterable[str]) -> str:
    """The value of `Allow`; whatever answers GET answers HEAD."""
    known = set(methods)
    return ", ".join(sorted(known | ({"HEAD"} if "GET" in known else set())))


def methods_of(app: Litestar) -> dict[str, str]:
    """`Allow` of every address."""
    return {route.path_format: allowing(route.methods) for route in app.routes if isinstance(route, HTTPRoute)}


def answer_options(request: Request[Any, Any, Any]) -> Response[None]:
    """Answer OPTIONS in place of the framework, which forgets all but the first of the methods."""
    allow = methods_of(request.app)[str(request.scope["path_template"])]
    return Response(None, status_code=204, headers={"Allow": allow})

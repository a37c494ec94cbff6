"""Every route of `/v1`, one line for each context; each module has `<context>_routes(retail)`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, TypeAlias

from litestar import Controller, Router
from litestar.handlers import HTTPRouteHandler

Routable: TypeAlias = type[Controller] | Router | HTTPRouteHandler


def context_routes(retail: Any) -> Sequence[Routable]:
    """The routes of all contexts."""
    assert retail is not None
    return []

"""The yardstick: what Litestar costs where there is no shop and no database."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from typing import Any

from litestar import Litestar, MediaType, Response, get, post
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath, JSONBody
from msgspec import Struct


class Asked(Struct, frozen=True):
    """Three fields in."""

    sku_id: str
    quantity: int
    note: str


class Told(Struct, frozen=True):
    """Three fields out."""

    sku_id: str
    quantity: int
    accepted: bool


@post("/bare", status_code=200)
async def echo(data: JSONBody[Asked]) -> Told:
    """A JSON object in, a JSON object out."""
    return Told(data.sku_id, data.quantity, True)


@get("/bare/small")
async def small() -> Told:
    """Alive."""
    return Told("", 0, True)


def _constant() -> HTTPRouteHandler:
    sizes: dict[int, bytes] = {}

    @get("/bare/bytes/{size:int}")
    async def constant(size: FromPath[int]) -> Response[bytes]:
        """So many bytes which are always the same."""
        if size not in sizes:
            sizes[size] = b'"' + b"x" * (size - 2) + b'"'
        return Response(sizes[size], media_type=MediaType.JSON)

    return constant


def application() -> Callable[..., Coroutine[Any, Any, None]]:
    """What granian and uvicorn are pointed at."""
    return Litestar([echo, small, _constant()], openapi_config=None, logging_config=None)

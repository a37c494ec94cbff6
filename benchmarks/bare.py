"""The yardstick: what Litestar costs where there is no shop and no database."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from typing import Any, Final

from litestar import Litestar, MediaType, Response, get, post
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath, JSONBody
from msgspec import Struct

_PLAIN: Final = (
    '<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">'
    "<title>Plain</title></head><body><main><h1>A plain page</h1>"
    + "<p>There is nothing here but text: no style, no script, no picture, nothing to wait for after the first answer.</p>" * 5
    + "</main></body></html>"
)


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


@get("/bare/page", media_type=MediaType.HTML)
async def plain_page() -> str:
    """A page of text and nothing else, in about eight hundred bytes."""
    return _PLAIN


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
    return Litestar([echo, small, plain_page, _constant()], openapi_config=None, logging_config=None)

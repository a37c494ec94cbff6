"""The documentation page and the description of the API; nothing is loaded from outside."""

from collections.abc import Callable, Sequence
from importlib.resources import files
from typing import Final

from litestar import Response
from litestar.handlers import HTTPRouteHandler

from retail_entrypoints.http.routing import PUBLIC, get

_POLICY: Final = (
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; "
    "connect-src 'self'; frame-ancestors 'none'; base-uri 'none'"
)
_ASSETS: Final = {
    "/docs": ("docs.html", "text/html"),
    "/docs/docs.js": ("docs.js", "text/javascript"),
    "/docs/swagger-ui-bundle.js": ("swagger-ui-bundle.js", "text/javascript"),
    "/docs/swagger-ui.css": ("swagger-ui.css", "text/css"),
}


def docs_routes(describe: Callable[[], bytes]) -> Sequence[HTTPRouteHandler]:
    """`/docs` with its assets, and `/schema/openapi.json`; `/` leads to the first."""

    @get("/", permission=PUBLIC, include_in_schema=False)
    async def get_entrance() -> Response[bytes]:
        return Response(b"", status_code=302, headers={"Location": "/docs"})

    @get("/schema/openapi.json", permission=PUBLIC, include_in_schema=False)
    async def get_description() -> Response[bytes]:
        return Response(describe(), media_type="application/json", headers={"Cache-Control": "no-cache"})

    return [get_entrance, get_description, *(_asset(path, name, media) for path, (name, media) in _ASSETS.items())]


def _asset(path: str, name: str, media_type: str) -> HTTPRouteHandler:
    content = (files("retail_entrypoints.http") / "static" / name).read_bytes()
    headers = {"Content-Security-Policy": _POLICY, "Cache-Control": "public, max-age=3600"}

    @get(path, permission=PUBLIC, include_in_schema=False)
    async def get_asset() -> Response[bytes]:
        return Response(content, media_type=media_type, headers=headers)

    return get_asset

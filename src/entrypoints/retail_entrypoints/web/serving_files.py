"""What browsers fetch beside pages: style sheets, modules, marks, the manifest, robots."""

from collections.abc import Sequence
from typing import Annotated

from litestar import Response
from litestar.handlers import HTTPRouteHandler
from litestar.params import PathParameter

from retail_entrypoints.http.refusals import NoSuchAddress
from retail_entrypoints.http.routing import PUBLIC, Resource
from retail_entrypoints.settings import Settings
from retail_entrypoints.web.asking import FormRequest
from retail_entrypoints.web.static import static_files

FileName = Annotated[str, PathParameter(max_length=100)]
_FOR_GOOD = "public, max-age=31536000, immutable"
_A_FILE = {"is_file": True}
_CLOSED = "default-src 'none'; style-src 'unsafe-inline'; sandbox"


def file_pages(settings: Settings) -> Sequence[HTTPRouteHandler]:
    """`/static`, `/robots.txt`."""
    pages = Resource("", permission=PUBLIC, tag="files")

    @pages.get("/static/{name:str}", opt=_A_FILE)
    async def get_static_file(name: FileName, request: FormRequest) -> Response[bytes]:
        found = static_files().files.get(name)
        if found is None:
            raise NoSuchAddress()
        is_packed = any("gzip" in line for line in request.lines_of(b"accept-encoding"))
        headers = {"Cache-Control": _FOR_GOOD, "Vary": "Accept-Encoding", "Content-Security-Policy": _CLOSED}
        if is_packed:
            headers["Content-Encoding"] = "gzip"
        return Response(found.packed if is_packed else found.body, media_type=found.media_type, headers=headers)

    @pages.get("/robots.txt", opt=_A_FILE)
    async def get_robots() -> Response[bytes]:
        closed = "\n".join(f"Disallow: {path}" for path in ("/cart", "/checkout", "/orders", "/me", "/desk", "/enter", "/find"))
        text = f"User-agent: *\n{closed}\nSitemap: {settings.public_url}/sitemap.xml\n"
        return Response(
            text.encode(), media_type="text/plain; charset=utf-8", headers={"Cache-Control": "public, max-age=3600"}
        )

    return pages.all

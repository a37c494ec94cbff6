"""What browsers and search engines fetch beside pages: style sheets, modules, marks, the manifest, robots, the site map."""

from collections.abc import Sequence
from typing import Annotated
from xml.sax.saxutils import escape

import msgspec
from litestar import Response
from litestar.handlers import HTTPRouteHandler
from litestar.params import PathParameter

from retail_domain.application import Retail
from retail_domain.catalog import ProductSearch, Sort
from retail_domain.kernel.paging import PageRequest
from retail_entrypoints.http.refusals import NoSuchAddress
from retail_entrypoints.http.routing import PUBLIC, Resource
from retail_entrypoints.settings import Settings
from retail_entrypoints.web.asking import FormRequest
from retail_entrypoints.web.static import service_worker, static_files
from retail_entrypoints.web.words import DEFAULT, words_of

FileName = Annotated[str, PathParameter(max_length=100)]
_FOR_GOOD = "public, max-age=31536000, immutable"
_A_FILE = {"is_file": True}
_XML = '<?xml version="1.0" encoding="UTF-8"?>\n'
_CLOSED = "default-src 'none'; style-src 'unsafe-inline'; sandbox"


GOODS_MAX = 1_000
"""So many goods stand in the site map, the newest; the others are found through their categories."""
_AT_ONCE = 100
_OF_A_WORKER = {"Cache-Control": "no-cache", "Content-Security-Policy": "default-src 'none'; connect-src 'self'"}
_AN_HOUR = {"Cache-Control": "public, max-age=3600"}


def file_pages(retail: Retail, settings: Settings) -> Sequence[HTTPRouteHandler]:
    """`/static`, `/sw.js`, `/robots.txt`, `/manifest.webmanifest`, `/sitemap.xml`."""
    return [*_files(settings), *_described(retail, settings)]


def _files(settings: Settings) -> Sequence[HTTPRouteHandler]:
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

    @pages.get("/sw.js", opt=_A_FILE)
    async def get_service_worker() -> Response[bytes]:
        return Response(service_worker(), media_type="text/javascript; charset=utf-8", headers=_OF_A_WORKER)

    @pages.get("/robots.txt", opt=_A_FILE)
    async def get_robots() -> Response[bytes]:
        closed = "\n".join(f"Disallow: {path}" for path in ("/cart", "/checkout", "/orders", "/me", "/desk", "/enter", "/find"))
        text = f"User-agent: *\n{closed}\nSitemap: {settings.public_url}/sitemap.xml\n"
        return Response(
            text.encode(), media_type="text/plain; charset=utf-8", headers={"Cache-Control": "public, max-age=3600"}
        )

    return pages.all


def _described(retail: Retail, settings: Settings) -> Sequence[HTTPRouteHandler]:
    pages = Resource("", permission=PUBLIC, tag="files")

    @pages.get("/manifest.webmanifest", opt=_A_FILE)
    async def get_manifest() -> Response[bytes]:
        name = (await retail.settings.shop_front()).name or words_of(DEFAULT)("brand")
        return Response(msgspec.json.encode(_manifest(name)), media_type="application/manifest+json", headers=_AN_HOUR)

    @pages.get("/sitemap.xml", opt=_A_FILE)
    async def get_site_map() -> Response[bytes]:
        found = ["/", "/c", "/help", *(f"/c/{one.id}" for one in await retail.catalog.show.categories())]
        cursor, goods = None, 0
        while goods < GOODS_MAX:
            page = await retail.catalog.window.search(ProductSearch(sort=Sort.NEWEST), PageRequest(_AT_ONCE, cursor))
            found += [f"/p/{one.id}" for one in page.items]
            cursor, goods = page.next_cursor, goods + len(page.items)
            if cursor is None:
                break
        lines = "".join(f"<url><loc>{escape(settings.public_url + path)}</loc></url>\n" for path in found)
        text = f'{_XML}<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">\n{lines}</urlset>\n'
        return Response(text.encode(), media_type="application/xml", headers=_AN_HOUR)

    return pages.all


def _manifest(name: str) -> dict[str, object]:
    """What a phone needs to keep the shop among its programs."""
    address, words = static_files().address, words_of(DEFAULT)
    icons = [
        {"src": address(f"icon-{size}.png"), "sizes": f"{size}x{size}", "type": "image/png", "purpose": "any"}
        for size in (192, 512)
    ]
    icons.append({"src": address("icon-maskable-512.png"), "sizes": "512x512", "type": "image/png", "purpose": "maskable"})
    shortcuts = [{"name": words(id), "url": path} for id, path in (("nav.cart", "/cart"), ("nav.orders", "/orders"))]
    return {
        "name": name, "short_name": name[:12], "lang": DEFAULT, "id": "/", "start_url": "/", "scope": "/",
        "display": "standalone", "background_color": "#faf8f4", "theme_color": "#faf8f4", "icons": icons,
        "shortcuts": shortcuts,
    }  # fmt: skip

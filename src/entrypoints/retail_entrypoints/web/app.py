"""The application of the pages, which stands beside the API behind the same entrance."""

from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any, ClassVar, Final

from attrs import evolve
from litestar import Litestar, Request, Response
from litestar.di import Provide
from litestar.exceptions import HTTPException
from litestar.routes import HTTPRoute

from retail_domain.application import Retail
from retail_domain.kernel.calendar import Calendar
from retail_domain.kernel.clock import Clock
from retail_domain.kernel.errors import DomainError
from retail_entrypoints.http.app import Neighbour
from retail_entrypoints.http.caller import CALLER, NOBODY
from retail_entrypoints.http.guards import Gate, check_routes, gate
from retail_entrypoints.http.providers import providers
from retail_entrypoints.http.shop import ServedShop
from retail_entrypoints.web.asking import FORM_BYTES_MAX, FormRequest
from retail_entrypoints.web.cookies import Jar, Seal
from retail_entrypoints.web.errors import show_failure, show_protocol_error, show_refusal
from retail_entrypoints.web.front import Front
from retail_entrypoints.web.look import Look
from retail_entrypoints.web.origin import check_origin
from retail_entrypoints.web.preview import Previewing
from retail_entrypoints.web.rooms import pages_of
from retail_entrypoints.web.shop.goods.filters import provide_filters
from retail_entrypoints.web.unread import UnreadBadge
from retail_entrypoints.web.view import Settled, View

_OF_THE_API: Final = frozenset({"v1", "health", "schema", "docs", "problems", "pictures"})


def create_pages(shop: ServedShop[Retail]) -> Neighbour:
    """Every page of a shop. Raises when one declares no permission (R35), or when a template is broken."""
    settings = shop.settings
    secret = settings.secret_key.encode()
    doors: dict[str, Mapping[str, Any]] = {}
    settled = Settled(
        doors=doors,
        look=Look(Calendar(settings.timezone)),
        sayings=Seal("sayings", secret),
        previews=Seal("preview", secret),
        public_url=settings.public_url,
        front=Front(shop.retail.settings.shop_front, shop.clock),
        unread=UnreadBadge(shop.retail.messages.unread, shop.clock),
    )

    class Asked(FormRequest):
        """A request of this shop's pages."""

        jar: ClassVar[Jar] = Jar(is_secure=settings.public_url.startswith("https://"))
        seals: ClassVar[Mapping[bool, Seal]] = {False: Seal("session", secret), True: Seal("session of the desk", secret)}

    def previewed(clock: Clock, closed: Callable[[Front], Gate]) -> Litestar:
        retail = shop.retail.previewed(clock)
        front = Front(retail.settings.shop_front, clock, kept=timedelta())
        return _application(evolve(shop, retail=retail, clock=clock), evolve(settled, front=front), Asked, closed(front))

    app = _application(shop, settled, Asked, _entrance(shop, settled))
    doors |= {handler.fn.__name__: handler.opt for route in app.routes if isinstance(route, HTTPRoute)
              for handler, _ in route.route_handler_map.values()}  # fmt: skip
    door = Previewing(app, shop, Asked.jar, settled.previews, Asked.seals[True], previewed)
    return Neighbour(app=app, owns=_is_a_page, door=door)


def _entrance(shop: ServedShop[Retail], settled: Settled) -> Gate:
    passed = gate(shop, providers(shop.settings.trusted_proxies)["client_address"])

    async def entrance(request: Request[Any, Any, Any]) -> Response[Any]:
        assert isinstance(request, FormRequest)
        check_origin(request, settled.public_url)
        if request.route_handler.opt.get("is_file"):
            return await passed(request)
        await settled.front.freshen()
        answer = await passed(request)
        await settled.unread.tell(request, answer)
        return answer

    return entrance


def _application(shop: ServedShop[Retail], settled: Settled, requests: type[FormRequest], entrance: Gate) -> Litestar:
    given = providers(shop.settings.trusted_proxies)
    client_of = given["client_address"]

    def provide_view(request: FormRequest) -> View:
        return View(request, settled, client=client_of(request))

    provided: dict[str, Callable[..., Any]] = {
        **given,
        "view": provide_view,
        "filters": provide_filters,
    }

    def of(request: Request[Any, Any, Any]) -> View:
        asked = request if isinstance(request, FormRequest) else requests(request.scope, request.receive, request.send)
        asked.caller = request.scope.get("state", {}).get(CALLER, NOBODY)  # as far as it was found out
        return View(asked, settled)

    app = Litestar(
        route_handlers=[*pages_of(shop)],
        before_request=entrance,
        dependencies={name: Provide(provider, sync_to_thread=False) for name, provider in provided.items()},
        request_class=requests,
        request_max_body_size=FORM_BYTES_MAX,
        exception_handlers={
            DomainError: lambda request, refused: show_refusal(of(request), refused),
            HTTPException: lambda request, error: show_protocol_error(of(request), error),
            Exception: lambda request, error: show_failure(of(request), error),
        },
        openapi_config=None,
        logging_config=None,
        debug=False,
    )
    check_routes(app, entrance, provided)
    return app


def _is_a_page(path: str) -> bool:
    return path[1:].partition("/")[0] not in _OF_THE_API

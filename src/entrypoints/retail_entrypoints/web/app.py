"""The application of the pages, which stands beside the API behind the same entrance."""

from collections.abc import Callable
from typing import Any, ClassVar, Final

from litestar import Litestar, Request, Response
from litestar.di import Provide
from litestar.exceptions import HTTPException

from retail_domain.application import Retail
from retail_domain.kernel.calendar import Calendar
from retail_domain.kernel.errors import DomainError
from retail_entrypoints.http.app import Neighbour
from retail_entrypoints.http.guards import check_routes, gate
from retail_entrypoints.http.providers import providers
from retail_entrypoints.http.shop import ServedShop
from retail_entrypoints.web.asking import FORM_BYTES_MAX, FormRequest
from retail_entrypoints.web.cookies import Jar, Seal
from retail_entrypoints.web.errors import show_failure, show_protocol_error, show_refusal
from retail_entrypoints.web.front import Front
from retail_entrypoints.web.look import Look
from retail_entrypoints.web.origin import check_origin
from retail_entrypoints.web.rooms import pages_of
from retail_entrypoints.web.shop.goods.filters import provide_filters
from retail_entrypoints.web.unread import UnreadBadge
from retail_entrypoints.web.view import Settled, View

_OF_THE_API: Final = frozenset({"v1", "health", "schema", "docs", "problems", "pictures"})


def create_pages(shop: ServedShop[Retail]) -> Neighbour:
    """Every page of a shop. Raises when one declares no permission (R35), or when a template is broken."""
    settings = shop.settings
    secret = settings.secret_key.encode()
    settled = Settled(
        look=Look(Calendar(settings.timezone)),
        sayings=Seal("sayings", secret),
        public_url=settings.public_url,
        front=Front(shop.retail.settings.shop_front, shop.clock),
        unread=UnreadBadge(shop.retail.messages.unread, shop.clock),
    )

    class Asked(FormRequest):
        """A request of this shop's pages."""

        jar: ClassVar[Jar] = Jar(is_secure=settings.public_url.startswith("https://"))
        seal: ClassVar[Seal] = Seal("session", secret)

    given = providers(settings.trusted_proxies)
    client_of = given["client_address"]

    def provide_view(request: FormRequest) -> View:
        return View(request, settled, client=client_of(request))

    provided: dict[str, Callable[..., Any]] = {
        **given,
        "view": provide_view,
        "filters": provide_filters,
    }
    passed = gate(shop, provided["client_address"])

    async def entrance(request: Request[Any, Any, Any]) -> Response[Any]:
        assert isinstance(request, FormRequest)
        check_origin(request, settings.public_url)
        if request.route_handler.opt.get("is_file"):
            return await passed(request)
        await settled.front.freshen()
        answer = await passed(request)
        await settled.unread.tell(request, answer)
        return answer

    def of(request: Request[Any, Any, Any]) -> View:
        return View(
            request if isinstance(request, FormRequest) else Asked(request.scope, request.receive, request.send), settled
        )

    app = Litestar(
        route_handlers=[*pages_of(shop.retail, settings)],
        before_request=entrance,
        dependencies={name: Provide(provider, sync_to_thread=False) for name, provider in provided.items()},
        request_class=Asked,
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
    return Neighbour(app=app, owns=_is_a_page)


def _is_a_page(path: str) -> bool:
    return path[1:].partition("/")[0] not in _OF_THE_API

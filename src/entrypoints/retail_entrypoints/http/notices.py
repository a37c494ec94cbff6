"""Providers' notices: raw bytes in, the provider's own acknowledgement out."""

from collections.abc import Awaitable, Callable, Sequence
from typing import Annotated

from litestar import Response
from litestar.handlers import HTTPRouteHandler
from litestar.params import PathParameter

from retail_domain.payments import GatewayNotFound, RawReply, TakeNotice
from retail_entrypoints.http.requests import StrictRequest
from retail_entrypoints.http.routing import PUBLIC, post

GatewayCode = Annotated[str, PathParameter(pattern=r"^[a-z][a-z0-9_]{0,31}$(?!\n)", description="The gateway's code.")]


def notice_routes(take_notice: Callable[[TakeNotice], Awaitable[RawReply]], bytes_max: int) -> Sequence[HTTPRouteHandler]:
    """`POST /v1/gateways/{gateway}/notices`: public, any content type, limited in size."""

    @post(
        "/gateways/{gateway:str}/notices",
        permission=PUBLIC,
        status=200,
        raises=[GatewayNotFound],
        request_max_body_size=bytes_max,
        tags=["payments"],
        summary="A provider tells us something, in its own format",
        opt={"raw": True},
    )
    async def take_gateway_notice(gateway: GatewayCode, request: StrictRequest) -> Response[bytes]:
        """For providers only, not for clients: the body is read and acknowledged in the provider's own format."""
        query = {name: values[0] for name, values in request.query_params.dict().items()}
        command = TakeNotice(gateway=gateway, headers=dict(request.headers), body=await request.body(), query=query)
        reply = await take_notice(command)
        return Response(reply.body, status_code=reply.status, media_type=reply.media_type)

    return [take_gateway_notice]

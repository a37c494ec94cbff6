"""Providers' notices: raw bytes in, the provider's own acknowledgement out."""

from collections.abc import Sequence
from typing import Annotated

from litestar import Response
from litestar.handlers import HTTPRouteHandler
from litestar.params import PathParameter

from retail_entrypoints.http.requests import StrictRequest
from retail_entrypoints.http.routing import PUBLIC, post
from retail_entrypoints.http.shop import TakeNotice

GatewayCode = Annotated[str, PathParameter(pattern=r"^[a-z][a-z0-9_]{0,31}$(?!\n)", description="The gateway's code.")]


def notice_routes(take_notice: TakeNotice, bytes_max: int) -> Sequence[HTTPRouteHandler]:
    """`POST /v1/gateways/{gateway}/notices`: public, any content type, limited in size."""

    @post(
        "/gateways/{gateway:str}/notices",
        permission=PUBLIC,
        status=200,
        request_max_body_size=bytes_max,
        tags=["payments"],
        summary="A provider tells us something, in its own format",
        opt={"raw": True},
    )
    async def take_gateway_notice(gateway: GatewayCode, request: StrictRequest) -> Response[bytes]:
        answer = await take_notice(gateway, dict(request.headers), await request.body())
        return Response(answer.body, status_code=answer.status, media_type=answer.content_type)

    return [take_gateway_notice]

"""The simulated provider as one ASGI application: merchant API, control API, and the buyer's page."""

from __future__ import annotations

import asyncio
import contextlib
from typing import Final

from attrs import frozen

from retail_entrypoints.simulators.sandbox.clock import Clock
from retail_entrypoints.simulators.sandbox.control_api import ControlApi
from retail_entrypoints.simulators.sandbox.faults import Faults
from retail_entrypoints.simulators.sandbox.http import (
    Receive,
    Reply,
    Request,
    Scope,
    Send,
    json_reply,
    read_request,
    send_reply,
)
from retail_entrypoints.simulators.sandbox.merchant_api import MerchantApi
from retail_entrypoints.simulators.sandbox.page import no_page, payment_page, to_page
from retail_entrypoints.simulators.sandbox.postman import Postman
from retail_entrypoints.simulators.sandbox.provider import Habits, Provider
from retail_entrypoints.simulators.sandbox.reading import Refused
from retail_entrypoints.simulators.sandbox.settings import Settings
from retail_entrypoints.simulators.sandbox.store import Store
from retail_entrypoints.simulators.sandbox.wire import Merchant, Seal

_NOTHING: Final = json_reply({"code": "no_such_address"}, 404)


@frozen(kw_only=True)
class App:
    """Three doors to one provider; the postman walks while the application lives."""

    provider: Provider
    merchant_api: MerchantApi
    control_api: ControlApi
    postman: Postman

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one connection event, as ASGI has it."""
        if scope["type"] == "lifespan":
            await self._live(receive, send)
        elif scope["type"] == "http":
            try:
                reply = await self._answer(await read_request(scope, receive))
            except Refused as no:
                reply = json_reply(no.document, no.status)
            await send_reply(reply, receive, send)

    async def _answer(self, request: Request) -> Reply:
        if request.path.startswith("/v1/"):
            return await self.merchant_api.answer(request)
        if request.path.startswith("/control/"):
            return await self.control_api.answer(request)
        if request.path.startswith("/pay/"):
            return self._page(request)
        return json_reply({"status": "ok"}) if request.path == "/health" else _NOTHING

    def _page(self, request: Request) -> Reply:
        ref = request.path.removeprefix("/pay/")
        try:
            if request.method == "POST":
                self.provider.pay(ref)
            payment = self.provider.find(ref)
        except Refused as no:
            return no_page(404) if no.status == 404 else to_page(ref)
        return to_page(ref) if request.method == "POST" else payment_page(payment)

    async def _live(self, receive: Receive, send: Send) -> None:
        await receive()
        walk = asyncio.create_task(self.postman.walk())
        await send({"type": "lifespan.startup.complete"})
        await receive()
        walk.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await walk
        self.provider.store.close()
        await send({"type": "lifespan.shutdown.complete"})


def create_app(settings: Settings, *, address: str, store: str = ":memory:") -> App:
    """The provider at its address, with its records in memory or in a file."""
    base, seal = (settings.public_url or address).rstrip("/"), Seal(settings.signing_seed)
    provider = Provider(
        merchant=settings.merchant,
        store=Store(store),
        clock=Clock(settings.clock_file),
        faults=Faults(),
        habits=Habits(),
        pay_url=lambda ref: f"{base}/pay/{ref}",
    )
    postman = Postman(provider=provider, seal=seal, retry_seconds=settings.retry_seconds)
    merchant = Merchant(settings.merchant, settings.secret)
    return App(
        provider=provider,
        merchant_api=MerchantApi(provider=provider, merchant=merchant, seal=seal),
        control_api=ControlApi(provider=provider, postman=postman),
        postman=postman,
    )

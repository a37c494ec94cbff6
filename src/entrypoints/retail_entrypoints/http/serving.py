"""The ASGI application of a server process: it opens the shop when the server starts, and closes it when it ends."""

from __future__ import annotations

import gc
import os
from collections.abc import Callable, Mapping
from contextlib import AsyncExitStack
from typing import Any, Final, TypeAlias, cast

from attrs import define
from litestar.enums import ScopeType
from litestar.types import LifeSpanReceive, LifeSpanScope, LifeSpanSend, Scope

from retail_domain.application import Retail
from retail_entrypoints.container import Changes, OpenShop, open_shop
from retail_entrypoints.http.app import Door, Neighbour, create_app
from retail_entrypoints.http.shop import ServedShop
from retail_entrypoints.loading import keeping_everything, leave_alone
from retail_entrypoints.logs import journal, start_journal
from retail_entrypoints.settings import BadSetting, Settings

_YOUNG_MAX: Final = 10_000
"""So many new objects before garbage is looked for: some requests' worth, not a fraction of one."""


def application(environ: Mapping[str, str] | None = None) -> Any:
    """What granian and uvicorn are pointed at: `retail_entrypoints.http.serving:application`, a factory."""
    settings = Settings.from_environ(os.environ if environ is None else environ)
    start_journal(severity=settings.log_severity)
    return Serving(settings)


Pages: TypeAlias = Callable[[ServedShop[Retail]], Neighbour]
"""Makes what stands beside the API, of the same shop."""


def door_of(shop: OpenShop, changes: Changes | None = None, pages: Pages | None = None) -> Door:
    """The HTTP door of an opened shop; `changes` tells when its pages are no longer what they were."""
    accounts = shop.retail.accounts
    served = ServedShop[Retail](
        retail=shop.retail,
        settings=shop.settings,
        clock=shop.clock,
        authenticate=accounts.authenticate,
        authenticate_key=accounts.authenticate_key,
        note_staff_action=accounts.note_staff_action,
        readiness=shop.readiness,
        changes=changes,
    )
    return create_app(served, beside=pages(served) if pages else None)


@define
class Serving:
    """Pools belong to the event loop they were opened in, so the door is built when the server's loop starts."""

    settings: Settings
    pages: Pages | None = None
    _door: Door | None = None

    async def __call__(self, scope: Scope | LifeSpanScope, receive: Any, send: Any) -> None:
        """One connection, or the server's life."""
        if scope["type"] == "lifespan":
            await self._live(cast(LifeSpanScope, scope), receive, send)
        elif self._door is not None and scope["type"] != ScopeType.WEBSOCKET:
            await self._door(scope, receive, send)

    async def _live(self, scope: LifeSpanScope, receive: LifeSpanReceive, send: LifeSpanSend) -> None:
        async with AsyncExitStack() as opened:
            try:
                with keeping_everything():
                    shop = await opened.enter_async_context(open_shop(self.settings, must_be_current=False, for_requests=True))
                    self._door = door_of(shop, await opened.enter_async_context(shop.news()), self.pages)
            except Exception as trouble:  # noqa: BLE001 - the outermost frame of a door
                # Said, not raised: a raised one the server takes for "no lifespan here", and serves without a shop.
                code = str(trouble) if isinstance(trouble, BadSetting) else getattr(trouble, "code", None)
                journal.error("server.not_opened", extra={"code": code}, exc_info=None if code else trouble)
                await receive()
                await send({"type": "lifespan.startup.failed", "message": code or type(trouble).__name__})
                return
            leave_alone()
            gc.set_threshold(_YOUNG_MAX, 20, 20)
            await self._door(scope, receive, send)

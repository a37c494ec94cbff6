"""The page cache: pages that everybody sees alike, kept for a second at most, and known again by their tag (DOR-R6)."""

from __future__ import annotations

import hashlib
from collections import OrderedDict
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from time import monotonic
from typing import Any, Final, cast

from attrs import define, field, frozen
from litestar.types import ASGIApp, HTTPScope, Message, Receive, Scope, Send

from retail_domain.kernel.clock import Clock
from retail_entrypoints.container import Changes

CACHED: Final = ("/v1/products", "/v1/categories", "/v1/brands")
"""Whatever lies at or below these addresses is the same for everybody."""

_LASTS_SECONDS: Final = 1.0
_LASTS: Final = timedelta(seconds=_LASTS_SECONDS)
_PAGES_MAX: Final = 1_000
_BYTES_MAX: Final = 32 * 1024 * 1024
_PAGE_BYTES_MAX: Final = 1024 * 1024
# A copy may be kept by anybody, and is asked about before it is shown again.
_MANNERS: Final = ((b"cache-control", b"no-cache"), (b"vary", b"authorization"))


@frozen(kw_only=True)
class Moment:
    """When a page was made: by two clocks, since either may stand still, and after which changes."""

    ticks: float
    at: datetime
    changes: int

    def holds(self, now: Moment) -> bool:
        """Whether a page of this moment may be shown now."""
        is_young = now.ticks - self.ticks < _LASTS_SECONDS and timedelta(0) <= now.at - self.at < _LASTS
        return is_young and self.changes == now.changes


@frozen(kw_only=True)
class CachedPage:
    """An answer as it was sent, its tag, and the pattern of its route for the journal."""

    body: bytes
    headers: tuple[tuple[bytes, bytes], ...]
    tag: bytes
    route: str
    made: Moment


@define
class PageCache:
    """A layer around the door that answers for it, where it knows the answer.

    A page is dropped when it is a second old, and when this process has changed goods or stock or is told that another one
    has. Placing an order never looks here. Members with a login always get a fresh page, since their visit is noted if they
    consent (BEH-R2); the tag spares them the transfer all the same. Where no news of changes come, nothing is kept.
    """

    inner: ASGIApp
    clock: Clock
    changes: Changes | None
    _pages: OrderedDict[tuple[str, bytes], CachedPage] = field(factory=OrderedDict)
    _bytes: int = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer, or pass on."""
        asked = cast(HTTPScope, scope)  # the layer around this one lets nothing else in
        if asked["method"] == "GET" and is_cached(asked["path"]):
            await self._show(asked, receive, send)
        else:
            await self.inner(scope, receive, send)

    async def _show(self, scope: HTTPScope, receive: Receive, send: Send) -> None:
        headers = _asked(scope["headers"])
        key = (scope["path"], scope["query_string"])
        is_shared = self.changes is not None and b"authorization" not in headers
        now = self._now()
        page = self._pages.get(key) if is_shared else None
        if page is not None and page.made.holds(now):
            cast(dict[str, Any], scope)["path_template"] = page.route
        else:
            answer = Overheard()
            await self.inner(scope, receive, answer.hear)
            page = answer.page(str(scope.get("path_template") or ""), now)
            if page is None:
                await answer.repeat(send)
                return
            if is_shared:
                self._keep(key, page)
        await _answer(page, headers.get(b"if-none-match", b""), send)

    def _now(self) -> Moment:
        return Moment(ticks=monotonic(), at=self.clock.now(), changes=self.changes() if self.changes else 0)

    def _keep(self, key: tuple[str, bytes], page: CachedPage) -> None:
        old = self._pages.pop(key, None)
        self._bytes += len(page.body) - (len(old.body) if old else 0)
        self._pages[key] = page
        while len(self._pages) > _PAGES_MAX or self._bytes > _BYTES_MAX:
            self._bytes -= len(self._pages.popitem(last=False)[1].body)


@define
class Overheard:
    """An answer that is listened to before it is sent."""

    messages: list[Message] = field(factory=list)

    async def hear(self, message: Message) -> None:
        """One message of it."""
        self.messages.append(message)

    async def repeat(self, send: Send) -> None:
        """Send it as it was heard."""
        for message in self.messages:
            await send(message)

    def page(self, route: str, made: Moment) -> CachedPage | None:
        """It as a page, if it is one: everything else is nobody's but the asker's."""
        first = next(iter(self.messages), None)
        if first is None or first["type"] != "http.response.start" or first["status"] != 200:
            return None
        body = b"".join(cast(Mapping[str, Any], message).get("body", b"") for message in self.messages[1:])
        if len(body) > _PAGE_BYTES_MAX:
            return None
        tag = b'"' + hashlib.blake2b(body, digest_size=16).hexdigest().encode() + b'"'
        headers = (*first["headers"], *_MANNERS, (b"etag", tag))
        return CachedPage(body=body, headers=headers, tag=tag, route=route, made=made)


async def _answer(page: CachedPage, known: bytes, send: Send) -> None:
    if known and _knows(known, page.tag):
        await send({"type": "http.response.start", "status": 304, "headers": [*_MANNERS, (b"etag", page.tag)]})
        await send({"type": "http.response.body", "body": b"", "more_body": False})
        return
    await send({"type": "http.response.start", "status": 200, "headers": list(page.headers)})
    await send({"type": "http.response.body", "body": page.body, "more_body": False})


def is_cached(path: str) -> bool:
    """Whether what lies at this address is the same for everybody."""
    return path.startswith(CACHED) and any(path == start or path.startswith(f"{start}/") for start in CACHED)


def _asked(headers: Iterable[tuple[bytes, bytes]]) -> Mapping[bytes, bytes]:
    """The two headers that matter here; tags in several lines are one list."""
    found: dict[bytes, bytes] = {}
    for name, value in headers:
        if name in (b"authorization", b"if-none-match"):
            found[name] = found[name] + b", " + value if name in found else value
    return found


def _knows(given: bytes, tag: bytes) -> bool:
    """Whether If-None-Match names this tag; weak ones are the same tags to it (RFC 9110, 13.1.2)."""
    return any(one.strip().removeprefix(b"W/") in (tag, b"*") for one in given.split(b","))

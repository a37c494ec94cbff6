"""One call to an address that was looked at: each address of the name is judged, and one of those is connected to (R39).

The name is looked up once. A second answer of whoever owns the name is never asked for, so that it cannot lead elsewhere
between the look and the call. TLS is verified against the name. Nobody is followed elsewhere, no proxy of the environment is
used, nothing is kept for another call, neither a connection nor a cookie, and an answer ends in time and size.
"""

from __future__ import annotations

import asyncio
import logging
import ssl
from collections.abc import Awaitable, Callable, Mapping, Sequence
from enum import Enum
from typing import Final, TypeAlias

from attrs import define, field, frozen

from retail_adapters.outbound.names import Lookups
from retail_domain.kernel.destinations import Destinations, Target
from retail_domain.kernel.errors import InvalidInput

Resolve: TypeAlias = Callable[[str, int], Awaitable[Sequence[str]]]
"""The IP addresses of a name. Raises OSError where it has none."""

_ADDRESSES_MAX: Final = 4
"""So many addresses of a name are tried, one after the other."""


class Obstacle(Enum):
    """Obstacle a call came to nothing."""

    ADDRESS = "address"
    """The address is none, or leads where the shop does not call."""
    NAME = "name"
    CONNECTION = "connection"
    TIME = "time"
    BROKEN = "broken"


class CallFailed(Exception):
    """There is no answer; `why` says how far it came."""

    def __init__(self, why: Obstacle) -> None:
        super().__init__(why.value)
        self.why = why


@frozen(kw_only=True)
class Call:
    """What is asked, exactly as it is sent; `answer_bytes_max` of the answer's body are read."""

    method: str
    url: str
    headers: Mapping[str, str] = field(factory=dict, repr=False)
    body: bytes = field(default=b"", repr=False)
    answer_bytes_max: int = 0


@frozen(kw_only=True)
class Called:
    """What was answered; `is_whole` is False where there is more of it than was read."""

    status: int
    headers: Mapping[str, str] = field(repr=False)
    body: bytes = field(repr=False)
    is_whole: bool


@define(kw_only=True)
class Outbound:
    """Calls that somebody else has chosen the address of; none of them waits for another."""

    destinations: Destinations = field(factory=Destinations)
    connect_seconds: float = 3.0
    total_seconds: float = 10.0
    resolve: Resolve = field(factory=Lookups)
    trusted: ssl.SSLContext | None = None
    """Whom TLS believes; None: the authorities that everybody does."""

    async def exchange(self, call: Call) -> Called:
        """Once; whether it may have arrived is not told. Raises CallFailed."""
        try:
            target = self.destinations.target(call.url)
        except InvalidInput:
            raise CallFailed(Obstacle.ADDRESS) from None
        try:
            async with asyncio.timeout(self.total_seconds):
                return await self._exchange(call, target, await self._addresses(target))
        except TimeoutError:
            raise CallFailed(Obstacle.TIME) from None

    async def _addresses(self, target: Target) -> Sequence[str]:
        """Those that may be connected to: all that the name has, or none. Raises CallFailed."""
        try:
            found = await self.resolve(target.host, target.port)
        except (OSError, UnicodeError):
            raise CallFailed(Obstacle.NAME) from None
        if not found:
            raise CallFailed(Obstacle.NAME)
        if not all(self.destinations.may_reach(one) for one in found):
            raise CallFailed(Obstacle.ADDRESS)
        return found[:_ADDRESSES_MAX]

    async def _exchange(self, call: Call, target: Target, addresses: Sequence[str]) -> Called:
        import httpcore2

        for address in addresses:
            try:
                return await self._at(call, target, address)
            except (httpcore2.ConnectError, httpcore2.ConnectTimeout):
                continue  # nothing was sent: another address of the same name may answer
            except httpcore2.TimeoutException:
                raise CallFailed(Obstacle.TIME) from None
            except (httpcore2.NetworkError, httpcore2.ProtocolError):
                raise CallFailed(Obstacle.BROKEN) from None
        raise CallFailed(Obstacle.CONNECTION)

    async def _at(self, call: Call, target: Target, address: str) -> Called:
        import httpcore2

        from retail_adapters.outbound.bounded import HEADS_BYTES_MAX, WayTo

        url = httpcore2.URL(scheme=target.scheme, host=target.host, port=target.port, target=target.path)
        way = WayTo(address, call.answer_bytes_max + HEADS_BYTES_MAX, httpcore2.AnyIOBackend())
        seconds = {"connect": self.connect_seconds, "read": self.total_seconds, "write": self.total_seconds}
        headers = {
            "user-agent": "retail-domain", "accept-encoding": "identity", "content-length": str(len(call.body)),
            **call.headers, "host": target.authority,
        }  # fmt: skip
        async with (
            httpcore2.AsyncConnectionPool(ssl_context=self._believed(), network_backend=way) as calls,
            calls.stream(
                call.method, url, headers=[*headers.items()], content=call.body, extensions={"timeout": seconds}
            ) as answer,
        ):
            body, is_whole = bytearray(), True
            if call.answer_bytes_max:
                async for piece in answer.aiter_stream():
                    body += piece
                    if len(body) > call.answer_bytes_max:
                        is_whole = False
                        break
            told = {name.decode("latin-1").lower(): text.decode("latin-1") for name, text in answer.headers}
            return Called(
                status=answer.status, headers=told, body=bytes(body[: call.answer_bytes_max]),
                is_whole=is_whole and bool(call.answer_bytes_max),
            )  # fmt: skip

    def _believed(self) -> ssl.SSLContext:
        import httpx2

        if self.trusted is None:
            for name in ("httpx2", "httpcore2"):  # they log whole addresses, and addresses hold secrets (R41)
                logging.getLogger(name).setLevel(logging.WARNING)
            self.trusted = httpx2.create_ssl_context(trust_env=False)
        return self.trusted

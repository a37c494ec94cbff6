"""One call to an address that was looked at: each address of the name is judged, and one of those is connected to (R39).

The name is looked up once. A second answer of whoever owns the name is never asked for, so that it cannot lead elsewhere
between the look and the call. TLS is verified against the name. Nobody is followed elsewhere, no proxy of the environment is
used, no cookie is kept, and an answer ends in time and size.
"""

from __future__ import annotations

import asyncio
import logging
import socket
import ssl
from collections.abc import Awaitable, Callable, Mapping, Sequence
from enum import Enum
from typing import TYPE_CHECKING, Final, TypeAlias

from attrs import define, field, frozen

from retail_domain.kernel.destinations import Destinations, Target
from retail_domain.kernel.errors import InvalidInput

if TYPE_CHECKING:
    import httpx2

Resolve: TypeAlias = Callable[[str, int], Awaitable[Sequence[str]]]
"""The IP addresses of a name. Raises OSError where it has none."""

_ADDRESSES_MAX: Final = 4
"""So many addresses of a name are tried, one after the other."""
_AT_ONCE_MAX: Final = 100


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


async def addresses_of(host: str, port: int) -> Sequence[str]:
    """What this machine's resolver says."""
    found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(address[0]) for _, _, _, _, address in found))


@define(kw_only=True)
class Outbound:
    """Calls that somebody else has chosen the address of."""

    destinations: Destinations = field(factory=Destinations)
    connect_seconds: float = 3.0
    total_seconds: float = 10.0
    resolve: Resolve = addresses_of
    trusted: ssl.SSLContext | None = None
    """Whom TLS believes; None: the authorities that everybody does."""
    _client: httpx2.AsyncClient | None = field(default=None, init=False, repr=False)

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

    async def aclose(self) -> None:
        """Let go of open connections."""
        if self._client is not None:
            await self._client.aclose()
            self._client = None

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
        import httpx2

        for address in addresses:
            try:
                return await self._at(call, target, address)
            except (httpx2.ConnectError, httpx2.ConnectTimeout):
                continue  # nothing was sent: another address of the same name may answer
            except httpx2.TimeoutException:
                raise CallFailed(Obstacle.TIME) from None
            except httpx2.HTTPError:
                raise CallFailed(Obstacle.BROKEN) from None
        raise CallFailed(Obstacle.CONNECTION)

    async def _at(self, call: Call, target: Target, address: str) -> Called:
        place = f"[{address}]" if ":" in address else address
        url = f"{target.scheme}://{place}:{target.port}{target.path}"
        headers = {"user-agent": "retail-domain", "accept-encoding": "identity", **call.headers, "host": target.authority}
        more = {"sni_hostname": target.host}  # what TLS asks for, and what the certificate is held against
        async with self._connected().stream(call.method, url, headers=headers, content=call.body, extensions=more) as answer:
            body, is_whole = bytearray(), True
            if call.answer_bytes_max:
                async for piece in answer.aiter_raw():
                    body += piece
                    if len(body) > call.answer_bytes_max:
                        is_whole = False
                        break
            told = {name.lower(): text for name, text in answer.headers.items()}
            return Called(
                status=answer.status_code, headers=told, body=bytes(body[: call.answer_bytes_max]),
                is_whole=is_whole and bool(call.answer_bytes_max),
            )  # fmt: skip

    def _connected(self) -> httpx2.AsyncClient:
        import httpx2

        if self._client is None:
            for name in ("httpx2", "httpcore2"):  # they log whole addresses at INFO, and addresses hold secrets (R41)
                logging.getLogger(name).setLevel(logging.WARNING)
            self._client = httpx2.AsyncClient(
                timeout=httpx2.Timeout(self.total_seconds, connect=self.connect_seconds),
                # None is kept for another call: a connection was verified against one name, and names share addresses.
                limits=httpx2.Limits(max_connections=_AT_ONCE_MAX, max_keepalive_connections=0),
                follow_redirects=False,
                trust_env=False,
                verify=True if self.trusted is None else self.trusted,
            )
        return self._client

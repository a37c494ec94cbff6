"""The one seam to the network for payment providers: bytes out, bytes in, and three ways of failing.

Nothing here repeats a call, follows a redirect, switches TLS verification off or logs a body.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Mapping
from typing import Final

import httpx2
from attrs import define, field, frozen

from retail_domain.payments.gateway import Misconfigured, NotSent, OutcomeUnknown

ANSWER_BYTES_MAX: Final = 65_536

# Raised before a byte of the request has left: the provider surely knows nothing.
_BEFORE_SENDING: Final = (
    httpx2.ConnectError, httpx2.ConnectTimeout, httpx2.PoolTimeout, httpx2.ProxyError, httpx2.LocalProtocolError,
)  # fmt: skip


@frozen(kw_only=True)
class Outgoing:
    """A request, exactly as it will be sent."""

    method: str
    url: str
    headers: Mapping[str, str] = field(repr=False)
    body: bytes = field(repr=False)


@frozen(kw_only=True)
class Incoming:
    """An answer, exactly as it came; header names are in small letters."""

    status: int
    headers: Mapping[str, str] = field(repr=False)
    body: bytes = field(repr=False)


@define(kw_only=True)
class HttpTransport:
    """Exchanges one request for one answer within a time that ends."""

    gateway: str
    connect_seconds: float = 3.0
    total_seconds: float = 10.0
    _client: httpx2.AsyncClient | None = field(default=None, init=False, repr=False)

    async def exchange(self, outgoing: Outgoing) -> Incoming:
        """Send once and read the whole answer.

        Raises:
            NotSent: no byte of the request has left.
            OutcomeUnknown: it may have arrived, but no whole answer came back in time.
            Misconfigured: the address is none.
        """
        try:
            async with asyncio.timeout(self.total_seconds):
                return await self._exchange(outgoing)
        except _BEFORE_SENDING as error:
            raise NotSent(gateway=self.gateway, reason=type(error).__name__) from None
        except (httpx2.InvalidURL, httpx2.UnsupportedProtocol) as error:
            raise Misconfigured(gateway=self.gateway, reason=type(error).__name__) from None
        except (httpx2.HTTPError, TimeoutError) as error:
            raise OutcomeUnknown(gateway=self.gateway, reason=type(error).__name__) from None

    async def aclose(self) -> None:
        """Let go of open connections."""
        if self._client is not None:
            await self._client.aclose()
            self._client = None

    async def _exchange(self, outgoing: Outgoing) -> Incoming:
        async with self._connected().stream(
            outgoing.method, outgoing.url, headers=dict(outgoing.headers), content=outgoing.body
        ) as answer:
            body = bytearray()
            async for piece in answer.aiter_raw():
                body += piece
                if len(body) > ANSWER_BYTES_MAX:
                    raise OutcomeUnknown(gateway=self.gateway, reason="answer_too_large")
            headers = {name.lower(): text for name, text in answer.headers.items()}
            return Incoming(status=answer.status_code, headers=headers, body=bytes(body))

    def _connected(self) -> httpx2.AsyncClient:
        if self._client is None:  # made late: loading the certificates takes time that most commands do not have to spend
            _hush()
            timeout = httpx2.Timeout(self.total_seconds, connect=self.connect_seconds)
            self._client = httpx2.AsyncClient(
                timeout=timeout, follow_redirects=False, trust_env=False, headers={"accept-encoding": "identity"}
            )
        return self._client


def _hush() -> None:
    """The client logs whole addresses at INFO, and providers put secrets into addresses (R41)."""
    for name in ("httpx2", "httpcore2"):
        logging.getLogger(name).setLevel(logging.WARNING)

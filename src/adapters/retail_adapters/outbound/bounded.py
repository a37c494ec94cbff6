"""A connection to an address that was judged, of which so many bytes are read and no more (R39)."""

# ruff: noqa: ASYNC109 - the signatures are those of httpcore

from __future__ import annotations

import ssl
from collections.abc import Iterable
from typing import Any, Final

import httpcore2
from attrs import define, frozen

HEADS_BYTES_MAX: Final = 65_536
"""Lines that come before a body, those of interim answers among them."""


@define
class _Left:
    bytes: int


@frozen
class _BoundedStream(httpcore2.AsyncNetworkStream):
    stream: httpcore2.AsyncNetworkStream
    left: _Left

    async def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        """Raises ReadError for what is too much."""
        came = await self.stream.read(max_bytes, timeout)
        self.left.bytes -= len(came)
        if self.left.bytes < 0:
            raise httpcore2.ReadError("it does not end")
        return came

    async def write(self, buffer: bytes, timeout: float | None = None) -> None:
        await self.stream.write(buffer, timeout)

    async def aclose(self) -> None:
        await self.stream.aclose()

    async def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore2.AsyncNetworkStream:
        return _BoundedStream(await self.stream.start_tls(ssl_context, server_hostname, timeout), self.left)

    def get_extra_info(self, info: str) -> Any:
        return self.stream.get_extra_info(info)


@frozen
class WayTo(httpcore2.AsyncNetworkBackend):
    """Connects to `address`, whatever name is asked for; TLS asks for the name, and holds the certificate against it."""

    address: str
    bytes_max: int
    network: httpcore2.AsyncNetworkBackend

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[httpcore2.SOCKET_OPTION] | None = None,
    ) -> httpcore2.AsyncNetworkStream:
        """To the address."""
        stream = await self.network.connect_tcp(self.address, port, timeout, local_address, socket_options)
        return _BoundedStream(stream, _Left(self.bytes_max))

    async def sleep(self, seconds: float) -> None:
        await self.network.sleep(seconds)

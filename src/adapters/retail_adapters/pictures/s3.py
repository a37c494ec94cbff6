"""Pictures in a bucket of a store that speaks S3: signed by Signature Version 4, over the HTTP client we have (PIC-R9).

Objects are addressed by path, `https://host/bucket/name`, which every such store understands.
"""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import logging
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Final
from urllib.parse import quote, urlsplit

import httpx2
from attrs import define, field, frozen

from retail_adapters.pictures.names import checked_name
from retail_domain.kernel.clock import Clock
from retail_domain.kernel.errors import Unavailable
from retail_domain.pictures import BYTES_MAX

_ALGORITHM: Final = "AWS4-HMAC-SHA256"
_ANSWER_BYTES_MAX: Final = 2 * BYTES_MAX
_GONE: Final = (200, 204, 404)


@frozen(kw_only=True)
class S3Config:
    """Where a bucket is, and who may use it."""

    endpoint: str
    """Such as `https://objects.example`; https, but for a store on this machine."""
    bucket: str
    region: str
    key_id: str
    secret: str = field(repr=False)
    prefix: str = ""
    """Put before every name, so that several shops can share a bucket."""


@frozen
class Signable:
    """What of a request is signed."""

    method: str
    url: str
    headers: Mapping[str, str]
    content: bytes = field(repr=False)


def signed(request: Signable, config: S3Config, at: datetime) -> Mapping[str, str]:
    """The headers of a request with its date, the hash of its content, and its signature; no query is expected."""
    where = urlsplit(request.url)
    stamp, day = _stamp(at), _stamp(at)[:8]
    digest = hashlib.sha256(request.content).hexdigest()
    headers = {name.lower(): value.strip() for name, value in request.headers.items()}
    headers |= {"host": where.netloc, "x-amz-date": stamp, "x-amz-content-sha256": digest}
    names = sorted(headers)
    lines = [f"{name}:{headers[name]}\n" for name in names]
    asked = "\n".join([request.method, where.path or "/", "", "".join(lines), ";".join(names), digest])
    scope = f"{day}/{config.region}/s3/aws4_request"
    to_sign = "\n".join([_ALGORITHM, stamp, scope, hashlib.sha256(asked.encode()).hexdigest()])
    key = f"AWS4{config.secret}".encode()
    for part in (day, config.region, "s3", "aws4_request"):
        key = hmac.digest(key, part.encode(), "sha256")
    signature = hmac.digest(key, to_sign.encode(), "sha256").hex()
    told = f"{_ALGORITHM} Credential={config.key_id}/{scope},SignedHeaders={';'.join(names)},Signature={signature}"
    return {**headers, "authorization": told}


def _stamp(at: datetime) -> str:
    """A moment in UTC as the signature spells it."""
    return f"{at.astimezone(UTC):%Y%m%dT%H%M%S}Z"


@define
class S3Files:
    """Bytes as objects of a bucket; see the port. A store that answers anything else than it should is Unavailable."""

    config: S3Config
    clock: Clock
    total_seconds: float = 20.0
    _client: httpx2.AsyncClient | None = field(default=None, init=False, repr=False)

    async def keep(self, name: str, content: bytes) -> None:
        """An object is there whole or not at all."""
        kind = "application/octet-stream" if name.startswith("sent/") else f"image/{name.rpartition('.')[2]}"
        status, _ = await self._asked("PUT", name, content, {"content-type": kind})
        _expect(status, (200,))

    async def open(self, name: str) -> bytes | None:
        """The whole object."""
        status, content = await self._asked("GET", name, b"", {})
        _expect(status, (200, 404))
        return content if status == 200 else None

    async def forget(self, name: str) -> None:
        """The store says the same whether there was one or not."""
        status, _ = await self._asked("DELETE", name, b"", {})
        _expect(status, _GONE)

    async def aclose(self) -> None:
        """Let go of open connections."""
        if self._client is not None:
            await self._client.aclose()
            self._client = None

    async def _asked(self, method: str, name: str, content: bytes, headers: Mapping[str, str]) -> tuple[int, bytes]:
        path = quote(f"/{self.config.bucket}/{self.config.prefix}{checked_name(name)}", safe="/-_.~")
        request = Signable(method, self.config.endpoint.rstrip("/") + path, headers, content)
        try:
            async with asyncio.timeout(self.total_seconds):
                return await self._exchanged(request, signed(request, self.config, self.clock.now()))
        except (httpx2.HTTPError, httpx2.InvalidURL, TimeoutError) as error:
            raise Unavailable(reason=f"pictures: {type(error).__name__}") from None

    async def _exchanged(self, request: Signable, headers: Mapping[str, str]) -> tuple[int, bytes]:
        async with self._connected().stream(
            request.method, request.url, headers=dict(headers), content=request.content
        ) as answer:
            body = bytearray()
            async for piece in answer.aiter_raw():
                body += piece
                if len(body) > _ANSWER_BYTES_MAX:
                    raise Unavailable(reason="pictures: answer too large")
            return answer.status_code, bytes(body)

    def _connected(self) -> httpx2.AsyncClient:
        if self._client is None:  # made late: loading the certificates takes time that most commands do not have to spend
            for name in ("httpx2", "httpcore2"):  # they log whole addresses
                logging.getLogger(name).setLevel(logging.WARNING)
            timeout = httpx2.Timeout(self.total_seconds, connect=3.0)
            self._client = httpx2.AsyncClient(
                timeout=timeout, follow_redirects=False, trust_env=False, headers={"accept-encoding": "identity"}
            )
        return self._client


def _expect(status: int, good: tuple[int, ...]) -> None:
    if status not in good:
        raise Unavailable(reason=f"pictures: status {status}")

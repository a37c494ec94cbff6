"""Bytes below any description, sent to a server process over a real socket (R37)."""

from __future__ import annotations

import json
import random
import select
import socket
from collections.abc import Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from typing import Final

from attrs import define, field

PATIENCE_SECONDS: Final = 30
_WAIT_SECONDS: Final = 1.0
_QUIET_SECONDS: Final = 0.05
Address = tuple[str, int]

_JSON: Final = b"Content-Type: application/json\r\n"
_METHODS: Final = (*b"GET POST PUT PATCH DELETE HEAD OPTIONS TRACE BREW get".split(), b"", b"\x00", b"G\xc3")
_TARGETS: Final = (
    b"/health/live", b"/v1/products", b"/v1/orders", b"/v1/auth/sessions", b"/v1/gateways/sandbox/notices", b"/v1/me",
    b"*", b"", b"http://elsewhere.example/v1/me", b"//", b"/%00", b"/%ff", b"/v1/../health", b"/" + b"a" * 9_000,
    b"/\xff\xfe", b"/?" + b"&" * 900,
)  # fmt: skip
_LENGTHS: Final = (b"0", b"2", b"200", b"-1", b"+2", b"2, 2", b"0x2", b"99999999999999999999999", b"many", b"\xef\xbc\x92", b"")


def request(method: bytes, target: bytes, headers: bytes = b"", body: bytes = b"", version: bytes = b"HTTP/1.1") -> bytes:
    """A request, right or wrong."""
    return method + b" " + target + b" " + version + b"\r\nHost: shop.test\r\n" + headers + b"\r\n" + body


def _post(body: bytes, headers: bytes = b"", target: bytes = b"/v1/auth/sessions") -> bytes:
    return request(b"POST", target, _JSON + headers + b"Content-Length: %d\r\n" % len(body), body)


def _chunked(body: bytes) -> bytes:
    return request(b"POST", b"/v1/auth/sessions", _JSON + b"Transfer-Encoding: chunked\r\n", body)


ODDITIES: Final[Mapping[str, bytes]] = {
    "nothing": b"",
    "line ends": b"\r\n" * 500,
    "binary": bytes(range(256)) * 40,
    "TLS": b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + b"\x00" * 500,
    "HTTP/2": b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + b"\x00\x00\x00\x04\x00\x00\x00\x00\x00",
    "a request line without an end": b"GET /" + b"a" * 100_000,
    "a huge header": request(b"GET", b"/health/live", b"X-Big: " + b"a" * 300_000 + b"\r\n"),
    "many headers": request(b"GET", b"/health/live", b"".join(b"X-%d: 1\r\n" % number for number in range(5_000))),
    "a folded header": request(b"GET", b"/health/live", b"X-Long: a\r\n b\r\n"),
    "a header without a name": request(b"GET", b"/health/live", b": nothing\r\n"),
    "a NUL in a header": request(b"GET", b"/health/live", b"X-Nul: a\x00b\r\n"),
    "a lone line feed": b"GET /health/live HTTP/1.1\nHost: shop.test\n\n",
    "no host": b"GET /health/live HTTP/1.1\r\n\r\n",
    "two hosts": request(b"GET", b"/health/live", b"Host: elsewhere.example\r\n"),
    "version 9": request(b"GET", b"/health/live", version=b"HTTP/9.9"),
    "two lengths": request(b"POST", b"/v1/auth/sessions", _JSON + b"Content-Length: 2\r\nContent-Length: 3\r\n", b"{}}"),
    "length and chunks": _chunked(b"2\r\n{}\r\n0\r\n\r\n").replace(b"Transfer", b"Content-Length: 2\r\nTransfer"),
    "chunks of no size": _chunked(b"ZZ\r\n{}\r\n0\r\n\r\n"),
    "a chunk of negative size": _chunked(b"-2\r\n{}\r\n0\r\n\r\n"),
    "a chunk of endless size": _chunked(b"f" * 40 + b"\r\n{}"),
    "a chunk too short": _chunked(b"50\r\n{}\r\n0\r\n\r\n"),
    "chunk extensions": _chunked(b"2;" + b"a" * 60_000 + b"\r\n{}\r\n0\r\n\r\n"),
    "trailers": _chunked(b"2\r\n{}\r\n0\r\nX-Late: 1\r\nContent-Length: 99\r\n\r\n"),
    "chunks without an end": _chunked(b"1\r\n{\r\n" * 200),
    "gzip and chunks": _chunked(b"2\r\n{}\r\n0\r\n\r\n").replace(b"chunked", b"gzip, chunked"),
    "a body that stops": _post(b"{}").replace(b"Content-Length: 2", b"Content-Length: 200"),
    "a body beyond its length": _post(b"{}" * 500).replace(b"Content-Length: 1000", b"Content-Length: 2"),
    "a body nobody takes": _post(b"[" * 2_000_000),
    "an announcement of terabytes": request(b"POST", b"/v1/auth/sessions", _JSON + b"Content-Length: 9999999999999\r\n", b"{"),
    "invalid UTF-8": _post(b'{"login": "\xff\xfe"}'),
    "UTF-16": _post('{"login": "a"}'.encode("utf-16")),
    "deep nesting": _post(b"[" * 100_000),
    "deep objects": _post(b'{"a":' * 30_000),
    "a huge number": _post(b'{"login": ' + b"9" * 100_000 + b"}"),
    "a huge exponent": _post(b'{"login": 1e999999999}'),
    "not a number": _post(b'{"login": NaN}'),
    "a NUL": _post(b'{"login": "a\\u0000b", "password": "x"}'),
    "half of a pair": _post(b'{"login": "\\ud800", "password": "x"}'),
    "duplicate keys": _post(b'{"login": "a", "login": "b", "password": "x"}'),
    "a compressed body": _post(b"\x1f\x8b\x08\x00", b"Content-Encoding: gzip\r\n"),
    "a form": _post(b"login=a&password=b").replace(b"application/json", b"application/x-www-form-urlencoded"),
    "continue": _post(b"{}", b"Expect: 100-continue\r\n"),
    "another expectation": _post(b"{}", b"Expect: miracles\r\n"),
    "an upgrade to a web socket": request(
        b"GET", b"/v1/me",
        b"Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AA==\r\n",
    ),
    "an upgrade to HTTP/2": request(
        b"GET", b"/health/live", b"Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: \r\n"
    ),
    "pipelined requests": request(b"GET", b"/health/live") * 50,
    "pipelined garbage": request(b"GET", b"/health/live") + b"\x00garbage\r\n\r\n" + request(b"GET", b"/health/live"),
    "smuggling": _post(b"{}GET /v1/me HTTP/1.1\r\nHost: x\r\n\r\n").replace(b"Content-Length: 37", b"Content-Length: 2"),
    "non-ASCII authorization": request(b"GET", b"/v1/me", b"Authorization: Bearer \xc3\xa9\r\n"),
    "a huge token": request(b"GET", b"/v1/me", b"Authorization: Bearer " + b"a" * 20_000 + b"\r\n"),
    "a non-ASCII signature": _post(b"{}", b"Sandbox-Signature: \xc3\xa9\r\n", b"/v1/gateways/sandbox/notices"),
    "a non-ASCII key": _post(b"{}", b"Idempotency-Key: \xc3\xa9\r\n"),
    "forwarded from everywhere": request(b"GET", b"/v1/products", b"X-Forwarded-For: " + b"1.1.1.1, " * 3_000 + b"\r\n"),
    "a cookie of nonsense": request(b"GET", b"/v1/products", b"Cookie: =;;=\xff;\x01\r\n"),
    "a range": request(b"GET", b"/v1/products", b"Range: bytes=0-0,-1,99999999999999999999-\r\nIf-None-Match: \"\xff\"\r\n"),
}  # fmt: skip
"""By name, so that whoever reads a failure knows at once what was sent."""


def generated(seed: int, many: int) -> Iterator[tuple[str, bytes]]:
    """As many requests as wanted, each put together or spoilt by the same dice for the same seed."""
    dice = random.Random(seed)
    known = list(ODDITIES.values())
    for number in range(many):
        raw = _assembled(dice) if dice.random() < 0.5 else _spoilt(dice, dice.choice(known)[:20_000])
        yield f"seed {seed}, number {number}", raw


def _assembled(dice: random.Random) -> bytes:
    body = dice.choice((b"", b"{}", b"[" * dice.randrange(2_000), dice.randbytes(dice.randrange(300)), _some_json(dice)))
    headers = b"".join(
        dice.choice((_JSON, b"Content-Length: %b\r\n" % dice.choice(_LENGTHS), b"Transfer-Encoding: chunked\r\n",
                     b"Connection: close\r\n", b"Authorization: Bearer %b\r\n" % dice.randbytes(4).hex().encode(),
                     b"X-Cart-Token: x\r\n", b"Idempotency-Key: k\r\n", dice.randbytes(6) + b": x\r\n"))
        for _ in range(dice.randrange(5))
    )  # fmt: skip
    if dice.random() < 0.5:
        headers += b"Content-Length: %d\r\n" % len(body)
    return request(dice.choice(_METHODS), dice.choice(_TARGETS), headers, body)


def _some_json(dice: random.Random) -> bytes:
    values = (None, True, -1, 2**63, 1.5, "", "\u0000", "a" * 300, [], {}, [[]], "０")
    names = ("login", "password", "phone", "purpose", "lines", "quote_id", "x")
    return json.dumps({dice.choice(names): dice.choice(values) for _ in range(4)}).encode()


def _spoilt(dice: random.Random, raw: bytes) -> bytes:
    spoilt = bytearray(raw)
    for _ in range(dice.randrange(1, 6)):
        place = dice.randrange(len(spoilt) + 1)
        match dice.randrange(4):
            case 0:
                spoilt[place:place] = dice.randbytes(dice.randrange(1, 5))
            case 1:
                del spoilt[place : place + dice.randrange(1, 20)]
            case 2:
                spoilt[place : place + 1] = bytes([dice.randrange(256)])
            case _:
                spoilt[place:place] = spoilt[place : place + 40]
    return bytes(spoilt)


@define
class Wire:
    """A server's socket: what was sent, and which status came back to it."""

    address: Address
    sent: int = 0
    statuses: dict[str, int] = field(factory=dict)
    violations: list[str] = field(factory=list)

    def send(self, name: str, raw: bytes) -> None:
        """Send bytes; an answer of 5xx other than a 503 that says when to come back, and no end at all, are violations."""
        self._note(name, raw, self._heads(raw))

    def send_all(self, asked: Iterable[tuple[str, bytes]], *, at_once: int) -> None:
        """Send them all, several at a time: most of the time of each goes into waiting for whether more will come."""
        named = list(asked)
        with ThreadPoolExecutor(at_once) as senders:
            for (name, raw), heads in zip(named, senders.map(lambda one: self._heads(one[1]), named), strict=True):
                self._note(name, raw, heads)

    def _heads(self, raw: bytes) -> list[bytes] | None:
        try:
            return exchange(self.address, raw).split(b"HTTP/1.1 ")[1:]
        except TimeoutError:
            return None

    def _note(self, name: str, raw: bytes, heads: list[bytes] | None) -> None:
        self.sent += 1
        if heads is None:
            self.violations.append(f"{name}: the server neither answered nor hung up: {raw[:200]!r}")
            return
        for head in heads:
            status = head[:3].decode("latin-1")
            self.statuses[status] = self.statuses.get(status, 0) + 1
            if status.startswith("5") and not (status == "503" and b"retry-after" in head.lower()):
                self.violations.append(f"{name}: {status} to {raw[:200]!r}")
        if not heads:
            self.statuses["hung up"] = self.statuses.get("hung up", 0) + 1

    def is_healthy(self) -> bool:
        """Whether a plain request is answered as ever."""
        raw = request(b"GET", b"/health/ready", b"Connection: close\r\n")
        return any(exchange(self.address, raw).startswith(b"HTTP/1.1 200") for _ in range(10))


def exchange(address: Address, raw: bytes) -> bytes:
    """Send bytes as they are and no more, and read until the server hangs up. Raises TimeoutError."""
    with socket.create_connection(address, timeout=PATIENCE_SECONDS) as connection:
        answered = b""
        try:
            connection.sendall(raw)
            answered = _until_quiet(connection)
            connection.shutdown(socket.SHUT_WR)
        except TimeoutError:
            raise
        except OSError:  # the server hung up before we were through; it may have answered
            pass
        connection.settimeout(PATIENCE_SECONDS)
        with suppress(ConnectionResetError):
            while part := connection.recv(65_536):
                answered += part
    return answered


def _until_quiet(connection: socket.socket) -> bytes:
    """What comes back while we keep our side open: some servers do not answer whoever has closed it."""
    answered = b""
    while select.select([connection], [], [], _QUIET_SECONDS if answered else _WAIT_SECONDS)[0]:
        part = connection.recv(65_536)
        if not part:
            break
        answered += part
    return answered

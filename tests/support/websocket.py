"""A WebSocket to a program on this machine, as far as a browser's debugging port needs one (RFC 6455): text, both ways."""

from __future__ import annotations

import os
import socket
import struct
from base64 import b64encode
from types import TracebackType
from typing import Final, Self

_TEXT: Final = 0x1
_CLOSE: Final = 0x8
_PING: Final = 0x9
_PONG: Final = 0xA
_SHORT: Final = 126
_LONG: Final = 127


class HungUp(Exception):
    """The other side has closed."""


class WebSocket:
    """One connection; what is sent is masked, as clients must."""

    def __init__(self, port: int, path: str, seconds: float) -> None:
        self._wire = socket.create_connection(("127.0.0.1", port), timeout=seconds)
        key = b64encode(os.urandom(16)).decode()
        head = (
            f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            f"Sec-WebSocket-Key: {key}\r\nSec-WebSocket-Version: 13\r\n\r\n"
        )
        self._wire.sendall(head.encode())
        answer = b""
        while not answer.endswith(b"\r\n\r\n"):
            answer += self._exactly(1)
        if b" 101 " not in answer.partition(b"\r\n")[0]:
            raise HungUp(answer.decode(errors="replace"))

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, where: TracebackType | None) -> None:
        self._wire.close()

    def say(self, text: str) -> None:
        """One message."""
        self._send(_TEXT, text.encode())

    def hear(self) -> str:
        """The next message, whole. Raises HungUp, TimeoutError."""
        told = b""
        while True:
            first, second = self._exactly(2)
            length = second & 0x7F
            if length == _SHORT:
                (length,) = struct.unpack("!H", self._exactly(2))
            elif length == _LONG:
                (length,) = struct.unpack("!Q", self._exactly(8))
            body = self._exactly(length)
            kind = first & 0x0F
            if kind == _CLOSE:
                raise HungUp(body.decode(errors="replace"))
            if kind == _PING:
                self._send(_PONG, body)
            elif kind != _PONG:
                told += body
                if first & 0x80:
                    return told.decode()

    def _send(self, kind: int, body: bytes) -> None:
        size, mask = len(body), os.urandom(4)
        if size < _SHORT:
            head = struct.pack("!BB", 0x80 | kind, 0x80 | size)
        elif size < 1 << 16:
            head = struct.pack("!BBH", 0x80 | kind, 0x80 | _SHORT, size)
        else:
            head = struct.pack("!BBQ", 0x80 | kind, 0x80 | _LONG, size)
        self._wire.sendall(head + mask + bytes(one ^ mask[at % 4] for at, one in enumerate(body)))

    def _exactly(self, many: int) -> bytes:
        found = b""
        while len(found) < many:
            piece = self._wire.recv(many - len(found))
            if not piece:
                raise HungUp("in the middle of a message")
            found += piece
        return found

"""A wire to PostgreSQL that is cut at the worst moment (F3)."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from urllib.parse import urlsplit, urlunsplit

from attrs import define, field


@define
class Wire:
    """Where to connect, and when the wire is cut: before or after the server hears COMMIT, or not at all.

    With `choose`, each COMMIT is asked about on its own.
    """

    url: str
    cut: str | None = None
    cuts: int = 0
    choose: Callable[[], str | None] | None = None

    def next_cut(self) -> str | None:
        """What happens to the COMMIT that comes by now."""
        return self.cut if self.choose is None else self.choose()


@define
class Ear:
    """Understands when a client commits: by COMMIT itself, or by a statement that is a whole transaction and says so."""

    whole: set[bytes] = field(factory=set)
    """Names under which such statements were prepared."""

    def hears_a_commit(self, data: bytes) -> bool:
        """Whether this is where the server is asked to make something last."""
        heard = [self._commits(kind, body) for kind, body in _messages(data)]  # all of them: names are learnt on the way
        return any(heard)

    def _commits(self, kind: bytes, body: bytes) -> bool:
        if kind == b"P":
            name, text = body.split(b"\0")[:2]
            (self.whole.add if b"COMMIT" in text else self.whole.discard)(name)
            return False
        if kind == b"B":
            return body.split(b"\0")[1] in self.whole
        return kind == b"Q" and b"COMMIT" in body


def _messages(data: bytes) -> Iterator[tuple[bytes, bytes]]:
    """The messages of a client, as the protocol frames them: a letter, a length, a body."""
    while len(data) > 4 and data[:1].isalpha():
        length = 1 + int.from_bytes(data[1:5], "big")
        yield data[:1], data[5:length]
        data = data[length:]


@asynccontextmanager
async def wire_to(url: str) -> AsyncIterator[Wire]:
    """A proxy for as long as the block runs."""
    parts = urlsplit(url)
    wire = Wire(url)

    async def carry(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            from_server, to_server = await asyncio.open_connection(parts.hostname, parts.port)
        except OSError:  # the server is down, and so is the wire
            writer.close()
            return
        back = asyncio.create_task(_pump(from_server, writer))
        ear = Ear()
        try:
            while data := await reader.read(65_536):
                cut = wire.next_cut() if ear.hears_a_commit(data) else None
                if cut:
                    wire.cuts += 1
                    back.cancel()
                    await asyncio.wait([back])  # two may not read from one stream
                    if cut == "after":
                        to_server.write(data)
                        await from_server.read(65_536)  # the server has answered: it is stored
                    break
                to_server.write(data)
        except ConnectionError:
            pass
        finally:
            back.cancel()
            for one in (writer, to_server):
                one.close()

    server = await asyncio.start_server(carry, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    credentials = parts.netloc.rpartition("@")[0]
    wire.url = urlunsplit(parts._replace(netloc=f"{credentials}@127.0.0.1:{port}"))
    try:
        yield wire
    finally:
        server.close()


async def _pump(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    try:
        while data := await reader.read(65_536):
            writer.write(data)
        writer.close()  # who says goodbye waits for the server to hang up
    except ConnectionError:
        return

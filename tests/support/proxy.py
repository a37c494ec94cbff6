"""A wire to PostgreSQL that is cut at the worst moment (F3)."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from urllib.parse import urlsplit, urlunsplit

from attrs import define


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
        try:
            while data := await reader.read(65_536):
                cut = wire.next_cut() if b"COMMIT" in data else None
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
